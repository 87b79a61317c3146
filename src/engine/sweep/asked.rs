//! What a sweep is asked: which failures, how they are answered, from where, and in which period.

use crate::model::{FailureSet, Recovery, Scenario};
use crate::scenario::{Knowledge, Period, is_in_force};

/// What a sweep is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepRequest {
    /// Of which members.
    pub over: FailureSet,
    /// At most this many fail at once.
    pub failures: usize,
    /// How failures are answered, ascending.
    pub recoveries: Vec<Recovery>,
    /// Where users are when failures are answered by planning again.
    pub begin: Begin,
    /// In which period of the scenario; `None` is the first of those in which most events are in force.
    pub period: Option<usize>,
    /// Whether all levels are settled, not only unserved users and the worst missing share.
    pub is_full: bool,
    /// What may deliver less without saying so, if anything.
    pub gray: Option<GrayAsked>,
}

impl SweepRequest {
    /// All cases of up to a number of failures of a set, planned again from the start of the period in which most events are
    /// in force.
    pub fn new(over: FailureSet, failures: usize) -> Self {
        Self {
            over,
            failures,
            recoveries: vec![Recovery::Replan],
            begin: Begin::Start,
            period: None,
            is_full: false,
            gray: None,
        }
    }
}

/// Where users are when failures are answered by planning again: where the events of the scenario find them, so that
/// one plan answers all; or where the scenario's own plan homes them, which is in force when something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Begin {
    /// Sites at the start of the period
    #[default]
    Start,
    /// Sites of the scenario's own plan
    Plan,
}

/// What a sweep is asked about members that silently deliver less.
#[derive(Debug, Clone, PartialEq)]
pub struct GrayAsked {
    /// Of which members.
    pub over: FailureSet,
    /// At most this many at once.
    pub most: usize,
    /// The share of the work through a gray member that is lost, above 0 up to 1.
    pub severity: f64,
    /// Minutes until it is detected.
    pub minutes: f64,
}

/// The first of the periods in which most events are in force and known.
pub(super) fn busiest(scenario: &Scenario, periods: &[Period]) -> usize {
    let events_in = |period: &Period| {
        let is_known = |event| is_in_force(event, scenario, period.start, Knowledge::Believed);
        scenario
            .events
            .iter()
            .filter(|event| is_known(event))
            .count()
    };
    let mut best = (0, 0);
    for (index, period) in periods.iter().enumerate() {
        let count = events_in(period);
        if count > best.1 {
            best = (index, count);
        }
    }
    best.0
}
