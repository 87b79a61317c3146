//! What the chart of headroom through the periods shows.

use crate::model::Phase;
use crate::report::headroom::HeadroomRow;
use crate::report::span::Clock;
use jiff::Timestamp;

/// What an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Planned, known from its start.
    Maintenance,
    /// A fault.
    Failure,
    /// A fault that nobody notices at first.
    Gray,
    /// More demand.
    Surge,
    /// A share of the work takes longer.
    Slow,
    /// Sessions end.
    Disconnect,
}

/// An event, clipped to the scenario.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventSpan {
    /// First instant in force.
    pub start: Timestamp,
    /// First instant no longer in force.
    pub end: Timestamp,
    /// When it is known, from `start` to `end`.
    pub known: Timestamp,
    /// What it is.
    pub kind: EventKind,
    /// What reports call the component, or who asks for more.
    pub subject: String,
    /// What becomes of it, such as `gray fault, 35 % left`.
    pub what: String,
}

impl EventSpan {
    /// When it is known; `None` if it ends before. Of a moment everybody knows at once.
    pub(in crate::report) fn known_from(&self) -> Option<Timestamp> {
        (self.known < self.end || self.start == self.end).then_some(self.known)
    }
}

/// Headroom in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct ThroughPeriod {
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next one.
    pub end: Timestamp,
    /// Whether everything in force is known and answered.
    pub phase: Phase,
    /// Every component and resource as the plan believes it, in any order.
    pub rows: Vec<HeadroomRow>,
    /// Those of them that are otherwise in truth.
    pub truth: Vec<HeadroomRow>,
}

/// What the chart of headroom through the periods shows.
///
/// ```
/// use plimsoll::model::{ComponentKind, Phase};
/// use plimsoll::report::charts::{Chart, HeadroomThroughChart, ThroughPeriod};
/// use plimsoll::report::span::Clock;
/// use plimsoll::report::{HeadroomRow, Standing};
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
/// let (start, end) = (at("2012-11-13T17:08:00Z"), at("2012-11-13T22:10:00Z"));
/// let chart = HeadroomThroughChart {
///     title: "San Antonio is tightest: 12 % headroom".into(),
///     scenario: "chicago-maintenance".into(),
///     span: "13 Nov 2012 09:08 to 14:10 (UTC-08:00)".into(),
///     clock: Clock { start, end, offset: jiff::tz::offset(-8) },
///     periods: vec![ThroughPeriod {
///         start, end, phase: Phase::Known, truth: Vec::new(),
///         rows: vec![HeadroomRow {
///             component: "sat".into(), name: "San Antonio".into(), kind: ComponentKind::Site,
///             resource: "cpu".into(), unit: "vCPU".into(), standing: Standing::InService,
///             before: Some(0.41), during: Some(0.12), target: Some(0.1), in_force: Some(0.1), load: 3520.0,
///     capacity: 4000.0,
///         }],
///     }],
///     events: Vec::new(),
///     most_others: 8,
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">12 %</text>") && picture.svg.contains(">09:08</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomThroughChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// When it is, as people read it.
    pub span: String,
    /// The scenario's start, end and offset.
    pub clock: Clock,
    /// The periods, one after the other.
    pub periods: Vec<ThroughPeriod>,
    /// The events, in any order.
    pub events: Vec<EventSpan>,
    /// Most access points, elements and links to show; all sites are shown.
    pub most_others: usize,
}
