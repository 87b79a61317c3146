//! Ground: what all cases of a sweep have in common.

use super::super::planner::Planner;
use crate::formulation::KindId;
use crate::ids::{ShardId, TenantId};
use crate::model::Contingencies;

/// What all cases of a sweep have in common.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) contingencies: Contingencies,
    /// By kind, the first shard of it.
    pub(super) first_of_kind: Vec<ShardId>,
    /// By kind, where its tenants begin; one more entry closes the last.
    begins: Vec<u32>,
    /// Each once for a kind.
    tenants: Vec<TenantId>,
    /// Ranks of tiers that have users, ascending.
    pub(super) ranks: Vec<u32>,
    /// Kinds that nobody can serve, whatever happens, unless something touches them.
    pub(super) always_trapped: Vec<KindId>,
}

impl Ground {
    /// What all cases of a planner have in common.
    pub(super) fn new(planner: &Planner, contingencies: Contingencies) -> Self {
        let inventory = planner.inventory();
        let kinds = planner.kinds();
        let mut first_of_kind = vec![ShardId::new(0); kinds.kinds.len()];
        let mut is_known = vec![false; kinds.kinds.len()];
        let mut pairs: Vec<(KindId, TenantId)> = Vec::new();
        for (home, kind) in kinds.of_homes(planner.homes()) {
            if !std::mem::replace(&mut is_known[kind as usize], true) {
                first_of_kind[kind as usize] = home.shard;
            }
            let pair = (kind, inventory.shards[home.shard.index()].tenant);
            if pairs.last() != Some(&pair) {
                pairs.push(pair);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let begins = kinds.ids().map(|kind| {
            let first = pairs.partition_point(|(own, _)| *own < kind);
            u32::try_from(first).expect("invariant: there are fewer homes than 2^32")
        });
        let mut begins: Vec<u32> = begins.collect();
        begins.push(u32::try_from(pairs.len()).expect("invariant: the same"));
        let has_users = |rank: u32| {
            let mut kinds = kinds.kinds.iter();
            kinds.any(|kind| kind.has_users && inventory.tiers[kind.tier.index()].rank == rank)
        };
        let mut ranks: Vec<u32> = inventory.tiers.iter().map(|tier| tier.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        ranks.retain(|rank| has_users(*rank));
        Self {
            contingencies,
            first_of_kind,
            begins,
            tenants: pairs.into_iter().map(|(_, tenant)| tenant).collect(),
            ranks,
            always_trapped: planner.always_trapped(),
        }
    }

    /// The tenants whose shards are of a kind.
    pub(super) fn tenants_of(&self, kind: KindId) -> &[TenantId] {
        let kind = kind as usize;
        &self.tenants[self.begins[kind] as usize..self.begins[kind + 1] as usize]
    }
}
