//! What holds at an instant, whoever knows of it; and what pools believe.

use crate::naive::Band;
use crate::naive::at_instant::{Believed, at_instant};
use crate::naive::hours::hours;
use crate::naive::pools::carrying_members;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ndarray::Array2;
use plimsoll::ids::SiteId;
use plimsoll::model::{Event, EventKind, Inventory, PlannedDemand, Scenario, Shard, Slow};
use std::collections::BTreeSet;

/// What holds at an instant.
#[derive(Debug, Clone)]
pub(super) struct Truth<'a> {
    /// By component: nothing passes.
    pub(super) out: Vec<bool>,
    /// By component: no attempt to connect passes.
    pub(super) closed: Vec<bool>,
    /// By client region: the same.
    pub(super) closed_regions: Vec<bool>,
    /// By component: a disconnect that begins at this instant ends the sessions there.
    pub(super) cut: Vec<bool>,
    /// By client region: the same.
    pub(super) cut_regions: Vec<bool>,
    /// By component: share of what comes that fails.
    pub(super) loss: Vec<f64>,
    /// By component and resource: what is left beside copies and background.
    pub(super) left: Array2<Option<f64>>,
    /// The same without events.
    pub(super) normal: Array2<Option<f64>>,
    /// By component: slow work.
    pub(super) slow: Vec<Vec<&'a Slow>>,
    /// By pool: its members' components and their shares.
    pub(super) shares: Vec<Vec<(usize, f64)>>,
    /// By client region: factor of the hour.
    pub(super) factor: Vec<f64>,
}

fn is_in_force(event: &Event, at: Timestamp) -> bool {
    event.start <= at && at < event.end
}

impl<'a> Truth<'a> {
    /// What holds at `at`.
    pub(super) fn at(inventory: &Inventory, scenario: &'a Scenario, at: Timestamp) -> Self {
        let mut known = scenario.clone();
        known
            .events
            .retain(|event| !matches!(event.kind, EventKind::Slow(_)));
        known.policy.reaction_minutes = 0.0;
        known.policy.demand = PlannedDemand::Hourly;
        for event in &mut known.events {
            event.detected = event.start;
        }
        let mut quiet = known.clone();
        quiet.events.clear();
        let known = at_instant(inventory, &known, at, Band::Expected);
        let quiet = at_instant(inventory, &quiet, at, Band::Expected);
        let mut all_hours = scenario.clone();
        all_hours.policy.demand = PlannedDemand::Hourly;
        let second = (at, at + SignedDuration::from_secs(1));
        let factor = hours(inventory, &all_hours, second).factor.swap_remove(0);
        let used = used(inventory, &known, &factor);
        let believed = at_instant(inventory, scenario, at, Band::Expected);
        let count = inventory.component_count();
        let mut truth = Self {
            out: known.gone.clone(),
            closed: vec![false; count],
            closed_regions: vec![false; inventory.client_regions.len()],
            cut: vec![false; count],
            cut_regions: vec![false; inventory.client_regions.len()],
            loss: vec![0.0; count],
            left: spare(&known, &used),
            normal: spare(&quiet, &used),
            slow: vec![Vec::new(); count],
            shares: shares(inventory, &believed),
            factor,
        };
        for event in &scenario.events {
            truth.add(event, at);
        }
        truth
    }

    fn add(&mut self, event: &'a Event, at: Timestamp) {
        if let EventKind::Disconnect(disconnect) = &event.kind {
            for component in &disconnect.components {
                self.closed[component.index()] |= is_in_force(event, at);
                self.cut[component.index()] |= event.start == at;
            }
            if let Some(region) = disconnect.client_region {
                self.closed_regions[region.index()] |= is_in_force(event, at);
                self.cut_regions[region.index()] |= event.start == at;
            }
        }
        if !is_in_force(event, at) {
            return;
        }
        if let EventKind::Slow(slow) = &event.kind {
            for component in &slow.components {
                self.slow[component.index()].push(slow);
            }
        }
        if let EventKind::Gray(reduction) = &event.kind {
            for component in &reduction.components {
                let value = &mut self.loss[component.index()];
                *value = 1.0 - (1.0 - *value) * (1.0 - reduction.loss);
            }
        }
    }
}

/// What copies elsewhere than where a shard runs and background.csv take.
fn used(inventory: &Inventory, now: &Believed, factor: &[f64]) -> Array2<f64> {
    let mut used = Array2::zeros((inventory.component_count(), inventory.resources.len()));
    for row in &inventory.background {
        used[[row.component.index(), row.resource.index()]] += row.load;
    }
    for replica in &inventory.replicas {
        let shard = replica.shard.index();
        let row = &inventory.shards[shard];
        if row.site == Some(replica.site) {
            continue;
        }
        for (r, resource) in inventory.resources.iter().enumerate() {
            let hour = if resource.varies {
                factor[row.client_region.index()]
            } else {
                1.0
            };
            let demand = now.users(shard) * now.demand(inventory, shard, r) * hour;
            let site = inventory.site_component(SiteId::new(replica.site.index()));
            used[[site.index(), r]] += resource.replica_share * demand;
        }
    }
    used
}

