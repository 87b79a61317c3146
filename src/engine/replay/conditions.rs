//! Conditions: what stages actually let pass at an instant.
//!
//! Slow: the least changes that would have let components keep up despite slow work (`docs/model.md` §9, Slow work).

use super::field::{Obstacle, ResourceNetwork, Where};
use super::pools::Pools;
use crate::formulation::background_in;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Event, EventKind, Inventory, Profile, Scenario, Slow};
use crate::plan::replay::SlowWork;
use crate::scenario::{Knowledge, capacities_at, is_in_force};
use jiff::Timestamp;
use std::collections::BTreeMap;

pub(super) struct Conditions {
    /// By stage: what is left per second before copies, or the share that passes what is itself an obstacle.
    pub(super) capacity: Vec<f64>,
    /// By stage: the same without events.
    pub(super) nominal: Vec<f64>,
    /// By stage: no session passes it.
    pub(super) is_closed: Vec<bool>,
    /// By component: no session holds there.
    pub(super) is_out: Vec<bool>,
    /// By client region: nobody gets on.
    pub(super) is_cut_off: Vec<bool>,
    /// By stage and profile where work takes longer: how much more it takes, and the share of it that never ends in time.
    pub(super) slow: BTreeMap<(usize, usize), (f64, f64)>,
    /// By component: events leave nothing of it, so that no copies are there.
    pub(super) is_gone: Vec<bool>,
}

impl Conditions {
    pub(super) fn new(
        inventory: &Inventory,
        scenario: &Scenario,
        field: &ResourceNetwork,
        at: Timestamp,
    ) -> Self {
        // Slow work is worked stage by stage and profile by profile here, so capacity is that without it.
        let is_other = |event: &&Event| event.slow().is_none();
        let others = scenario.events.iter().filter(is_other);
        let other = Scenario {
            events: others.cloned().collect(),
            ..scenario.clone()
        };
        let truth = capacities_at(inventory, &other, at, Knowledge::True);
        let background = background_in(inventory, &truth);
        let mut pass = vec![1.0; inventory.component_count()];
        let mut is_out = truth.gone.clone();
        let mut is_cut_off = vec![false; inventory.client_regions.len()];
        for event in &scenario.events {
            match &event.kind {
                EventKind::Disconnect(disconnect) if event.start <= at && at < event.end => {
                    for component in &disconnect.components {
                        is_out[component.index()] = true;
                    }
                    if let Some(region) = disconnect.client_region {
                        is_cut_off[region.index()] = true;
                    }
                }
                EventKind::Gray(reduction) if is_in_force(event, scenario, at, Knowledge::True) => {
                    for component in &reduction.components {
                        pass[component.index()] *= 1.0 - reduction.loss;
                    }
                }
                _ => {}
            }
        }
        for (pass, is_gone) in pass.iter_mut().zip(&truth.gone) {
            if *is_gone {
                *pass = 0.0;
            }
        }
        let mut conditions = Self {
            capacity: Vec::with_capacity(field.stages.len()),
            nominal: Vec::with_capacity(field.stages.len()),
            is_closed: Vec::with_capacity(field.stages.len()),
            slow: BTreeMap::new(),
            is_gone: truth.gone.clone(),
            is_out,
            is_cut_off,
        };
        for stage in &field.stages {
            let [left, nominal] = match (stage.place, stage.obstacle) {
                (Where::Region(_), _) => [1.0; 2],
                (Where::Component(component), Obstacle::Itself) => [pass[component.index()], 1.0],
                (Where::Component(component), Obstacle::Gate) => {
                    let accepts = inventory.accepts_per_second(component);
                    [accepts.unwrap_or(f64::INFINITY); 2]
                }
                (Where::Component(component), Obstacle::Resource(resource)) => {
                    let at = [component.index(), resource];
                    let less = |left: Option<f64>| {
                        left.map_or(f64::INFINITY, |left| (left - background[at]).max(0.0))
                    };
                    [
                        less(truth.capacity(component.index(), resource)),
                        less(truth.nominal[at]),
                    ]
                }
            };
            let is_closed = match stage.place {
                Where::Region(client_region) => conditions.is_cut_off[client_region.index()],
                Where::Component(component) => conditions.is_out[component.index()],
            };
            conditions
                .is_closed
                .push(is_closed && stage.obstacle == Obstacle::Itself);
            conditions.capacity.push(left);
            conditions.nominal.push(nominal);
        }
        for event in &scenario.events {
            if let Some(slow) = event.slow()
                && is_in_force(event, scenario, at, Knowledge::True)
            {
                conditions.slow_down(inventory, field, slow);
            }
        }
        conditions
    }

