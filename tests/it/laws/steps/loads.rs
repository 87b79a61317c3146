//! Loads: what everything carries in a state, under weights and what is demanded.

use super::state::State;
use crate::waves::walk::conditions::Conditions;
use crate::waves::walk::roads::{Group, Row, group_of};
use ndarray::Array2;
use plimsoll::ids::SiteId;
use plimsoll::model::{Inventory, Scenario};
use std::collections::BTreeMap;

/// The paths of a group to a site; the users of each are its weight.
pub(super) type Weights = BTreeMap<(Group, SiteId), Vec<Row>>;

/// Weights that sum to 1, of users on paths.
pub(super) fn weights(rows: Vec<Row>) -> Weights {
    let mut all = Weights::new();
    for row in rows {
        all.entry((row.group, row.site)).or_default().push(row);
    }
    for rows in all.values_mut() {
        let sum: f64 = rows.iter().map(|row| row.users).sum();
        for row in rows {
            row.users /= sum;
        }
    }
    all
}

/// Components × resources.
pub(super) fn loads(
    (inventory, scenario): (&Inventory, &Scenario),
    conditions: &Conditions,
    state: &State,
    weights: &Weights,
) -> Array2<f64> {
    let mut loads = conditions.fixed_where(inventory, |access_point| state.is_open(access_point));
    let mut steered: BTreeMap<(Group, SiteId), f64> = BTreeMap::new();
    for ((shard, site), share) in &state.served {
        let group = group_of(inventory, scenario, *shard);
        let users = conditions.users(*shard) * share;
        if !weights.contains_key(&(group, *site)) {
            // Decision: who has no way to his site loads nothing.
            continue;
        }
        *steered.entry((group, *site)).or_default() += users;
        for (resource, load) in conditions
            .at_site(inventory, *shard, *site)
            .iter()
            .enumerate()
        {
            loads[[site.index(), resource]] += users * load;
        }
    }
    for (key, users) in steered {
        let along = conditions.along(inventory, key.0);
        for row in &weights[&key] {
            let mut pass = |component: usize, users: f64| {
                for (resource, load) in along.iter().enumerate() {
                    loads[[component, resource]] += users * load;
                }
            };
            let users = users * row.users;
            for component in &row.components {
                if component.index() != row.site.index() {
                    pass(component.index(), users);
                }
            }
            for pool in &row.pools {
                let members = &inventory.pools[pool.index()].members;
                for (member, share) in members.iter().zip(&state.pools[pool.index()]) {
                    pass(inventory.element_component(*member).index(), users * share);
                }
            }
        }
    }
    loads
}
