//! Cascades: components that may keep an overload up only together, because work that one has done is lost at another.
//!
//! Where no component can by itself (`docs/model.md` §9, Stability), work is wasted only if it is lost, or its client gives up,
//! further on, or if clients wait too long at several components together.

use super::replay::hops;
use crate::graph::Network;
use crate::ids::{ComponentId, ProfileId, ResourceId};
use crate::model::{Inventory, Retries, most_with_retries};
use crate::plan::{Flow, PeriodPlan, flows_in};
use std::collections::{BTreeMap, BTreeSet};

/// A component and a resource of which it may have too little.
#[derive(Debug, Clone, Copy)]
struct CascadeLimit {
    component: ComponentId,
    /// What a user is offered there, times so much, is its load.
    per_weight: f64,
    /// The most that may come with all retries running.
    most: f64,
    /// The longest that work waits, in seconds: 0 where it is lost at once.
    wait: f64,
    /// Nothing is worked on for clients who gave up while it waited here.
    sheds: bool,
    /// It may stay overloaded together with others.
    is_open: bool,
}

/// Users on a path: how many attempts they make of what they pass, and where they take so much of what is limited, in the order
/// in which they pass it. What stands side by side in a pool has one position.
struct CascadePassing {
    again: f64,
    patience: f64,
    takes: Vec<(usize, usize, f64)>,
}

/// Components of a period that may keep an overload up together after a trigger.
///
/// The largest set is sought of which each member is offered more than it has, if all work is tried again that others of the set
/// can waste. Where there is none an overload ends with its trigger.
pub(super) fn may_cascade(
    inventory: &Inventory,
    network: &Network,
    period: &PeriodPlan,
) -> BTreeSet<ComponentId> {
    let mut profiles = inventory.profiles.iter();
    if !profiles.any(|profile| profile.retries > 0.0 || profile.session_cost > 0.0) {
        return BTreeSet::new();
    }
    let slices = 0..period.load_by_slice.len();
    let in_slice = |slice| {
        let (mut limits, users) = limits_and_users(inventory, network, (period, slice));
        while close_one_round(&mut limits, &users) {}
        let open = limits.into_iter().filter(|limit| limit.is_open);
        open.map(|limit| limit.component)
    };
    slices.flat_map(in_slice).collect()
}

/// What is limited in a slice of the hours, and who passes it.
fn limits_and_users(
    inventory: &Inventory,
    network: &Network,
    (period, slice): (&PeriodPlan, usize),
) -> (Vec<CascadeLimit>, Vec<CascadePassing>) {
    let case = &period.case;
    let load = &period.load_by_slice[slice];
    let mut limits = Vec::new();
    let mut position: BTreeMap<(ComponentId, ResourceId), usize> = BTreeMap::new();
    for component in (0..inventory.component_count()).map(ComponentId::new) {
        for (index, resource) in inventory.resources.iter().enumerate() {
            let at = [component.index(), index];
            let (Some(left), Some(nominal)) =
                (case.capacity(component.index(), index), case.nominal[at])
            else {
                continue;
            };
            if !resource.varies || resource.is_sessions || load[at] <= 0.0 {
                continue;
            }
            position.insert((component, ResourceId::new(index)), limits.len());
            limits.push(CascadeLimit {
                component,
                per_weight: load[at],
                most: most_with_retries(left, nominal),
                wait: resource.longest_wait(),
                sheds: inventory.sheds_stale_work(component),
                is_open: true,
            });
        }
    }
    let weight = |flow: &Flow, resource: usize| {
        let demand = inventory.profiles[flow.group.profile.index()].demand[resource];
        flow.users * case.hours.factor(slice, flow.group.client_region) * demand
    };
    let flows = flows_in(&period.flows, slice).iter();
    let users: Vec<CascadePassing> = flows
        .map(|flow| {
            let mut takes = Vec::new();
            for (hop, (_, components)) in hops(inventory, network, &flow.path).iter().enumerate() {
                for component in components {
                    for resource in (0..inventory.resources.len()).map(ResourceId::new) {
                        let weight = weight(flow, resource.index());
                        if let Some(limit) = position.get(&(*component, resource))
                            && weight > 0.0
                        {
                            let stage = hop * inventory.resources.len() + resource.index();
                            takes.push((stage, *limit, weight));
                        }
                    }
                }
            }
            let retries = Retries::of(&inventory.profiles[flow.group.profile.index()]);
            CascadePassing {
                again: again(inventory, flow.group.profile),
                patience: retries.patience,
                takes,
            }
        })
        .collect();
    let mut weights = vec![0.0; limits.len()];
    for (_, limit, weight) in users.iter().flat_map(|passing| &passing.takes) {
        weights[*limit] += weight;
    }
    for (limit, weight) in limits.iter_mut().zip(weights) {
        // What nobody passes stays as it is; copies and background are tried again here as well.
        limit.is_open = weight > 0.0;
        limit.per_weight /= if weight > 0.0 { weight } else { 1.0 };
    }
    (limits, users)
}

/// Extra attempts of a profile: clients that do not get a session come again for ever.
fn again(inventory: &Inventory, profile: ProfileId) -> f64 {
    let profile = &inventory.profiles[profile.index()];
    if profile.session_cost > 0.0 {
        f64::INFINITY
    } else {
        profile.retries
    }
}

/// Leaves out what is offered no more than it has, with all work tried again that what is left can waste; `false` if that is
/// nothing.
fn close_one_round(limits: &mut [CascadeLimit], users: &[CascadePassing]) -> bool {
    let mut offered = vec![0.0; limits.len()];
    for passing in users {
        let open = passing.takes.iter().filter(|take| limits[take.1].is_open);
        let open: Vec<(usize, usize, f64)> = open.copied().collect();
        // Of what stands side by side the longest.
        let mut waits: BTreeMap<usize, f64> = BTreeMap::new();
        for (stage, limit, _) in &open {
            let wait = waits.entry(*stage).or_default();
            *wait = wait.max(limits[*limit].wait);
        }
        let waited: f64 = waits.values().sum();
        let last_loss = open.iter().filter(|take| {
            let limit = &limits[take.1];
            limit.wait.is_finite() || passing.patience.is_finite()
        });
        let last_loss = last_loss.map(|take| take.0).max();
        for (stage, limit, weight) in open {
            let here = &limits[limit];
            let is_lost_later = last_loss.is_some_and(|last| stage < last);
            // Work that is thrown away in time is wasted only where clients wait elsewhere too.
            let is_waited_for = here.wait > 0.0 && (!here.sheds || waits.len() > 1);
            let gives_up = passing.patience.is_finite() && passing.patience <= waited;
            let is_late = gives_up && (is_waited_for || waited > here.wait);
            let attempts = if is_lost_later || is_late {
                1.0 + passing.again
            } else {
                1.0
            };
            offered[limit] += here.per_weight * weight * attempts;
        }
    }
    let mut closes = false;
    for (limit, offered) in limits.iter_mut().zip(offered) {
        if limit.is_open && offered <= limit.most {
            limit.is_open = false;
            closes = true;
        }
    }
    closes
}
