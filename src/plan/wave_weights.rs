//! Wave weights: by which weights users are steered at the end of every wave (`docs/model.md` §9, Steering).

use super::open_path::is_open;
use super::plan::Plan;
use super::state::{Flow, GroupKey, flows_in};
use super::transition::{Standing, Timing, Transition, Wave};
use crate::graph::Network;
use crate::ids::SiteId;
use crate::model::Inventory;
use std::collections::BTreeMap;

/// The weight of a path at the end of a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveWeight<'p> {
    /// The period whose demand holds, by position; `None` is before the scenario.
    pub during: Option<usize>,
    /// The slice of its hours.
    pub slice: usize,
    /// Whose users, on which path.
    pub flow: &'p Flow,
    /// Of the users of the group at the path's site: those of one group and site sum to 1.
    pub weight: f64,
}

/// A path, with its users before and in the period.
type Path<'p> = (&'p Flow, [f64; 2]);

/// What a group and a site are known by.
type Cell = (usize, usize, Option<u64>, SiteId);

fn cell(group: &GroupKey, site: SiteId) -> Cell {
    let region = group.client_region.index();
    let limit = group.max_latency.map(f64::to_bits);
    (region, group.profile.index(), limit, site)
}

/// The weights from a wave's turn on, in every slice that has any of the time from there to the end of its gate.
///
/// Only paths that are open have one; where one of the two steerings leads nobody of a group to a site, the other's holds.
pub fn wave_weights<'p>(
    inventory: &Inventory,
    network: &Network,
    plan: &'p Plan,
    transition: &Transition,
    wave: &Wave,
) -> Vec<WaveWeight<'p>> {
    let standing = wave.standing.iter();
    let all = standing.flat_map(|standing| {
        let is_open = |flow: &Flow| {
            let case = match standing.during {
                None => &plan.before.case,
                Some(during) => &plan.periods[during].case,
            };
            is_open(inventory, network, case, flow)
        };
        let mut cells: BTreeMap<Cell, Vec<Path<'p>>> = BTreeMap::new();
        for (end, flows) in steering(plan, transition, standing).into_iter().enumerate() {
            let open = flows
                .iter()
                .filter(|flow| flow.users > 0.0 && is_open(flow));
            for flow in open {
                let paths = cells.entry(cell(&flow.group, flow.path.site)).or_default();
                let mut known = paths.iter_mut();
                let known = known.find(|pair| pair.0.path.links == flow.path.links);
                if let Some(known) = known {
                    known.1[end] += flow.users;
                } else {
                    let mut users = [0.0; 2];
                    users[end] = flow.users;
                    paths.push((flow, users));
                }
            }
        }
        cells.into_values().flat_map(move |paths| {
            weighed(paths, wave.steering_share)
                .into_iter()
                .map(|(flow, weight)| WaveWeight {
                    during: standing.during,
                    slice: standing.slice,
                    flow,
                    weight,
                })
        })
    });
    all.collect()
}

/// The paths of a cell that have any weight.
fn weighed(paths: Vec<Path<'_>>, share: f64) -> Vec<(&Flow, f64)> {
    let sum = |end: usize| paths.iter().map(|path| path.1[end]).sum::<f64>();
    let sums = [sum(0), sum(1)];
    let parts = match sums {
        [_, last] if last <= 0.0 => [1.0, 0.0],
        [first, _] if first <= 0.0 => [0.0, 1.0],
        _ => [1.0 - share, share],
    };
    let weight = |users: [f64; 2]| -> f64 {
        let ends = [0, 1].map(|end: usize| {
            if parts[end] > 0.0 {
                parts[end] * users[end] / sums[end]
            } else {
                0.0
            }
        });
        ends[0] + ends[1]
    };
    let weighed = paths.into_iter().map(|(flow, users)| (flow, weight(users)));
    weighed.filter(|(_, weight)| *weight > 0.0).collect()
}

/// The steering of before and that to which the waves turn, in a slice of a period.
fn steering<'p>(plan: &'p Plan, transition: &Transition, standing: &Standing) -> [&'p [Flow]; 2] {
    let period = &plan.periods[transition.period];
    match (transition.timing, standing.during) {
        (Timing::Ahead, None) => [
            flows_in(&plan.before.flows, standing.slice),
            period.first_flows(),
        ],
        (Timing::Ahead, Some(during)) => {
            let before = flows_in(&plan.periods[during].flows, standing.slice);
            [before, period.first_flows()]
        }
        (Timing::After, during) => {
            let before = plan.flows_until(transition.period);
            if during == Some(transition.period) {
                [before, flows_in(&period.flows, standing.slice)]
            } else {
                [before, period.last_flows()]
            }
        }
    }
}
