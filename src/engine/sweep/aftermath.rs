//! Aftermath: where everybody is once a rule of takeovers is done, what that loads, and which share of those who are sent
//! somewhere is served there.
//!
//! What overloaded components serve of those who ask for them (`docs/model.md` §10):
//!
//! ```text
//! σ[e,r] = max(0, A − F) / (L − F)  where L > A, else 1
//! ```
//!
//! for all users who demand r and cross e or are homed there; a user is served with the least of these shares along their
//! path and at their site. Nothing is overloaded by that: at most σ·(L − F) + F = A is left of L.

use super::base::Base;
use super::cells::{Hop, hop_of_site, hops_along_path, rows_by_hop};
use super::survivors::{Survivors, Takeovers};
use crate::formulation::rows::{LoadRow, LoadRows};
use crate::ids::{AccessPointId, ComponentId, ResourceId, SiteId};
use crate::model::{Component, Inventory};
use crate::plan::sweep::Use;
use crate::units::{FEASIBILITY, NOBODY};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Where everybody is once a rule of takeovers is done, and what that loads.
pub(super) struct Aftermath<'s, 'a> {
    pub(super) survivors: &'s Survivors<'a>,
    pub(super) takeovers: &'s Takeovers,
    /// By group and site: users on the least-latency path, where no flow is left, and what it passes except its site.
    pub(super) detours: BTreeMap<(usize, SiteId), (f64, Vec<Hop>)>,
    /// By row, in the row's resource.
    pub(super) loads: Vec<f64>,
    /// By access point: users who are sent there.
    pub(super) entering: Vec<f64>,
}

impl<'s, 'a> Aftermath<'s, 'a> {
    pub(super) fn new(survivors: &'s Survivors<'a>, takeovers: &'s Takeovers) -> Self {
        let base = survivors.base;
        let mut arriving = vec![0.0; base.cells.all.len()];
        let mut detours: BTreeMap<(usize, SiteId), (f64, Vec<Hop>)> = BTreeMap::new();
        let mut detour = |group: usize, site: SiteId, users: f64| {
            detours.entry((group, site)).or_default().0 += users;
        };
        for &cell in &survivors.detoured {
            let group_cell = &base.cells.all[cell];
            detour(group_cell.group, group_cell.site, group_cell.users);
        }
        for takeover in &takeovers.all {
            let group = base.group_of[takeover.crowd as usize];
            for &(site, share) in &takeover.to {
                match survivors.steered_to(group, site) {
                    Some(cell) => arriving[cell] += takeover.users * share,
                    None => detour(group, site, takeover.users * share),
                }
            }
        }
        let mut all = Self {
            survivors,
            takeovers,
            detours,
            loads: Vec::new(),
            entering: base.entering.clone(),
        };
        let mut loads = base.loads.clone();
        let mut copied = base.copied.clone();
        all.rehome(&mut loads, &mut copied);
        all.steer(&arriving, &mut loads);
        all.loads = all.of_rows(&loads, &copied);
        all
    }

    fn rehome(&self, loads: &mut [f64], copied: &mut [f64]) {
        let survivors = self.survivors;
        let (base, setting) = (survivors.base, &survivors.setting);
        let (network, kinds) = (setting.network, &setting.folded.kinds);
        let copy_shares = |kind, site| Base::copy_shares(setting, kind, site);
        for &cell in &survivors.displaced {
            let site = base.cells.all[cell].site;
            if setting.case.gone[setting.inventory.site_component(site).index()] {
                continue;
            }
            let hop = hop_of_site(network, site);
            for &(kind, users) in base.cells.residents(cell) {
                let demand = base.demand(kinds.kinds[kind as usize].crowd);
                base.add(loads, hop, -users, demand);
                if let Some(shares) = copy_shares(kind, site) {
                    base.add_copies(copied, site, -users, demand, &shares);
                }
            }
        }
        for takeover in &self.takeovers.all {
            for &(site, share) in &takeover.to {
                let hop = hop_of_site(network, site);
                let demand = base.demand(takeover.crowd);
                base.add(loads, hop, takeover.users * share, demand);
            }
        }
        for &(resident, takeover) in &self.takeovers.of {
            let (kind, users) = base.cells.residents[resident];
            let takeover = &self.takeovers.all[takeover];
            let standing = kinds.standing(kind);
            if kinds.replicas(standing).is_empty() {
                continue;
            }
            for &(site, share) in &takeover.to {
                if let Some(shares) = copy_shares(kind, site) {
                    let demand = base.demand(takeover.crowd);
                    base.add_copies(copied, site, users * share, demand, &shares);
                }
            }
        }
    }

