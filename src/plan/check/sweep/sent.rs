//! Sent: what a case leaves of the plan that was in force, and where users are sent by a rule who have lost their site.

use super::super::affected::Affected;
use super::super::certificate::{Permissions, longest};
use super::basis::Ways;
use super::cells::{Cell, Cells, Flow, Steering};
use super::traffic::{Traffic, Users};
use crate::ids::{LinkId, SiteId};
use crate::model::{Recovery, ReplicaState};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What is left in a slice of a case, before anybody's takeover.
pub(super) struct Left<'c, 'w, 'a> {
    pub(super) cells: &'c Cells,
    pub(super) steering: &'c Steering,
    pub(super) slice: usize,
    pub(super) ways: &'c Ways<'w, 'a>,
    /// By cell: its ways that are left.
    pub(super) flows: Vec<Vec<&'c Flow>>,
    /// By cell, users of the plan on them.
    pub(super) on_ways: Vec<f64>,
}

impl<'c, 'w, 'a> Left<'c, 'w, 'a> {
    /// What is left in the case of some ways.
    pub(super) fn new(cells: &'c Cells, slice: usize, ways: &'c Ways<'w, 'a>) -> Self {
        let steering = &cells.hours[slice];
        let profile = |cell: &Cell| ways.basis.ground.groups[cell.group].profile;
        let of_cells = cells.all.iter().zip(&steering.flows);
        let flows = of_cells.map(|(cell, flows)| {
            let kind = ways.roads.kind(profile(cell));
            let is_left = |flow: &&Flow| {
                let mut steps = flow.steps.iter();
                steps.all(|step| ways.roads.may_pass(kind, LinkId(step.link)))
            };
            flows.iter().filter(is_left).collect()
        });
        let flows: Vec<Vec<&Flow>> = flows.collect();
        let users = |flows: &Vec<&Flow>| flows.iter().map(|flow| flow.users).sum();
        Self {
            cells,
            steering,
            slice,
            ways,
            on_ways: flows.iter().map(users).collect(),
            flows,
        }
    }

    /// Those of a cell have lost all ways that the plan gave them.
    fn has_lost_its_ways(&self, cell: usize) -> bool {
        !self.steering.flows[cell].is_empty() && self.on_ways[cell] <= 0.0
    }

    /// Milliseconds and access point of the fastest way of a group to a site, if one within its limit is open.
    fn fastest(&self, group: usize, site: usize) -> Option<(f64, usize)> {
        let of_group = &self.ways.basis.ground.groups[group];
        let longest = longest(of_group.limit);
        let fastest = &self.ways.fastest[self.ways.roads.kind(of_group.profile)];
        let region = of_group.client_region.index();
        let way = fastest.search(region, site, |index| self.steering.is_open[index])?;
        (way.latency <= longest).then_some((way.latency, way.access_point as usize))
    }

    /// Calls `pass` with the link and the place at its end for every step of that way; its access point.
    pub(super) fn pass(
        &self,
        (group, site): (usize, usize),
        mut pass: impl FnMut(u32, u32),
    ) -> Option<usize> {
        let (_, entry) = self.fastest(group, site)?;
        let of_group = &self.ways.basis.ground.groups[group];
        let (roads, region) = (self.ways.roads, of_group.client_region.index());
        let kind = roads.kind(of_group.profile);
        roads.pass_to_entry(kind, (region, entry), &mut pass);
        roads.pass_to_site(kind, (entry, site), &mut pass);
        Some(entry)
    }

    /// How users of a group reach a site: over ways of the plan that are left, or over another one.
    fn way_to(&self, group: usize, site: usize) -> Way {
        match self.steered_to(group, site) {
            Some(cell) => Way::OfCell(cell),
            None => Way::Detour(group, site),
        }
    }

    /// The cell of a group at a site, if a way of it is left.
    fn steered_to(&self, group: usize, site: usize) -> Option<usize> {
        let cell = self.cells.at(group, site)?;
        (self.on_ways[cell] > 0.0).then_some(cell)
    }

    /// Where those go who are alike: to sites, each with a share of them; nowhere if there are none. Where a replica
    /// takes over it is the first that is ready and reached; else users follow those of their group, or go to the
    /// nearest site.
    fn takeover(
        &self,
        id: usize,
        recovery: Recovery,
        permissions: &mut Permissions<'_>,
        affected: &mut Affected<'_>,
    ) -> Vec<(usize, f64)> {
        let basis = self.ways.basis;
        let ground = basis.ground;
        let alike = &basis.alike.all[id];
        let is_affected = alike.is_affected(affected);
        let permitted = permissions.of(ground, self.ways.situation, (id, alike), is_affected);
        let permitted = &permitted.sites;
        let group = ground.group_of(alike.shard);
        let latency = |site: usize| self.fastest(group, site).map(|(latency, _)| latency);
        if recovery == Recovery::Replicas {
            let replicas = ground.replicas_of(alike.shard);
            let home = ground.inventory.shards[alike.shard].site;
            let home = home.filter(|_| !replicas.is_empty());
            let ready = replicas.iter();
            let ready = ready.filter(|own| own.state == ReplicaState::Ready);
            let mut sites = ready.map(|own| own.site).chain(home).map(SiteId::index);
            let first = sites.find(|site| {
                let is_reached =
                    || self.steered_to(group, *site).is_some() || latency(*site).is_some();
                permitted.contains(site) && is_reached()
            });
            return first.map(|site| (site, 1.0)).into_iter().collect();
        }
        let steered = permitted.iter();
        let steered =
            steered.filter_map(|&site| Some((site, self.on_ways[self.steered_to(group, site)?])));
        let mut steered: Vec<(usize, f64)> = steered.collect();
        if steered.is_empty() {
            let reached = permitted.iter();
            let reached = reached.filter_map(|&site| Some((latency(site)?, site)));
            let nearest = reached.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            return nearest.map(|(_, site)| (site, 1.0)).into_iter().collect();
        }
        let all: f64 = steered.iter().map(|(_, users)| users).sum();
        for (_, users) in &mut steered {
            *users /= all;
        }
        steered
    }
}

