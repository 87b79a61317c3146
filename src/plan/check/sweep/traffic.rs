//! Traffic: how many users of each demand pass what, and what they load.

use super::super::certificate::{Row, Stands};
use super::super::load::share_of_served;
use super::defaults::{Stay, Ways};
use super::witness::Route;
use crate::ids::AccessPointId;
use crate::model::LinkEnd;
use crate::units::NOBODY;

/// How many users of each demand pass what.
pub(super) struct Traffic {
    /// By demand of the crowds; `None` if nobody has it.
    of_demand: Vec<Option<OfDemand>>,
    access_points: usize,
    sites: usize,
}

/// Users of one demand.
struct OfDemand {
    /// Client regions × access points: on the fastest ways there.
    to_entries: Vec<f64>,
    /// Access points × sites: the same from there on.
    to_sites: Vec<f64>,
    /// Whether a copy is there, then site: who is served there.
    at_sites: [Vec<f64>; 2],
    /// By slice of the hours, then link: on other ways.
    on_links: Vec<Vec<f64>>,
    /// By slice, then place: the same.
    on_places: Vec<Vec<f64>>,
}

/// Who somebody is, as far as loads go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of {
    /// Position among the demands of the crowds.
    pub(super) demand: usize,
    pub(super) region: usize,
    /// A copy of his shard is where he is served.
    pub(super) has_copy: bool,
}

/// What traffic comes to.
pub(super) struct Loads {
    /// By row, in the resource's unit; 0 at an access point that stays on standby.
    pub(super) of_rows: Vec<f64>,
    /// By access point, users who enter there.
    pub(super) entering: Vec<f64>,
}

impl Traffic {
    /// Nobody is anywhere.
    pub(super) fn new(ways: &Ways<'_, '_>) -> Self {
        let inventory = ways.basis.ground.inventory;
        let demands = ways.basis.crowds.demands.len();
        let mut of_demand = Vec::with_capacity(demands);
        of_demand.resize_with(demands, || None);
        Self {
            of_demand,
            access_points: inventory.access_points.len(),
            sites: inventory.sites.len(),
        }
    }

    fn of(&mut self, ways: &Ways<'_, '_>, demand: usize) -> &mut OfDemand {
        let (access_points, sites) = (self.access_points, self.sites);
        self.of_demand[demand].get_or_insert_with(|| {
            let ground = ways.basis.ground;
            let inventory = ground.inventory;
            OfDemand {
                to_entries: vec![0.0; inventory.client_regions.len() * access_points],
                to_sites: vec![0.0; access_points * sites],
                at_sites: [vec![0.0; sites], vec![0.0; sites]],
                on_links: vec![vec![0.0; inventory.links.len()]; ways.slices.len()],
                on_places: vec![vec![0.0; ground.place_count()]; ways.slices.len()],
            }
        })
    }

    /// Users, less than none of them to take some away, on a default way.
    pub(super) fn add(&mut self, ways: &Ways<'_, '_>, of: Of, stay: Stay, users: f64) {
        let (access_points, sites) = (self.access_points, self.sites);
        let (entry, site) = (stay.access_point as usize, stay.site as usize);
        let own = self.of(ways, of.demand);
        own.to_entries[of.region * access_points + entry] += users;
        own.to_sites[entry * sites + site] += users;
        own.at_sites[usize::from(of.has_copy)][site] += users;
    }

    /// Users on another way.
    pub(super) fn add_on(&mut self, ways: &Ways<'_, '_>, of: Of, route: &Route, users: f64) {
        let own = self.of(ways, of.demand);
        for slice in 0..ways.slices.len() {
            for step in route.leg(slice) {
                own.on_links[slice][step.link as usize] += users;
                own.on_places[slice][step.place as usize] += users;
            }
        }
        own.at_sites[usize::from(of.has_copy)][route.site] += users;
    }

    /// What all of them load.
    pub(super) fn loads(&mut self, ways: &Ways<'_, '_>, rows: &[Row]) -> Loads {
        let ground = ways.basis.ground;
        for (demand, own) in self.of_demand.iter_mut().enumerate() {
            if let Some(own) = own {
                let profile = ways.basis.crowds.demands[demand].profile;
                own.spread(
                    ways,
                    ways.roads.kind(profile),
                    self.access_points,
                    self.sites,
                );
            }
        }
        let demands = || {
            let all = ways.basis.crowds.demands.iter().zip(&self.of_demand);
            all.filter_map(|(demand, own)| Some((demand, own.as_ref()?)))
        };
        let place_of =
            |index: usize| ground.place_index(LinkEnd::AccessPoint(AccessPointId::new(index)));
        let entering: Vec<f64> = (0..self.access_points)
            .map(|index| {
                demands()
                    .map(|(_, own)| own.mean_over_hours(ways, place_of(index)))
                    .sum()
            })
            .collect();
        let of_rows = rows.iter().map(|row| {
            if let Stands::Entry(index) = row.stands
                && row.may_be_closed
                && entering[index] <= NOBODY
            {
                return 0.0;
            }
            let shares = match row.stands {
                Stands::Site(site) => [false, true].map(|has_copy| {
                    share_of_served(
                        ground,
                        &ways.slices[row.slice],
                        site,
                        row.resource,
                        has_copy,
                    )
                }),
                _ => [1.0; 2],
            };
            let of_demands = demands().map(|(demand, own)| {
                let of_user = demand.of_user[row.slice][row.resource];
                let brought = |share: f64| row.brought(ground, (of_user, demand.profile), share);
                let brings = match row.stands {
                    Stands::Site(site) => {
                        let [without, with] = &own.at_sites;
                        without[site] * brought(shares[0]) + with[site] * brought(shares[1])
                    }
                    Stands::Place(place) => own.on_places[row.slice][place] * brought(1.0),
                    Stands::Entry(index) => {
                        own.on_places[row.slice][place_of(index)] * brought(1.0)
                    }
                    Stands::Link(link) => own.on_links[row.slice][link] * brought(1.0),
                };
                brings / row.shares
            });
            (row.fixed + of_demands.sum::<f64>()).max(0.0)
        });
        Loads {
            of_rows: of_rows.collect(),
            entering,
        }
    }
}

impl OfDemand {
    /// Users at a place, the mean over the hours.
    fn mean_over_hours(&self, ways: &Ways<'_, '_>, place: usize) -> f64 {
        let hours = &ways.situation.case.hours;
        let slices = self.on_places.iter().enumerate();
        slices
            .map(|(slice, users)| hours.weight(slice) * users[place])
            .sum()
    }

    /// Puts users on a link and the place where it ends, at all hours.
    fn put(&mut self, link: u32, place: u32, users: f64) {
        for on_links in &mut self.on_links {
            on_links[link as usize] += users;
        }
        for on_places in &mut self.on_places {
            on_places[place as usize] += users;
        }
    }

    /// Puts those on fastest ways on their links and places.
    fn spread(&mut self, ways: &Ways<'_, '_>, kind: usize, access_points: usize, sites: usize) {
        for at in 0..self.to_entries.len() {
            let users = std::mem::take(&mut self.to_entries[at]);
            if users != 0.0 {
                let ends = (at / access_points, at % access_points);
                let put = |link, place| self.put(link, place, users);
                ways.roads.pass_to_entry(kind, ends, put);
            }
        }
        for at in 0..self.to_sites.len() {
            let users = std::mem::take(&mut self.to_sites[at]);
            if users != 0.0 {
                let ends = (at / sites, at % sites);
                let put = |link, place| self.put(link, place, users);
                ways.roads.pass_to_site(kind, ends, put);
            }
        }
    }
}