    fn steer(&mut self, arriving: &[f64], loads: &mut [f64]) {
        let survivors = self.survivors;
        let (base, network) = (survivors.base, survivors.setting.network);
        let mut send = |entering: &mut f64, hops: &[Hop], group: usize, users: f64| {
            *entering += users;
            for &hop in hops {
                base.add(loads, hop, users, &base.means[group]);
            }
        };
        let arrived = (0..arriving.len()).filter(|&cell| arriving[cell] > 0.0);
        let mut changed: Vec<usize> = arrived.chain(survivors.touched.iter().copied()).collect();
        changed.sort_unstable();
        changed.dedup();
        for cell in changed {
            let group_cell = &base.cells.all[cell];
            let left = survivors.left[cell];
            for flow in group_cell.flows.clone() {
                let before = base.cells.flows[flow].users;
                let now = if survivors.is_left(flow) {
                    (group_cell.users + arriving[cell]) * before / left
                } else {
                    0.0
                };
                let access_point = base.cells.flows[flow].access_point;
                let entering = &mut self.entering[access_point.index()];
                send(
                    entering,
                    base.cells.hops_of(flow),
                    group_cell.group,
                    now - before,
                );
            }
        }
        for (&(group, site), (users, hops)) in &mut self.detours {
            if let Some(path) = survivors.path(group, site) {
                *hops = hops_along_path(network, &path).collect();
                let entering = &mut self.entering[path.access_point.index()];
                send(entering, hops, group, *users);
            }
        }
    }

    /// Loads by row. A copy takes nothing off a user's demand where copies and background alone exceed what is left. A
    /// standby access point that nobody enters is closed, and its background is gone with it.
    fn of_rows(&self, loads: &[f64], copied: &[f64]) -> Vec<f64> {
        let base = self.survivors.base;
        let rows = &self.survivors.rows;
        let sites = self.survivors.setting.inventory.sites.len();
        let copied = |row: &LoadRow| {
            let (component, resource) = (row.component.index(), row.resource.index());
            let has_copies = component < sites && !row.is_cut;
            if has_copies {
                copied[component * base.resource_count + resource]
            } else {
                0.0
            }
        };
        let mut of_rows: Vec<f64> = rows.rows.iter().map(|row| row.fixed).collect();
        for (hop, of_hop) in rows_by_hop(rows) {
            let of_users = &loads[hop as usize * base.resource_count..][..base.resource_count];
            for &index in of_hop {
                let row = &rows.rows[index];
                let users = of_users[row.resource.index()] - copied(row);
                of_rows[index] += (users / row.shares).max(0.0);
            }
        }
        let inventory = self.survivors.setting.inventory;
        for (row, load) in rows.rows.iter().zip(&mut of_rows) {
            if is_closed(inventory, row.component, &self.entering) {
                *load = 0.0;
            }
        }
        of_rows
    }
}

/// Which share of the users who are sent somewhere is served there: 1 except for those who are listed.
pub(super) struct ServedShares {
    /// By cell, ascending.
    of_cell: Vec<(usize, f64)>,
    /// By group and site, ascending.
    of_detour: Vec<((usize, SiteId), f64)>,
}

