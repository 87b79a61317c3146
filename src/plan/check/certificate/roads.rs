//! Roads: what may be passed in a period, and the fastest path from every client region to every site.
//!
//! A path goes from a client region to one access point and on to a site. Both halves are searched from their
//! starts (Dijkstra 1959) and joined at the access point, so that what an access point charges, and whether it
//! is open, touches no half.
//!
//! A path is as fast as its two halves together. Of equally fast ones it is that with the fewest links, then that over the
//! access point that comes first; of equally fast halves with as many links each half is the first that is found
//! (`ChargeSearch::cheapest`).

use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::search::{ChargeSearch, Charges, HalfPath, PassableNetwork, position};
use crate::ids::{AccessPointId, LinkId, ProfileId};
use crate::model::{AccessPointState, LinkEnd};
use crate::units::LATENCY_SLACK_MS;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The side of the access points where paths from client regions come to them.
pub(super) const TO_ENTRIES: usize = 0;

/// The side where paths go on to sites.
pub(super) const TO_SITES: usize = 1;

/// The halves of one side, by where they start, ascending by goal.
pub(super) type Halves = Vec<Vec<HalfPath>>;

/// How many milliseconds a path within a limit may have.
pub(in crate::plan::check) fn longest(limit: Option<f64>) -> f64 {
    limit.map_or(f64::MAX, |limit| limit + LATENCY_SLACK_MS)
}

/// Sites to which some open path leads.
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

/// What users of some profiles may pass, who may all pass the same.
pub(super) struct UserKind {
    /// By link: it and the place where it ends may be passed.
    may_pass: Vec<bool>,
    pub(super) network: PassableNetwork,
    /// By side: the halves of least latency.
    pub(super) fastest: [Halves; 2],
    /// By side: the links of these, each with the place where it ends.
    pub(super) steps: [Vec<(u32, u32)>; 2],
    /// Least latencies, client regions × sites, over every access point that may be open; infinite without a path.
    reach: Vec<f64>,
}

/// By access point whether it is open, and by kind of user what is reached so.
type Reached = (Vec<bool>, Arc<Vec<Vec<f64>>>);

/// What may be passed in one period, and the paths of least latency over it.
pub(in crate::plan::check) struct Roads<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    pub(super) kinds: Vec<UserKind>,
    kind_of_profile: Vec<usize>,
    /// By access point, whether it may be open.
    pub(in crate::plan::check) may_open: Vec<bool>,
    /// The longest latency limit of any group, in milliseconds.
    pub(super) longest_limit: f64,
    /// Access points that are open, and what they reach.
    reaches_with: Mutex<Vec<Reached>>,
}

impl<'a> Roads<'a> {
    /// Searches the paths of least latency.
    pub(in crate::plan::check) fn new(
        context: &'a RefereeContext<'a>,
        situation: &PeriodState,
    ) -> Self {
        let inventory = context.inventory;
        let access_points = inventory.access_points.iter().enumerate();
        let may_open = access_points.map(|(index, row)| {
            let id = inventory.access_point_component(AccessPointId::new(index));
            let may_be_active =
                row.state == AccessPointState::Active || context.scenario.policy.open_standby;
            !situation.case.gone[id.index()] && may_be_active
        });
        let limits = context.groups.iter().filter_map(|group| group.limit);
        let mut roads = Self {
            context,
            kinds: Vec::new(),
            kind_of_profile: Vec::with_capacity(inventory.profiles.len()),
            may_open: may_open.collect(),
            longest_limit: limits.fold(0.0, f64::max) + LATENCY_SLACK_MS,
            reaches_with: Mutex::default(),
        };
        for profile in (0..inventory.profiles.len()).map(ProfileId::new) {
            let may_pass = passable(context, situation, profile);
            let known = roads
                .kinds
                .iter()
                .position(|kind| kind.may_pass == may_pass);
            if known.is_none() {
                roads.add_kind(may_pass);
            }
            let kind = known.unwrap_or(roads.kinds.len() - 1);
            roads.kind_of_profile.push(kind);
        }
        roads
    }

