//! Course: what the waves of a stopped plan have done: homes, returns, weights, and utilizations to compare with.

use super::super::recall::{RecallNames, flow, links_of, unknown};
use super::wave_of_plan::WaveOfPlan;
use crate::diagnostic::Finding;
use crate::error::{Error, Result};
use crate::ids::{AccessPointId, ComponentId, LinkId, ResourceId, ShardId, SiteId};
use crate::model::{
    AccessPointState, After, CurrentWeight, Inventory, LinkEnd, ReferenceUtilization, ReturnHome,
    Scenario,
};
use crate::plan::flows_in;
use crate::plan_files::{
    Action, ChangeRow, MoveRow, Row, Timing, WaveRow, WaveWeightRow, WrittenPlan, rows_in,
};
use crate::scenario::{Band, Knowledge, case_at, case_before, periods};
use crate::units::{AGREEMENT, Milliseconds, ROUNDING};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A written plan by its waves.
pub(super) struct WaveCourse<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    written: &'a WrittenPlan,
    names: RecallNames<'a>,
    ends: BTreeMap<WaveOfPlan, Timestamp>,
}

impl<'a> WaveCourse<'a> {
    pub(super) fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        written: &'a WrittenPlan,
    ) -> Self {
        let rows = rows_in(written.waves.as_deref());
        let ends = rows.filter_map(|row| Some((wave_of(row), row.end.parse().ok()?)));
        Self {
            inventory,
            scenario,
            written,
            names: RecallNames::new(inventory),
            ends: ends.collect(),
        }
    }

    pub(super) fn end_of(&self, wave: WaveOfPlan) -> Result<Timestamp> {
        self.ends.get(&wave).copied().ok_or_else(|| {
            let all = self.ends.keys();
            let all: Vec<String> = all
                .map(|wave_of_plan| format!("{}/{}", wave_of_plan.period, wave_of_plan.wave))
                .collect();
            let all = if all.is_empty() {
                "no wave at all".to_owned()
            } else {
                format!("only {}", all.join(", "))
            };
            Error::Refused(format!(
                "--resume-after {wave}: the plan has {all}; write PERIOD/WAVE as in waves.csv. \
                 From the middle of a wave no plan begins: finish that wave and its hold, or undo it and name the one before. \
                 runbook.sh names both when it stops"
            ))
        })
    }

    /// The start of the period to which a wave before it leads; `None` of a wave after its start.
    pub(super) fn starts_after(&self, wave: WaveOfPlan) -> Option<Timestamp> {
        let mut rows = rows_in(self.written.waves.as_deref());
        let row = rows.find(|row| wave_of(row) == wave)?;
        let all = periods(self.inventory, self.scenario);
        let period = all.get(wave.period as usize)?;
        (row.timing == Timing::Ahead).then_some(period.start)
    }

    pub(super) fn gate_end_of(&self, wave: WaveOfPlan) -> Result<Timestamp> {
        let rows = rows_in(self.written.waves.as_deref());
        let gate = rows
            .filter(|row| wave_of(row) == wave)
            .map(|row| row.gate_minutes);
        let gate = gate.fold(0.0, f64::max);
        let gate = SignedDuration::try_from_secs_f64((gate * 60.0).ceil());
        let end = self.end_of(wave)?;
        let end = gate.ok().and_then(|gate| end.checked_add(gate).ok());
        end.ok_or_else(|| Error::Refused("waves.csv: a hold ends beyond the calendar".to_owned()))
    }

    /// `true` if a wave is over at an instant.
    pub(super) fn is_over(&self, wave: WaveOfPlan, at: Timestamp) -> bool {
        self.ends.get(&wave).is_some_and(|end| *end <= at)
    }

    /// Where shards are once the moves of some waves are done.
    pub(super) fn homes(
        &self,
        is_done: impl Fn(WaveOfPlan) -> bool,
    ) -> Result<Vec<Option<SiteId>>> {
        let mut homes: Vec<Option<SiteId>> = self
            .inventory
            .shards
            .iter()
            .map(|shard| shard.site)
            .collect();
        let mut moves: Vec<(WaveOfPlan, &MoveRow)> = Vec::new();
        for row in rows_in(self.written.moves.as_deref()) {
            let of = row.wave.map(|wave| WaveOfPlan {
                period: row.period,
                wave,
            });
            moves.extend(of.filter(|of| is_done(*of)).map(|of| (of, row)));
        }
        moves.sort_by_key(|(of, _)| *of);
        let mut parts: BTreeSet<(u32, ShardId)> = BTreeSet::new();
        for (of, row) in moves {
            let shard = self
                .names
                .shard(MoveRow::FILE, &row.shard)
                .map_err(|finding| unfit(*finding))?;
            let site = self
                .names
                .site(MoveRow::FILE, &row.to_site)
                .map_err(|finding| unfit(*finding))?;
            if !parts.insert((of.period, shard)) {
                return Err(Error::Refused(format!(
                    "--resume-after: period {} moves shard {} in parts, and a plan begins with whole shards; \
                     plan with split_shards = false",
                    of.period, row.shard
                )));
            }
            homes[shard.index()] = Some(site);
        }
        Ok(homes)
    }

    /// Where shards return that the plan has moved, in an inventory that homes them at `homes`.
    pub(super) fn returns(
        &self,
        after: WaveOfPlan,
        homes: &[Option<SiteId>],
    ) -> Result<Vec<ReturnHome>> {
        let (inventory, scenario) = (self.inventory, self.scenario);
        if scenario.policy.after != After::Return {
            return Ok(Vec::new());
        }
        let is_quiet = |start: Timestamp| {
            let case = case_at(
                inventory,
                scenario,
                start,
                Knowledge::Believed,
                Band::Expected,
            );
            !case.is_event_in_force
        };
        let all = periods(inventory, scenario);
        let number = after.period as usize;
        let before = all.iter().take(number);
        let last = before.rev().find(|period| is_quiet(period.start));
        let settled = self.homes(|of| last.is_some_and(|last| of.period as usize <= last.index))?;
        let period = all.get(number);
        let from = period
            .map(|period| period.start)
            .filter(|start| !is_quiet(*start));
        let mut returns: BTreeMap<ShardId, ReturnHome> = BTreeMap::new();
        for (index, site) in settled.iter().enumerate() {
            if let Some(site) = site.filter(|site| homes[index] != Some(*site)) {
                let shard = ShardId::new(index);
                returns.insert(shard, ReturnHome { shard, site, from });
            }
        }
        // What an earlier plan said still holds where no period without an event has come since.
        let is_open = |return_home: &&ReturnHome| {
            last.is_none_or(|last| return_home.from.is_some_and(|from| from > last.start))
        };
        for return_home in inventory.resumed.returns.iter().filter(is_open) {
            if homes[return_home.shard.index()] == Some(return_home.site) {
                returns.remove(&return_home.shard);
            } else {
                returns.insert(return_home.shard, *return_home);
            }
        }
        Ok(returns.into_values().collect())
    }

    /// How full components were before the plan, as far as headroom.csv says so.
    pub(super) fn reference(&self) -> Vec<ReferenceUtilization> {
        let inventory = self.inventory;
        let mut all: BTreeMap<(ComponentId, ResourceId), f64> = BTreeMap::new();
        for row in rows_in(self.written.headroom.as_deref()) {
            let Some(utilization) = row.before_utilization.filter(|_| row.period == 0) else {
                continue;
            };
            let resources = inventory.listed_resources().iter();
            let resource = resources
                .enumerate()
                .find(|(_, resource)| resource.id == row.resource);
            let component = inventory.component_named(&row.component);
            if let (Some(component), Some((resource, _))) = (component, resource) {
                // What is smaller cannot be written in a table of the inventory.
                let utilization = if utilization < ROUNDING {
                    0.0
                } else {
                    utilization
                };
                all.insert((component, ResourceId::new(resource)), utilization);
            }
        }
        let all = all.into_iter();
        all.map(
            |((component, resource), utilization)| ReferenceUtilization {
                component,
                resource,
                utilization,
            },
        )
        .collect()
    }

    /// The access points on standby that steps before an instant have opened and not closed. A step at the instant itself is not
    /// done yet.
    pub(super) fn opened(&self, at: Timestamp) -> BTreeSet<AccessPointId> {
        let all = self.inventory.access_points.iter().enumerate();
        let at_start = all.filter(|(_, row)| row.state == AccessPointState::Opened);
        let mut open: BTreeSet<AccessPointId> = at_start
            .map(|(index, _)| AccessPointId::new(index))
            .collect();
        let mut steps: Vec<(Timestamp, u32, &ChangeRow)> = Vec::new();
        for row in rows_in(self.written.changes.as_deref()) {
            let when = row.at.as_deref().and_then(|text| text.parse().ok());
            steps.extend(
                when.filter(|when| *when < at)
                    .map(|when| (when, row.period, row)),
            );
        }
        steps.sort_by_key(|(when, period, _)| (*when, *period));
        for (_, _, row) in steps {
            let named = row.access_point.as_deref();
            let id = self
                .inventory
                .access_points
                .iter()
                .position(|access_point| {
                    Some(access_point.id.as_str()) == named && access_point.state.is_on_standby()
                });
            let Some(id) = id.map(AccessPointId::new) else {
                continue;
            };
            match row.action {
                Action::OpenAccessPoint => open.insert(id),
                Action::CloseAccessPoint => open.remove(&id),
                _ => false,
            };
        }
        open
    }

    /// The weights that hold after a wave, at an instant.
    pub(super) fn weights(&self, after: WaveOfPlan, at: Timestamp) -> Result<Vec<CurrentWeight>> {
        let (inventory, scenario) = (self.inventory, self.scenario);
        let all = periods(inventory, scenario);
        let during = all
            .iter()
            .rev()
            .find(|period| period.start <= at)
            .map(|period| period.index);
        let slice_of = |period: Option<usize>| match period.and_then(|index| all.get(index)) {
            Some(period) => {
                let (knowledge, band) = (Knowledge::Believed, Band::Expected);
                let case = case_at(inventory, scenario, period.start, knowledge, band);
                case.hours.slice_at(at)
            }
            None => case_before(inventory, scenario, Band::Expected)
                .hours
                .slice_at(at),
        };
        let rows = rows_in(self.written.wave_weights.as_deref());
        let of_period = rows.filter(|row| row.period == after.period && row.wave <= after.wave);
        let of_period: Vec<&WaveWeightRow> = of_period.collect();
        if let Some(last) = of_period.iter().map(|row| row.wave).max() {
            let of_wave = || of_period.iter().filter(|row| row.wave == last);
            let held = of_wave()
                .map(|row| row.during)
                .filter(|number| number.map(|number| number as usize) <= during);
            let held = held.max().or_else(|| of_wave().map(|row| row.during).min());
            let held = held.flatten();
            let slice = slice_of(held.map(|number| number as usize));
            let filter = of_wave().filter(|row| row.during == held && row.slice as usize == slice);
            let weights: Result<Vec<CurrentWeight>> = filter.map(|row| self.weight(row)).collect();
            return Ok(whole(weights?));
        }
        // No wave of the period turns weights: those of the period before hold.
        let flows = match after.period.checked_sub(1) {
            Some(before) => {
                let rows = self
                    .written
                    .steering
                    .iter()
                    .map(|steering_row| &steering_row.row);
                let rows = rows.filter(|row| row.period == before);
                let flows: std::result::Result<Vec<_>, _> =
                    rows.map(|row| flow(&self.names, row)).collect();
                let slice = slice_of(Some(before as usize));
                flows_in(&flows.map_err(|finding| unfit(*finding))?, slice).to_vec()
            }
            None => return Ok(inventory.resumed.weights.clone()),
        };
        let weights = flows.iter().map(|flow| CurrentWeight {
            client_region: flow.group.client_region,
            profile: flow.group.profile,
            max_latency: flow.group.max_latency.map(Milliseconds),
            site: flow.path.site,
            access_point: flow.path.access_point,
            links: flow.path.links.clone(),
            weight: flow.users,
        });
        Ok(whole(weights.collect()))
    }

    fn weight(&self, row: &WaveWeightRow) -> Result<CurrentWeight> {
        let file = WaveWeightRow::FILE;
        let links: Vec<LinkId> =
            links_of(&self.names, file, &row.links).map_err(|finding| unfit(*finding))?;
        let ends = links.first().map(|link| {
            let link = &self.inventory.links[link.index()];
            (link.from, link.to)
        });
        let Some((LinkEnd::ClientRegion(client_region), LinkEnd::AccessPoint(access_point))) = ends
        else {
            return Err(unfit(*unknown(file, "path", &row.path)));
        };
        let profiles = &self.inventory.profiles;
        let profile = profiles
            .iter()
            .position(|profile| profile.id == row.profile);
        let profile = profile.ok_or_else(|| unfit(*unknown(file, "profile", &row.profile)))?;
        Ok(CurrentWeight {
            client_region,
            profile: crate::ids::ProfileId::new(profile),
            max_latency: row.max_latency_ms.map(Milliseconds),
            site: self
                .names
                .site(file, &row.site)
                .map_err(|finding| unfit(*finding))?,
            access_point,
            links,
            weight: row.weight,
        })
    }
}

