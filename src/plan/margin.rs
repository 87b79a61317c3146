//! Error margin: how far demand or capacities may be off with the same verdict (`docs/model.md` §11).

use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::model::Holds;
use std::sync::Arc;

/// How large an error of the inputs a period stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorMargin {
    /// What holds up to there.
    pub holds: Holds,
    /// Users who have no open site, whatever the factor: they are left out.
    pub left_out: f64,
    /// How many times as large all demand may be; `None` if nothing limits it.
    pub demand: Option<Limit>,
    /// What share of all capacities may be missing; `None` if nothing limits it. Below 0 is what would have to be
    /// added.
    pub capacity: Option<Limit>,
    /// Where every shard is in the plans that were found at the limits of demand and of capacity; `None` is where the plan itself
    /// has it, or of more than 5,000 shards.
    pub homes: [Option<Sites>; 2],
}

/// Where every shard is, by shard; `None` is nowhere.
pub type Sites = Arc<[Option<SiteId>]>;

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Up to which a plan of whole shards was found.
    pub verified: f64,
    /// Beyond which there is none, fractional homes or not; at least `verified`. `None` if nothing limits it.
    pub bound: Option<f64>,
    /// What binds first; `None` is the move limit.
    pub first: Option<(ComponentId, ResourceId)>,
}
