//! Cells: the users of a steering group at a site, and what one of them brings to the path there while steering turns
//! from that of before to that of the period.
//!
//! A blend is what a user brings while weights and the shares of pools turn together. A path has the weight `(1 − λ)·w₀ +
//! λ·w₁`, and of its users the member of a pool gets the share `(1 − λ)·s₀ + λ·s₁`. Their product is not on the line
//! between both ends, but beside it by `λ·(1 − λ)·bend`, with `bend = w₀·s₁ + w₁·s₀ − w₀·s₀ − w₁·s₁`: 0 where only one
//! of the two changes.

use super::context::WaveContext;
use super::limits::Limits;
use super::touched::Under;
use crate::ids::{AccessPointId, ComponentId, PoolId, SiteId};
use crate::model::{LinkEnd, Retries};
use crate::plan::{ByGroupAndSite, Flow, is_open};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What one user brings: under the steering of before, and under that of the period.
pub(super) type Pair = [f64; 2];

/// The value of a pair at a share of the transition from its first to its second.
pub(super) fn at(pair: Pair, share: f64) -> f64 {
    (1.0 - share) * pair[0] + share * pair[1]
}

/// A quantity at every share of the transition from one steering to the other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Blend {
    /// Under the steering of before, and under that of the period.
    pub(super) ends: [f64; 2],
    /// How far it is off the line between both.
    pub(super) bend: f64,
}

impl Blend {
    /// The same under every steering.
    pub(super) fn same(amount: f64) -> Self {
        Self {
            ends: [amount; 2],
            bend: 0.0,
        }
    }

    /// The value at a share of the transition.
    pub(super) fn at(self, share: f64) -> f64 {
        let straight = (1.0 - share) * self.ends[0] + share * self.ends[1];
        straight + share * (1.0 - share) * self.bend
    }

    /// The most between two shares of the transition.
    pub(super) fn most(self, from: f64, to: f64) -> f64 {
        let ends = self.at(from).max(self.at(to));
        self.peak(from, to).unwrap_or(ends)
    }

    /// The most between two shares of the transition, if that is more than at both.
    pub(super) fn peak(self, from: f64, to: f64) -> Option<f64> {
        let ends = self.at(from).max(self.at(to));
        self.turning(from, to).filter(|turning| *turning > ends)
    }

    /// The least in all of the transition.
    pub(super) fn least(self) -> f64 {
        let least = self.ends[0].min(self.ends[1]);
        self.turning(0.0, 1.0)
            .map_or(least, |turning| least.min(turning))
    }

    /// The value where it turns from growing to falling or back, if that is between two shares of the transition.
    fn turning(self, from: f64, to: f64) -> Option<f64> {
        let slope = self.ends[1] - self.ends[0] + self.bend;
        let at = slope / (2.0 * self.bend);
        let is_between = from.min(to) < at && at < from.max(to);
        is_between.then(|| self.at(at))
    }