/// Weights that add up to 1 for the same users at the same site, in order, without those that are nothing.
fn whole(mut weights: Vec<CurrentWeight>) -> Vec<CurrentWeight> {
    weights.retain(|weight| weight.weight > 0.0);
    let key = |current_weight: &CurrentWeight| {
        let limit = current_weight
            .max_latency
            .map_or(f64::INFINITY, |limit| limit.0);
        (
            current_weight.client_region,
            current_weight.profile,
            limit.to_bits(),
            current_weight.site,
        )
    };
    weights.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.links.cmp(&b.links)));
    let mut all = Vec::with_capacity(weights.len());
    for same in weights.chunk_by(|a, b| key(a) == key(b)) {
        let sum: f64 = same
            .iter()
            .map(|current_weight| current_weight.weight)
            .sum();
        let is_something =
            |current_weight: &&CurrentWeight| current_weight.weight > AGREEMENT * AGREEMENT * sum;
        let kept: Vec<&CurrentWeight> = same.iter().filter(is_something).collect();
        let sum: f64 = kept
            .iter()
            .map(|current_weight| current_weight.weight)
            .sum();
        all.extend(kept.into_iter().map(|current_weight| CurrentWeight {
            weight: current_weight.weight / sum,
            ..current_weight.clone()
        }));
    }
    all
}

fn wave_of(row: &WaveRow) -> WaveOfPlan {
    WaveOfPlan {
        period: row.period,
        wave: row.wave,
    }
}

fn unfit(finding: Finding) -> Error {
    Error::Unfit(vec![finding])
}
