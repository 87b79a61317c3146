//! What is available and demanded at an instant (`model.md` §§2, 3, 8).

use super::demand::{Surges, users_at};
use super::hours::{hours_at, hours_of_all};
use super::knowledge::{Knowledge, in_force, is_in_force};
use crate::ids::{ComponentId, ResourceId};
use crate::model::{
    Band, Case, Event, EventKind, Hours, Inventory, PerShard, Policy, Scenario, Slow,
};
use crate::units::FEASIBILITY;
use jiff::Timestamp;
use ndarray::{Array2, Axis};
use std::borrow::Cow;
use std::sync::Arc;

/// The case at an instant, as the planner believes it or as it is.
///
/// Users have every onboarding row dated up to `at` (of the given end of the forecast), capacities every
/// change dated up to `at`. Shares of events on one component multiply, and so do surges on one shard.
/// A headroom target is capped by `event_headroom` while an event that the *planner* knows is in force,
/// also in the true case: headroom is spent by decision.
pub fn case_at(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
    knowledge: Knowledge,
    band: Band,
) -> Case {
    let all = scenario.events.iter();
    let holding: Vec<Cow<'_, Event>> = all
        .filter_map(|event| in_force(event, scenario, at, knowledge))
        .collect();
    let events: Vec<&Event> = holding.iter().map(Cow::as_ref).collect();
    let mut all = scenario.events.iter();
    let is_event_known = all.any(|event| is_in_force(event, scenario, at, Knowledge::Believed));
    let demand = BaseDemand {
        base_users: users_at(inventory, scenario, at, band).into(),
        hours: hours_at(inventory, scenario, at).into(),
    };
    case_of_demand(inventory, scenario, at, demand, &events, is_event_known)
}

/// The case at an instant for callers that need capacities alone: no users, and no surge.
///
/// It costs nothing per shard.
pub(crate) fn capacities_at(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
    knowledge: Knowledge,
) -> Case {
    let all = scenario.events.iter();
    let others = all.filter(|event| event.surge().is_none());
    let holding: Vec<Cow<'_, Event>> = others
        .filter_map(|event| in_force(event, scenario, at, knowledge))
        .collect();
    let events: Vec<&Event> = holding.iter().map(Cow::as_ref).collect();
    let demand = BaseDemand {
        base_users: PerShard::same(0.0),
        hours: Hours::flat(inventory.client_regions.len(), scenario.start, scenario.end).into(),
    };
    case_of_demand(inventory, scenario, at, demand, &events, false)
}

/// The case of the state before: users and capacities of the scenario's start, no event, not even a surge, in the hours
/// of the whole scenario.
pub fn case_before(inventory: &Inventory, scenario: &Scenario, band: Band) -> Case {
    let at = scenario.start;
    let demand = BaseDemand {
        base_users: users_at(inventory, scenario, at, band).into(),
        hours: hours_of_all(inventory, scenario).into(),
    };
    case_of_demand(inventory, scenario, at, demand, &[], false)
}

/// What is demanded before surges.
#[derive(Debug, Clone)]
pub struct BaseDemand {
    /// Shards: users with every onboarding row of the past.
    pub base_users: PerShard<f64>,
    /// How their demand follows the hours.
    pub hours: Arc<Hours>,
}

/// The case at `at` of a known demand with these events in force, whatever their instants, and known.
///
/// It costs nothing per shard unless there is a surge among the events.
pub fn case_of_events(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
    demand: &BaseDemand,
    events: &[&Event],
) -> Case {
    let is_event_known = !events.is_empty();
    let demand = demand.clone();
    case_of_demand(inventory, scenario, at, demand, events, is_event_known)
}

/// The case at `at` of a known demand with exactly these events in force.
fn case_of_demand(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
    demand: BaseDemand,
    events: &[&Event],
    is_event_known: bool,
) -> Case {
    let nominal = capacity_at(inventory, at);
    let target = targets(inventory, scenario, &nominal, is_event_known);
    let reductions = Reductions::of(inventory, events);
    let surges = Surges::new(inventory, events.iter().filter_map(|event| event.surge()));
    let (factor, surged) = if surges.is_empty() {
        (PerShard::same(1.0), PerShard::same(false))
    } else {
        let on = || inventory.shards.iter().map(|shard| surges.on(shard));
        (
            on().map(|surged| surged.factor).collect(),
            on().map(|surged| surged.is_surged).collect(),
        )
    };
    Case {
        nominal,
        available: reductions.available,
        gone: reductions.left.iter().map(|left| *left <= 0.0).collect(),
        failed: reductions.failed,
        target,
        base_users: demand.base_users,
        hours: demand.hours,
        factor,
        touched: reductions.touched,
        surged,
        is_event_in_force: !events.is_empty(),
        accept_queue_seconds: scenario.replay.accept_queue_seconds,
    }
}

