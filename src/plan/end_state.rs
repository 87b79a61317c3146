//! End state: until when the homes and paths with which a plan ends hold as users grow, if nothing fails.

use super::runway::{Condition, Day};
use jiff::{SignedDuration, Timestamp};

/// Until when the homes and paths at a plan's end hold as users grow as expected.
#[derive(Debug, Clone, PartialEq)]
pub struct EndStateRunway {
    /// The first day that is asked about: its beginning, midnight UTC, at the scenario's end or after it.
    pub from: Timestamp,
    /// How many days are asked about.
    pub days: Day,
    /// Events of the scenario that do not end with it, by position there: in force on every day.
    pub in_force: Vec<usize>,
    /// The first day on which shards have users that have no home at the plan's end: they are not counted. `None` without any.
    pub newcomers: Option<Day>,
    /// The first days that fail, or why they are not known.
    pub found: Result<EndStateDates, EndStateGap>,
}

/// The first days on which conditions fail; `None` where they hold on all that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndStateDates {
    /// Headroom targets are met before it.
    pub target: Option<Day>,
    /// Everyone is served before it. No day of it is before that of the targets.
    pub served: Option<Day>,
}

/// Why it is not known until when the end of a plan holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndStateGap {
    /// Users are unserved at the plan's end.
    Unserved,
    /// Demand is planned by the hour, and weights are those of the last one.
    Hours,
    /// More work than a plan may add to its own.
    Work,
    /// A stop was raised.
    Stopped,
}

impl EndStateRunway {
    /// The instant at which a day begins.
    pub fn begins(&self, day: Day) -> Timestamp {
        let span = SignedDuration::from_hours(24 * i64::from(day));
        self.from.checked_add(span).unwrap_or(Timestamp::MAX)
    }
}

impl EndStateDates {
    /// The first day on which a condition of normal operation fails.
    pub fn fails_from(self, condition: Condition) -> Option<Day> {
        match condition {
            Condition::Target => self.target,
            Condition::Served | Condition::ServedUnder | Condition::StableUnder => self.served,
        }
    }
}

impl EndStateGap {
    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unserved => "unserved",
            Self::Hours => "hours",
            Self::Work => "work",
            Self::Stopped => "stopped",
        }
    }
}
