//! What a chart of a replay shows.

use crate::report::charts::through::EventSpan;
use crate::report::span::Clock;
use jiff::Timestamp;
use std::sync::Arc;

/// Which of two runs a curve is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What was asked for.
    Asked,
    /// What it is compared with.
    Compared,
}

/// A quantity as time goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What was done, such as `with the plan`.
    pub name: &'static str,
    /// Whether it was asked for, or is there to compare with.
    pub standing: Standing,
    /// The first instant of every step, and the end of the last: one more than values, ascending.
    pub bounds: Arc<Vec<Timestamp>>,
    /// One for every step.
    pub values: Vec<f64>,
    /// What there is room for in every step, or one that is infinite for no limit; empty if that is not shown.
    pub limits: Vec<f64>,
}

/// What curves of a panel are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// Each other.
    EachOther,
    /// Each its own limit.
    Limit,
}

/// Curves over one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePanel {
    /// What is shown, with its unit.
    pub heading: String,
    /// What is measured, in a word: panels of the same quantity have the same scale.
    pub quantity: &'static str,
    /// The unit, for the pointer.
    pub unit: String,
    /// What they are held against.
    pub against: Against,
    /// At most one for each standing; one only where each is held against its own limit.
    pub curves: Vec<Curve>,
}

/// What a chart of a replay shows.
///
/// ```
/// use plimsoll::report::charts::{Chart, ReplayChart};
/// use plimsoll::report::charts::replay::{Against, Curve, CurvePanel, Standing};
/// use plimsoll::report::span::Clock;
/// use std::sync::Arc;
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let bounds = vec![at("2030-03-01T00:00:00Z"), at("2030-03-01T01:00:00Z"), at("2030-03-01T02:00:00Z")];
/// let chart = ReplayChart {
///     title: "If nobody does anything 6,000 user minutes are lost".into(),
///     scenario: "night".into(),
///     clock: Clock { start: bounds[0], end: bounds[2], offset: jiff::tz::offset(0) },
///     events: Vec::new(),
///     panels: vec![CurvePanel {
///         heading: "users down".into(), quantity: "users down", unit: "users".into(), against: Against::EachOther,
///         curves: vec![Curve {
///             name: "if nobody acts", standing: Standing::Asked, bounds: Arc::new(bounds),
///             values: vec![0.0, 100.0], limits: Vec::new(),
///         }],
///     }],
///     notes: Vec::new(),
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">users down</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The offset in which instants are told.
    pub clock: Clock,
    /// The events, in any order.
    pub events: Vec<EventSpan>,
    /// One below the other.
    pub panels: Vec<CurvePanel>,
    /// What has to be known to read it, below it.
    pub notes: Vec<String>,
}

impl ReplayChart {
    /// The first and the last instant of all curves.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let curves = || self.panels.iter().flat_map(|own| &own.curves);
        let from = curves().filter_map(|own| own.bounds.first()).min()?;
        let to = curves().filter_map(|own| own.bounds.last()).max()?;
        Some((*from, *to))
    }
}
