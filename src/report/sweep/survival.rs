//! Survival: how many failures at once the tenants of each tier survive.

use super::told::Told;
use crate::ids::{TenantId, TierId};
use crate::model::Recovery;
use crate::plan::sweep::Break;
use crate::units::NOBODY;
use std::collections::BTreeSet;

/// How many failures at once the tenants of one tier survive, whichever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Survival {
    /// Which tier.
    pub(in crate::report) tier: TierId,
    /// Tenants that have users of it.
    pub(in crate::report) tenants: usize,
    /// By number of failures from 0 on, tenants that any so many leave without unserved users of the tier.
    pub(in crate::report) survive: Vec<usize>,
}

impl Told<'_> {
    /// Tenants and the tiers that they have users of, in the period that is looked at or in some case before it.
    pub(in crate::report) fn tenants(&self, recovery: Recovery) -> BTreeSet<(TierId, TenantId)> {
        let shards = self.inventory.shards.iter().enumerate();
        let has_users = |shard: usize, users: u64| {
            let known = self.before.map(|before| before.case.users(shard));
            known.unwrap_or(users as f64) > NOBODY
        };
        let mut all: BTreeSet<_> = shards
            .filter(|(index, shard)| has_users(*index, shard.users))
            .map(|(_, shard)| (shard.tier, shard.tenant))
            .collect();
        // Who comes later has users as well.
        let breaks = self.sweep.tally.breaks.keys();
        all.extend(
            breaks
                .filter(|own| own.recovery == recovery)
                .map(|own| (own.tier, own.tenant)),
        );
        all
    }

    /// The smallest case that breaks a tenant's tier, if one does.
    pub(in crate::report) fn breaking(
        &self,
        recovery: Recovery,
        tier: TierId,
        tenant: TenantId,
    ) -> Option<usize> {
        let key = Break {
            recovery,
            tenant,
            tier,
        };
        self.sweep.tally.breaks.get(&key).copied()
    }

    /// How many failures at once the tenants of each tier survive; tiers by rank.
    pub(in crate::report) fn survival(&self, recovery: Recovery) -> Vec<Survival> {
        let most = self.most();
        let mut all: Vec<Survival> = Vec::new();
        for (tier, tenant) in self.tenants(recovery) {
            if all.last().is_none_or(|last| last.tier != tier) {
                all.push(Survival {
                    tier,
                    tenants: 0,
                    survive: vec![0; most + 1],
                });
            }
            let Some(own) = all.last_mut() else { continue };
            own.tenants += 1;
            let broken_by = self
                .breaking(recovery, tier, tenant)
                .map_or(most + 1, |case| self.sweep.contingencies.size(case));
            for survive in own.survive.iter_mut().take(broken_by) {
                *survive += 1;
            }
        }
        all.sort_by_key(|own| (self.inventory.tiers[own.tier.index()].rank, own.tier));
        all
    }
}