fn spare(now: &Believed, used: &Array2<f64>) -> Array2<Option<f64>> {
    Array2::from_shape_fn(used.dim(), |(e, r)| {
        let left = now.left(e, r)?;
        let nominal = now.nominal[[e, r]].unwrap_or(0.0);
        // Less than a millionth of a capacity is nothing.
        let left = if left < 1e-6 * nominal { 0.0 } else { left };
        Some((left - used[[e, r]]).max(0.0))
    })
}

/// Equal shares of the members that carry as far as is known, of all of them where none does.
fn shares(inventory: &Inventory, believed: &Believed) -> Vec<Vec<(usize, f64)>> {
    let mut background = Array2::zeros(believed.target.dim());
    for row in &inventory.background {
        background[[row.component.index(), row.resource.index()]] += row.load;
    }
    let carrying = carrying_members(inventory, believed, &background);
    let pools = inventory.pools.iter().zip(&carrying);
    pools
        .map(|(pool, carrying)| {
            let members: Vec<usize> = pool
                .members
                .iter()
                .map(|member| inventory.element_component(*member).index())
                .collect();
            let is_in = |member: &usize| {
                carrying.is_empty()
                    || carrying
                        .iter()
                        .any(|component| component.index() == *member)
            };
            let count = members.iter().filter(|index| is_in(index)).count() as f64;
            let share = |member: usize| if is_in(&member) { 1.0 / count } else { 0.0 };
            members
                .into_iter()
                .map(|index| (index, share(index)))
                .collect()
        })
        .collect()
}

/// By shard: users who are there, counted as at the peak. Surges arrive and go by and by, and so do those who join.
pub(super) fn users(inventory: &Inventory, scenario: &Scenario, at: Timestamp) -> Vec<f64> {
    let mut quiet = scenario.clone();
    quiet.events.clear();
    let quiet = at_instant(inventory, &quiet, at, Band::Expected);
    let since = |start: Timestamp| at.duration_since(start).as_secs_f64();
    // So much of what takes so many seconds is there.
    let come = |start: Timestamp, seconds: f64| {
        if since(start) < 0.0 {
            0.0
        } else if seconds > 0.0 {
            (since(start) / seconds).min(1.0)
        } else {
            1.0
        }
    };
    let of_shard = |(index, shard): (usize, &Shard)| {
        let mut users = quiet.users(index);
        for row in &inventory.onboarding {
            // Decision: who joins up to the scenario's start is there; who leaves does so at once.
            let is_new = row.date > scenario.start && row.date <= at && row.users > 0;
            if row.shard.index() == index && is_new && !scenario.policy.freeze_onboarding {
                users -= row.users as f64 * (1.0 - come(row.date, 24.0 * 3600.0));
            }
        }
        users = users.max(0.0);
        for event in &scenario.events {
            if let EventKind::Surge(surge) = &event.kind {
                let is_meant = surge
                    .client_region
                    .is_none_or(|client_region| client_region == shard.client_region)
                    && surge.profile.is_none_or(|profile| profile == shard.profile)
                    && surge.tenant.is_none_or(|tenant| tenant == shard.tenant);
                if is_meant {
                    let seconds = surge.arrive_minutes * 60.0;
                    let start = event.start.max(scenario.start);
                    let there = come(start, seconds) - come(event.end, seconds);
                    users *= 1.0 + there * (surge.factor - 1.0);
                }
            }
        }
        users
    };
    inventory.shards.iter().enumerate().map(of_shard).collect()
}

/// Instants within a scenario at which something changes.
pub(crate) fn instants(inventory: &Inventory, scenario: &Scenario) -> BTreeSet<Timestamp> {
    let reaction = SignedDuration::from_secs_f64(scenario.policy.reaction_minutes * 60.0);
    let mut all = BTreeSet::new();
    for event in &scenario.events {
        all.extend([event.start, event.end]);
        if event.is_reacted_to() {
            let answered = event.detected + reaction;
            all.extend(Some(answered).filter(|at| event.start <= *at && *at < event.end));
        }
    }
    let frozen = |date: &Timestamp| scenario.policy.freeze_onboarding && *date >= scenario.start;
    let joining = inventory.onboarding.iter().map(|row| row.date);
    all.extend(joining.filter(|date| !frozen(date)));
    all.extend(inventory.capacity_changes.iter().map(|row| row.date));
    all.extend(crate::naive::growth::firsts_of_month(inventory, scenario));
    for event in &scenario.events {
        if let EventKind::Surge(surge) = &event.kind {
            let arriving = SignedDuration::from_secs_f64(surge.arrive_minutes * 60.0);
            all.extend([
                event.start.max(scenario.start) + arriving,
                event.end + arriving,
            ]);
        }
    }
    let zone = TimeZone::fixed(scenario.offset);
    let first = scenario
        .start
        .to_zoned(zone.clone())
        .date()
        .first_of_month();
    let months = (0..24).filter_map(|ahead| {
        let month = first.checked_add(jiff::Span::new().months(ahead)).ok()?;
        Some(month.to_zoned(zone.clone()).ok()?.timestamp())
    });
    all.extend(months);
    all.retain(|at| scenario.start <= *at && *at < scenario.end);
    all
}
