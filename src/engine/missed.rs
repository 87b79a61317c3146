//! Missed: headroom targets that the state before a scenario misses already.

use super::plan::state_before;
use super::planning_context::LoadedInventory;
use crate::error::Result;
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Inventory, Scenario};
use crate::plan::{Before, SteeringGroups, flows_in};
use crate::solve::Stop;
use crate::units::{AGREEMENT, FEASIBILITY};
use std::collections::BTreeMap;

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

/// Shards with users who cannot be served, each with how many they are.
pub type UnservedShards = Vec<(ShardId, f64)>;

/// The load of every component and resource that is limited, in the state before a scenario, and the shards with
/// users who cannot be served in it, each with how many they are, most users first. Of shards that are alike to the network the
/// same share is unserved.
///
/// # Errors
/// As [`missed_before`].
pub fn loads_before(
    inventory: &Inventory,
    scenario: &Scenario,
    stop: &Stop,
) -> Result<(Vec<LoadBefore>, UnservedShards)> {
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let before = before_alone(inventory, scenario, stop)?;
    let unserved = unserved_at_home(inventory, &groups, &before);
    Ok((loads_of(&before).collect(), unserved))
}

/// The shards with users who are not served at home, each with how many, most users first.
fn unserved_at_home(
    inventory: &Inventory,
    groups: &SteeringGroups,
    before: &Before,
) -> Vec<(ShardId, f64)> {
    let mut served: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
    for flow in flows_in(&before.flows, 0) {
        if let Some(group) = groups.of(&flow.group) {
            *served.entry((group, flow.path.site)).or_default() += flow.users;
        }
    }
    let shards = || {
        let shards = inventory.shards.iter().enumerate();
        shards.filter_map(|(index, shard)| {
            let id = ShardId::new(index);
            let cell = (groups.of_shard(id), shard.site?);
            Some((id, cell, before.case.users(index)))
        })
    };
    let mut wanted: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
    for (_, cell, users) in shards() {
        *wanted.entry(cell).or_default() += users;
    }
    let left = shards().filter_map(|(shard, cell, users)| {
        let wanted = wanted.get(&cell).copied().unwrap_or_default();
        let served = served.get(&cell).copied().unwrap_or_default();
        let missing = wanted - served;
        // Sums of very many lose a little.
        let is_short = missing > AGREEMENT * wanted.max(1.0);
        (is_short && users > 0.0).then(|| (shard, users * (missing / wanted)))
    });
    let mut left: Vec<(ShardId, f64)> = left.collect();
    left.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    left
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
