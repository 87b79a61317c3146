//! Roads: what the cheapest way from every client region to every site costs one user.
//!
//! A way goes from a client region to one access point and on to a site. Both halves are searched from their
//! starts (Dijkstra 1959) and joined at the access point, so that what an access point charges, and whether it
//! is open, touches no half. Under a latency limit a half keeps every label that no other beats in both price
//! and latency (Martins 1984).

use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::search::{Half, NetworkPrices, Passable, PathSearch, Steps, Taken, Toward, position};
use crate::ids::{AccessPointId, ClientRegionId, ElementId, LinkId, PoolId, ProfileId, SiteId};
use crate::model::{AccessPointState, LinkEnd};
use crate::units::LATENCY_SLACK_MS;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// The halves of all ways on one side of the access points, by where they start.
pub(super) struct Side {
    pub(super) halves: Arc<Vec<Vec<Half>>>,
    /// What their prices are multiplied by.
    pub(super) scale: f64,
    /// By goal, whether some way to it is charged for, milliseconds apart; empty if none is.
    pub(super) is_charged: Vec<bool>,
}

/// The halves of least latency on one side, and the steps of each.
pub(super) struct Fastest {
    halves: Arc<Vec<Vec<Half>>>,
    /// By start.
    taken: Vec<Taken>,
}

/// Both halves of all ways.
pub(super) struct Halves<S> {
    /// By client region: the access points that it reaches.
    pub(super) to_entries: S,
    /// By access point: the sites that it reaches.
    pub(super) to_sites: S,
}

/// How many milliseconds a way within a limit may have.
pub(in crate::plan::check) fn longest(limit: Option<f64>) -> f64 {
    limit.map_or(f64::MAX, |limit| limit + LATENCY_SLACK_MS)
}

/// Sites to which some open way leads.
pub(in crate::plan::check) struct ReachedSites<'r> {
    /// By site, the least.
    latencies: &'r [f64],
    longest: f64,
}

impl ReachedSites<'_> {
    /// `true` if a site is among them.
    pub(in crate::plan::check) fn contains(&self, site: usize) -> bool {
        self.latencies[site] <= self.longest
    }
}

/// By access point whether it is open, and by kind of user what is reached so.
type Reached = (Vec<bool>, Arc<Vec<Vec<f64>>>);

/// What may be passed in one period, and the ways of least latency over it.
pub(in crate::plan::check) struct Roads<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    /// By kind of user.
    kinds: Vec<Passable>,
    /// By kind.
    pub(super) steps: Vec<Steps>,
    kind_of_profile: Vec<usize>,
    /// By kind.
    pub(super) least_latency: Vec<Halves<Fastest>>,
    /// By kind: client regions × sites, with every access point that may be open; infinite without a way.
    reach: Vec<Vec<f64>>,
    /// By access point, whether it may be open.
    pub(in crate::plan::check) may_open: Vec<bool>,
    /// The longest latency limit of any group, in milliseconds.
    pub(super) longest_limit: f64,
    /// Access points that are open, and what they reach.
    reaches_with: Mutex<Vec<Reached>>,
    /// By place: whether client regions reach it over elements and pools alone, and whether access points do.
    sides: Vec<[bool; 2]>,
}

impl Fastest {
    /// The same ways where a millisecond costs so much, and nothing else costs anything.
    pub(super) fn at(&self, latency: f64) -> Side {
        Side {
            halves: Arc::clone(&self.halves),
            scale: latency,
            is_charged: Vec::new(),
        }
    }

    /// The halves that begin at a start, ascending by goal.
    pub(super) fn from(&self, start: usize) -> &[Half] {
        &self.halves[start]
    }

    /// The positions of the steps from a start to a goal, the last first; none if there is no way.
    pub(super) fn steps(&self, start: usize, goal: usize) -> &[u32] {
        let halves = &self.halves[start];
        let half = halves.binary_search_by_key(&goal, |half| half.goal);
        half.map_or(&[], |half| self.taken[start].of_half(half))
    }
}

impl Halves<Fastest> {
    /// The same with both sides at a price of a millisecond.
    fn at(&self, latency: f64) -> Halves<Side> {
        Halves {
            to_entries: self.to_entries.at(latency),
            to_sites: self.to_sites.at(latency),
        }
    }
}

