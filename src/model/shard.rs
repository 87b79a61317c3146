//! What is consumed, by which users, and how: resources, profiles, tiers, shards and their replicas.

use super::word::{Word, words};
use crate::ids::{ClientRegionId, JurisdictionId, ProfileId, ShardId, SiteId, TenantId, TierId};
use crate::units::Milliseconds;

/// Where a resource is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Where a shard is homed.
    Site,
    /// On every component of a path, and at the site it ends in if that has a capacity for it.
    Network,
}

/// What becomes of work for which there is no spare capacity now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overload {
    /// It is lost at once.
    Lose,
    /// It waits, first in first out.
    Queue,
}

impl Overload {
    /// What holds where resources.csv says nothing: work waits for what sites offer, and is lost on the path to them.
    pub fn standard(scope: Scope) -> Self {
        match scope {
            Scope::Site => Self::Queue,
            Scope::Network => Self::Lose,
        }
    }
}

/// What is consumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Also the name of its column in other files.
    pub id: String,
    /// Printed on axes and tables.
    pub unit: String,
    /// Where it is used.
    pub scope: Scope,
    /// Share of capacity to keep free, 0 to under 1.
    pub headroom: f64,
    /// At most this much is kept while a known event is in force; `None` changes nothing.
    pub event_headroom: Option<f64>,
    /// `true`: follows the hour and surges. `false`: stored data, always the full demand of all users.
    pub varies: bool,
    /// Share of a user's demand that a passive replica uses at its site.
    pub replica_share: f64,
    /// Share of a user's demand still held at the old site while the move is in progress.
    pub moving_share: f64,
    /// What becomes of work for which there is no spare capacity now.
    pub overload: Overload,
    /// The longest that work may have to wait, in seconds of its component's capacity: what would wait longer is turned
    /// away; `None` is without limit.
    pub queue_seconds: Option<f64>,
    /// `true` for new sessions a second, which no file lists: their capacity is `accepts_per_second`.
    pub is_sessions: bool,
}

impl Resource {
    /// New sessions a second, under a name that no other resource has. Nothing of them is kept free.
    pub(crate) fn sessions(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            unit: "new sessions/s".to_owned(),
            scope: Scope::Network,
            headroom: 0.0,
            event_headroom: None,
            varies: true,
            replica_share: 0.0,
            moving_share: 0.0,
            overload: Overload::Lose,
            queue_seconds: None,
            is_sessions: true,
        }
    }

    /// The column that limits it in the files of components.
    pub fn column(&self) -> &str {
        if self.is_sessions {
            "accepts_per_second"
        } else {
            &self.id
        }
    }

    /// `true` if work waits for it where there is no spare capacity: it varies, and is not lost. Stored data does not wait.
    pub fn is_waited_for(&self) -> bool {
        self.varies && self.overload == Overload::Queue
    }

    /// The longest that work waits for it, in seconds: 0 where it is lost at once, infinite where nothing limits the queue.
    pub fn longest_wait(&self) -> f64 {
        match self.overload {
            Overload::Lose => 0.0,
            Overload::Queue => self.queue_seconds.unwrap_or(f64::INFINITY),
        }
    }
}

/// What one user demands.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Unique among profiles.
    pub id: String,
    /// What the work of one user with a session takes at the peak, by resource, in the resource's unit, as profiles.csv has
    /// it.
    pub work: Vec<f64>,
    /// Demand of one user at the peak in normal operation, by resource, in the resource's unit: their work, and what opening
    /// `sessions_per_hour` takes. Of new sessions a second it is `sessions_per_hour / 3600`.
    pub demand: Vec<f64>,
    /// Extra attempts per failed attempt.
    pub retries: f64,
    /// New sessions that one user opens per hour in normal operation.
    pub sessions_per_hour: f64,
    /// Seconds after which an attempt is given up; `None` waits as long as it takes.
    pub timeout_seconds: Option<f64>,
    /// Seconds after which work counts as late: its user is down; `None` is the timeout.
    pub late_seconds: Option<f64>,
    /// Seconds that one piece of work takes at a worker; `None` is not known.
    pub service_seconds: Option<f64>,
    /// What opening a session demands, in seconds of a user's normal demand.
    pub session_cost: f64,
}

/// What was promised.
#[derive(Debug, Clone, PartialEq)]
pub struct Tier {
    /// Unique among tiers.
    pub id: String,
    /// 1 is served first and shed last.
    pub rank: u32,
    /// Promised share of time, such as 0.999.
    pub availability: f64,
}

/// Where a shard may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoveRule {
    /// To any permitted site.
    Free,
    /// Only to a site that holds a replica (or back to its site of shards.csv).
    ReplicaOnly,
    /// Its site or unserved.
    Pinned,
}

/// A part of a tenant that is homed as one. Its id stands in `Inventory::shard_ids`.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    /// Whose it is.
    pub tenant: TenantId,
    /// Peak concurrent users before any onboarding row.
    pub users: u64,
    /// Where shards.csv homes it; `None` is to be placed.
    pub site: Option<SiteId>,
    /// What one of its users demands.
    pub profile: ProfileId,
    /// Where its users are.
    pub client_region: ClientRegionId,
    /// What it was promised.
    pub tier: TierId,
    /// It may only move to a site that offers this.
    pub jurisdiction: Option<JurisdictionId>,
    /// Limit of its users' paths; `None` takes the policy's.
    pub max_latency: Option<Milliseconds>,
    /// Where it may go.
    pub move_rule: MoveRule,
}

/// Whether a replica may take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplicaState {
    /// Takes over at once.
    Ready,
    /// Holds data, does not take over.
    Blocked,
}

/// A passive copy. Never at the site of shards.csv.
#[derive(Debug, Clone, PartialEq)]
pub struct Replica {
    /// Whose copy.
    pub shard: ShardId,
    /// Where.
    pub site: SiteId,
    /// 1 is preferred first.
    pub preference: u32,
    /// Ready or blocked.
    pub state: ReplicaState,
}

words!(MoveRule: "free" = Self::Free, "replica_only" = Self::ReplicaOnly, "pinned" = Self::Pinned);
words!(Overload: "lose" = Self::Lose, "queue" = Self::Queue);
words!(ReplicaState: "ready" = Self::Ready, "blocked" = Self::Blocked);
words!(Scope: "site" = Self::Site, "network" = Self::Network);
