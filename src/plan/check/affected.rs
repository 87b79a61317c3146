//! Affected: which shards an event, onboarding or a capacity change touches (`model.md` §1).
//!
//! Whether something marked lies on some simple path: searches backwards, from the site and from what is marked, give for
//! every place the least latency of a walk to the site that passes something marked. A walk forwards, kept on course by
//! that bound, then looks for a simple path.

use super::context::{Onward, RefereeContext};
use super::period::PeriodState;
use crate::ids::{ClientRegionId, LinkId, ProfileId, SiteId};
use crate::model::{ExistingShortfall, Homes, LinkEnd};
use crate::scenario::{Band, free_share_lowered};
use crate::units::LATENCY_SLACK_MS;
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

/// Answers for one period; what it finds out for a group and a site it keeps.
pub(super) struct Affected<'a> {
    context: &'a RefereeContext<'a>,
    situation: &'a PeriodState<'a>,
    /// Sites whose free share has shrunk since the start.
    lowered: Vec<bool>,
    /// Group and current site: an event touches something between them.
    between: BTreeMap<(usize, SiteId), bool>,
    /// Profile and site: the paths on which something touched may lie.
    paths: BTreeMap<(ProfileId, SiteId), SitePaths<'a>>,
    /// `true` if an event touches something outside sites.
    is_path_touched: bool,
    /// What an event touches on paths, once somebody asked.
    touched: Option<Arc<Marked>>,
}

impl<'a> Affected<'a> {
    /// For the period that starts at `at`.
    pub(super) fn new(
        context: &'a RefereeContext<'a>,
        situation: &'a PeriodState,
        at: Timestamp,
        current: &Homes,
    ) -> Self {
        let (inventory, scenario) = (context.inventory, context.scenario);
        Self {
            context,
            situation,
            lowered: free_share_lowered(inventory, scenario, at, Band::Expected, current),
            between: BTreeMap::new(),
            paths: BTreeMap::new(),
            is_path_touched: situation.case.touched[inventory.sites.len()..].contains(&true),
            touched: None,
        }
    }

    /// `true` if the shard, currently at `site`, is affected: an event touches the site, raises or lowers the
    /// shard's demand, or touches something on some path between the shard's users and the site; or the
    /// site's free share has shrunk; or existing shortfall is repaired.
    pub(super) fn is_affected(&mut self, shard: usize, site: SiteId) -> bool {
        let case = &self.situation.case;
        if self.context.scenario.policy.existing_shortfall == ExistingShortfall::Repair
            || case.touched[site.index()]
            || case.surged[shard]
            || self.lowered[site.index()]
        {
            return true;
        }
        if !self.is_path_touched {
            return false;
        }
        let context = self.context;
        let group = context.group_of(shard);
        let of_group = &context.groups[group];
        let touched = &mut self.touched;
        let paths = &mut self.paths;
        *self.between.entry((group, site)).or_insert_with(|| {
            paths
                .entry((of_group.profile, site))
                .or_insert_with(|| {
                    let marked = || Arc::new(Marked::new(context, &case.touched));
                    let marked = Arc::clone(touched.get_or_insert_with(marked));
                    SitePaths::new(context, of_group.profile, site, marked, &[])
                })
                .is_on_some_path(of_group.client_region, of_group.limit)
        })
    }
}

/// How many steps the walk may take; a mesh so tangled that they do not suffice is taken to have a path.
const STEPS: usize = 50_000;

/// What is looked for on paths.
pub(super) struct Marked {
    /// By link: it or a component of the place where it ends is marked; a pool is if a member is.
    is: Vec<bool>,
    /// Those links.
    links: Vec<LinkId>,
}

impl Marked {
    /// Links over which marked components are passed.
    pub(super) fn new(context: &RefereeContext, components: &[bool]) -> Self {
        let all = context.inventory.links.iter().enumerate();
        let is: Vec<bool> = all
            .map(|(index, link)| has_one(context, components, LinkId::new(index), link.to))
            .collect();
        let links = (0..is.len()).filter(|index| is[*index]).map(LinkId::new);
        Self {
            links: links.collect(),
            is,
        }
    }
}

/// The paths of one profile to one site.
pub(super) struct SitePaths<'a> {
    open: OpenLinks<'a>,
    marked: Arc<Marked>,
    /// What [`Onward`] says.
    onward: Arc<Onward>,
    /// By place and whether an access point was passed: least latency to the site over something marked; infinite if
    /// there is no path, empty if there is none from anywhere.
    rest: Vec<f64>,
}

