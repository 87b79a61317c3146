//! Downtime: what users feel of a plan by its own replay, and what of it the plan names.

use super::replay::{Account, Short};
use crate::ids::{ComponentId, ResourceId, SiteId};
use jiff::Timestamp;

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
    /// A plan of so many periods that is not checked, from its first instant on.
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

/// What no plan counts with, so that playing it would tell of something else.
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
    /// User minutes in which they are.
    pub user_minutes: f64,
    /// Of these, those of users who are served nowhere.
    pub unserved_minutes: f64,
    /// Of these, those that the plan names besides: of what is not known, not answered or known to fail, and of users who are
    /// cut off or move, until the aftermath is over.
    pub named_minutes: f64,
    /// Of these, those of outages.
    pub outage_minutes: f64,
    /// When the aftermath of what the plan names is over: until then more users are down than it names at the time.
    pub aftermath_until: Option<Timestamp>,
    /// Until when anybody is down whom the plan serves.
    pub down_until: Option<Timestamp>,
}

/// Users who are down beyond what the plan names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outage {
    /// From when on.
    pub start: Timestamp,
    /// Until no more are down than the plan names; `None` if they still are when the replay ends.
    pub end: Option<Timestamp>,
    /// How many at once, at most, beyond those whom the plan names then.
    pub most_users: f64,
    /// How many the plan names meanwhile, at most.
    pub named_users: f64,
    /// Of so many.
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

/// What comes somewhere, and how much of it there is room for, each at the instant at which most is missing.
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
