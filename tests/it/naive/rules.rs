//! Where a shard may run: jurisdiction, move, drain and failover rules.

use super::at_instant::Believed;
use plimsoll::ids::{ShardId, SiteId};
use plimsoll::model::{Drain, Failover, Inventory, MoveRule, Movers, Policy, ReplicaState};

/// `true` if a replica of the shard, or its home if it has replicas, is at `site`.
pub(crate) fn has_copy(inventory: &Inventory, shard: usize, site: SiteId) -> bool {
    let replicas = inventory.replicas_of(ShardId::new(shard));
    let is_home = inventory.shards[shard].site == Some(site);
    !replicas.is_empty() && (is_home || replicas.iter().any(|replica| replica.site == site))
}

/// `true` if a copy of the shard at `site` may take over.
///
/// Decision: the home counts as a ready copy of a shard that has replicas, not of one without.
fn has_ready_copy(inventory: &Inventory, shard: usize, site: SiteId) -> bool {
    let replicas = inventory.replicas_of(ShardId::new(shard));
    let is_home = inventory.shards[shard].site == Some(site);
    let is_ready_replica = replicas
        .iter()
        .any(|replica| replica.site == site && replica.state == ReplicaState::Ready);
    !replicas.is_empty() && (is_home || is_ready_replica)
}

/// `true` if the rules let the shard run at `site` (whether a path leads there is another question).
///
/// Decisions: staying is always allowed. A shard without a current site is placed, not moved: drain and
/// failover rules do not ask about it; the move rule says where a shard may go and does (pinned without a
/// site: nowhere; `replica_only`: where a ready copy is). A blocked replica makes no site allowed, but does
/// not forbid one where shards without a copy may go. The failover rule stands instead of the drain rule.
pub(crate) fn may_run_at(
    inventory: &Inventory,
    policy: &Policy,
    believed: &Believed,
    is_affected: bool,
    shard: usize,
    current: Option<SiteId>,
    site: SiteId,
) -> bool {
    if current == Some(site) {
        return true;
    }
    let row = &inventory.shards[shard];
    let offered = &inventory.sites[site.index()].jurisdictions;
    if row
        .jurisdiction
        .is_some_and(|needed| !offered.contains(&needed))
    {
        return false;
    }
    let is_ready = has_ready_copy(inventory, shard, site);
    let by_move_rule = match row.move_rule {
        MoveRule::Free => true,
        MoveRule::ReplicaOnly => is_ready || row.site == Some(site),
        MoveRule::Pinned => false,
    };
    let Some(current) = current else {
        return by_move_rule;
    };
    let has_replicas = !inventory.replicas_of(ShardId::new(shard)).is_empty();
    let by_event_rule = if believed.failed[current.index()] {
        policy.failover == Failover::Anywhere || is_ready
    } else {
        policy.drain == Drain::Anywhere || !has_replicas || is_ready
    };
    by_move_rule && by_event_rule && (is_affected || policy.movers == Movers::All)
}
