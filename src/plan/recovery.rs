//! Recovery: whether a plan recovers by itself after a trigger that nobody knows of (`docs/model.md` §9, Recovery).

use super::downtime::{Relief, Shortage};
use crate::model::Failing;
use jiff::Timestamp;

/// What the plays of triggers found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recovery {
    /// The plan has to recover from all triggers; else those alone were played that retries may lock in.
    pub is_required: bool,
    /// The periods in which not everything is known: no trigger is played in them.
    pub unknown_periods: Vec<usize>,
    /// The triggers that were played, tightest first.
    pub trials: Vec<Trial>,
    /// How many triggers were not played, because the work for them was spent.
    pub not_checked: usize,
    /// What would let the plan recover from the trigger after which most users stay down, each played forward.
    pub relief: Vec<Relief>,
}

impl Recovery {
    /// The trial after which most users are still down; `None` if all recover.
    pub fn worst(&self) -> Option<&Trial> {
        let locked_in = self.trials.iter().filter(|own| own.is_locked_in());
        locked_in.max_by(|a, b| a.still_down.total_cmp(&b.still_down))
    }

    /// How many triggers lock in an overload.
    pub fn locked_in(&self) -> usize {
        self.trials.iter().filter(|own| own.is_locked_in()).count()
    }

    /// How many of the triggers that recover were not played closely in every hour, because the work for that was spent.
    pub fn only_rough(&self) -> usize {
        let all = self.trials.iter();
        all.filter(|own| !own.is_close && !own.is_locked_in())
            .count()
    }

    /// The trial that takes longest to recover; `None` if none recovers.
    pub fn slowest(&self) -> Option<(&Trial, f64)> {
        let all = self.trials.iter();
        let all = all.filter_map(|own| Some((own, own.clears_after?)));
        all.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// One trigger, played forward.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The period whose homes, steering and pools stay, from 0.
    pub period: usize,
    /// What is hit.
    pub hit: Failing,
    /// What it loses meanwhile.
    pub loses: Loses,
    /// When the trigger begins.
    pub start: Timestamp,
    /// Seconds after the end of the trigger until nobody is down because of it, foretold where that is longer than it was
    /// played; `None` if somebody still is and their number does not fall.
    pub clears_after: Option<f64>,
    /// It was played in steps of both lengths in each of its hours, up to the first in which it does not recover; else only
    /// roughly.
    pub is_close: bool,
    /// Users who are down because of it at the end of the play.
    pub still_down: f64,
    /// Of so many.
    pub all_users: f64,
    /// What is short at the end of the play, if anything is.
    pub shortage: Option<Shortage>,
}

impl Trial {
    /// `true` if users stay down.
    pub fn is_locked_in(&self) -> bool {
        self.clears_after.is_none()
    }

    /// `true` if this trial takes longer to recover than the other, or leaves more users down.
    pub fn is_worse_than(&self, other: &Self) -> bool {
        match (self.clears_after, other.clears_after) {
            (None, None) => self.still_down > other.still_down,
            (Some(seconds), Some(others)) => seconds > others,
            (seconds, _) => seconds.is_none(),
        }
    }
}

/// What a trigger takes away for as long as it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loses {
    /// All sessions end, and nobody connects.
    Sessions,
    /// Nothing passes: it is out, and sessions end.
    Capacity,
    /// It stays open and does no work: what comes waits there, or is lost.
    Work,
}

impl Loses {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sessions, Self::Capacity, Self::Work];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Capacity => "capacity",
            Self::Work => "work",
        }
    }
}
