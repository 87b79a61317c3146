//! Conditions: what stages let pass at an instant in truth.

use super::field::{Field, Obstacle, Where};
use crate::formulation::background_in;
use crate::model::{Event, EventKind, Inventory, Scenario, Slow};
use crate::scenario::{Knowledge, capacities_at, is_in_force};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What holds at every instant of a step.
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
    /// Those at an instant.
    pub(super) fn new(
        inventory: &Inventory,
        scenario: &Scenario,
        field: &Field,
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
                EventKind::Disconnect(own) if event.start <= at && at < event.end => {
                    for component in &own.components {
                        is_out[component.index()] = true;
                    }
                    if let Some(region) = own.client_region {
                        is_cut_off[region.index()] = true;
                    }
                }
                EventKind::Gray(own) if is_in_force(event, scenario, at, Knowledge::True) => {
                    for component in &own.components {
                        pass[component.index()] *= 1.0 - own.loss;
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
                (Where::Component(own), Obstacle::Itself) => [pass[own.index()], 1.0],
                (Where::Component(own), Obstacle::Gate) => {
                    let accepts = inventory.accepts_per_second(own);
                    [accepts.unwrap_or(f64::INFINITY); 2]
                }
                (Where::Component(own), Obstacle::Resource(resource)) => {
                    let at = [own.index(), resource];
                    let less = |left: Option<f64>| {
                        left.map_or(f64::INFINITY, |left| (left - background[at]).max(0.0))
                    };
                    [
                        less(truth.capacity(own.index(), resource)),
                        less(truth.nominal[at]),
                    ]
                }
            };
            let is_closed = match stage.place {
                Where::Region(own) => conditions.is_cut_off[own.index()],
                Where::Component(own) => conditions.is_out[own.index()],
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

    fn slow_down(&mut self, inventory: &Inventory, field: &Field, slow: &Slow) {
        let is_worked = |stage: &usize| {
            let own = field.stages[*stage];
            own.queues && matches!(own.obstacle, Obstacle::Resource(_))
        };
        for component in &slow.components {
            for (index, profile) in inventory.profiles.iter().enumerate() {
                if slow.profile.is_some_and(|own| own.index() != index) {
                    continue;
                }
                let stages = field.of_component(*component).iter().copied();
                let mut has_failed = false;
                for stage in stages.filter(is_worked) {
                    let (takes, fails) = self.slow.entry((stage, index)).or_insert((1.0, 0.0));
                    *takes *= slow.inflation(profile);
                    // It fails once, where the first of it is worked.
                    let takes_part = match field.stages[stage].obstacle {
                        Obstacle::Resource(own) => profile.work[own] > 0.0,
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
        let own = (stage, 0)..=(stage, usize::MAX);
        self.slow.range(own).next().is_some()
    }

    /// How many times more a profile's work would take at a stage without one of the events that make it slow there.
    pub(super) fn takes_beside(
        &self,
        inventory: &Inventory,
        stage: usize,
        profile: usize,
        slow: &Slow,
    ) -> f64 {
        let is_meant = slow.profile.is_none_or(|own| own.index() == profile);
        let own = if is_meant {
            slow.inflation(&inventory.profiles[profile])
        } else {
            1.0
        };
        self.takes(stage, profile) / own
    }

    /// How many times more a profile's work takes at a stage.
    pub(super) fn takes(&self, stage: usize, profile: usize) -> f64 {
        if self.slow.is_empty() {
            return 1.0;
        }
        self.slow.get(&(stage, profile)).map_or(1.0, |own| own.0)
    }

    /// The share of a profile's work at a stage that never ends in time.
    pub(super) fn fails(&self, stage: usize, profile: usize) -> f64 {
        self.slow.get(&(stage, profile)).map_or(0.0, |own| own.1)
    }
}