    fn add_kind(&mut self, may_pass: Vec<bool>) {
        let network = PassableNetwork::new(self.context, &may_pass);
        let by_latency = Charges {
            latency: 1.0,
            ..Charges::default()
        };
        let mut search = ChargeSearch::new(&network, &by_latency);
        let mut steps = [Vec::new(), Vec::new()];
        let fastest = [TO_ENTRIES, TO_SITES].map(|side| {
            let goals = self.places(side + 1);
            let halves = self.places(side).enumerate().map(|(index, start)| {
                if side == TO_SITES && !self.may_open[index] {
                    Vec::new()
                } else {
                    search.cheapest(start, &goals, &mut steps[side])
                }
            });
            halves.collect::<Halves>()
        });
        let nothing = vec![0.0; self.may_open.len()];
        let reach = self.join(&fastest, &nothing, &self.may_open);
        self.kinds.push(UserKind {
            may_pass,
            network,
            fastest,
            steps,
            reach,
        });
    }

    /// The places where paths begin, where halves of them join, and where they end: client regions, access points, sites.
    pub(super) fn places(&self, which: usize) -> Range<u32> {
        let inventory = self.context.inventory;
        let regions = inventory.client_regions.len();
        let entries = regions + inventory.access_points.len();
        let all = self.context.place_count();
        let [first, next] = [
            [0, regions],
            [regions, entries],
            [all - inventory.sites.len(), all],
        ][which];
        position(first)..position(next)
    }

    /// The sites to which some open path leads from the client region within the limit.
    pub(in crate::plan::check) fn reached(
        &self,
        profile: ProfileId,
        region: usize,
        limit: Option<f64>,
    ) -> ReachedSites<'_> {
        let sites = self.context.inventory.sites.len();
        ReachedSites {
            latencies: &self.kinds[self.kind(profile)].reach[region * sites..][..sites],
            longest: longest(limit),
        }
    }

    /// `true` if a kind of user may pass a link and the place where it ends.
    pub(in crate::plan::check) fn may_pass(&self, kind: usize, link: LinkId) -> bool {
        self.kinds[kind].may_pass[link.index()]
    }

    /// The kind of a profile: profiles of one kind may pass the same.
    pub(in crate::plan::check) fn kind(&self, profile: ProfileId) -> usize {
        self.kind_of_profile[profile.index()]
    }

    /// By kind of user: least latencies, client regions × sites, with these access points open.
    ///
    /// Most bounds of a period have the same ones open, so they share them.
    pub(super) fn reach_with(&self, open: &[bool]) -> Arc<Vec<Vec<f64>>> {
        let known = self.reaches_with.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some((_, reach)) = known.iter().find(|(flags, _)| flags == open) {
            return Arc::clone(reach);
        }
        let nothing = vec![0.0; open.len()];
        let kinds = self.kinds.iter();
        let reach = kinds.map(|kind| self.join(&kind.fastest, &nothing, open));
        let reach = Arc::new(reach.collect::<Vec<_>>());
        known.push((open.to_vec(), Arc::clone(&reach)));
        reach
    }

    /// How many links or places a half passes at most.
    pub(super) fn longest(&self) -> f64 {
        let inventory = self.context.inventory;
        (inventory.elements.len() + inventory.pools.len() + 3) as f64
    }

    /// Client regions × sites: the price of the cheapest join of two halves; infinite without one.
    pub(super) fn join(&self, halves: &[Halves; 2], entry: &[f64], open: &[bool]) -> Vec<f64> {
        let sites = self.context.inventory.sites.len();
        let mut onward = vec![f64::INFINITY; open.len() * sites];
        for (index, to_sites) in halves[TO_SITES].iter().enumerate() {
            for half in to_sites {
                onward[index * sites + half.goal] = half.price;
            }
        }
        let mut table = vec![f64::INFINITY; halves[TO_ENTRIES].len() * sites];
        for (to_entries, row) in halves[TO_ENTRIES].iter().zip(table.chunks_exact_mut(sites)) {
            for half in to_entries.iter().filter(|half| open[half.goal]) {
                let so_far = half.price + entry[half.goal];
                let onward = &onward[half.goal * sites..][..sites];
                for (cheapest, onward) in row.iter_mut().zip(onward) {
                    let price = so_far + onward;
                    *cheapest = if price < *cheapest { price } else { *cheapest };
                }
            }
        }
        table
    }

    /// The links of the fastest paths of a kind of user from a client region to an access point and from there to a site,
    /// in no order.
    pub(in crate::plan::check) fn fastest_links(
        &self,
        kind: usize,
        (region, entry, site): (usize, usize, usize),
    ) -> impl Iterator<Item = LinkId> + '_ {
        let kind = &self.kinds[kind];
        let halves = [(TO_ENTRIES, region, entry), (TO_SITES, entry, site)];
        halves.into_iter().flat_map(|(side, start, goal)| {
            let halves = &kind.fastest[side][start];
            let half = halves.binary_search_by_key(&goal, |half| half.goal);
            let steps = half.map_or(0..0, |half| halves[half].steps.clone());
            kind.steps[side][steps].iter().map(|step| LinkId(step.0))
        })
    }
}

