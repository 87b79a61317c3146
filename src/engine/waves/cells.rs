//! Cells: the users of a steering group at a site, and what one of them brings to the way there, under the steering of
//! before and under that of the period.

use super::blend::Blend;
use super::limits::Limits;
use super::touched::Under;
use crate::graph::Network;
use crate::ids::{AccessPointId, ComponentId, PoolId, SiteId};
use crate::model::{LinkEnd, Retries};
use crate::plan::{ByGroupAndSite, Flow, SteeringGroups, is_open};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What one user brings: under the steering of before, and under that of the period.
pub(super) type Pair = [f64; 2];

/// The value of a pair at a share of the way between its ends.
pub(super) fn at(pair: Pair, share: f64) -> f64 {
    (1.0 - share) * pair[0] + share * pair[1]
}

/// Users of a group at a site.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// By limit of the way, all cases: load of one user.
    pub(super) loads: Vec<(usize, Blend)>,
    /// By gate, the site's included: share of the users who pass it.
    pub(super) gates: Vec<(usize, Blend)>,
    /// The same before a boundary that takes paths or members of pools away: what is left of the shares, so that who is
    /// cut off passes none.
    pub(super) left: Vec<(usize, Pair)>,
    /// By case: some path is open.
    pub(super) is_open: Vec<bool>,
    /// New sessions that one user opens per second in normal operation.
    pub(super) sessions: f64,
}

/// All cells of a transition.
pub(super) struct Cells {
    pub(super) all: Vec<Cell>,
    position: ByGroupAndSite<Option<usize>>,
    /// Cases, and access points at which somebody enters by either steering, whether the path is open or not.
    entered: BTreeSet<(usize, AccessPointId)>,
}

/// What steering is known by, and which members of pools carry under that of before and under that of the period.
#[derive(Clone, Copy)]
pub(super) struct Steering<'a> {
    pub(super) network: &'a Network,
    pub(super) groups: &'a SteeringGroups,
    /// By pool: the members that carry its load before, and in the period.
    pub(super) members: [&'a [Vec<ComponentId>]; 2],
}

impl Steering<'_> {
    /// The members of a pool that carry its load at an end, of those that carry any of it under a case: where none of its
    /// own does, all of these.
    fn carrying(&self, end: usize, pool: PoolId, here: &[ComponentId]) -> Vec<ComponentId> {
        let of_end = &self.members[end][pool.index()];
        let both = here.iter().filter(|own| of_end.contains(own));
        let both: Vec<ComponentId> = both.copied().collect();
        if both.is_empty() { here.to_vec() } else { both }
    }

    /// Of the users on a path at an end, the share whose members of pools carry load under a case too.
    pub(super) fn kept(&self, end: usize, flow: &Flow, here: &[Vec<ComponentId>]) -> f64 {
        let places = flow.path.places(self.network).into_iter();
        let pools = places.filter_map(|place| match self.network.end(place) {
            LinkEnd::Pool(pool) => Some(pool.index()),
            _ => None,
        });
        let kept = pools.map(|pool| {
            let of_end = &self.members[end][pool];
            let left = of_end.iter().filter(|own| here[pool].contains(own));
            if of_end.is_empty() {
                1.0
            } else {
                left.count() as f64 / of_end.len() as f64
            }
        });
        kept.product()
    }
}

impl Cells {
    /// The cells that some steering leads to.
    pub(super) fn new(
        limits: &Limits<'_>,
        steering: &Steering<'_>,
        unders: &[Under<'_, '_>],
    ) -> Self {
        let mut position: ByGroupAndSite<Option<usize>> =
            ByGroupAndSite::new(steering.groups.len());
        // By cell and case.
        let mut flows: Vec<Vec<[Vec<&Flow>; 2]>> = Vec::new();
        let mut entered = BTreeSet::new();
        for (ground, under) in unders.iter().enumerate() {
            for (end, of_end) in under.flows.into_iter().enumerate() {
                for flow in of_end {
                    let Some(group) = steering.groups.of(&flow.group) else {
                        continue;
                    };
                    let cell = position.entry(group, flow.path.site);
                    let cell = cell.get_or_insert_with(|| {
                        flows.push(vec![<[Vec<&Flow>; 2]>::default(); unders.len()]);
                        flows.len() - 1
                    });
                    flows[*cell][ground][end].push(flow);
                    if flow.users > 0.0 {
                        entered.insert((ground, flow.path.access_point));
                    }
                }
            }
        }
        let cells = flows.par_iter();
        Self {
            all: cells.map(|own| cell(limits, steering, own)).collect(),
            position,
            entered,
        }
    }

    /// `true` if an access point is open on the way under a case: somebody enters there by either steering.
    pub(super) fn is_entered(&self, ground: usize, access_point: AccessPointId) -> bool {
        self.entered.contains(&(ground, access_point))
    }

    /// The cell of a group at a site; `None` if nobody was or will be steered there.
    pub(super) fn of(&self, group: usize, site: SiteId) -> Option<usize> {
        self.position.get(group, site).copied().flatten()
    }
}

