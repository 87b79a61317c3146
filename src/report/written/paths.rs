//! The tables of who is steered over which path, of waves, and of what the cases of a sweep start from.

use super::file::{WrittenFile, file, large_file, number};
use super::rows::{self, PlanRows};
use crate::error::Result;
use crate::graph::Network;
use crate::ids::{ComponentId, LinkId, ResourceId, ShardId};
use crate::model::{Homes, Hours, Inventory, LinkEnd};
use crate::plan::sweep::Sweep;
use crate::plan::{
    Before, Flow, Fullness, PeriodPlan, Plan, Ramp, SiteTraffic, Transition, Wave, wave_weights,
};
use crate::plan_files::{
    BeforeRow, HomeRow, HoursRow, RampRow, SteeringRow, UtilizationBeforeRow, WaveLoadRow, WaveRow,
    WaveWeightRow, joined,
};

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
    for period_plan in &plan.periods {
        rows.extend(of(
            Some(period_plan.period.number()),
            &period_plan.case.hours,
        ));
    }
    rows
}

pub(super) fn steering(inventory: &Inventory, period: &PeriodPlan) -> Vec<SteeringRow> {
    over_paths(inventory, period.period.number(), &period.flows)
}

/// Client region, profile, access point and site of a flow, the places of its path, and its links.
fn path_ids(inventory: &Inventory, flow: &Flow) -> [String; 6] {
    let end = |end: LinkEnd| match end {
        LinkEnd::ClientRegion(id) => &inventory.client_regions[id.index()].id,
        LinkEnd::AccessPoint(id) => inventory.access_point_id(id),
        LinkEnd::Element(id) => &inventory.elements[id.index()].id,
        // A pool goes by its own id.
        LinkEnd::Pool(id) => &inventory.pools[id.index()].id,
        LinkEnd::Site(id) => inventory.site_id(id),
    };
    let link = |id: &LinkId| &inventory.links[id.index()];
    let links = || flow.path.links.iter().map(link);
    let first = links().next().map(|link| end(link.from));
    [
        inventory.client_regions[flow.group.client_region.index()]
            .id
            .clone(),
        inventory.profiles[flow.group.profile.index()].id.clone(),
        inventory.access_point_id(flow.path.access_point).to_owned(),
        inventory.site_id(flow.path.site).to_owned(),
        joined(first.into_iter().chain(links().map(|link| end(link.to)))),
        joined(links().map(|link| link.id.as_str())),
    ]
}

