//! What the chart of windows shows.

use crate::report::span::Clock;
use jiff::Timestamp;

/// One time at which a maintenance might begin, and what it would cost then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowBar {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// How it stands among the others.
    pub standing: Standing,
    /// Unserved users.
    pub unserved: f64,
    /// The worst missing share of a headroom target.
    pub shortfall: f64,
    /// Users whom one more failure would leave unserved at worst; `None` was not asked.
    pub at_risk: Option<f64>,
    /// Users who move.
    pub moved: f64,
    /// Users at its busiest instant.
    pub busiest_users: f64,
}

/// How a window stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The one to take.
    Best,
    /// It costs no more than the first of all.
    AsGood,
    /// Its drain was looked at and has no safe way.
    Refused,
    /// It costs more.
    Worse,
}

/// What the chart of windows shows.
///
/// ```
/// use plimsoll::report::charts::{Chart, Standing, WindowBar, WindowsChart};
/// use plimsoll::report::span::Clock;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let (start, end) = (at("2026-11-21T02:00:00Z"), at("2026-11-21T06:00:00Z"));
/// let chart = WindowsChart {
///     title: "Chicago: best from 21 Nov 02:00: everyone is served".into(),
///     span: "1 time to begin".into(),
///     clock: Clock { start, end, offset: jiff::tz::offset(0) },
///     windows: vec![WindowBar {
///         start, end, standing: Standing::Best, unserved: 0.0, shortfall: 0.1, at_risk: Some(41_000.0),
///         moved: 2_000_000.0, busiest_users: 30_000_000.0,
///     }],
/// };
/// assert!(chart.picture(1200)?.svg.contains(">41,000</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WindowsChart {
    /// The finding.
    pub title: String,
    /// How many times were looked at, as people read it.
    pub span: String,
    /// The offset in which times are told.
    pub clock: Clock,
    /// In order of time.
    pub windows: Vec<WindowBar>,
}