/// The links that users of a profile may take to a site.
#[derive(Clone, Copy)]
struct OpenLinks<'a> {
    context: &'a RefereeContext<'a>,
    profile: ProfileId,
    site: SiteId,
    /// Components that nobody may pass; a pool is closed if a member is. Empty if there are none.
    closed: &'a [bool],
}

/// Where a walk is, and whether it has passed an access point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    place: LinkEnd,
    has_entered: bool,
}

/// How many states there are for every place.
const STATES: usize = 2;

impl State {
    fn index(self, context: &RefereeContext) -> usize {
        context.place_index(self.place) * STATES + usize::from(self.has_entered)
    }

    /// `true` if a walk can be at the place with or without having entered.
    fn is_possible(self) -> bool {
        match self.place {
            LinkEnd::ClientRegion(_) => !self.has_entered,
            LinkEnd::AccessPoint(_) | LinkEnd::Site(_) => self.has_entered,
            LinkEnd::Element(_) | LinkEnd::Pool(_) => true,
        }
    }
}

/// States to look at, the nearest first. The bits of numbers of 0 or more are ordered as the numbers are.
type Heap = BinaryHeap<Reverse<(u64, State)>>;

impl OpenLinks<'_> {
    /// Searches backwards from the site.
    fn onward(&self) -> Onward {
        let end = State {
            place: LinkEnd::Site(self.site),
            has_entered: true,
        };
        let heap = Heap::from([Reverse((0.0_f64.to_bits(), end))]);
        self.back(heap, |_| true)
    }

    /// Searches backwards from the links that are marked.
    fn over(&self, marked: &Marked, onward: &Onward) -> Vec<f64> {
        let mut heap = Heap::new();
        for &link in &marked.links {
            for (before, after) in self.steps(link) {
                let rest = onward[after.index(self.context)];
                if rest.is_finite() {
                    heap.push(self.waiting(rest, link, before));
                }
            }
        }
        if heap.is_empty() {
            return Vec::new();
        }
        self.back(heap, |link| !marked.is[link.index()])
    }

    /// Searches backwards over links that `may` accepts, from what waits (Dijkstra 1959).
    fn back(&self, mut heap: Heap, may: impl Fn(LinkId) -> bool) -> Vec<f64> {
        let context = self.context;
        let mut rest = vec![f64::INFINITY; context.place_count() * STATES];
        while let Some(Reverse((bits, state))) = heap.pop() {
            let value = &mut rest[state.index(context)];
            if value.is_finite() {
                continue;
            }
            let latency = f64::from_bits(bits);
            *value = latency;
            for &link in context.arriving(state.place) {
                if !may(link) {
                    continue;
                }
                for (before, after) in self.steps(link) {
                    if after == state && rest[before.index(context)].is_infinite() {
                        heap.push(self.waiting(latency, link, before));
                    }
                }
            }
        }
        rest
    }

    /// The state before a link, to be looked at.
    fn waiting(&self, rest: f64, link: LinkId, before: State) -> Reverse<(u64, State)> {
        // Adding 0 turns −0 into 0.
        let latency = rest + self.latency(link) + 0.0;
        Reverse((latency.to_bits(), before))
    }

    /// The states before a link, and after it, if a path may take it.
    fn steps(&self, link: LinkId) -> impl Iterator<Item = (State, State)> {
        let place = self.context.inventory.links[link.index()].from;
        let befores = [false, true].map(|has_entered| State { place, has_entered });
        let possible = befores.into_iter().filter(|before| before.is_possible());
        possible.filter_map(move |before| Some((before, self.step(before, link)?)))
    }

    fn latency(&self, link: LinkId) -> f64 {
        self.context.inventory.links[link.index()].latency.0
    }

    /// The state after a link, if a path may take it.
    fn step(&self, from: State, link: LinkId) -> Option<State> {
        let of_link = &self.context.inventory.links[link.index()];
        let is_for_others = |profiles: &Vec<ProfileId>| !profiles.contains(&self.profile);
        if of_link.profiles.as_ref().is_some_and(is_for_others)
            || has_one(self.context, self.closed, link, of_link.to)
        {
            return None;
        }
        let has_entered = match of_link.to {
            LinkEnd::ClientRegion(_) => return None,
            LinkEnd::AccessPoint(_) if from.has_entered => return None,
            LinkEnd::Site(site) if site != self.site || !from.has_entered => return None,
            LinkEnd::AccessPoint(_) | LinkEnd::Site(_) => true,
            LinkEnd::Element(_) | LinkEnd::Pool(_) => from.has_entered,
        };
        Some(State {
            place: of_link.to,
            has_entered,
        })
    }
}