/// How many members share a pool's users with a component at this end and at the other; `None` is that it gets none.
type Among = (PoolId, [Option<usize>; 2]);

/// What is found of a cell, by position.
#[derive(Default)]
struct Found {
    loads: BTreeMap<usize, Blend>,
    gates: BTreeMap<usize, Blend>,
    left: BTreeMap<usize, Pair>,
}

fn cell(limits: &Limits<'_>, steering: &Steering<'_>, flows: &[[Vec<&Flow>; 2]]) -> Cell {
    let mut found = Found::default();
    let mut is_found_open = Vec::new();
    for (index, (ground, flows)) in limits.grounds.iter().zip(flows).enumerate() {
        let is_open =
            |flow: &&&Flow| is_open(limits.inventory, steering.network, &ground.case, flow);
        let open: [Vec<&Flow>; 2] = [0, 1].map(|end: usize| {
            let of_end = flows[end].iter();
            of_end
                .filter(|own| own.users > 0.0)
                .filter(is_open)
                .copied()
                .collect()
        });
        is_found_open.push(open.iter().any(|own| !own.is_empty()));
        for end in [0, 1] {
            // Where one steering leads nobody, the other's holds; who was led over what is gone is cut off all the same.
            let is_borrowed = open[end].is_empty();
            let of_end: usize = if is_borrowed { 1 - end } else { end };
            let is_cut_off = end == 0 && is_borrowed && flows[0].iter().any(|own| own.users > 0.0);
            let sum = |flows: &[&Flow]| flows.iter().map(|flow| flow.users).sum::<f64>();
            let (total, of_all) = (sum(&open[of_end]), sum(&flows[of_end]));
            for flow in &open[of_end] {
                let left = if is_cut_off {
                    0.0
                } else {
                    steering.kept(end, flow, &ground.members)
                };
                let shares = [flow.users / total, left * flow.users / of_all];
                found.add(limits, steering, (index, end), flow, shares);
            }
        }
    }
    let mut flows = flows.iter().flatten().flatten();
    let profile = flows.next().map(|flow| flow.group.profile);
    let sessions = profile.map_or(0.0, |own| {
        limits.inventory.profiles[own.index()].sessions_per_hour / 3600.0
    });
    Cell {
        loads: found.loads.into_iter().collect(),
        gates: found.gates.into_iter().collect(),
        left: found.left.into_iter().collect(),
        is_open: is_found_open,
        sessions,
    }
}

impl Found {
    /// Adds a path to an end, of which the shares are those among open paths and, before, those left of all. A pool's users
    /// are shared by the members that carry at this end, and by and by by those that carry at the other.
    fn add(
        &mut self,
        limits: &Limits<'_>,
        steering: &Steering<'_>,
        (ground, end): (usize, usize),
        flow: &Flow,
        shares: Pair,
    ) {
        let mean = limits.grounds[ground].means.of(&flow.group, 0);
        let (network, inventory) = (steering.network, limits.inventory);
        let retries = Retries::of(&inventory.profiles[flow.group.profile.index()]);
        let mut pass = |component: ComponentId, is_end: bool, pool: Option<Among>| {
            let parts = |shares: f64| {
                let Some((pool, carrying)) = pool else {
                    return [1.0 / shares; 2];
                };
                let part = |carrying| 1.0 / limits.sharing(ground, pool, shares, carrying);
                carrying.map(|own| own.map_or(0.0, part))
            };
            if let Some(gate) = limits.gate(ground, component) {
                let [own, other] = parts(limits.gates[gate].shares);
                let blend = self.gates.entry(gate).or_default();
                blend.ends[end] += shares[0] * own;
                blend.bend += shares[0] * (other - own);
                self.left.entry(gate).or_default()[end] += shares[1] * own;
            }
            if is_end {
                return;
            }
            for (limit, brought) in limits.on_the_way(ground, component, (&mean, retries)) {
                let [own, other] = parts(limits.rows[limit].shares);
                let load = shares[0] * brought;
                if load > 0.0 {
                    let blend = self.loads.entry(limit).or_default();
                    blend.ends[end] += load * own;
                    blend.bend += load * (other - own);
                }
            }
        };
        for link in &flow.path.links {
            pass(inventory.link_component(*link), false, None);
        }
        for place in flow.path.places(network) {
            match network.end(place) {
                LinkEnd::Pool(pool) => {
                    let here = &limits.grounds[ground].members[pool.index()];
                    let carrying = [end, 1 - end].map(|own| steering.carrying(own, pool, here));
                    for member in here {
                        let shared = carrying.each_ref().map(|own| {
                            let is_in = own.contains(member);
                            is_in.then_some(own.len())
                        });
                        if shared != [None; 2] {
                            pass(*member, false, Some((pool, shared)));
                        }
                    }
                }
                LinkEnd::Site(site) => pass(inventory.site_component(site), true, None),
                _ => {
                    for component in network.components_of(inventory, place) {
                        pass(component, false, None);
                    }
                }
            }
        }
    }
}
