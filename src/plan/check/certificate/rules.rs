//! Where users may be served: the rules of `places.rs` asked beforehand.

use super::super::ground::Ground;
use super::super::period::Situation;
use crate::ids::SiteId;
use crate::model::{Drain, Failover, MoveRule, Movers};

/// `true` if who is homed at `current` may be served at `site`; whether it is open or can be reached is not asked.
pub(super) fn may_be_at(
    ground: &Ground<'_>,
    situation: &Situation,
    shard: usize,
    current: Option<SiteId>,
    is_affected: bool,
    site: SiteId,
) -> bool {
    if current == Some(site) {
        return true;
    }
    let policy = &ground.scenario.policy;
    let row = &ground.inventory.shards[shard];
    let is_ready = || ground.has_ready_copy(shard, site);
    let jurisdictions = &ground.inventory.sites[site.index()].jurisdictions;
    let is_outside = row
        .jurisdiction
        .is_some_and(|needed| !jurisdictions.contains(&needed));
    if is_outside || row.move_rule == MoveRule::Pinned {
        return false;
    }
    if row.move_rule == MoveRule::ReplicaOnly && row.site != Some(site) && !is_ready() {
        return false;
    }
    let Some(current) = current else {
        return true;
    };
    if policy.movers == Movers::Affected && !is_affected {
        return false;
    }
    if situation.case.failed[current.index()] {
        policy.failover == Failover::Anywhere || is_ready()
    } else {
        policy.drain == Drain::Anywhere || !ground.has_replicas(shard) || is_ready()
    }
}
