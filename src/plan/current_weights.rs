//! Current weights: the steering that an earlier plan left, taken over into the state before.

use super::extract::in_order;
use super::state::{Flow, GroupKey, flows_in};
use crate::graph::Path;
use crate::ids::SiteId;
use crate::model::{CurrentWeight, Inventory};
use std::collections::BTreeMap;

/// Users of a client region and profile with these bits of their latency limit, at a site.
type WeightedUsers = (u32, u32, Option<u64>, SiteId);

/// Flows, ascending by slice, with those of one slice steered by the weights of `current_weights.csv`. Users without weights
/// there stay as they are.
pub(crate) fn with_current_weights(
    inventory: &Inventory,
    flows: Vec<Flow>,
    slice: usize,
) -> Vec<Flow> {
    let mut weights: BTreeMap<WeightedUsers, Vec<&CurrentWeight>> = BTreeMap::new();
    for current_weight in &inventory.resumed.weights {
        weights
            .entry(cell(&key(current_weight), current_weight.site))
            .or_default()
            .push(current_weight);
    }
    if weights.is_empty() {
        return flows;
    }
    let mut users: BTreeMap<WeightedUsers, f64> = BTreeMap::new();
    for flow in flows_in(&flows, slice) {
        *users.entry(cell(&flow.group, flow.path.site)).or_default() += flow.users;
    }
    let is_given = |flow: &Flow| {
        flow.slice == slice && weights.contains_key(&cell(&flow.group, flow.path.site))
    };
    let mut all: Vec<Flow> = flows
        .iter()
        .filter(|flow| !is_given(flow))
        .cloned()
        .collect();
    for (cell, users) in users {
        let paths = weights.get(&cell).into_iter().flatten();
        all.extend(
            paths
                .filter(|current_weight| current_weight.weight > 0.0)
                .map(|current_weight| Flow {
                    slice,
                    group: key(current_weight),
                    path: path(inventory, current_weight),
                    users: users * current_weight.weight,
                }),
        );
    }
    all.sort_by(in_order);
    all
}

fn key(current_weight: &CurrentWeight) -> GroupKey {
    GroupKey {
        client_region: current_weight.client_region,
        profile: current_weight.profile,
        max_latency: current_weight.max_latency.map(|limit| limit.0),
    }
}

fn cell(group: &GroupKey, site: SiteId) -> WeightedUsers {
    let limit = group.max_latency.map(f64::to_bits);
    (group.client_region.0, group.profile.0, limit, site)
}

fn path(inventory: &Inventory, current_weight: &CurrentWeight) -> Path {
    let links = current_weight.links.iter();
    Path {
        links: current_weight.links.clone(),
        access_point: current_weight.access_point,
        site: current_weight.site,
        latency: links
            .map(|link| inventory.links[link.index()].latency.0)
            .sum(),
    }
}
