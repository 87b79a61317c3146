//! Survivors: what a case leaves of the plan that was in force, before anybody's takeover (`docs/model.md` §10).
//!
//! Users of a cell are on each of its flows in proportion; those who lose theirs share out over the flows that are left:
//!
//! ```text
//! users on p of a cell of N:  N · f[g,p] / Σ_{p' left} f[g,p']
//! ```

use super::base::Base;
use super::cells::lost_hops;
use crate::formulation::rows::LoadRows;
use crate::formulation::{FixedLoads, KindId, OpenWays, Setting};
use crate::graph::Path;
use crate::ids::{ProfileId, SiteId};
use fixedbitset::FixedBitSet;

/// What a case leaves of the plan that was in force.
pub(super) struct Survivors<'a> {
    pub(super) base: &'a Base,
    pub(super) setting: Setting<'a>,
    pub(super) rows: LoadRows,
    ways: OpenWays<'a>,
    /// Flows that are lost.
    is_lost: FixedBitSet,
    /// By cell: the plan's users on those of its flows that are left.
    pub(super) left: Vec<f64>,
    /// Cells that lost flows, ascending.
    pub(super) touched: Vec<usize>,
    /// Those of them that have no flow left, while their site is reached over another path.
    pub(super) detoured: Vec<usize>,
    /// Those of them whose site is not reached any more.
    pub(super) displaced: Vec<usize>,
}

impl<'a> Survivors<'a> {
    /// What is left in the case of a setting.
    pub(super) fn new(base: &'a Base, setting: Setting<'a>) -> Self {
        let fixed = FixedLoads::new(setting.inventory, setting.case, setting.folded);
        let cells = &base.cells;
        let mut all = Self {
            base,
            rows: LoadRows::of_capacity(&setting, &fixed, &setting.folded.mean_demand),
            ways: OpenWays::new(&setting, &fixed, &base.is_open, Some(&base.found)),
            setting,
            is_lost: FixedBitSet::with_capacity(cells.flows.len()),
            left: cells.all.iter().map(|cell| cell.steered).collect(),
            touched: Vec::new(),
            detoured: Vec::new(),
            displaced: Vec::new(),
        };
        all.lose_flows();
        for &cell in &all.touched {
            let left = all.flows_left(cell);
            let left = left.map(|flow| cells.flows[flow].users).sum();
            all.left[cell] = left;
            if all.left[cell] > 0.0 {
                continue;
            }
            let (group, site) = (cells.all[cell].group, cells.all[cell].site);
            if all.latency(group, site).is_some() {
                all.detoured.push(cell);
            } else {
                all.displaced.push(cell);
            }
        }
        all
    }

    /// Finds the flows that pass what their users may use no more, and their cells.
    fn lose_flows(&mut self) {
        let base = self.base;
        let cells = &base.cells;
        for (profile, before) in base.usable.iter().enumerate() {
            let profile = ProfileId::new(profile);
            for hop in lost_hops(before, self.ways.usable(profile)) {
                for &flow in &cells.passing[hop as usize] {
                    let cell = cells.flows[flow].cell;
                    if base.groups[cells.all[cell].group].key.profile == profile {
                        self.is_lost.insert(flow);
                        self.touched.push(cell);
                    }
                }
            }
        }
        self.touched.sort_unstable();
        self.touched.dedup();
    }

    /// `true` if a flow is left.
    pub(super) fn is_left(&self, flow: usize) -> bool {
        !self.is_lost[flow]
    }

    /// A cell's flows that are left.
    pub(super) fn flows_left(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        let flows = self.base.cells.all[cell].flows.clone();
        flows.filter(|flow| self.is_left(*flow))
    }

    /// The cell of a group at a site, if flows of it are left.
    pub(super) fn steered_to(&self, group: usize, site: SiteId) -> Option<usize> {
        let cell = self.base.cells.at(group, site)?;
        (self.left[cell] > 0.0).then_some(cell)
    }

    /// Round trip in milliseconds of the least-latency path of a group to a site, if one is open within its limit.
    pub(super) fn latency(&self, group: usize, site: SiteId) -> Option<f64> {
        let key = &self.base.groups[group].key;
        let paths = self.ways.paths(key.profile);
        let cost = paths.cost(key.client_region, site, key.max_latency)?;
        Some(cost.latency)
    }

    /// That path.
    pub(super) fn path(&self, group: usize, site: SiteId) -> Option<Path> {
        let key = &self.base.groups[group].key;
        let paths = self.ways.paths(key.profile);
        paths.path(key.client_region, site, key.max_latency)
    }

    /// Positions of the residents whose site is lost, ascending.
    pub(super) fn displaced_residents(&self) -> impl Iterator<Item = usize> + '_ {
        let cells = self.displaced.iter();
        cells.flat_map(|&cell| self.base.cells.all[cell].residents.clone())
    }

    /// The group of a kind.
    pub(super) fn group_of(&self, kind: KindId) -> usize {
        let kinds = &self.setting.folded.kinds;
        self.base.group_of[kinds.kinds[kind as usize].crowd as usize]
    }
}