/// Flows as rows; a group's flows stand together, so that its sum is at hand.
fn over_paths(inventory: &Inventory, period: u32, flows: &[Flow]) -> Vec<SteeringRow> {
    let groups = flows.chunk_by(|a, b| a.slice == b.slice && a.group == b.group);
    let rows = groups.flat_map(|of_group| {
        let all: f64 = of_group.iter().map(|flow| flow.users).sum();
        of_group.iter().map(move |flow| {
            let [client_region, profile, access_point, site, path, links] =
                path_ids(inventory, flow);
            SteeringRow {
                period,
                client_region,
                profile,
                max_latency_ms: flow.group.max_latency,
                access_point,
                site,
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

/// What the cases of a sweep start from, the state before and where shards are, and the scenario's own plan of the period where
/// it was asked for: before.csv and `utilization_before.csv`; homes.csv of a sweep of a later period or from a plan; and where there is a
/// plan its assignment.csv and steering.csv. The judge of the sweep starts from them.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn sweep_start(
    inventory: &Inventory,
    sweep: &Sweep,
    (state_before, homes): (&Before, &Homes),
    plan: Option<&PeriodPlan>,
) -> Result<Vec<WrittenFile>> {
    let mut files = vec![
        before_file(inventory, state_before)?,
        file(&utilization(inventory, state_before))?,
    ];
    if sweep.period.index > 0 || sweep.is_from_plan {
        files.push(file(&elsewhere(inventory, homes))?);
    }
    if let Some(plan) = plan {
        let parts = [(plan, plan.parts.as_slice())];
        files.push(large_file(&parts, |plan, part| {
            rows::assignment(inventory, plan, part)
        })?);
        files.push(file(&steering(inventory, plan))?);
    }
    Ok(files)
}

/// before.csv of a state before.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn before_file(inventory: &Inventory, state_before: &Before) -> Result<WrittenFile> {
    file(&before(inventory, &state_before.flows))
}

/// How full everything was, by component, then resource.
fn utilization(inventory: &Inventory, before: &Before) -> Vec<UtilizationBeforeRow> {
    let nominal = before.case.nominal.indexed_iter();
    let rows = nominal.filter_map(|((component, resource), capacity)| {
        let capacity = (*capacity).filter(|value| *value > 0.0)?;
        Some(UtilizationBeforeRow {
            component: inventory
                .component_name(ComponentId::new(component))
                .to_owned(),
            resource: inventory.resource_id(ResourceId::new(resource)).to_owned(),
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
            shard: inventory.shard_id(home.shard).into(),
            site: inventory.site_id(site).into(),
            share: homes.share(home),
        })
    });
    rows.collect()
}

pub(super) fn wave_of_moves(plan: &Plan) -> Vec<Vec<Option<u32>>> {
    let periods = plan.periods.iter();
    let mut all: Vec<Vec<Option<u32>>> = periods
        .map(|period| vec![None; period.moves.len()])
        .collect();
    for transition in &plan.transitions {
        for (moved, wave) in transition.wave_of_moves() {
            all[transition.period][moved] = Some(wave);
        }
    }
    all
}

fn seconds(wave: &Wave) -> f64 {
    wave.end.duration_since(wave.start).as_secs_f64()
}

impl PlanRows<'_> {
    pub(super) fn waves(&self) -> Vec<WaveRow> {
        let mut rows = Vec::new();
        for transition in &self.plan.transitions {
            for wave in &transition.waves {
                let nobody = wave.sites.is_empty().then_some(None);
                let sites = wave.sites.iter().map(Some).chain(nobody);
                rows.extend(sites.map(|site| self.wave(transition, wave, site)));
            }
        }
        rows
    }

    fn wave(&self, transition: &Transition, wave: &Wave, traffic: Option<&SiteTraffic>) -> WaveRow {
        let inventory = self.inventory;
        let site = traffic.map(|site_traffic| &inventory.sites[site_traffic.site.index()]);
        let (users_out, users_in) = traffic.map_or((0.0, 0.0), |site_traffic| {
            (site_traffic.users_out, site_traffic.users_in)
        });
        let seconds = wave.end.duration_since(wave.turned).as_secs_f64();
        let per_hour = |users: f64| (seconds > 0.0).then(|| users * 3600.0 / seconds);
        let fullest = wave.fullest.first();
        let exposed = wave.unprotected.as_ref();
        WaveRow {
            period: self.period(transition.period),
            timing: transition.timing,
            wave: wave.number,
            start: self.instant(wave.start),
            turned: self.instant(wave.turned),
            end: self.instant(wave.end),
            gate_minutes: self.scenario.waves.gate_minutes,
            steering_share: wave.steering_share,
            restored_share: wave.restored_share,
            site: site.map(|site| site.id.clone()),
            users_out,
            users_in,
            users_out_per_hour: per_hour(users_out),
            users_in_per_hour: per_hour(users_in),
            move_out_per_hour: site.and_then(|site| site.move_out_per_hour),
            move_in_per_hour: site.and_then(|site| site.move_in_per_hour),
            fullest_component: fullest
                .map(|fullness| inventory.component_name(fullness.component).to_owned()),
            fullest_resource: fullest
                .map(|fullness| inventory.resource_id(fullness.resource).to_owned()),
            fullest_utilization: fullest.and_then(Fullness::utilization),
            stop_shortfall: wave.stop_shortfall,
            stop_failures: exposed.map(|exposeds| number(exposeds.len())),
            stop_unserved_users: exposed
                .map(|exposeds| exposeds.iter().map(|exposed| exposed.users).sum()),
        }
    }

    pub(super) fn ramp(&self) -> Vec<RampRow> {
        let mut rows = Vec::new();
        for transition in &self.plan.transitions {
            let mut add = |wave: Option<u32>, ramp: &[Ramp], seconds: f64| {
                rows.extend(ramp.iter().map(|ramp| RampRow {
                    period: self.period(transition.period),
                    timing: transition.timing,
                    wave,
                    component: self.inventory.component_name(ramp.component).to_owned(),
                    arrivals: ramp.arrivals,
                    arrivals_per_second: (seconds > 0.0).then(|| ramp.arrivals / seconds),
                    background_per_second: ramp.background,
                    accepts_per_second: ramp.accepts,
                    smallest_window_seconds: ramp.window,
                    queue_at_once: ramp.arrivals,
                }));
            };
            for wave in &transition.waves {
                add(Some(wave.number), &wave.ramp, seconds(wave));
            }
            let all = transition.waves.iter().map(seconds).sum();
            add(None, &transition.ramp, all);
        }
        rows
    }

    /// The waves that are to be done: none of a period with a refused transition.
    pub(super) fn waves_to_do(&self) -> impl Iterator<Item = (&Transition, &Wave)> {
        let all = self.plan.transitions.iter();
        let done = all.filter(|transition| !self.plan.is_refused_in(transition.period));
        done.flat_map(|transition| transition.waves.iter().map(move |wave| (transition, wave)))
    }

    /// `wave_weights.csv`
    pub(super) fn wave_weights(&self) -> Vec<WaveWeightRow> {
        let network = Network::new(self.inventory);
        let mut rows = Vec::new();
        for (transition, wave) in self.waves_to_do() {
            let weights = wave_weights(self.inventory, &network, self.plan, transition, wave);
            rows.extend(weights.iter().map(|wave_weight| {
                let [client_region, profile, access_point, site, path, links] =
                    path_ids(self.inventory, wave_weight.flow);
                WaveWeightRow {
                    period: self.period(transition.period),
                    wave: wave.number,
                    slice: number(wave_weight.slice),
                    client_region,
                    profile,
                    max_latency_ms: wave_weight.flow.group.max_latency,
                    access_point,
                    site,
                    path,
                    links,
                    weight: wave_weight.weight,
                    during: wave_weight.during.map(|index| self.period(index)),
                }
            }));
        }
        rows
    }

    /// `wave_loads.csv`
    pub(super) fn wave_loads(&self) -> Vec<WaveLoadRow> {
        let inventory = self.inventory;
        let mut rows = Vec::new();
        for (transition, wave) in self.waves_to_do() {
            for standing in &wave.standing {
                rows.extend(standing.loads.iter().map(|carries| {
                    let resource = &inventory.resources[carries.resource.index()];
                    let kind = inventory.component_kind(carries.component);
                    WaveLoadRow {
                        period: self.period(transition.period),
                        wave: wave.number,
                        slice: number(standing.slice),
                        component: inventory.component_name(carries.component).to_owned(),
                        kind: kind.word().to_owned(),
                        resource: resource.id.clone(),
                        unit: resource.unit.clone(),
                        load: carries.load.max(0.0),
                        capacity: carries.capacity,
                        during: standing.during.map(|index| self.period(index)),
                    }
                }));
            }
        }
        rows
    }
}