impl ServedShares {
    /// The shares after an aftermath: on every path the least of all that it passes, of a cell their mean.
    pub(super) fn of(aftermath: &Aftermath<'_, '_>) -> Self {
        let survivors = aftermath.survivors;
        let (cells, network) = (&survivors.base.cells, survivors.setting.network);
        let demand_of = |group: usize| {
            let profile = survivors.base.groups[group].profile;
            let profile = &survivors.setting.inventory.profiles[profile.index()];
            profile.demand.as_slice()
        };
        let shares = HopShares::of(&survivors.rows, &aftermath.loads);
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
        let of_detour = aftermath.detours.iter().map(|(&(group, site), (_, hops))| {
            let end = hop_of_site(network, site);
            let hops = hops.iter().chain([&end]);
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
        let position = self
            .of_cell
            .binary_search_by_key(&cell, |(index, _)| *index);
        position.map_or(1.0, |position| self.of_cell[position].1)
    }

    /// The share of a group's users who are sent to a site over the path that they find by themselves.
    pub(super) fn of_detour(&self, group: usize, site: SiteId) -> f64 {
        let key = (group, site);
        let position = self.of_detour.binary_search_by_key(&key, |(pair, _)| *pair);
        position.map_or(1.0, |position| self.of_detour[position].1)
    }
}

/// What overloaded components serve of those who ask for them.
#[derive(Debug, Default)]
pub(super) struct HopShares {
    /// By hop, the resources of which there is not enough, each with the share that is served.
    of_hop: BTreeMap<Hop, Vec<(usize, f64)>>,
}

/// `true` if more is asked for than there is, beyond what plans are judged to.
pub(super) fn is_overloaded(row: &LoadRow, load: f64) -> bool {
    load > row.capacity * (1.0 + FEASIBILITY)
}

impl HopShares {
    /// The shares under these loads, by row.
    pub(super) fn of(rows: &LoadRows, loads: &[f64]) -> Self {
        let mut shares = Self::default();
        for (hop, of_hop) in rows_by_hop(rows) {
            for &index in of_hop {
                let (row, load) = (&rows.rows[index], loads[index]);
                if is_overloaded(row, load) {
                    let share = (row.capacity - row.fixed).max(0.0) / (load - row.fixed);
                    let of_hop = shares.of_hop.entry(hop).or_default();
                    of_hop.push((row.resource.index(), share));
                }
            }
        }
        shares
    }

    /// Where there is not enough of something, ascending.
    pub(super) fn hops(&self) -> impl Iterator<Item = Hop> + '_ {
        self.of_hop.keys().copied()
    }

    /// The share of users with a demand, by resource, that is served at a hop.
    pub(super) fn at(&self, hop: Hop, demand: &[f64]) -> f64 {
        let of_hop = self.of_hop.get(&hop).into_iter().flatten();
        of_hop
            .filter(|(resource, _)| demand[*resource] > 0.0)
            .fold(1.0, |least, (_, share)| least.min(*share))
    }
}

/// Standby access points that somebody enters; `entering` is by access point.
pub(super) fn opened(inventory: &Inventory, entering: &[f64]) -> Vec<AccessPointId> {
    let rows = inventory.access_points.iter().zip(entering);
    let is_opened = rows.map(|(row, users)| row.state.is_on_standby() && *users > NOBODY);
    let opened = is_opened.enumerate().filter(|(_, is_opened)| *is_opened);
    opened.map(|(index, _)| AccessPointId::new(index)).collect()
}

/// `true` for a standby access point that nobody enters: it is closed, and what stands in background.csv for it is gone.
pub(super) fn is_closed(inventory: &Inventory, component: ComponentId, entering: &[f64]) -> bool {
    let Component::AccessPoint(access_point) = inventory.component(component) else {
        return false;
    };
    let index = access_point.index();
    inventory.access_points[index].state.is_on_standby() && entering[index] <= NOBODY
}

/// What load rows carry of which something is left.
pub(super) fn uses(
    inventory: &Inventory,
    rows: &[LoadRow],
    loads: &[f64],
    entering: &[f64],
    case: usize,
) -> Vec<(ComponentId, ResourceId, Use)> {
    let rows = rows.iter().zip(loads);
    let uses = rows
        .filter(|(row, _)| row.available > 0.0 && !row.with_retries)
        .map(|(row, load)| {
            let load = if is_closed(inventory, row.component, entering) {
                0.0
            } else {
                load.max(0.0)
            };
            let of_case = Use {
                utilization: load / row.capacity,
                load,
                capacity: row.capacity,
                case,
            };
            (row.component, row.resource, of_case)
        });
    // Of the slices of the hours the fullest counts.
    let mut fullest: Vec<(ComponentId, ResourceId, Use)> = Vec::new();
    for (component, resource, used) in uses {
        match fullest.last_mut() {
            Some((known, of, most)) if (*known, *of) == (component, resource) => {
                if used.utilization > most.utilization {
                    *most = used;
                }
            }
            _ => fullest.push((component, resource, used)),
        }
    }
    fullest
}
