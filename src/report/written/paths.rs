//! The tables of who is steered over which path, and of what the cases of a sweep start from.

use super::file::{WrittenFile, file, large_file};
use super::ids::{InventoryIds, number};
use super::rows;
use super::rows::PlanRows;
use crate::error::Result;
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId, ShardId};
use crate::model::{Homes, Hours, Inventory};
use crate::plan::sweep::Sweep;
use crate::plan::{Before, Flow, PeriodPlan, Plan, wave_weights};
use crate::plan_files::{
    BeforeRow, HomeRow, HoursRow, SteeringRow, UtilizationBeforeRow, WaveWeightRow,
};

/// The rows of hours.csv: of the state before, and of every period.
pub(super) fn hours(plan: &Plan) -> Vec<HoursRow> {
    let of = |period: Option<u32>, hours: &Hours| -> Vec<HoursRow> {
        let stretches = hours.stretches().iter();
        let rows = stretches.map(|stretch| HoursRow {
            period,
            start: stretch.start.to_string(),
            end: stretch.end.to_string(),
            slice: number(stretch.slice),
        });
        rows.collect()
    };
    let mut rows = of(None, &plan.before.case.hours);
    for own in &plan.periods {
        rows.extend(of(Some(own.period.number()), &own.case.hours));
    }
    rows
}

/// The rows of steering.csv of a period.
pub(super) fn steering(inventory: &Inventory, period: &PeriodPlan) -> Vec<SteeringRow> {
    over_paths(inventory, period.period.number(), &period.flows)
}

/// Flows as rows; a group's flows stand together, so that its sum is at hand.
fn over_paths(inventory: &Inventory, period: u32, flows: &[Flow]) -> Vec<SteeringRow> {
    let ids = InventoryIds(inventory);
    let groups = flows.chunk_by(|a, b| a.slice == b.slice && a.group == b.group);
    let rows = groups.flat_map(|of_group| {
        let all: f64 = of_group.iter().map(|flow| flow.users).sum();
        of_group.iter().map(move |flow| {
            let [client_region, profile] = ids.group(&flow.group).map(str::to_owned);
            let [path, links] = ids.path(flow);
            SteeringRow {
                period,
                client_region,
                profile,
                max_latency_ms: flow.group.max_latency,
                access_point: ids.access_point(flow.path.access_point).to_owned(),
                site: ids.site(flow.path.site).to_owned(),
                path,
                links,
                users: flow.users,
                share: flow.users / all,
                latency_ms: flow.path.latency,
                slice: Some(number(flow.slice)),
            }
        })
    });
    rows.collect()
}

/// before.csv of the steering of the state before.
pub(super) fn before(inventory: &Inventory, flows: &[Flow]) -> Vec<BeforeRow> {
    let rows = over_paths(inventory, 0, flows).into_iter();
    let rows = rows.map(|row| BeforeRow {
        client_region: row.client_region,
        profile: row.profile,
        max_latency_ms: row.max_latency_ms,
        access_point: row.access_point,
        site: row.site,
        path: row.path,
        links: row.links,
        users: row.users,
        share: row.share,
        latency_ms: row.latency_ms,
        slice: row.slice,
    });
    rows.collect()
}

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
        file(&before(inventory, &start.before.flows))?,
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
        files.push(file(&steering(inventory, plan))?);
    }
    Ok(files)
}

/// How full everything was, by component, then resource.
fn utilization(inventory: &Inventory, before: &Before) -> Vec<UtilizationBeforeRow> {
    let ids = InventoryIds(inventory);
    let nominal = before.case.nominal.indexed_iter();
    let rows = nominal.filter_map(|((component, resource), capacity)| {
        let capacity = (*capacity).filter(|own| *own > 0.0)?;
        Some(UtilizationBeforeRow {
            component: ids.component(ComponentId::new(component)).to_owned(),
            resource: ids.resource(ResourceId::new(resource)).to_owned(),
            utilization: before.load[[component, resource]] / capacity,
        })
    });
    rows.collect()
}

/// The shards that are not at their sites of shards.csv.
fn elsewhere(inventory: &Inventory, homes: &Homes) -> Vec<HomeRow> {
    let ids = InventoryIds(inventory);
    let shards = (0..homes.shard_count()).map(ShardId::new);
    let rows = shards.flat_map(|shard| homes.of(shard)).filter_map(|home| {
        let row = &inventory.shards[home.shard.index()];
        let is_elsewhere = homes.is_split(home.shard) || home.site != row.site;
        let site = home.site.filter(|_| is_elsewhere)?;
        Some(HomeRow {
            shard: ids.shard(home.shard).into(),
            site: ids.site(site).into(),
            share: homes.share(home),
        })
    });
    rows.collect()
}

impl PlanRows<'_> {
    /// `wave_weights.csv`
    pub(super) fn wave_weights(&self) -> Vec<WaveWeightRow> {
        let ids = self.ids();
        let network = Network::new(self.inventory);
        let mut rows = Vec::new();
        for (transition, wave) in self.waves_to_do() {
            let weights = wave_weights(self.inventory, &network, self.plan, transition, wave);
            rows.extend(weights.iter().map(|own| {
                let flow = own.flow;
                let [client_region, profile] = ids.group(&flow.group).map(str::to_owned);
                let [path, links] = ids.path(flow);
                WaveWeightRow {
                    period: self.period(transition.period),
                    wave: wave.number,
                    slice: number(own.slice),
                    client_region,
                    profile,
                    max_latency_ms: flow.group.max_latency,
                    access_point: ids.access_point(flow.path.access_point).to_owned(),
                    site: ids.site(flow.path.site).to_owned(),
                    path,
                    links,
                    weight: own.weight,
                    during: own.during.map(|own| self.period(own)),
                }
            }));
        }
        rows
    }
}