/// Components × resources: capacity with every change dated up to `at`, before any event.
pub(super) fn capacity_at(inventory: &Inventory, at: Timestamp) -> Array2<Option<f64>> {
    let mut capacity = inventory.capacity.clone();
    for change in inventory
        .capacity_changes
        .iter()
        .filter(|change| change.date <= at)
    {
        capacity[[change.component.index(), change.resource.index()]] = change.capacity;
    }
    capacity
}

/// Components × resources: the headroom target in force; 0 where the component does not limit the resource.
fn targets(
    inventory: &Inventory,
    scenario: &Scenario,
    nominal: &Array2<Option<f64>>,
    is_event_known: bool,
) -> Array2<f64> {
    let mut target = Array2::zeros(nominal.dim());
    for ((component, resource), target) in target.indexed_iter_mut() {
        if nominal[[component, resource]].is_none() {
            continue;
        }
        let at = (ComponentId::new(component), ResourceId::new(resource));
        *target = headroom_target(inventory, &scenario.policy, at, is_event_known);
    }
    target
}

/// The headroom target of a component that limits a resource, while an event is known to be in force or not.
pub fn headroom_target(
    inventory: &Inventory,
    policy: &Policy,
    (component, resource): (ComponentId, ResourceId),
    is_event_known: bool,
) -> f64 {
    let of_resource = &inventory.resources[resource.index()];
    let wished = inventory
        .headroom_target(component)
        .or(policy.headroom_of(resource))
        .unwrap_or(of_resource.headroom);
    match of_resource.event_headroom {
        Some(cap) if is_event_known => wished.min(cap),
        _ => wished,
    }
}

/// What the events in force leave of every component.
struct Reductions {
    /// Components × resources: the product of the shares.
    available: Array2<f64>,
    /// Components: the product of the shares of the events that name no resources.
    left: Vec<f64>,
    /// Sites: a failure event leaves it nothing.
    failed: Vec<bool>,
    /// Components: some event names it.
    touched: Vec<bool>,
}

impl Reductions {
    fn of(inventory: &Inventory, events: &[&Event]) -> Self {
        let components = inventory.component_count();
        let mut all = Self {
            available: Array2::ones((components, inventory.resources.len())),
            left: vec![1.0; components],
            failed: vec![false; inventory.sites.len()],
            touched: vec![false; components],
        };
        let waited_for = inventory.waited_for();
        for event in events {
            if let Some(slow) = event.slow() {
                all.slow(inventory, &waited_for, slow);
            }
            let Some(reduction) = event.reduction() else {
                continue;
            };
            let is_failure = matches!(event.kind, EventKind::Failure(_));
            for &component in &reduction.components {
                let index = component.index();
                all.touched[index] = true;
                let mut available = all.available.index_axis_mut(Axis(0), index);
                if let Some(resources) = &reduction.resources {
                    for resource in resources {
                        available[resource.index()] *= reduction.capacity;
                    }
                } else {
                    // With less of everything else it accepts as many new sessions as before, until all of it is gone.
                    let sessions = inventory
                        .sessions()
                        .map(|resource| (resource, available[resource.index()]));
                    available *= reduction.capacity;
                    if let Some((sessions, accepts)) = sessions.filter(|_| reduction.capacity > 0.0)
                    {
                        available[sessions.index()] = accepts;
                    }
                    all.left[index] *= reduction.capacity;
                    if is_failure
                        && reduction.capacity <= 0.0
                        && let Some(failed) = all.failed.get_mut(index)
                    {
                        *failed = true;
                    }
                }
            }
        }
        all
    }

    /// Work that takes longer leaves less of what work waits for: as if all of it were of the profile that it holds longest.
    /// A share too small to be judged is nothing.
    fn slow(&mut self, inventory: &Inventory, waited_for: &[ResourceId], slow: &Slow) {
        let profiles = inventory.profiles.iter().enumerate();
        let named =
            profiles.filter(|(index, _)| slow.profile.is_none_or(|id| id.index() == *index));
        let worst = named
            .map(|(_, profile)| slow.inflation(profile))
            .fold(1.0, f64::max);
        let left = Some(1.0 / worst).filter(|left| *left >= FEASIBILITY);
        for &component in &slow.components {
            self.touched[component.index()] = true;
            for resource in waited_for {
                self.available[[component.index(), resource.index()]] *= left.unwrap_or(0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests;
