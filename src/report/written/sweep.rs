//! The tables of a sweep, and its sweep.json.

use super::file::{WrittenFile, file, instant, large_file, number};
use crate::error::Result;
use crate::ids::{ComponentId, ResourceId, TenantId, TierId};
use crate::model::{Inventory, Scenario};
use crate::plan::sweep::{
    Break, CaseInTotals, CaseResult, GrayLoss, GraySweep, SiteUse, Sweep, totals,
};
use crate::plan_files::{
    ComponentRow, FailureRow, GrayRow, GraySummary, Inputs, InvolvedRow, Role, SWEEP_FORMAT,
    SiteUtilizationRow, SurvivableRow, SweepFrom, SweepStatus, SweepSummary, Text,
    UnservedByTierRow, WorstRow,
};
use std::collections::BTreeSet;

/// The content of sweep.json apart from the sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct AboutSweep {
    /// Hashes of what was read.
    pub inputs: Inputs,
    /// How much of the sweep is there.
    pub status: SweepStatus,
    /// Which of how many parts, such as `2/8`.
    pub part: Option<String>,
    /// What was asked about members that silently deliver less.
    pub gray: Option<GraySummary>,
}

/// Which tenants survivable.csv lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// All of them.
    All,
    /// Those that some case breaks.
    Broken,
}

/// The tables of a sweep: every file of its folder but charts, page, proofs.jsonl and sweep.json.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn sweep_tables(
    inventory: &Inventory,
    sweep: &Sweep,
    listed: Listed,
) -> Result<Vec<WrittenFile>> {
    let writer = SweepRows { inventory, sweep };
    let mut files = vec![
        large_file(&[((), sweep.tally.found.as_slice())], |(), found| {
            writer.failure(found)
        })?,
        file(&writer.unserved_by_tier())?,
        file(&writer.involved())?,
        file(&writer.components())?,
        file(&writer.worst())?,
        file(&writer.survivable(listed))?,
        large_file(&[((), sweep.tally.sites.as_slice())], |(), site_use| {
            writer.site(site_use)
        })?,
    ];
    if let Some(gray) = sweep.gray.as_ref().filter(|_| listed == Listed::All) {
        let losses = gray.losses.as_slice();
        files.push(large_file(&[(gray, losses)], |gray, gray_loss| {
            writer.gray(gray, gray_loss)
        })?);
    }
    Ok(files)
}

/// sweep.json of a sweep.
pub fn sweep_summary(scenario: &Scenario, sweep: &Sweep, about: &AboutSweep) -> SweepSummary {
    let recoveries = sweep.recoveries.iter();
    SweepSummary {
        format: SWEEP_FORMAT.to_owned(),
        plimsoll: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        status: about.status,
        inputs: about.inputs.clone(),
        over: sweep.over.word().to_owned(),
        failures: number(sweep.contingencies.most()),
        recoveries: recoveries
            .clone()
            .map(|recovery| recovery.word().to_owned())
            .collect(),
        full: sweep.is_full,
        from: if sweep.is_from_plan {
            SweepFrom::Plan
        } else {
            SweepFrom::Start
        },
        gray: about.gray.clone(),
        period: number(sweep.period.index),
        start: instant(scenario, sweep.period.start),
        part: about.part.clone(),
        cases: sweep.contingencies.count() as u64,
        first_case: sweep.cases.start as u64,
        cases_done: sweep.cases.len() as u64,
        found: recoveries
            .map(|recovery| {
                let cases: Vec<CaseInTotals> = sweep.tally.of(*recovery).map(Into::into).collect();
                totals(*recovery, scenario.policy.split_shards, &cases)
            })
            .collect(),
    }
}

struct SweepRows<'a> {
    inventory: &'a Inventory,
    sweep: &'a Sweep,
}

