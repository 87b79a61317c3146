//! Survival: how many failures at once the tenants of each tier survive.

use super::told::Told;
use crate::ids::{TenantId, TierId};
use crate::model::Recovery;
use crate::plan::sweep::Break;
use crate::report::grammar::short;
use crate::report::numbers;
use crate::units::NOBODY;

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
    /// Tiers and the tenants that have users of them before the scenario or are broken by some case; ascending.
    pub(in crate::report) fn tenants(&self, recovery: Recovery) -> Vec<(TierId, TenantId)> {
        let shards = self.inventory.shards.iter().enumerate();
        let has_users = |shard: usize, users: u64| {
            let known = self.before.map(|before| before.case.users(shard));
            known.unwrap_or(users as f64) > NOBODY
        };
        let mut all: Vec<_> = shards
            .filter(|(index, shard)| has_users(*index, shard.users))
            .map(|(_, shard)| (shard.tier, shard.tenant))
            .collect();
        // Who comes later has users as well.
        let breaks = self.sweep.tally.breaks.keys();
        let broken = breaks.filter(|own| own.recovery == recovery);
        all.extend(broken.map(|own| (own.tier, own.tenant)));
        all.sort_unstable();
        all.dedup();
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

    /// Numbers of failures of which cases were looked at.
    pub(super) fn sizes(&self, recovery: Recovery) -> impl Iterator<Item = usize> {
        (0..=self.most()).filter(move |size| self.of_size(recovery, *size).next().is_some())
    }

    /// `288 of 300 tenants of gold survive the failure of any single site, 201 of any pair of sites`; nothing where no
    /// case was looked at.
    pub(super) fn survival_words(&self, own: &Survival) -> Option<String> {
        let sizes: Vec<usize> = self.sizes(self.recovery()).collect();
        let last = *sizes.last()?;
        let tier = short(&self.inventory.tiers[own.tier.index()].id);
        let all = numbers::users(own.tenants as f64);
        let tenants = if own.tenants == 1 {
            "tenant"
        } else {
            "tenants"
        };
        // Of one it is said in the singular.
        let any = |size: usize, count: usize| match (size, count) {
            (0, 1) => "is served without a failure".to_owned(),
            (0, _) => "are served without a failure".to_owned(),
            (size, 1) => format!("survives the failure of any {}", self.case_of_size(size)),
            (size, _) => format!("survive the failure of any {}", self.case_of_size(size)),
        };
        if own.survive[last] == own.tenants {
            let who = if own.tenants == 1 {
                "The only".to_owned()
            } else {
                format!("All {all}")
            };
            return Some(format!(
                "{who} {tenants} of {tier} {}",
                any(last, own.tenants)
            ));
        }
        let mut words: Vec<String> = Vec::new();
        let mut before: Option<usize> = None;
        for size in sizes {
            let count = own.survive[size];
            // That all are served without a failure goes without saying.
            if size == 0 && count == own.tenants {
                continue;
            }
            let shown = numbers::users(count as f64);
            words.push(match before {
                None => format!("{shown} of {all} {tenants} of {tier} {}", any(size, count)),
                Some(0) => format!("{shown} {}", any(size, count)),
                Some(_) => format!("{shown} of any {}", self.case_of_size(size)),
            });
            before = Some(size);
            // Whom fewer failures break is broken by more.
            if count == 0 {
                break;
            }
        }
        Some(words.join(", "))
    }
}