impl<'a> SitePaths<'a> {
    /// The paths of a profile to a site on which something marked may lie, nothing closed.
    pub(super) fn new(
        context: &'a RefereeContext<'a>,
        profile: ProfileId,
        site: SiteId,
        marked: Arc<Marked>,
        closed: &'a [bool],
    ) -> Self {
        let paths = OpenLinks {
            context,
            profile,
            site,
            closed,
        };
        let onward = if closed.is_empty() {
            // The same in every case: marks do not matter for it.
            let known =
                &context.onward[profile.index() * context.inventory.sites.len() + site.index()];
            Arc::clone(known.get_or_init(|| Arc::new(paths.onward())))
        } else {
            Arc::new(paths.onward())
        };
        Self {
            rest: paths.over(&marked, &onward),
            open: paths,
            marked,
            onward,
        }
    }

    /// `true` if a marked component lies on a simple path from `client_region` within `limit` milliseconds.
    pub(super) fn is_on_some_path(
        &self,
        client_region: ClientRegionId,
        limit: Option<f64>,
    ) -> bool {
        let context = self.open.context;
        let start = State {
            place: LinkEnd::ClientRegion(client_region),
            has_entered: false,
        };
        let longest = limit.map_or(f64::MAX, |limit| limit + LATENCY_SLACK_MS);
        let least = self.rest.get(start.index(context));
        if least.is_none_or(|least| *least > longest) {
            return false;
        }
        let mut on_way = vec![start];
        let mut open = vec![self.steps_from((start, false), 0.0, longest)];
        let mut steps = 0;
        while let Some(choices) = open.last_mut() {
            let Some((next, latency)) = choices.pop() else {
                open.pop();
                on_way.pop();
                continue;
            };
            let place = next.0.place;
            steps += 1;
            if place == LinkEnd::Site(self.open.site) || steps > STEPS {
                return true;
            }
            if on_way.iter().all(|state| state.place != place) {
                on_way.push(next.0);
                open.push(self.steps_from(next, latency, longest));
            }
        }
        false
    }

    /// The steps from a state, with or without having met something marked, that can still reach the site in time, each
    /// with the latency to it; last the one that leads on fastest, for where that passes no place twice a path is found
    /// at once.
    fn steps_from(
        &self,
        (state, has_met): (State, bool),
        latency: f64,
        longest: f64,
    ) -> Vec<((State, bool), f64)> {
        let context = self.open.context;
        let leaving = context.leaving(state.place).iter().rev();
        let open = leaving.filter_map(|&link| {
            let next = self.open.step(state, link)?;
            let has_met = has_met || self.marked.is[link.index()];
            let latency = latency + self.open.latency(link);
            let rest = if has_met { &self.onward } else { &self.rest };
            let whole = latency + rest[next.index(context)];
            (whole <= longest).then_some((whole, (next, has_met), latency))
        });
        let mut open: Vec<_> = open.collect();
        open.sort_by(|a, b| b.0.total_cmp(&a.0));
        let open = open.into_iter();
        open.map(|(_, next, latency)| (next, latency)).collect()
    }
}

/// `true` if the link or a component of the place where it ends is among those of the list.
fn has_one(context: &RefereeContext, components: &[bool], link: LinkId, to: LinkEnd) -> bool {
    if components.is_empty() {
        return false;
    }
    let inventory = context.inventory;
    components[inventory.link_component(link).index()]
        || match to {
            LinkEnd::ClientRegion(_) => false,
            LinkEnd::AccessPoint(id) => components[inventory.access_point_component(id).index()],
            LinkEnd::Element(id) => components[inventory.element_component(id).index()],
            LinkEnd::Site(id) => components[inventory.site_component(id).index()],
            LinkEnd::Pool(id) => inventory.pools[id.index()]
                .members
                .iter()
                .any(|&member| components[inventory.element_component(member).index()]),
        }
}
