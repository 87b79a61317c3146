//! Missed: headroom targets that the state before a scenario misses already.

use super::plan::state_before;
use super::planning_context::LoadedInventory;
use crate::error::Result;
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Inventory, Scenario};
use crate::plan::{Before, SteeringGroups};
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
    /// What is left of the capacity.
    pub capacity: f64,
}

/// The load of every component and resource that is limited, in the state before a scenario.
///
/// # Errors
/// As [`missed_before`].
pub fn loads_before(
    inventory: &Inventory,
    scenario: &Scenario,
    stop: &Stop,
) -> Result<Vec<LoadBefore>> {
    Ok(loads_of(&before_alone(inventory, scenario, stop)?).collect())
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
    let before = before_alone(inventory, scenario, stop)?;
    let all = loads_of(&before).filter(|load| load.capacity > 0.0);
    let all = all.map(|load| Missed {
        component: load.component,
        resource: load.resource,
        headroom: 1.0 - load.load / load.capacity,
        target: before.case.target[[load.component.index(), load.resource.index()]],
    });
    let missed = all.filter(|missed| missed.headroom < missed.target - FEASIBILITY);
    Ok(missed.collect())
}

fn before_alone(inventory: &Inventory, scenario: &Scenario, stop: &Stop) -> Result<Before> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let loaded = LoadedInventory::alone(inventory, &network);
    state_before(&loaded, &groups, scenario, stop)
}

fn loads_of(before: &Before) -> impl Iterator<Item = LoadBefore> + '_ {
    let nominal = before.case.nominal.indexed_iter();
    nominal.filter_map(|(at, capacity)| {
        Some(LoadBefore {
            component: ComponentId::new(at.0),
            resource: ResourceId::new(at.1),
            load: before.load[at],
            capacity: (*capacity)?,
        })
    })
}
