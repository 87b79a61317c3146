//! Asking: how many users are sent where once a rule of takeovers is done, and what that asks of components.

use super::super::super::affected::Affected;
use super::super::super::certificate::{Row, Stands};
use super::super::super::load::share_of_served;
use super::super::traffic::Loads;
use super::left::{Fate, Left};
use super::takeovers::{Takeovers, To};
use crate::ids::{AccessPointId, SiteId};
use crate::model::{LinkEnd, Recovery};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// How many users are sent where.
pub(super) struct Sent {
    /// By cell, on those of its ways that are left.
    pub(super) on_ways: Vec<f64>,
    /// By group and site, on a way that the plan did not use.
    pub(super) on_detours: BTreeMap<(usize, usize), f64>,
    /// By folk of a cell that is displaced, where they go.
    pub(super) to: BTreeMap<usize, To>,
}

impl Sent {
    /// Who goes where by a rule.
    pub(super) fn by(
        left: &Left<'_, '_, '_>,
        recovery: Recovery,
        affected: &mut Affected<'_>,
    ) -> Self {
        let cells = left.cells;
        let mut takeovers = Takeovers::new(left, recovery);
        let mut sent = Self {
            on_ways: vec![0.0; cells.all.len()],
            on_detours: BTreeMap::new(),
            to: BTreeMap::new(),
        };
        for (position, (cell, fate)) in cells.all.iter().zip(&left.fates).enumerate() {
            match fate {
                Fate::Stay => sent.on_ways[position] += cell.users,
                Fate::Detour => {
                    *sent.on_detours.entry((cell.group, cell.site)).or_default() += cell.users;
                }
                Fate::Displaced => {
                    for folk in cell.folks.clone() {
                        let own = &cells.folks[folk];
                        let to = takeovers.of(own.alike, affected).clone();
                        for &(site, share) in &to {
                            let users = own.users * share;
                            if let Some(other) = left.steered_to(cell.group, site) {
                                sent.on_ways[other] += users;
                            } else {
                                let key = (cell.group, site);
                                *sent.on_detours.entry(key).or_default() += users;
                            }
                        }
                        sent.to.insert(folk, to);
                    }
                }
            }
        }
        sent
    }

    /// What they ask of every row.
    pub(super) fn loads(&self, left: &Left<'_, '_, '_>, rows: &[Row]) -> Loads {
        let ground = left.ways.basis.ground;
        let inventory = ground.inventory;
        let on_the_way = self.on_the_way(left);
        let at_sites = self.at_sites(left);
        let place_of =
            |index: usize| ground.place_index(LinkEnd::AccessPoint(AccessPointId::new(index)));
        let resources = inventory.resources.len();
        let of_rows = rows.iter().map(|row| {
            if let Stands::Entry(index) = row.stands
                && row.may_be_closed
                && on_the_way.entering[index] <= NOBODY
            {
                return 0.0;
            }
            let users = match row.stands {
                Stands::Site(site) => at_sites[site * resources + row.resource],
                Stands::Place(place) => on_the_way.places[place * resources + row.resource],
                Stands::Entry(index) => {
                    on_the_way.places[place_of(index) * resources + row.resource]
                }
                Stands::Link(link) => on_the_way.links[link * resources + row.resource],
            };
            (row.fixed + users / row.shares).max(0.0)
        });
        Loads {
            of_rows: of_rows.collect(),
            entering: on_the_way.entering.clone(),
        }
    }

    fn on_the_way(&self, left: &Left<'_, '_, '_>) -> OnTheWay {
        let cells = left.cells;
        let mut all = OnTheWay::new(left);
        for (position, users) in self.on_ways.iter().enumerate() {
            let demand = cells.on_the_way(cells.all[position].group);
            for flow in left.flows(position) {
                let own = &cells.flows[flow];
                let users = users * own.users / left.on_ways[position];
                all.entering[own.access_point] += users;
                for step in &own.steps {
                    all.add((step.link, step.place), users, demand);
                }
            }
        }
        for (&(group, site), users) in &self.on_detours {
            let demand = cells.on_the_way(group);
            let entry = left.pass(group, site, |link, place| {
                all.add((link, place), *users, demand);
            });
            if let Some(entry) = entry {
                all.entering[entry] += users;
            }
        }
        all
    }

    /// By site, then resource: what those who are homed there demand, but for what their copies stand for.
    fn at_sites(&self, left: &Left<'_, '_, '_>) -> Vec<f64> {
        let basis = left.ways.basis;
        let ground = basis.ground;
        let resources = ground.inventory.resources.len();
        let mut loads = vec![0.0; ground.inventory.sites.len() * resources];
        let mut add = |folk: usize, site: usize, share: f64| {
            let own = &left.cells.folks[folk];
            let shard = basis.alike.all[own.alike].shard;
            let has_copy = ground.has_copy(shard, SiteId::new(site));
            let group = &basis.crowds.groups[basis.crowds.group_of(own.alike)];
            let slice = left.ways.situation.slice;
            let demand = &basis.crowds.demands[group.demand].of_user[slice];
            for (resource, demand) in demand.iter().enumerate() {
                let served = share_of_served(ground, left.ways.situation, site, resource, has_copy);
                loads[site * resources + resource] += own.users * share * demand * served;
            }
        };
        for (cell, fate) in left.cells.all.iter().zip(&left.fates) {
            for folk in cell.folks.clone() {
                match fate {
                    Fate::Stay | Fate::Detour => add(folk, cell.site, 1.0),
                    Fate::Displaced => {
                        for &(site, share) in &self.to[&folk] {
                            add(folk, site, share);
                        }
                    }
                }
            }
        }
        loads
    }
}

/// What users load on their way.
struct OnTheWay {
    resources: usize,
    /// By link, then resource.
    links: Vec<f64>,
    /// By place, then resource.
    places: Vec<f64>,
    /// By access point, users who enter there.
    entering: Vec<f64>,
}

impl OnTheWay {
    fn new(left: &Left<'_, '_, '_>) -> Self {
        let ground = left.ways.basis.ground;
        let inventory = ground.inventory;
        let resources = inventory.resources.len();
        Self {
            resources,
            links: vec![0.0; inventory.links.len() * resources],
            places: vec![0.0; ground.place_count() * resources],
            entering: vec![0.0; inventory.access_points.len()],
        }
    }

    fn add(&mut self, (link, place): (u32, u32), users: f64, demand: &[f64]) {
        let of_link = &mut self.links[link as usize * self.resources..][..self.resources];
        let of_place = &mut self.places[place as usize * self.resources..][..self.resources];
        for (resource, demand) in demand.iter().enumerate() {
            of_link[resource] += users * demand;
            of_place[resource] += users * demand;
        }
    }
}
