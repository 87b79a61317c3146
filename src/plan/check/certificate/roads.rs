//! Roads: what the cheapest way from every client region to every site costs one user.
//!
//! A way goes from a client region to one access point and on to a site. Both halves are searched from their
//! starts (Dijkstra 1959) and joined at the access point, so that what an access point charges, and whether it
//! is open, touches no half. Under a latency limit a half keeps every label that no other beats in both price
//! and latency (Martins 1984).

use super::super::ground::Ground;
use super::super::period::Situation;
use super::search::{Half, Prices, Search, Toward};
use super::steps::{Steps, position};
use crate::ids::{AccessPointId, ClientRegionId, ElementId, LinkId, PoolId, ProfileId, SiteId};
use crate::model::{AccessPointState, LinkEnd};
use crate::units::LATENCY_SLACK_MS;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What users of some profiles may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passable {
    /// By link: it and the place where it ends may be passed.
    pub(super) links: Vec<bool>,
}

/// The halves of all ways on one side of the access points, by where they start.
struct Side {
    halves: Arc<Vec<Vec<Half>>>,
    /// What their prices are multiplied by.
    scale: f64,
}

/// Both halves of all ways.
struct Halves {
    /// By client region: the access points that it reaches.
    to_entries: Side,
    /// By access point: the sites that it reaches.
    to_sites: Side,
}

/// By access point whether it is open, and by kind of user what is reached so.
type Reached = (Vec<bool>, Arc<Vec<Vec<f64>>>);

/// What may be passed in one period, and the ways of least latency over it.
pub(super) struct Roads<'a> {
    pub(super) ground: &'a Ground<'a>,
    /// By kind of user.
    steps: Vec<Steps>,
    kind_of_profile: Vec<usize>,
    /// By kind.
    least_latency: Vec<Halves>,
    /// By kind: client regions × sites, with every access point that may be open; infinite without a way.
    reach: Vec<Vec<f64>>,
    /// By access point, whether it may be open.
    pub(super) may_open: Vec<bool>,
    /// The longest latency limit of any group, in milliseconds.
    longest_limit: f64,
    /// Access points that are open, and what they reach.
    reaches_with: Mutex<Vec<Reached>>,
    /// By place: client regions reach it without passing an access point.
    is_before: Vec<bool>,
}

impl Side {
    /// The same ways where a millisecond costs so much, and nothing else costs anything.
    fn at(&self, latency: f64) -> Self {
        Self {
            halves: Arc::clone(&self.halves),
            scale: latency,
        }
    }
}

/// What the network charges one user of a demand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Charges {
    pub(super) prices: Prices,
    /// By access point.
    pub(super) entry: Vec<f64>,
}

impl Charges {
    /// `true` if nothing is charged at all.
    pub(super) fn is_nothing(&self) -> bool {
        self.prices.is_only_latency()
            && self.prices.latency <= 0.0
            && self.entry.iter().all(|charge| *charge <= 0.0)
    }
}

