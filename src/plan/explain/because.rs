//! Explanation: why shards are where they are, those with the same reason together.

use crate::ids::{ComponentId, JurisdictionId, PoolId, ResourceId, ShardId, SiteId};
use crate::plan_files::Cause;
use std::collections::BTreeMap;

pub use crate::plan_files::explanations::{ChoiceKind, ReasonKind, ShardFate};

/// What is out, so that no path is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Out {
    /// A component.
    Component(ComponentId),
    /// A pool: all its members, or what they have left of a resource.
    Pool(PoolId),
}

/// A resource of a component that would be beyond its target, or its capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scarce {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// `true` if it would serve all users, but not recover once they all retry (`require_stable`).
    pub with_retries: bool,
}

/// Why a site is of no use to a shard, with all else as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteObstacle {
    /// Maintenance leaves nothing of it.
    Drained,
    /// A failure leaves nothing of it.
    Failed,
    /// It has nothing, or nothing left, of a resource that is needed.
    NothingLeft,
    /// No open path within the latency limit leads there.
    NoPath,
    /// Every path there passes a standby access point, and it stays closed.
    StandbyClosed,
    /// Every open path there, or the site itself, meets a component without spare capacity; this is the one that lacks most.
    NoSpare(Scarce),
    /// It holds no copy of the shard.
    NoCopy,
}

/// A site that is of no use.
pub type Useless = (SiteId, SiteObstacle);

/// The rule that keeps a shard from sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShardRule {
    /// It is pinned.
    Pinned,
    /// No event touches it, and only who is touched may move.
    Movers,
    /// Its site has failed, and it runs from a ready replica or not at all.
    Failover,
    /// It may only move to a replica: its own move rule.
    ReplicaOnly,
    /// It may only move to a replica: the policy's drain rule.
    Drain,
    /// It must stay in a jurisdiction.
    Jurisdiction(JurisdictionId),
}

/// Why, with what blocks it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Why {
    /// Why.
    pub kind: ReasonKind,
    /// What is out, if one thing alone would open a path.
    pub out: Option<Out>,
    /// What would be under its target, or over its capacity.
    pub scarce: Option<Scarce>,
    /// The rule that leaves them no open site that a path reaches, if one keeps them from any site.
    pub rule: Option<ShardRule>,
    /// Of the unserved, every site where they may go that is of no use.
    pub sites: Vec<Useless>,
}

impl From<ReasonKind> for Why {
    fn from(kind: ReasonKind) -> Self {
        Self {
            kind,
            out: None,
            scarce: None,
            rule: None,
            sites: Vec::new(),
        }
    }
}

/// Why the new site and no other, and those with a shorter path that are of no use.
pub type Choice = (ChoiceKind, Vec<Useless>);

/// What a component would come to with one shard more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Squeeze {
    /// Load, in the resource's unit.
    pub load: f64,
    /// Capacity left, in the same unit.
    pub capacity: f64,
    /// Headroom target in force, a share.
    pub target: f64,
    /// The written one: more than that in force where some of it was missing before.
    pub written_target: f64,
    /// `true` if the load is that with all retries running.
    pub with_retries: bool,
}

impl Squeeze {
    /// What is missing to keep the target, in the resource's unit.
    pub fn short_by(&self) -> f64 {
        self.load - self.capacity * (1.0 - self.target)
    }

    /// Headroom that would be left, a share; below 0 it would be overloaded.
    pub fn headroom(&self) -> f64 {
        1.0 - self.load / self.capacity
    }
}

/// The latency limit of the users of several shards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LatencyLimits {
    /// None of them has one.
    Without,
    /// All have this one, in milliseconds.
    Of(f64),
    /// They have different ones.
    Several,
}

/// Why shards are where they are: those of one period with the same reason together.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What happens to them.
    pub fate: ShardFate,
    /// Their current site; where they come from, for those who return.
    pub from: Option<SiteId>,
    /// Where they are served.
    pub to: Option<SiteId>,
    /// `true` if the new site holds a copy of them.
    pub is_takeover: bool,
    /// Why.
    pub why: Why,
    /// For [`ReasonKind::NoRoom`]: what the component would come to with the one of them that needs least.
    pub squeeze: Option<Squeeze>,
    /// Why the new site, for those who move or are placed.
    pub choice: Option<Choice>,
    /// The latency limit of their users.
    pub limit: LatencyLimits,
    /// `true` if some of the unserved are of shards of which the rest is served: a shard that is not split comes as a whole.
    pub is_as_whole: bool,
    /// Of the unserved who may be somewhere that is of no use: how many a rule keeps from other sites.
    pub kept_away: BTreeMap<ShardRule, f64>,
    /// Which, and how many of their users; ascending.
    pub shards: Vec<(ShardId, f64)>,
}

impl Why {
    /// What keeps users from being served, of a reason why they are not.
    pub fn cause(&self) -> Option<Cause> {
        match self.kind {
            ReasonKind::Trapped => Some(Cause::NoSite),
            ReasonKind::Full | ReasonKind::WholeShards => Some(Cause::NoCapacity),
            ReasonKind::MoveLimit => Some(Cause::MoveLimit),
            _ => None,
        }
    }
}

impl Explanation {
    /// All users that it is about.
    pub fn users(&self) -> f64 {
        self.shards.iter().map(|(_, users)| users).sum()
    }
}