/// How users go to a site.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// On the ways of a cell that are left.
    OfCell(usize),
    /// Of a group to a site, on a way that the plan did not use.
    Detour(usize, usize),
    /// They reach none.
    Nowhere,
}

/// Users of a folk who go the same way.
pub(super) struct Part {
    pub(super) folk: usize,
    pub(super) way: Way,
    /// `None` where they reach none.
    pub(super) site: Option<usize>,
    pub(super) users: f64,
}

/// How many users are sent where.
pub(super) struct Sent {
    /// All users, by folk.
    pub(super) parts: Vec<Part>,
    /// By cell, on those of its ways that are left.
    on_ways: Vec<f64>,
    /// By group and site, on a way that the plan did not use.
    pub(super) on_detours: BTreeMap<(usize, usize), f64>,
}

impl Sent {
    /// Who goes where by a rule.
    pub(super) fn by(
        left: &Left<'_, '_, '_>,
        recovery: Recovery,
        affected: &mut Affected<'_>,
    ) -> Self {
        let cells = left.cells;
        let mut permissions = Permissions::new(&left.ways.basis.crowds);
        let mut takeovers: FxHashMap<usize, Vec<(usize, f64)>> = FxHashMap::default();
        let mut sent = Self {
            parts: Vec::with_capacity(cells.folks.len()),
            on_ways: vec![0.0; cells.all.len()],
            on_detours: BTreeMap::new(),
        };
        for (position, cell) in cells.all.iter().enumerate() {
            let (group, site) = (cell.group, cell.site);
            let way = if !left.has_lost_its_ways(position) {
                Way::OfCell(position)
            } else if left.fastest(group, site).is_some() {
                Way::Detour(group, site)
            } else {
                Way::Nowhere
            };
            for folk in cell.folks.clone() {
                if !matches!(way, Way::Nowhere) {
                    sent.send(left, folk, way, 1.0);
                    continue;
                }
                let alike = cells.folks[folk].alike;
                let to = takeovers
                    .entry(alike)
                    .or_insert_with(|| left.takeover(alike, recovery, &mut permissions, affected));
                if to.is_empty() {
                    sent.send(left, folk, Way::Nowhere, 1.0);
                }
                for &(site, share) in &*to {
                    sent.send(left, folk, left.way_to(group, site), share);
                }
            }
        }
        for folk in cells.unserved.clone() {
            sent.send(left, folk, Way::Nowhere, 1.0);
        }
        sent
    }

    fn send(&mut self, left: &Left<'_, '_, '_>, folk: usize, way: Way, share: f64) {
        let users = left.cells.folks[folk].users * share;
        let site = match way {
            Way::OfCell(cell) => {
                self.on_ways[cell] += users;
                Some(left.cells.all[cell].site)
            }
            Way::Detour(group, site) => {
                *self.on_detours.entry((group, site)).or_default() += users;
                Some(site)
            }
            Way::Nowhere => None,
        };
        self.parts.push(Part {
            folk,
            way,
            site,
            users,
        });
    }

    /// What they ask for, but for what their copies stand for at sites.
    pub(super) fn traffic<'a>(&self, left: &Left<'_, '_, 'a>) -> Traffic<'a> {
        let (basis, cells) = (left.ways.basis, left.cells);
        let mut traffic = Traffic::new(basis.ground, 1);
        let on_the_way = |group: usize, count: f64| Users {
            count,
            profile: basis.ground.groups[group].profile,
            demand: &left.steering.on_the_way[group],
        };
        for (position, count) in self.on_ways.iter().enumerate() {
            for flow in &left.flows[position] {
                let count = count * flow.users / left.on_ways[position];
                traffic.entering[flow.access_point] += count;
                let users = on_the_way(cells.all[position].group, count);
                for step in &flow.steps {
                    traffic.pass(0, (step.link, step.place), users);
                }
            }
        }
        for (&(group, site), count) in &self.on_detours {
            let users = on_the_way(group, *count);
            let entry = left.pass((group, site), |link, place| {
                traffic.pass(0, (link, place), users);
            });
            if let Some(entry) = entry {
                traffic.entering[entry] += count;
            }
        }
        for part in &self.parts {
            let Some(site) = part.site else {
                continue;
            };
            let alike = cells.folks[part.folk].alike;
            let shard = basis.alike.all[alike].shard;
            let has_copy = basis.ground.has_copy(shard, SiteId::new(site));
            let demand = basis.crowds.demand(alike);
            let users = Users {
                count: part.users,
                profile: demand.profile,
                demand: &demand.of_user[left.slice],
            };
            traffic.serve(0, (site, has_copy), users);
        }
        traffic
    }
}
