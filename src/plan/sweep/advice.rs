//! Advice: why users stay unserved in a case, and what would serve them (`model.md` §11).

use crate::ids::{ComponentId, JurisdictionId, ResourceId, SiteId};
use crate::model::Recovery;
use crate::plan::Relaxed;

/// Why users stay unserved in a case, and what would serve them.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// The case.
    pub case: usize,
    /// How its failures are answered.
    pub recovery: Recovery,
    /// Why most of them stay unserved; those with most users first.
    pub because: Vec<UnservedReason>,
    /// Different repairs, each found to hold by planning again; the best one first.
    pub repairs: Vec<Repair>,
}

/// Users who stay unserved for one reason.
#[derive(Debug, Clone, PartialEq)]
pub struct UnservedReason {
    /// Position of their rank among those that have users.
    pub rank: usize,
    /// How many.
    pub users: f64,
    /// What keeps them from being served.
    pub obstacle: ServingObstacle,
}

/// What keeps users from being served.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServingObstacle {
    /// Their shards are pinned to a site that is gone.
    Pinned,
    /// Their site has failed, and their shards have no replica.
    NoReplica,
    /// Their shards may only run from a copy, and no ready copy is at an open site.
    CopiesGone,
    /// No site is open.
    NoSite,
    /// No open site offers their jurisdiction.
    Jurisdiction(JurisdictionId),
    /// No open path leads to a permitted site within their latency limit.
    Unreachable,
    /// Where they may go is full.
    Full {
        /// The jurisdiction that leaves only these sites, if one does.
        jurisdiction: Option<JurisdictionId>,
        /// The sites where they may be, ascending.
        sites: Vec<SiteId>,
        /// What is full there or on the way, ascending.
        full: Vec<(ComponentId, ResourceId)>,
    },
}

/// What would serve more users.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// Rules that give, ascending.
    pub rules: Vec<Relaxed>,
    /// How much more capacity, ascending by component and resource, in the resource's unit.
    pub capacity: Vec<(ComponentId, ResourceId, f64)>,
    /// The same in average users.
    pub capacity_users: f64,
    /// Who stays unserved with it, as planning again found.
    pub unserved_after: f64,
}
