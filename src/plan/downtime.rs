//! Downtime: what users feel of a plan by its own replay, what of it the plan names, and whether it recovers by itself
//! after a trigger that nobody knows of (`docs/model.md` §9, Recovery).

use super::replay::{Account, Short};
use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::model::Failing;
use jiff::Timestamp;

/// Beside the users who stay down before a plan a hundredth more is what steps of other lengths make of it.
const SAME: f64 = 0.01;

/// Fewer users count as none.
const NOT_ONE: f64 = 0.5;

/// What playing a plan forward found.
#[derive(Debug, Clone, PartialEq)]
pub struct Downtime {
    /// Why it does not count, if it does not: then nothing is played.
    pub not_counted: Option<NotCounted>,
    /// From when on it is not checked, because the work for it was spent; `None` if all was played.
    pub unchecked_from: Option<Timestamp>,
    /// It was played in parts that are longer than those of a replay: amounts and instants are rough.
    pub is_rough: bool,
    /// The longest step in which it was played, in seconds: that of the scenario, or a shorter one in which more is lost.
    pub step_seconds: f64,
    /// One for every period.
    pub periods: Vec<PeriodDowntime>,
    /// What is down beyond what the plan names, in order of time.
    pub outages: Vec<Outage>,
    /// Users who are down when the scenario ends, and not named: for so short a time that nobody knows whether they recover.
    pub still_down: f64,
    /// What users felt, by tenant, tier and month; nothing where not all was played as exactly as a replay is.
    pub accounts: Vec<Account>,
    /// What would end all of them, each played forward; empty if nothing of what was tried does, or nothing was.
    pub relief: Vec<Relief>,
}

impl Downtime {
    /// A plan of the given number of periods that is not checked, from its first instant on.
    pub fn unchecked(start: Timestamp, periods: usize) -> Self {
        Self {
            not_counted: None,
            unchecked_from: Some(start),
            is_rough: false,
            step_seconds: 0.0,
            periods: vec![PeriodDowntime::default(); periods],
            outages: Vec::new(),
            still_down: 0.0,
            accounts: Vec::new(),
            relief: Vec::new(),
        }
    }
}

/// What no plan takes into account, so that playing it would show something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCounted {
    /// Events that end sessions.
    Disconnects,
    /// Work that waits when the scenario begins.
    Queued,
    /// Both.
    DisconnectsAndQueued,
    /// The plan is refused: nothing of it is to be begun.
    Refused,
}

/// What users feel in a period; before the scenario begins counts to its first.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PeriodDowntime {
    /// Users who are down at once, at most.
    pub most_users: f64,
    /// The same without users who wait to be placed.
    pub most_others: f64,
    /// Users of shards without a site in shards.csv who wait until this plan, which serves all of them, places them, at most.
    pub most_unplaced: f64,
    /// User minutes in which users are down.
    pub user_minutes: f64,
    /// Of these, those of users who are served nowhere.
    pub unserved_minutes: f64,
    /// Of all minutes, those of users who wait to be placed.
    pub unplaced_minutes: f64,
    /// Of these, those that count as named.
    pub unplaced_named_minutes: f64,
    /// Of all minutes, those that the plan names in addition: of what is not known, not answered or known to fail, and of users who are
    /// cut off or move, until the aftermath is over.
    pub named_minutes: f64,
    /// Of these, those of outages.
    pub outage_minutes: f64,
    /// When the aftermath of what the plan names is over: until then more users are down than it names at the time.
    pub aftermath_until: Option<Timestamp>,
    /// Until when anybody is down that the plan serves.
    pub down_until: Option<Timestamp>,
}