/// What users of a profile may pass, by link: open to them, not gone, and with something left of all that they demand.
fn passable(context: &RefereeContext, situation: &PeriodState, profile: ProfileId) -> Vec<bool> {
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
        // Nobody's path leads through where users are.
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
    let may_pass = links.map(|(index, link)| {
        let profiles = link.profiles.as_ref();
        let is_open = profiles.is_none_or(|profiles| profiles.contains(&profile));
        let component = inventory.link_component(LinkId::new(index)).index();
        is_open && has_room(component, false) && leads_on(link.to)
    });
    may_pass.collect()
}

/// The fastest path between two places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plan::check) struct FastestPath {
    pub(in crate::plan::check) access_point: usize,
    /// Milliseconds.
    pub(in crate::plan::check) latency: f64,
    links: u32,
}

/// The fastest paths of one kind of user, found when they are asked for.
pub(in crate::plan::check) struct FastestPaths<'r, 'a> {
    roads: &'r Roads<'a>,
    kind: &'r UserKind,
    /// Access points × sites: latency and links of the half on; infinite without one.
    onward: Vec<(f64, u32)>,
    /// Over active access points, and over all that may be open: client regions × sites, once they were asked for.
    known: [Vec<OnceLock<Option<FastestPath>>>; 2],
}

impl<'r, 'a> FastestPaths<'r, 'a> {
    /// By kind of user.
    pub(in crate::plan::check) fn of_kinds(roads: &'r Roads<'a>) -> Vec<Self> {
        let inventory = roads.context.inventory;
        let sites = inventory.sites.len();
        let unknown = || {
            let pairs = 0..inventory.client_regions.len() * sites;
            pairs.map(|_| OnceLock::new()).collect()
        };
        let of_kind = |kind: &'r UserKind| {
            let mut onward = vec![(f64::INFINITY, u32::MAX); inventory.access_points.len() * sites];
            for (entry, halves) in kind.fastest[TO_SITES].iter().enumerate() {
                for half in halves {
                    onward[entry * sites + half.goal] = (half.latency, half.links);
                }
            }
            Self {
                roads,
                kind,
                onward,
                known: [unknown(), unknown()],
            }
        };
        roads.kinds.iter().map(of_kind).collect()
    }

    /// Fastest path from a client region to a site, over access points that are active, or also over those on standby that may
    /// be opened.
    pub(in crate::plan::check) fn of(
        &self,
        region: usize,
        site: usize,
        with_standby: bool,
    ) -> Option<FastestPath> {
        let inventory = self.roads.context.inventory;
        let known = &self.known[usize::from(with_standby)];
        let may_enter = |index: usize| {
            let is_active = inventory.access_points[index].state == AccessPointState::Active;
            with_standby || is_active
        };
        *known[region * inventory.sites.len() + site]
            .get_or_init(|| self.search(region, site, may_enter))
    }

    /// The same over some of the access points that may be open, searched again.
    pub(in crate::plan::check) fn search(
        &self,
        region: usize,
        site: usize,
        may_enter: impl Fn(usize) -> bool,
    ) -> Option<FastestPath> {
        let sites = self.roads.context.inventory.sites.len();
        let halves = self.kind.fastest[TO_ENTRIES][region].iter();
        let halves = halves.filter(|half| self.roads.may_open[half.goal] && may_enter(half.goal));
        let paths = halves.map(|half| {
            let (latency, links) = self.onward[half.goal * sites + site];
            FastestPath {
                access_point: half.goal,
                latency: half.latency + latency,
                links: half.links.saturating_add(links),
            }
        });
        let paths = paths.filter(|path| path.latency.is_finite());
        paths.min_by(|a, b| a.latency.total_cmp(&b.latency).then(a.links.cmp(&b.links)))
    }
}
