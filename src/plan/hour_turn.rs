//! Hour turns: steering that changes between two hours of one period, and how fast it can (`docs/model.md` §9).

use super::transition::{Ramp, Refusal, Remedy};
use crate::ids::ComponentId;
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
    /// By component of `ramp`: new sessions per second of normal operation before the hour begins, and after, at worst.
    pub background: Vec<[f64; 2]>,
    /// Why it is refused, if it is.
    pub refusal: Option<Refusal>,
    /// How long it takes at least, in seconds, if there were time for it: as a whole on one side of the hour, else as much
    /// ahead of it as is safe; `None` is never.
    pub needs: Option<f64>,
    /// How much of the hours is of use, in seconds: on each side as long as nobody moves, and no longer than what is safe
    /// there takes.
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
    /// New sessions per second at a component on the side of the hour on which it has most: of those who newly connect, and
    /// of normal operation; `None` if it is refused or takes no time.
    pub fn busiest(&self, component: ComponentId) -> Option<[f64; 2]> {
        let position = self
            .ramp
            .iter()
            .position(|own| own.component == component)?;
        let schedule = self.schedule?;
        let lengths = [(schedule.start, self.at), (self.at, schedule.end)];
        let lengths = lengths.map(|(from, to)| to.duration_since(from).as_secs_f64());
        let users = self.ramp[position].phases;
        let of_side = |side: usize| {
            let seconds = lengths[side];
            (seconds > 0.0).then(|| [users[side] / seconds, self.background[position][side]])
        };
        let sum = |own: &[f64; 2]| own[0] + own[1];
        let both = [0, 1].into_iter().filter_map(of_side);
        both.max_by(|a, b| sum(a).total_cmp(&sum(b)))
    }
}