impl<'a> Roads<'a> {
    /// Searches the ways of least latency.
    pub(in crate::plan::check) fn new(
        context: &'a RefereeContext<'a>,
        situation: &PeriodState,
    ) -> Self {
        let inventory = context.inventory;
        let ends = ends(context);
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
                !is_gone(index) && (is_active || context.scenario.policy.open_standby)
            })
            .collect();
        let mut kinds: Vec<Passable> = Vec::new();
        let kind_of_profile = (0..inventory.profiles.len())
            .map(|profile| {
                let own = passable(context, situation, ProfileId::new(profile));
                let known = kinds.iter().position(|kind| *kind == own);
                known.unwrap_or_else(|| {
                    kinds.push(own);
                    kinds.len() - 1
                })
            })
            .collect();
        let mut roads = Self {
            context,
            reaches_with: Mutex::default(),
            sides: sides(context, &ends),
            steps: kinds
                .iter()
                .map(|kind| Steps::new(context, &ends, kind))
                .collect(),
            kinds,
            kind_of_profile,
            longest_limit: context
                .groups
                .iter()
                .filter_map(|group| group.limit)
                .fold(0.0, f64::max)
                + LATENCY_SLACK_MS,
            least_latency: Vec::new(),
            reach: Vec::new(),
            may_open,
        };
        for kind in 0..roads.steps.len() {
            let halves = Halves {
                to_entries: roads.fastest(kind, Toward::Entries),
                to_sites: roads.fastest(kind, Toward::Sites),
            };
            let nothing = vec![0.0; roads.may_open.len()];
            let reach = roads.join(&halves.at(1.0), &nothing, &roads.may_open);
            roads.least_latency.push(halves);
            roads.reach.push(reach);
        }
        roads
    }

    /// The sites to which some open way leads from the client region within the limit.
    pub(in crate::plan::check) fn reached(
        &self,
        profile: ProfileId,
        region: usize,
        limit: Option<f64>,
    ) -> ReachedSites<'_> {
        let sites = self.context.inventory.sites.len();
        ReachedSites {
            latencies: &self.reach[self.kind(profile)][region * sites..][..sites],
            longest: longest(limit),
        }
    }

    /// `true` if a kind of user may pass a link and the place where it ends.
    pub(in crate::plan::check) fn may_pass(&self, kind: usize, link: LinkId) -> bool {
        self.kinds[kind].links[link.index()]
    }

    /// The kind of a profile: profiles of one kind may pass the same.
    pub(in crate::plan::check) fn kind(&self, profile: ProfileId) -> usize {
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
                .map(|halves| self.join(&halves.at(1.0), &nothing, open))
                .collect::<Vec<_>>(),
        );
        known.push((open.to_vec(), Arc::clone(&reach)));
        reach
    }

    /// How many links or places a half passes at most.
    pub(super) fn longest(&self) -> f64 {
        let inventory = self.context.inventory;
        (inventory.elements.len() + inventory.pools.len() + 3) as f64
    }

    /// Where searches find a place.
    pub(super) fn place(&self, place: LinkEnd) -> u32 {
        position(self.context.place_index(place))
    }

    /// `true` if links or places on one side of the access points charge anything.
    pub(super) fn is_charged(&self, prices: &NetworkPrices, is_before: bool) -> bool {
        let side = usize::from(!is_before);
        let places = prices.places.iter().enumerate();
        let links = prices.links.iter().enumerate();
        places
            .filter(|(place, _)| self.sides[*place][side])
            .any(|(_, price)| *price > 0.0)
            || links
                .filter(|(link, _)| {
                    let from = self.context.inventory.links[*link].from;
                    self.sides[self.context.place_index(from)][side]
                })
                .any(|(_, price)| *price > 0.0)
    }

    /// The places where the halves of a side begin.
    fn starts(&self, toward: Toward) -> Range<u32> {
        let inventory = self.context.inventory;
        let regions = position(inventory.client_regions.len());
        let access_points = position(inventory.access_points.len());
        match toward {
            Toward::Entries => 0..regions,
            Toward::Sites => regions..regions + access_points,
        }
    }

    /// The halves of least latency on one side.
    fn fastest(&self, kind: usize, toward: Toward) -> Fastest {
        let by_latency = NetworkPrices {
            latency: 1.0,
            ..NetworkPrices::nothing()
        };
        let mut search = PathSearch::new(&self.steps[kind], &by_latency);
        let mut all = Vec::new();
        let mut taken = Vec::new();
        for (index, start) in self.starts(toward).enumerate() {
            let mut own = Taken::default();
            let is_shut = toward == Toward::Sites && !self.may_open[index];
            all.push(if is_shut {
                Vec::new()
            } else {
                search.cheapest(start, toward, &mut own)
            });
            taken.push(own);
        }
        Fastest {
            halves: Arc::new(all),
            taken,
        }
    }

    /// The halves of one side under prices. Where the fastest way is charged for nothing but its milliseconds no other
    /// is cheaper; the goals to which some fastest way is charged for more are searched for from their own end, as they
    /// are few beside the starts.
    pub(super) fn charged(
        &self,
        kind: usize,
        prices: &NetworkPrices,
        toward: Toward,
        fastest: &Fastest,
    ) -> Side {
        let inventory = self.context.inventory;
        let steps = &self.steps[kind];
        let is_charged = |way: &[u32]| way.iter().any(|step| prices.charge(steps.at(*step)));
        let goals: Vec<LinkEnd> = match toward {
            Toward::Entries => (0..inventory.access_points.len())
                .map(|index| LinkEnd::AccessPoint(AccessPointId::new(index)))
                .collect(),
            Toward::Sites => (0..inventory.sites.len())
                .map(|index| LinkEnd::Site(SiteId::new(index)))
                .collect(),
        };
        let starts = self.starts(toward);
        let mut search = PathSearch::new(steps, prices);
        let mut found: Vec<Option<Vec<(f64, f64, u32)>>> = vec![None; goals.len()];
        let mut all = Vec::with_capacity(starts.len());
        for (start, (halves, taken)) in fastest.halves.iter().zip(&fastest.taken).enumerate() {
            let halves = halves.iter().zip(taken.of_halves());
            let halves = halves.map(|(half, way)| {
                let (price, latency, links) = if is_charged(way) {
                    found[half.goal].get_or_insert_with(|| {
                        search.back(self.place(goals[half.goal]), starts.clone())
                    })[start]
                } else {
                    (half.latency * prices.latency, half.latency, half.links)
                };
                Half {
                    price,
                    latency,
                    links,
                    ..*half
                }
            });
            all.push(halves.collect());
        }
        Side {
            halves: Arc::new(all),
            scale: 1.0,
            is_charged: found.iter().map(Option::is_some).collect(),
        }
    }

    /// Client regions × sites: the cheapest join of halves whose prices are scaled.
    pub(super) fn join(&self, halves: &Halves<Side>, entry: &[f64], open: &[bool]) -> Vec<f64> {
        let inventory = self.context.inventory;
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

/// What stands at every place, by `RefereeContext::place_index`.
fn ends(context: &RefereeContext) -> Vec<LinkEnd> {
    let inventory = context.inventory;
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

/// By place, whether client regions reach it over elements and pools alone, and whether access points do: an element may stand on
/// both sides of these.
fn sides(context: &RefereeContext, ends: &[LinkEnd]) -> Vec<[bool; 2]> {
    let mut sides = vec![[false; 2]; ends.len()];
    let starts: [fn(&LinkEnd) -> bool; 2] = [
        |own| matches!(own, LinkEnd::ClientRegion(_)),
        |own| matches!(own, LinkEnd::AccessPoint(_)),
    ];
    for (side, is_start) in starts.into_iter().enumerate() {
        let mut open: Vec<LinkEnd> = ends.to_vec();
        open.retain(is_start);
        while let Some(end) = open.pop() {
            if !std::mem::replace(&mut sides[context.place_index(end)][side], true) {
                let leaving = context.leaving(end).iter();
                let to = leaving.map(|link| context.inventory.links[link.index()].to);
                open.extend(to.filter(|to| matches!(to, LinkEnd::Element(_) | LinkEnd::Pool(_))));
            }
        }
    }
    sides
}

/// What users of a profile may pass: open to them, not gone, and with something left of all that they demand.
fn passable(context: &RefereeContext, situation: &PeriodState, profile: ProfileId) -> Passable {
    let inventory = context.inventory;
    let demand = &inventory.profiles[profile.index()].demand;
    let has_room = |component: usize, is_site: bool| {
        let is_asked = |resource: &usize| is_site || context.is_network(*resource);
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
