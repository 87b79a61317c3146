//! Homes: whether it matters to a case of failures, planned again, where shards are homed before.

use crate::ids::ComponentId;
use crate::model::{
    Contingencies, Drain, Failing, Failover, Inventory, MoveRule, Policy, Scenario,
};
use fixedbitset::FixedBitSet;

/// `true` if other homes than today's may serve more in some case. Where they may not, what holds rebalanced holds as is,
/// and conversely, since staying is one of the choices.
///
/// A shard's sites in a case are those of its rules and its home. With another home `d` than today's they are no more than
/// with today's, except where the failover rule asks more than the rules of planned moves, or less. A limit of moved users
/// counts from the home as well.
pub(super) fn homes_matter(
    inventory: &Inventory,
    scenario: &Scenario,
    contingencies: &Contingencies,
) -> bool {
    let policy = &scenario.policy;
    if policy.max_moved_users.is_some() {
        return true;
    }
    let failing = sites_that_fail(inventory, contingencies);
    if failing.is_clear() {
        return false;
    }
    let mut has_replicas = FixedBitSet::with_capacity(inventory.shards.len());
    has_replicas.extend(
        inventory
            .replicas
            .iter()
            .map(|replica| replica.shard.index()),
    );
    let mut alone = FixedBitSet::with_capacity(inventory.sites.len());
    for member in contingencies.members() {
        if let Failing::Component(component) = member
            && component.index() < inventory.sites.len()
        {
            alone.insert(component.index());
        }
    }
    let do_all_fail = alone.is_full();
    let mut shards = inventory.shards.iter().enumerate();
    shards.any(|(index, shard)| {
        shard.move_rule == MoveRule::Free
            && depends(policy, has_replicas.contains(index), do_all_fail)
    })
}

/// `true` if the sites of a free shard in some case may be more with another home than with today's.
fn depends(policy: &Policy, has_replicas: bool, do_all_fail: bool) -> bool {
    match (policy.failover, has_replicas) {
        // Wherever it is homed it has no copy when that site fails, and it is not trapped in that case today: it may move only
        // where no site fails.
        (Failover::Replicas, false) => !do_all_fail,
        // Copies are all that is permitted, home or not.
        (Failover::Replicas, true) => policy.drain != Drain::Replicas,
        (Failover::Anywhere, false) => false,
        // A failure frees a shard from the rule of planned moves.
        (Failover::Anywhere, true) => policy.drain == Drain::Replicas,
    }
}

/// Sites that fail in some case.
fn sites_that_fail(inventory: &Inventory, contingencies: &Contingencies) -> FixedBitSet {
    let mut sites = FixedBitSet::with_capacity(inventory.sites.len());
    let groups = contingencies.groups.iter().copied();
    let groups = groups.map(Failing::RiskGroup);
    for failing in contingencies.members().iter().copied().chain(groups) {
        let components = failing.components(inventory).into_iter();
        let of_sites = components.filter(|component| component.index() < inventory.sites.len());
        sites.extend(of_sites.map(ComponentId::index));
    }
    sites
}
