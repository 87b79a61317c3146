//! Hour turns: steering that changes between two hours of one period, and how fast it can (`docs/model.md` §9).

use super::transition::{Fullness, Ramp, Refusal, Remedy};
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
    /// When it begins to turn, up to `at`; `None` if it is refused.
    pub start: Option<Timestamp>,
    /// Users who newly connect, by component that accepts a limited number, ascending; nobody may.
    pub ramp: Vec<Ramp>,
    /// The fullest component once all has turned, before the next hour begins: what is left counts, not the headroom target.
    pub fullest: Option<Fullness>,
    /// How many headroom targets are missed once all has turned, before the next hour begins.
    pub missed_targets: usize,
    /// Why it is refused, if it is.
    pub refusal: Option<Refusal>,
    /// How long it takes at least, in seconds, for everybody to be accepted; `None` is never.
    pub needs: Option<f64>,
    /// How long it may take, in seconds: `turn_minutes`, or as long as nobody moves before the hour if that is less.
    pub allowed: f64,
    /// How long before the hour nobody moves, in seconds.
    pub quiet: f64,
    /// Changes that make it safe, each found to do so by laying it again with it.
    pub remedies: Vec<Remedy>,
}