impl SweepRows<'_> {
    fn failing(&self, case: usize) -> Option<Text> {
        let name = self.sweep.contingencies.name(self.inventory, case);
        (!name.is_empty()).then(|| Text::from(name))
    }

    fn resource(&self, resource: ResourceId) -> String {
        self.inventory.resource_id(resource).to_owned()
    }

    fn component(&self, component: ComponentId) -> String {
        self.inventory.component_name(component).to_owned()
    }

    fn site(&self, site_use: &SiteUse) -> SiteUtilizationRow {
        SiteUtilizationRow {
            case: number(site_use.case),
            failing: self.failing(site_use.case),
            recovery: site_use.recovery,
            site: self.inventory.site_id(site_use.site).to_owned(),
            resource: self.resource(site_use.resource),
            utilization: site_use.utilization,
        }
    }

    fn failure(&self, found: &CaseResult) -> FailureRow {
        FailureRow {
            case: number(found.case),
            failures: number(self.sweep.contingencies.size(found.case)),
            failing: self.failing(found.case),
            recovery: found.recovery,
            unserved_users: found.unserved_users(),
            worst_shortfall: found.worst_shortfall(),
            component: found
                .missing
                .map(|missing| self.component(missing.component)),
            resource: found.missing.map(|missing| self.resource(missing.resource)),
            moved_users: found.moved,
            opened_access_points: number(found.opened.len()),
            settled_by: found.settled,
            proven: found.is_proven,
            no_site_users: found.no_site_users(),
            whole_unserved_users: found.whole.map(|whole| whole.unserved),
            whole_worst_shortfall: found.whole.map(|whole| whole.worst_shortfall),
        }
    }

    fn gray(&self, gray: &GraySweep, gray_loss: &GrayLoss) -> GrayRow {
        let names = gray_loss
            .worst
            .iter()
            .map(|failing| failing.name(self.inventory));
        let names: Vec<&str> = names.collect();
        GrayRow {
            tenant: self.inventory.tenants[gray_loss.tenant.index()].clone(),
            tier: self.inventory.tier_id(gray_loss.tier).to_owned(),
            users: gray_loss.users,
            gray: (!names.is_empty()).then(|| Text::from(names.join("+"))),
            lost_users: gray_loss.lost_users,
            lost_share: gray_loss.share(),
            lost_user_minutes: gray_loss.lost_users * gray.minutes,
        }
    }

    fn unserved_by_tier(&self) -> Vec<UnservedByTierRow> {
        let found = self.sweep.tally.found.iter();
        let rows = found.flat_map(|found| {
            let by_rank = self.sweep.tiers.iter().zip(&found.unserved).enumerate();
            let some = by_rank.filter(|(_, (_, users))| **users > 0.0);
            some.map(|(rank, (tier, users))| UnservedByTierRow {
                case: number(found.case),
                failing: self.failing(found.case),
                recovery: found.recovery,
                tier: tier.clone(),
                users: *users,
                no_site_users: found.no_site.as_ref().map(|values| values[rank]),
            })
        });
        rows.collect()
    }

    fn involved(&self) -> Vec<InvolvedRow> {
        let mut rows = Vec::new();
        for found in &self.sweep.tally.found {
            let row = |role, component, resource: Option<ResourceId>| InvolvedRow {
                case: number(found.case),
                failing: self.failing(found.case),
                recovery: found.recovery,
                role,
                component: self.component(component),
                resource: resource.map(|resource| self.resource(resource)),
            };
            let binding = found.binding.iter();
            rows.extend(
                binding.map(|(component, resource)| row(Role::Binds, *component, Some(*resource))),
            );
            rows.extend(found.opened.iter().map(|access_point| {
                let component = self.inventory.access_point_component(*access_point);
                row(Role::Opened, component, None)
            }));
        }
        rows
    }

    fn components(&self) -> Vec<ComponentRow> {
        let mut rows = Vec::new();
        for (&(recovery, component, resource), worst) in &self.sweep.tally.uses {
            rows.extend((1..).zip(worst).map(|(place, used)| ComponentRow {
                recovery,
                component: self.component(component),
                kind: self.inventory.component_kind(component).word().to_owned(),
                resource: self.resource(resource),
                unit: self.inventory.resources[resource.index()].unit.clone(),
                place,
                utilization: used.utilization,
                load: used.load,
                capacity: used.capacity,
                case: number(used.case),
                failing: self.failing(used.case),
            }));
        }
        rows
    }

    fn worst(&self) -> Vec<WorstRow> {
        let worst = self.sweep.tally.worst_by_kind.iter();
        let rows = worst.map(|(&(recovery, kind, component, resource), used)| WorstRow {
            recovery,
            kind_of_case: kind.word(),
            component: self.component(component),
            resource: self.resource(resource),
            utilization: used.utilization,
            load: used.load,
            capacity: used.capacity,
            case: number(used.case),
            failing: self.failing(used.case),
        });
        rows.collect()
    }

    fn survivable(&self, listed: Listed) -> Vec<SurvivableRow> {
        let breaks = &self.sweep.tally.breaks;
        let tenants: BTreeSet<(TenantId, TierId)> = match listed {
            Listed::All => {
                let shards = self.inventory.shards.iter();
                shards.map(|shard| (shard.tenant, shard.tier)).collect()
            }
            Listed::Broken => breaks
                .keys()
                .map(|one_break| (one_break.tenant, one_break.tier))
                .collect(),
        };
        let mut rows = Vec::new();
        for &recovery in &self.sweep.recoveries {
            for &(tenant, tier) in &tenants {
                let key = Break {
                    recovery,
                    tenant,
                    tier,
                };
                let case = breaks.get(&key).copied();
                if listed == Listed::Broken && case.is_none() {
                    continue;
                }
                rows.push(SurvivableRow {
                    recovery,
                    tenant: self.inventory.tenants[tenant.index()].clone(),
                    tier: self.inventory.tier_id(tier).to_owned(),
                    failures_survived: self.sweep.survived(key).map(number),
                    case: case.map(number),
                    failing: case.and_then(|case| self.failing(case)),
                });
            }
        }
        rows
    }
}
