//! Missed: headroom targets that the state before a scenario misses already.

use super::plan::state_before;
use super::planning_context::LoadedInventory;
use crate::error::Result;
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Inventory, Scenario};
use crate::plan::SteeringGroups;
use crate::solve::Stop;
use crate::units::FEASIBILITY;

/// A headroom target that the state before misses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missed {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// The share of its capacity that is free.
    pub headroom: f64,
    /// The share that is to be free, as it is written.
    pub target: f64,
}

/// What is used of a capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadBefore {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// Before anything happens.
    pub load: f64,
    /// `None` where nothing limits.
    pub capacity: Option<f64>,
}

/// The load of every component and resource in the state before a scenario.
///
/// # Errors
/// As [`missed_before`].
pub fn loads_before(
    inventory: &Inventory,
    scenario: &Scenario,
    stop: &Stop,
) -> Result<Vec<LoadBefore>> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let loaded = LoadedInventory::alone(inventory, &network);
    let before = state_before(&loaded, &groups, scenario, stop)?;
    let all = before.case.nominal.indexed_iter();
    let all = all.map(|((component, resource), capacity)| LoadBefore {
        component: ComponentId::new(component),
        resource: ResourceId::new(resource),
        load: before.load[[component, resource]],
        capacity: *capacity,
    });
    Ok(all.collect())
}

/// The headroom targets that the state before a scenario misses: everybody at home, steered as well as can be, no event,
/// the demand with which the scenario starts.
///
/// # Errors
/// An [`Error`](crate::error::Error) if a stop is raised, or the solver fails.
pub fn missed_before(
    inventory: &Inventory,
    scenario: &Scenario,
    stop: &Stop,
) -> Result<Vec<Missed>> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let loaded = LoadedInventory::alone(inventory, &network);
    let before = state_before(&loaded, &groups, scenario, stop)?;
    let limited = before.case.nominal.indexed_iter();
    let limited = limited.filter_map(|(at, capacity)| Some((at, (*capacity)?)));
    let all = limited.filter(|(_, capacity)| *capacity > 0.0);
    let all = all.map(|((component, resource), capacity)| Missed {
        component: ComponentId::new(component),
        resource: ResourceId::new(resource),
        headroom: 1.0 - before.load[[component, resource]] / capacity,
        target: before.case.target[[component, resource]],
    });
    let missed = all.filter(|own| own.headroom < own.target - FEASIBILITY);
    Ok(missed.collect())
}