    fn slow_down(&mut self, inventory: &Inventory, field: &ResourceNetwork, slow: &Slow) {
        let is_worked = |stage: &usize| {
            let replay_stage = field.stages[*stage];
            replay_stage.queues && matches!(replay_stage.obstacle, Obstacle::Resource(_))
        };
        for component in &slow.components {
            for (index, profile) in inventory.profiles.iter().enumerate() {
                if slow.profile.is_some_and(|profile| profile.index() != index) {
                    continue;
                }
                let stages = field.of_component(*component).iter().copied();
                let mut has_failed = false;
                for stage in stages.filter(is_worked) {
                    let (takes, fails) = self.slow.entry((stage, index)).or_insert((1.0, 0.0));
                    *takes *= slow.inflation(profile);
                    // It fails once, where the first of it is worked.
                    let takes_part = match field.stages[stage].obstacle {
                        Obstacle::Resource(index) => profile.work[index] > 0.0,
                        _ => false,
                    };
                    if slow.gives_up(profile) && takes_part && !has_failed {
                        has_failed = true;
                        *fails = 1.0 - (1.0 - *fails) * (1.0 - slow.share);
                    }
                }
            }
        }
    }

    /// Work of any profile takes longer at a stage.
    pub(super) fn is_slow(&self, stage: usize) -> bool {
        let range_inclusive = (stage, 0)..=(stage, usize::MAX);
        self.slow.range(range_inclusive).next().is_some()
    }

    /// How many times more a profile's work would take at a stage without one of the events that make it slow there.
    pub(super) fn takes_beside(
        &self,
        inventory: &Inventory,
        stage: usize,
        profile: usize,
        slow: &Slow,
    ) -> f64 {
        let is_meant = slow
            .profile
            .is_none_or(|candidate| candidate.index() == profile);
        let value = if is_meant {
            slow.inflation(&inventory.profiles[profile])
        } else {
            1.0
        };
        self.takes(stage, profile) / value
    }

    /// How many times more a profile's work takes at a stage.
    pub(super) fn takes(&self, stage: usize, profile: usize) -> f64 {
        if self.slow.is_empty() {
            return 1.0;
        }
        self.slow.get(&(stage, profile)).map_or(1.0, |pair| pair.0)
    }

    /// The share of a profile's work at a stage that never ends in time.
    pub(super) fn fails(&self, stage: usize, profile: usize) -> f64 {
        self.slow.get(&(stage, profile)).map_or(0.0, |pair| pair.1)
    }
}

/// What is known so far: by event, component and resource.
#[derive(Default)]
pub(super) struct SlowWorks(BTreeMap<(usize, ComponentId, usize), SlowWork>);

impl SlowWorks {
    /// Looks at a span; `users` are those of the streams who are there, `capacities` what stages can take. Of all spans that
    /// counts in which most of what can be taken would be.
    pub(super) fn look(
        &mut self,
        inventory: &Inventory,
        scenario: &Scenario,
        field: &ResourceNetwork,
        at: Timestamp,
        (users, spares): (&[f64], &[f64]),
        (pools, conditions): (&Pools, &Conditions),
    ) {
        let slow = scenario.events.iter().enumerate();
        let is_slow_now = |event: &Event| is_in_force(event, scenario, at, Knowledge::True);
        for (event, one_event) in slow.filter(|(_, event)| is_slow_now(event)) {
            let Some(slow) = one_event.slow() else {
                continue;
            };
            for &component in &slow.components {
                for &stage in field.of_component(component) {
                    let Obstacle::Resource(resource) = field.stages[stage].obstacle else {
                        continue;
                    };
                    if !field.stages[stage].queues {
                        continue;
                    }
                    let mut by_profile = loads(inventory, field, pools, users, stage, resource);
                    let load: f64 = by_profile.iter().sum();
                    if load <= 0.0 {
                        continue;
                    }
                    for (profile, value) in by_profile.iter_mut().enumerate() {
                        *value *= conditions.takes_beside(inventory, stage, profile, slow);
                    }
                    let work = of_stage(inventory, slow, &by_profile, spares[stage]);
                    let slow_work = SlowWork {
                        event,
                        component,
                        resource: ResourceId::new(resource),
                        load,
                        inflation: work.inflation * work.load / load,
                        ..work
                    };
                    let known = self
                        .0
                        .entry((event, component, resource))
                        .or_insert(slow_work);
                    if slow_work.utilization() > known.utilization() {
                        *known = slow_work;
                    }
                }
            }
        }
    }