    /// Adds another one `times` times.
    pub(super) fn add(&mut self, other: Self, times: f64) {
        for (value, other) in self.ends.iter_mut().zip(other.ends) {
            *value += times * other;
        }
        self.bend += times * other.bend;
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct WaveCell {
    /// By limit of the path, all cases: load of one user.
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

pub(super) struct Cells {
    pub(super) all: Vec<WaveCell>,
    position: ByGroupAndSite<Option<usize>>,
    /// Cases, and access points at which somebody enters by either steering, whether the path is open or not.
    entered: BTreeSet<(usize, AccessPointId)>,
}

impl WaveContext<'_> {
    /// The members of a pool that carry its load at an end, of those that carry any of it under a case: where none of its
    /// own does, all of these.
    fn carrying(&self, end: usize, pool: PoolId, here: &[ComponentId]) -> Vec<ComponentId> {
        let of_end = &self.members[end][pool.index()];
        let both = here.iter().filter(|component| of_end.contains(component));
        let both: Vec<ComponentId> = both.copied().collect();
        if both.is_empty() { here.to_vec() } else { both }
    }

    /// Of the users on a path at an end, the share whose members of pools carry load under a case too.
    pub(super) fn kept(&self, end: usize, flow: &Flow, here: &[Vec<ComponentId>]) -> f64 {
        let network = self.inputs.network;
        let places = flow.path.places(network).into_iter();
        let pools = places.filter_map(|place| match network.end(place) {
            LinkEnd::Pool(pool) => Some(pool.index()),
            _ => None,
        });
        let kept = pools.map(|pool| {
            let of_end = &self.members[end][pool];
            let left = of_end
                .iter()
                .filter(|component| here[pool].contains(component));
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
    pub(super) fn new(
        limits: &Limits<'_>,
        context: &WaveContext<'_>,
        unders: &[Under<'_, '_>],
    ) -> Self {
        let mut position: ByGroupAndSite<Option<usize>> =
            ByGroupAndSite::new(context.inputs.groups.len());
        // By cell and case.
        let mut flows: Vec<Vec<[Vec<&Flow>; 2]>> = Vec::new();
        let mut entered = BTreeSet::new();
        for (case, under) in unders.iter().enumerate() {
            for (end, of_end) in under.flows.into_iter().enumerate() {
                for flow in of_end {
                    let Some(group) = context.inputs.groups.of(&flow.group) else {
                        continue;
                    };
                    let cell = position.entry(group, flow.path.site);
                    let cell = cell.get_or_insert_with(|| {
                        flows.push(vec![<[Vec<&Flow>; 2]>::default(); unders.len()]);
                        flows.len() - 1
                    });
                    flows[*cell][case][end].push(flow);
                    if flow.users > 0.0 {
                        entered.insert((case, flow.path.access_point));
                    }
                }
            }
        }
        let cells = flows.par_iter();
        Self {
            all: cells.map(|flows| cell(limits, context, flows)).collect(),
            position,
            entered,
        }
    }

    /// `true` if an access point is open on the path under a case: somebody enters there by either steering.
    pub(super) fn is_entered(&self, case: usize, access_point: AccessPointId) -> bool {
        self.entered.contains(&(case, access_point))
    }

    pub(super) fn of(&self, group: usize, site: SiteId) -> Option<usize> {
        self.position.get(group, site).copied().flatten()
    }
}

/// How many members share a pool's users with a component at this end and at the other; `None` is that it gets none.
type Among = (PoolId, [Option<usize>; 2]);

/// What is found of a cell, by position.
#[derive(Default)]
struct CellLoads {
    loads: BTreeMap<usize, Blend>,
    gates: BTreeMap<usize, Blend>,
    left: BTreeMap<usize, Pair>,
}

fn cell(limits: &Limits<'_>, context: &WaveContext<'_>, flows: &[[Vec<&Flow>; 2]]) -> WaveCell {
    let mut found = CellLoads::default();
    let mut is_found_open = Vec::new();
    for (index, (case, flows)) in limits.cases.iter().zip(flows).enumerate() {
        let is_open =
            |flow: &&&Flow| is_open(limits.inventory, context.inputs.network, &case.case, flow);
        let open: [Vec<&Flow>; 2] = [0, 1].map(|end: usize| {
            let of_end = flows[end].iter();
            of_end
                .filter(|flow| flow.users > 0.0)
                .filter(is_open)
                .copied()
                .collect()
        });
        is_found_open.push(open.iter().any(|flows| !flows.is_empty()));
        for end in [0, 1] {
            // Where one steering leads nobody, the other's holds; who was led over what is gone is cut off all the same.
            let is_borrowed = open[end].is_empty();
            let of_end: usize = if is_borrowed { 1 - end } else { end };
            let is_cut_off =
                end == 0 && is_borrowed && flows[0].iter().any(|flow| flow.users > 0.0);
            let sum = |flows: &[&Flow]| flows.iter().map(|flow| flow.users).sum::<f64>();
            let (total, of_all) = (sum(&open[of_end]), sum(&flows[of_end]));
            for flow in &open[of_end] {
                let left = if is_cut_off {
                    0.0
                } else {
                    context.kept(end, flow, &case.members)
                };
                let shares = [flow.users / total, left * flow.users / of_all];
                found.add(limits, context, (index, end), flow, shares);
            }
        }
    }
    let mut flows = flows.iter().flatten().flatten();
    let profile = flows.next().map(|flow| flow.group.profile);
    let sessions = profile.map_or(0.0, |profile| {
        limits.inventory.profiles[profile.index()].sessions_per_hour / 3600.0
    });
    WaveCell {
        loads: found.loads.into_iter().collect(),
        gates: found.gates.into_iter().collect(),
        left: found.left.into_iter().collect(),
        is_open: is_found_open,
        sessions,
    }
}

impl CellLoads {
    /// Adds a path to an end, of which the shares are those among open paths and, before, those left of all. A pool's users
    /// are shared by the members that carry at this end, and by and by by those that carry at the other.
    fn add(
        &mut self,
        limits: &Limits<'_>,
        context: &WaveContext<'_>,
        (case, end): (usize, usize),
        flow: &Flow,
        shares: Pair,
    ) {
        let mean = limits.cases[case].means.of(&flow.group, 0);
        let (network, inventory) = (context.inputs.network, limits.inventory);
        let retries = Retries::of(&inventory.profiles[flow.group.profile.index()]);
        let mut pass = |component: ComponentId, is_end: bool, pool: Option<Among>| {
            let parts = |shares: f64| {
                let Some((pool, carrying)) = pool else {
                    return [1.0 / shares; 2];
                };
                let part = |carrying| 1.0 / limits.sharing(case, pool, shares, carrying);
                carrying.map(|index| index.map_or(0.0, part))
            };
            if let Some(gate) = limits.gate(case, component) {
                let [value, other] = parts(limits.gates[gate].shares);
                let blend = self.gates.entry(gate).or_default();
                blend.ends[end] += shares[0] * value;
                blend.bend += shares[0] * (other - value);
                self.left.entry(gate).or_default()[end] += shares[1] * value;
            }
            if is_end {
                return;
            }
            for (limit, brought) in limits.along_path(case, component, (&mean, retries)) {
                let [value, other] = parts(limits.rows[limit].row.shares);
                let load = shares[0] * brought;
                if load > 0.0 {
                    let blend = self.loads.entry(limit).or_default();
                    blend.ends[end] += load * value;
                    blend.bend += load * (other - value);
                }
            }
        };
        for link in &flow.path.links {
            pass(inventory.link_component(*link), false, None);
        }
        for place in flow.path.places(network) {
            match network.end(place) {
                LinkEnd::Pool(pool) => {
                    let here = &limits.cases[case].members[pool.index()];
                    let carrying = [end, 1 - end].map(|index| context.carrying(index, pool, here));
                    for member in here {
                        let shared = carrying.each_ref().map(|components| {
                            let is_in = components.contains(member);
                            is_in.then_some(components.len())
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

#[cfg(test)]
mod tests {
    use super::Blend;

    /// All users go to member a at weight 1, and half of them to member b at weight 0.5: `w·s` for both.
    #[test]
    fn product_of_two_lines_is_reported_everywhere() {
        let (w, s) = ([1.0, 0.5], [1.0, 0.0]);
        let product = |value: f64| {
            let line = |ends: [f64; 2]| (1.0 - value) * ends[0] + value * ends[1];
            line(w) * line(s)
        };
        let ends = [w[0] * s[0], w[1] * s[1]];
        let blend = Blend {
            ends,
            bend: w[0] * s[1] + w[1] * s[0] - ends[0] - ends[1],
        };
        for value in [0.0, 0.125, 0.5, 0.75, 1.0] {
            assert!(
                (blend.at(value) - product(value)).abs() < 1e-15,
                "at {value}"
            );
        }
    }

    #[test]
    fn most_and_least_are_found_between_the_ends() {
        let up = Blend {
            ends: [0.0, 0.0],
            bend: 4.0,
        };
        assert!((up.most(0.0, 1.0) - 1.0).abs() < 1e-15);
        assert!((up.most(0.75, 1.0) - 0.75).abs() < 1e-15);
        assert_eq!(up.peak(0.0, 1.0), Some(1.0));
        assert_eq!(up.peak(0.75, 1.0), None);
        assert!(up.least().abs() < 1e-15);
        let down = Blend {
            ends: [2.0, 2.0],
            bend: -4.0,
        };
        assert!((down.least() - 1.0).abs() < 1e-15);
        assert_eq!(down.peak(0.0, 1.0), None);
        assert!((Blend::same(3.0).most(0.0, 1.0) - 3.0).abs() < 1e-15);
    }
}
