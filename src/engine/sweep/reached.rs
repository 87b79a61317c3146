//! Reached: which share of the users who are sent somewhere is served there.

use super::aftermath::Aftermath;
use super::hops;
use super::shares::Shares;
use crate::ids::SiteId;
use rustc_hash::FxHashMap;

/// Which share of the users who are sent somewhere is served there: 1 but for those who are listed.
pub(super) struct Reached {
    /// By cell, ascending.
    of_cell: Vec<(usize, f64)>,
    /// By group and site, ascending.
    of_detour: Vec<((usize, SiteId), f64)>,
}

impl Reached {
    /// The shares after an aftermath: on every path the least of all that it passes, of a cell their mean.
    pub(super) fn of(aftermath: &Aftermath<'_, '_>) -> Self {
        let survivors = aftermath.survivors;
        let (cells, network) = (&survivors.base.cells, survivors.setting.network);
        let demand_of = |group: usize| {
            let profile = survivors.base.groups[group].key.profile;
            let profile = &survivors.setting.inventory.profiles[profile.index()];
            profile.demand.as_slice()
        };
        let shares = Shares::of(&survivors.rows, &aftermath.loads);
        let mut of_flow: FxHashMap<usize, f64> = FxHashMap::default();
        let mut short: Vec<usize> = Vec::new();
        for hop in shares.hops() {
            for &flow in &cells.passing[hop as usize] {
                let cell = cells.flows[flow].cell;
                let share = shares.at(hop, demand_of(cells.all[cell].group));
                if share < 1.0 {
                    let least = of_flow.entry(flow).or_insert(1.0);
                    *least = least.min(share);
                    short.push(cell);
                }
            }
        }
        short.sort_unstable();
        short.dedup();
        short.retain(|&cell| survivors.left[cell] > 0.0);
        let of_cell = short.into_iter().map(|cell| {
            let unserved = survivors.flows_left(cell).map(|flow| {
                let share = of_flow.get(&flow).copied().unwrap_or(1.0);
                cells.flows[flow].users * (1.0 - share)
            });
            (cell, 1.0 - unserved.sum::<f64>() / survivors.left[cell])
        });
        let of_detour = aftermath.detours.iter().map(|(&(group, site), detour)| {
            let end = hops::of_site(network, site);
            let hops = detour.hops.iter().chain([&end]);
            let demand = demand_of(group);
            let share = hops.fold(1.0, |least: f64, hop| least.min(shares.at(*hop, demand)));
            ((group, site), share)
        });
        Self {
            of_cell: of_cell.collect(),
            of_detour: of_detour.filter(|(_, share)| *share < 1.0).collect(),
        }
    }

    /// Cells of which not everybody is served, with the share that is.
    pub(super) fn cells(&self) -> &[(usize, f64)] {
        &self.of_cell
    }

    /// The share of a cell.
    pub(super) fn of_cell(&self, cell: usize) -> f64 {
        let position = self.of_cell.binary_search_by_key(&cell, |(own, _)| *own);
        position.map_or(1.0, |position| self.of_cell[position].1)
    }

    /// The share of a group's users who are sent to a site over the path that they find by themselves.
    pub(super) fn of_detour(&self, group: usize, site: SiteId) -> f64 {
        let key = (group, site);
        let position = self.of_detour.binary_search_by_key(&key, |(own, _)| *own);
        position.map_or(1.0, |position| self.of_detour[position].1)
    }
}
