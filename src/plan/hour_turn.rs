//! Hour turns: steering that changes between two hours of one period, and how fast it can (`docs/model.md` §9).

use super::transition::{Ramp, Refusal, Remedy};
use jiff::Timestamp;

/// Steering that turns, evenly, from that of one hour to that of the next, while homes stay as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct HourTurn {
    /// The period within which it is.
    pub period: usize,
    /// When the next hour begins.
    pub at: Timestamp,
    /// The slices of the hours whose steering it goes from, and to.
    pub slices: [usize; 2],
    /// When and how far it turns; `None` if it is refused.
    pub schedule: Option<HourSchedule>,
    /// Users who newly connect, by component that accepts so many at most, ascending; `phases` are those who come before
    /// the hour begins, and after.
    pub ramp: Vec<Ramp>,
    /// Why it is refused, if it is.
    pub refusal: Option<Refusal>,
    /// How long it takes at least, in seconds, as much of it ahead of the hour as is safe; `None` is never.
    pub needs: Option<f64>,
    /// How long it may take there, in seconds.
    pub allowed: f64,
    /// Changes that make it safe, each found to do so by laying it again with it.
    pub remedies: Vec<Remedy>,
}

/// When an hour turn begins and ends, and how far it is when the hour begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourSchedule {
    /// First instant.
    pub start: Timestamp,
    /// When all of it has turned.
    pub end: Timestamp,
    /// Share of the way that is done when the hour begins.
    pub share_ahead: f64,
}

impl HourTurn {
    /// Users who newly connect through a component per second, on the side of the hour on which most do; `None` if it is
    /// refused or takes no time.
    pub fn arrivals_per_second(&self, ramp: &Ramp) -> Option<f64> {
        let schedule = self.schedule?;
        let lengths = [(schedule.start, self.at), (self.at, schedule.end)];
        let lengths = lengths.map(|(from, to)| to.duration_since(from).as_secs_f64());
        let rates = ramp.phases.iter().zip(lengths);
        let rates = rates.filter(|(_, seconds)| *seconds > 0.0);
        let most = rates.map(|(users, seconds)| users / seconds);
        most.reduce(f64::max)
    }
}