    pub(super) fn into_values(self) -> Vec<SlowWork> {
        self.0.into_values().collect()
    }
}

/// By profile, what comes to a stage where no work is slow.
fn loads(
    inventory: &Inventory,
    field: &ResourceNetwork,
    pools: &Pools,
    users: &[f64],
    stage: usize,
    resource: usize,
) -> Vec<f64> {
    let mut all = vec![0.0; inventory.profiles.len()];
    let Where::Component(component) = field.stages[stage].place else {
        return all;
    };
    for (stream, users) in field.streams.iter().zip(users) {
        for (pool, components) in &stream.hops {
            let Some(member) = components
                .iter()
                .position(|candidate| *candidate == component)
            else {
                continue;
            };
            let share = pool.map_or(1.0, |pool| pools.mean(pool, member));
            let profile = stream.profile.index();
            all[profile] += share * users * inventory.profiles[profile].work[resource];
        }
    }
    all
}

/// What would be enough, of which all but one is left as it is; `by_profile` is what comes, as much as it takes without this.
fn of_stage(inventory: &Inventory, slow: &Slow, by_profile: &[f64], capacity: f64) -> SlowWork {
    let is_slow = |index: usize| slow.profile.is_none_or(|profile| profile.index() == index);
    let profiles = || {
        let zips = inventory.profiles.iter().zip(by_profile).enumerate();
        zips.filter(|(index, _)| is_slow(*index))
            .map(|(_, pair)| pair)
    };
    let load: f64 = by_profile.iter().sum();
    let slowed: f64 = profiles().map(|(_, load)| load).sum();
    let worked: f64 = profiles()
        .map(|(profile, load)| load * slow.inflation(profile))
        .sum();
    let inflation = (load - slowed + worked) / load;
    let service = |profile: &Profile| profile.service_seconds.unwrap_or(1.0);
    let tries = |profile: &Profile| 1.0 + slow.retries.unwrap_or(profile.retries);
    // Slow work may take so much: load · share · held ≤ spare.
    let spare = capacity - load + slow.share * slowed;
    let per_second: f64 = profiles()
        .map(|(profile, load)| slow.share * load * tries(profile) / service(profile))
        .sum();
    let held_once: f64 = profiles()
        .filter(|(profile, _)| slow.gives_up(profile))
        .map(|(profile, load)| {
            let patience = slow.timeout_seconds.or(profile.timeout_seconds);
            let longest = patience.map_or(slow.factor, |timeout| timeout / service(profile));
            slow.share * load * longest.min(slow.factor)
        })
        .sum();
    let held_otherwise: f64 = profiles()
        .filter(|(profile, _)| !slow.gives_up(profile))
        .map(|(_, load)| slow.share * load * slow.factor)
        .sum();
    let held = worked - (1.0 - slow.share) * slowed;
    // A timeout that is shorter than the work itself would give all of it up.
    let service_at_most = profiles()
        .map(|(profile, _)| service(profile))
        .fold(0.0, f64::max);
    let is_ahead_without = held_once <= 0.0 && load * inflation <= capacity;
    let timeout = Some(spare / per_second)
        .filter(|value| value.is_finite() && *value >= service_at_most && !is_ahead_without);
    let retries = (spare - held_otherwise) / held_once - 1.0;
    let kept = spare / held;
    SlowWork {
        event: 0,
        component: ComponentId::new(0),
        resource: ResourceId::new(0),
        load,
        capacity,
        inflation,
        longest_timeout: timeout,
        most_retries: (held_once > 0.0 && retries >= 0.0).then_some(retries),
        least_quarantine: (spare >= 0.0).then_some((1.0 - kept).clamp(0.0, 1.0)),
    }
}