/// Users who are down beyond what the plan names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outage {
    /// From when on.
    pub start: Timestamp,
    /// Until no more are down than the plan names; `None` if they still are when the replay ends.
    pub end: Option<Timestamp>,
    /// How many at once, at most, beyond those that the plan names then.
    pub most_users: f64,
    /// How many the plan names meanwhile, at most.
    pub named_users: f64,
    /// Of how many.
    pub all_users: f64,
    /// User minutes in which they are.
    pub user_minutes: f64,
    /// What is short meanwhile, if anything is.
    pub shortage: Option<Shortage>,
}

/// What ends outages, by itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Relief {
    /// All of these have more capacity, or accept more sessions.
    More(Vec<Raised>),
    /// Users move into all of these no faster than that.
    Paced(Vec<Paced>),
    /// Clients that have given up connecting return evenly over so long.
    Returns {
        /// In minutes.
        minutes: f64,
    },
}

/// How fast users move into a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paced {
    /// Where.
    pub site: SiteId,
    /// Users an hour, at most.
    pub per_hour: f64,
}

/// What has more capacity than it has now; of a pool each member that limits the resource has as much more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Raised {
    /// Where.
    pub component: ComponentId,
    /// Of what; new sessions a second are the last resource.
    pub resource: ResourceId,
    /// Its capacity now, before any event.
    pub now: f64,
    /// The capacity that is enough.
    pub at_least: f64,
}

impl Raised {
    /// `true` if both are of the same component and resource.
    pub fn is_of(&self, other: &Self) -> bool {
        (self.component, self.resource) == (other.component, other.resource)
    }
}

/// What comes somewhere, and for how much of it there is capacity, each at the instant at which most is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shortage {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub short: Short,
    /// What comes in a second.
    pub offered: f64,
    /// What is accepted or worked in a second.
    pub capacity: f64,
}

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
        let locked_in = self.trials.iter().filter(|trial| trial.is_locked_in());
        locked_in.max_by(|a, b| a.still_down.total_cmp(&b.still_down))
    }

    /// The worst trial to show: of those that leave more users down than the state before, the one that adds most; then one of
    /// which that is not known; then any.
    pub fn worst_added(&self) -> Option<&Trial> {
        let locked_in = self.trials.iter().filter(|trial| trial.is_locked_in());
        let added = |trial: &Trial| trial.still_down - trial.still_down_before.unwrap_or(0.0);
        let rank = |trial: &Trial| match trial.is_added() {
            Some(true) => 2,
            None => 1,
            Some(false) => 0,
        };
        locked_in.max_by(|a, b| {
            let order = rank(a).cmp(&rank(b));
            let order = order.then(added(a).total_cmp(&added(b)));
            order.then(a.still_down.total_cmp(&b.still_down))
        })
    }

    /// How many triggers lock in an overload.
    pub fn locked_in(&self) -> usize {
        self.trials
            .iter()
            .filter(|trial| trial.is_locked_in())
            .count()
    }

    /// How many of the triggers that recover were not played closely in every hour, because the work for that was spent.
    pub fn only_rough(&self) -> usize {
        let all = self.trials.iter();
        all.filter(|trial| !trial.is_close && !trial.is_locked_in())
            .count()
    }

    /// The trial that takes longest to recover; `None` if none recovers.
    pub fn slowest(&self) -> Option<(&Trial, f64)> {
        let all = self.trials.iter();
        let all = all.filter_map(|trial| Some((trial, trial.clears_after?)));
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
    /// Users who stay down after the same trigger in the state before the plan; `None` if that was not played.
    pub still_down_before: Option<f64>,
    /// Of how many.
    pub all_users: f64,
    /// What is short at the end of the play, if anything is.
    pub shortage: Option<Shortage>,
}

impl Trial {
    /// `true` if users stay down.
    pub fn is_locked_in(&self) -> bool {
        self.clears_after.is_none()
    }

    /// `true` if more users stay down than in the state before the plan; `None` if that is not known.
    pub fn is_added(&self) -> Option<bool> {
        let before = self.still_down_before?;
        Some(self.still_down > before * (1.0 + SAME) + NOT_ONE)
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