impl<'a> Roads<'a> {
    /// Searches the ways of least latency.
    pub(super) fn new(ground: &'a Ground<'a>, situation: &Situation) -> Self {
        let inventory = ground.inventory;
        let ends = ends(ground);
        let is_gone = |index: usize| {
            let id = inventory.access_point_component(AccessPointId::new(index));
            situation.case.gone[id.index()]
        };
        let may_open: Vec<bool> = inventory
            .access_points
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let is_active = row.state == AccessPointState::Active;
                !is_gone(index) && (is_active || ground.scenario.policy.open_standby)
            })
            .collect();
        let mut kinds: Vec<Passable> = Vec::new();
        let kind_of_profile = (0..inventory.profiles.len())
            .map(|profile| {
                let own = passable(ground, situation, ProfileId::new(profile));
                let known = kinds.iter().position(|kind| *kind == own);
                known.unwrap_or_else(|| {
                    kinds.push(own);
                    kinds.len() - 1
                })
            })
            .collect();
        let mut roads = Self {
            ground,
            reaches_with: Mutex::default(),
            is_before: is_before(ground, &ends),
            steps: kinds
                .iter()
                .map(|kind| Steps::new(ground, &ends, kind))
                .collect(),
            kind_of_profile,
            longest_limit: ground
                .groups
                .iter()
                .filter_map(|group| group.limit)
                .fold(0.0, f64::max)
                + LATENCY_SLACK_MS,
            least_latency: Vec::new(),
            reach: Vec::new(),
            may_open,
        };
        let by_latency = Prices {
            latency: 1.0,
            ..Prices::nothing()
        };
        for kind in 0..roads.steps.len() {
            let side = |is_before| roads.side(kind, &by_latency, is_before, None);
            let halves = Halves {
                to_entries: side(true),
                to_sites: side(false),
            };
            let nothing = vec![0.0; roads.may_open.len()];
            let reach = roads.join(&halves, &nothing, &roads.may_open);
            roads.least_latency.push(halves);
            roads.reach.push(reach);
        }
        roads
    }

    /// `true` if some open way leads from the client region to the site within the limit.
    pub(super) fn reaches(
        &self,
        profile: ProfileId,
        region: usize,
        site: usize,
        limit: Option<f64>,
    ) -> bool {
        let sites = self.ground.inventory.sites.len();
        let latency = self.reach[self.kind_of_profile[profile.index()]][region * sites + site];
        latency <= limit.map_or(f64::MAX, |limit| limit + LATENCY_SLACK_MS)
    }

    /// The kind of a profile: profiles of one kind may pass the same.
    pub(super) fn kind(&self, profile: ProfileId) -> usize {
        self.kind_of_profile[profile.index()]
    }

    /// By kind of user: least latencies, client regions × sites, with these access points open.
    ///
    /// Most views of a period have the same ones open, so they share them.
    pub(super) fn reach_with(&self, open: &[bool]) -> Arc<Vec<Vec<f64>>> {
        let mut known = self
            .reaches_with
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, reach)) = known.iter().find(|(own, _)| own == open) {
            return Arc::clone(reach);
        }
        let nothing = vec![0.0; open.len()];
        let halves = self.least_latency.iter();
        let reach = Arc::new(
            halves
                .map(|halves| self.join(halves, &nothing, open))
                .collect::<Vec<_>>(),
        );
        known.push((open.to_vec(), Arc::clone(&reach)));
        reach
    }

    /// How many links or places a half passes at most.
    pub(super) fn longest(&self) -> f64 {
        let inventory = self.ground.inventory;
        (inventory.elements.len() + inventory.pools.len() + 3) as f64
    }

    /// The ways of a kind of user under charges, with these access points open.
    pub(super) fn toll(&self, kind: usize, charges: &Charges, open: &[bool]) -> Toll<'_, 'a> {
        let fastest = &self.least_latency[kind];
        let prices = &charges.prices;
        let side = |is_before: bool, fastest: &Side| {
            if self.is_charged(prices, is_before) {
                self.side(kind, prices, is_before, Some(fastest))
            } else {
                fastest.at(prices.latency)
            }
        };
        let halves = Halves {
            to_entries: side(true, &fastest.to_entries),
            to_sites: side(false, &fastest.to_sites),
        };
        Toll {
            roads: self,
            kind,
            charges: charges.clone(),
            open: open.to_vec(),
            table: self.join(&halves, &charges.entry, open),
            halves,
            onward: (0..open.len()).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Where searches find a place.
    fn place(&self, place: LinkEnd) -> u32 {
        position(self.ground.place_index(place))
    }

    /// `true` if links or places on one side of the access points charge anything.
    fn is_charged(&self, prices: &Prices, is_before: bool) -> bool {
        let places = prices.places.iter().enumerate();
        let links = prices.links.iter().enumerate();
        places
            .filter(|(place, _)| self.is_before[*place] == is_before)
            .any(|(_, price)| *price > 0.0)
            || links
                .filter(|(link, _)| {
                    let from = self.ground.inventory.links[*link].from;
                    self.is_before[self.ground.place_index(from)] == is_before
                })
                .any(|(_, price)| *price > 0.0)
    }

    /// The halves of one side under prices; `fastest` are those of least latency.
    fn side(&self, kind: usize, prices: &Prices, is_before: bool, fastest: Option<&Side>) -> Side {
        let inventory = self.ground.inventory;
        let mut search = Search::new(&self.steps[kind], prices);
        let mut halves: Vec<Vec<Half>> = if is_before {
            (0..inventory.client_regions.len())
                .map(|region| {
                    let start = LinkEnd::ClientRegion(ClientRegionId::new(region));
                    search.cheapest(self.place(start), Toward::Entries)
                })
                .collect()
        } else {
            (0..inventory.access_points.len())
                .map(|index| {
                    if self.may_open[index] {
                        let start = LinkEnd::AccessPoint(AccessPointId::new(index));
                        search.cheapest(self.place(start), Toward::Sites)
                    } else {
                        Vec::new()
                    }
                })
                .collect()
        };
        if let Some(fastest) = fastest {
            for (own, fastest) in halves.iter_mut().zip(&*fastest.halves) {
                // Both have the same goals, ascending: prices change no reach.
                for (own, fastest) in own.iter_mut().zip(fastest) {
                    own.least_latency = fastest.latency;
                }
            }
        }
        Side {
            halves: Arc::new(halves),
            scale: 1.0,
        }
    }

    /// Client regions × sites: the cheapest join of halves whose prices are scaled.
    fn join(&self, halves: &Halves, entry: &[f64], open: &[bool]) -> Vec<f64> {
        let inventory = self.ground.inventory;
        let (first, second) = (&halves.to_entries, &halves.to_sites);
        let sites = inventory.sites.len();
        let mut onward = vec![f64::INFINITY; open.len() * sites];
        for (index, to_sites) in second.halves.iter().enumerate() {
            for half in to_sites {
                onward[index * sites + half.goal] = half.price * second.scale;
            }
        }
        let mut table = vec![f64::INFINITY; inventory.client_regions.len() * sites];
        for (to_entries, row) in first.halves.iter().zip(table.chunks_exact_mut(sites)) {
            for half in to_entries.iter().filter(|half| open[half.goal]) {
                let so_far = half.price * first.scale + entry[half.goal];
                let onward = &onward[half.goal * sites..][..sites];
                for (cheapest, onward) in row.iter_mut().zip(onward) {
                    let price = so_far + onward;
                    *cheapest = if price < *cheapest { price } else { *cheapest };
                }
            }
        }
        table
    }
}

/// The cheapest ways of one kind of user under charges.
pub(super) struct Toll<'r, 'a> {
    roads: &'r Roads<'a>,
    kind: usize,
    charges: Charges,
    open: Vec<bool>,
    halves: Halves,
    /// Client regions × sites, without limit.
    table: Vec<f64>,
    /// By access point: every way on that may matter under the longest limit.
    onward: Vec<OnceLock<Vec<Half>>>,
}

impl Toll<'_, '_> {
    /// By site, the price of the cheapest way within a limit; infinite without one.
    pub(super) fn from(&self, region: usize, limit: Option<f64>) -> Vec<f64> {
        let sites = self.roads.ground.inventory.sites.len();
        let unlimited = &self.table[region * sites..][..sites];
        let Some(limit) = limit else {
            return unlimited.to_vec();
        };
        let longest = limit + LATENCY_SLACK_MS;
        let (entries, onward) = (&self.halves.to_entries, &self.halves.to_sites);
        let mut best = vec![f64::INFINITY; sites];
        let mut too_slow: Vec<(usize, usize, f64)> = Vec::new();
        for first in &entries.halves[region] {
            if !self.open[first.goal] {
                continue;
            }
            for second in &onward.halves[first.goal] {
                let price = first.price * entries.scale
                    + self.charges.entry[first.goal]
                    + second.price * onward.scale;
                if first.latency + second.latency <= longest {
                    best[second.goal] = best[second.goal].min(price);
                } else if first.least_latency + second.least_latency <= longest {
                    too_slow.push((first.goal, second.goal, price));
                }
            }
        }
        too_slow.retain(|&(_, site, price)| price < best[site]);
        if !too_slow.is_empty() {
            self.look_closer(region, longest, &too_slow, &mut best);
        }
        best
    }

    /// Joins of all labels that may matter, for the pairs whose cheapest join is too slow.
    fn look_closer(
        &self,
        region: usize,
        longest: f64,
        pairs: &[(usize, usize, f64)],
        best: &mut [f64],
    ) {
        let roads = self.roads;
        let prices = &self.charges.prices;
        let mut search = Search::new(&roads.steps[self.kind], prices);
        let start = roads.place(LinkEnd::ClientRegion(ClientRegionId::new(region)));
        let first = search.all(start, Toward::Entries, longest);
        let mut entries: Vec<usize> = pairs.iter().map(|(entry, ..)| *entry).collect();
        entries.sort_unstable();
        entries.dedup();
        for entry in entries {
            let start = roads.place(LinkEnd::AccessPoint(AccessPointId::new(entry)));
            let second = self.onward[entry]
                .get_or_init(|| search.all(start, Toward::Sites, roads.longest_limit));
            let wanted = pairs.iter().filter(|(own, ..)| *own == entry);
            for &(_, site, _) in wanted {
                for from in first.iter().filter(|half| half.goal == entry) {
                    for to in second.iter().filter(|half| half.goal == site) {
                        if from.latency + to.latency <= longest {
                            let price = from.price + self.charges.entry[entry] + to.price;
                            best[site] = best[site].min(price);
                        }
                    }
                }
            }
        }
    }
}

/// What stands at every place, by `Ground::place_index`.
fn ends(ground: &Ground<'_>) -> Vec<LinkEnd> {
    let inventory = ground.inventory;
    let regions = 0..inventory.client_regions.len();
    let access_points = 0..inventory.access_points.len();
    let elements = 0..inventory.elements.len();
    let pools = 0..inventory.pools.len();
    let sites = 0..inventory.sites.len();
    regions
        .map(|index| LinkEnd::ClientRegion(ClientRegionId::new(index)))
        .chain(access_points.map(|index| LinkEnd::AccessPoint(AccessPointId::new(index))))
        .chain(elements.map(|index| LinkEnd::Element(ElementId::new(index))))
        .chain(pools.map(|index| LinkEnd::Pool(PoolId::new(index))))
        .chain(sites.map(|index| LinkEnd::Site(SiteId::new(index))))
        .collect()
}

/// By place, whether client regions reach it without passing an access point; an element stands on one side only.
fn is_before(ground: &Ground<'_>, ends: &[LinkEnd]) -> Vec<bool> {
    let mut is_before = vec![false; ends.len()];
    let mut open: Vec<LinkEnd> = ends.to_vec();
    open.retain(|end| matches!(end, LinkEnd::ClientRegion(_)));
    while let Some(end) = open.pop() {
        if !std::mem::replace(&mut is_before[ground.place_index(end)], true) {
            let leaving = ground.leaving(end).iter();
            let to = leaving.map(|link| ground.inventory.links[link.index()].to);
            open.extend(to.filter(|to| matches!(to, LinkEnd::Element(_) | LinkEnd::Pool(_))));
        }
    }
    is_before
}

/// What users of a profile may pass: open to them, not gone, and with something left of all that they demand.
fn passable(ground: &Ground<'_>, situation: &Situation, profile: ProfileId) -> Passable {
    let inventory = ground.inventory;
    let demand = &inventory.profiles[profile.index()].demand;
    let has_room = |component: usize, is_site: bool| {
        let is_asked = |resource: &usize| is_site || ground.is_network(*resource);
        !situation.case.gone[component]
            && (0..demand.len()).filter(is_asked).all(|resource| {
                let left = situation.case.capacity(component, resource);
                demand[resource] <= 0.0 || left.is_none_or(|left| left > 0.0)
            })
    };
    let leads_on = |to: LinkEnd| match to {
        LinkEnd::ClientRegion(_) => false,
        LinkEnd::AccessPoint(id) => has_room(inventory.access_point_component(id).index(), false),
        LinkEnd::Element(id) => has_room(inventory.element_component(id).index(), false),
        LinkEnd::Pool(id) => {
            let members = &situation.members[id.index()];
            !members.is_empty() && members.iter().all(|id| has_room(id.index(), false))
        }
        LinkEnd::Site(id) => has_room(inventory.site_component(id).index(), true),
    };
    let links = inventory.links.iter().enumerate();
    Passable {
        links: links
            .map(|(index, link)| {
                let is_open = link
                    .profiles
                    .as_ref()
                    .is_none_or(|profiles| profiles.contains(&profile));
                let component = inventory.link_component(LinkId::new(index)).index();
                is_open && has_room(component, false) && leads_on(link.to)
            })
            .collect(),
    }
}
