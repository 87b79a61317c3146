//! What the cases of a sweep start from, as files: the state before, where shards are, and the plan that is in force.

use super::{WrittenFile, file, large_file, paths, rows};
use crate::error::Result;
use crate::ids::{ComponentId, ShardId};
use crate::model::{Homes, Inventory};
use crate::plan::sweep::Sweep;
use crate::plan::{Before, PeriodPlan};
use crate::plan_files::{HomeRow, Text, UtilizationBeforeRow};

/// What the cases of a sweep start from.
#[derive(Debug, Clone, Copy)]
pub struct SweepStart<'a> {
    /// The state before.
    pub before: &'a Before,
    /// Where shards are.
    pub homes: &'a Homes,
    /// The scenario's own plan of the period, where it was asked for.
    pub plan: Option<&'a PeriodPlan>,
}

/// before.csv and `utilization_before.csv`; homes.csv of a sweep of a later period or from a plan; and where there is a
/// plan its assignment.csv and steering.csv. Whoever judges the sweep starts from them.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn sweep_start(
    inventory: &Inventory,
    sweep: &Sweep,
    start: SweepStart<'_>,
) -> Result<Vec<WrittenFile>> {
    let mut files = vec![
        file(&paths::before(inventory, &start.before.flows))?,
        file(&utilization(inventory, start.before))?,
    ];
    if sweep.period.index > 0 || sweep.is_from_plan {
        files.push(file(&elsewhere(inventory, start.homes))?);
    }
    if let Some(plan) = start.plan {
        let parts = [(plan, plan.parts.as_slice())];
        files.push(large_file(&parts, |plan, part| {
            rows::assignment(inventory, plan, part)
        })?);
        files.push(file(&paths::steering(inventory, plan))?);
    }
    Ok(files)
}

/// How full everything was, by component, then resource.
fn utilization(inventory: &Inventory, before: &Before) -> Vec<UtilizationBeforeRow> {
    let nominal = before.case.nominal.indexed_iter();
    let rows = nominal.filter_map(|((component, resource), capacity)| {
        let capacity = (*capacity).filter(|own| *own > 0.0)?;
        Some(UtilizationBeforeRow {
            component: inventory
                .component_name(ComponentId::new(component))
                .to_owned(),
            resource: inventory.resources[resource].id.clone(),
            utilization: before.load[[component, resource]] / capacity,
        })
    });
    rows.collect()
}

/// The shards that are not at their sites of shards.csv.
fn elsewhere(inventory: &Inventory, homes: &Homes) -> Vec<HomeRow> {
    let shards = (0..homes.shard_count()).map(ShardId::new);
    let rows = shards.flat_map(|shard| homes.of(shard)).filter_map(|home| {
        let row = &inventory.shards[home.shard.index()];
        let is_elsewhere = homes.is_split(home.shard) || home.site != row.site;
        let site = home.site.filter(|_| is_elsewhere)?;
        Some(HomeRow {
            shard: Text::from(inventory.shard_ids.get(home.shard.index())),
            site: Text::from(&inventory.sites[site.index()].id),
            share: homes.share(home),
        })
    });
    rows.collect()
}
