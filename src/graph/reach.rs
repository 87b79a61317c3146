//! Whether a component lies on some path from a client region to a site.
//!
//! Two searches by latency, back from the component to all client regions and on from it to all sites, answer
//! for every pair at once. In a mesh the two halves may meet, and then the walk is not a path; such pairs are
//! looked at one by one.

use super::build::{Network, PlaceId};
use super::usable::Usable;
use crate::ids::{ClientRegionId, LinkId, SiteId};
use crate::model::LinkEnd;
use crate::units::LATENCY_SLACK_MS;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::OnceLock;

/// How many steps are spent on one pair whose halves meet, before the component is taken to lie on a path.
const STEPS_FOR_ONE_PAIR: usize = 20_000;

/// A place, and whether the access point has been passed when one stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    place: PlaceId,
    has_entered: bool,
}

impl State {
    fn index(self) -> usize {
        self.place.index() * 2 + usize::from(self.has_entered)
    }
}

/// A latency as a key of the heap.
#[derive(PartialEq)]
struct Latency(f64);
impl Eq for Latency {}
impl PartialOrd for Latency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Latency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Least latencies from or to one state, with the step towards it.
struct Distances {
    latency: Vec<Option<f64>>,
    next: Vec<Option<State>>,
}

/// What lies upstream and downstream of one component, for one kind of user.
pub(super) struct Reach<'a> {
    network: &'a Network,
    usable: &'a Usable,
    what: What,
    /// One entry for each side of the access point on which the component can stand.
    halves: Vec<(Distances, Distances)>,
    back: &'a BackFromSites,
}

/// The least latencies to every site, each searched when a pair whose halves meet first asks for it. They do not depend
/// on the component that is asked about.
pub(super) struct BackFromSites(Vec<OnceLock<Distances>>);

impl BackFromSites {
    /// Nothing searched yet.
    pub(super) fn new(network: &Network) -> Self {
        Self((0..network.site_count()).map(|_| OnceLock::new()).collect())
    }
}

impl std::fmt::Debug for BackFromSites {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackFromSites").finish_non_exhaustive()
    }
}

/// A place or a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Place(PlaceId),
    Link(LinkId),
}

impl<'a> Reach<'a> {
    /// What lies upstream and downstream of a place; `back` is of the same network and users.
    pub(super) fn of_place(
        network: &'a Network,
        usable: &'a Usable,
        back: &'a BackFromSites,
        place: PlaceId,
    ) -> Self {
        let halves = [false, true]
            .into_iter()
            .map(|has_entered| State { place, has_entered })
            .filter(|state| may_stand(network, *state))
            .map(|state| {
                (
                    distances(network, usable, state, Direction::Back),
                    distances(network, usable, state, Direction::On),
                )
            })
            .collect();
        Self {
            network,
            usable,
            what: What::Place(place),
            halves,
            back,
        }
    }

    /// What lies upstream and downstream of a link; `back` is of the same network and users.
    pub(super) fn of_link(
        network: &'a Network,
        usable: &'a Usable,
        back: &'a BackFromSites,
        link: LinkId,
    ) -> Self {
        let (from, to) = network.ends(link);
        let halves = [false, true]
            .into_iter()
            .filter_map(|has_entered| {
                let start = State {
                    place: from,
                    has_entered,
                };
                let end = step(network, start, to)?;
                (may_stand(network, start) && usable.permits(link, to)).then(|| {
                    let before = distances(network, usable, start, Direction::Back);
                    let mut after = distances(network, usable, end, Direction::On);
                    for latency in after.latency.iter_mut().flatten() {
                        *latency += network.latency(link);
                    }
                    (before, after)
                })
            })
            .collect();
        Self {
            network,
            usable,
            what: What::Link(link),
            halves,
            back,
        }
    }

    /// `true` if it lies on some path from `region` to `site` within `limit` milliseconds.
    pub(super) fn is_between(
        &self,
        region: ClientRegionId,
        site: SiteId,
        limit: Option<f64>,
    ) -> bool {
        let start = State {
            place: self.network.place(LinkEnd::ClientRegion(region)),
            has_entered: false,
        };
        let end = State {
            place: self.network.place(LinkEnd::Site(site)),
            has_entered: true,
        };
        let longest = limit.map_or(f64::INFINITY, |limit| limit + LATENCY_SLACK_MS);
        let mut may_meet = false;
        for (before, after) in &self.halves {
            let (Some(first), Some(second)) =
                (before.latency[start.index()], after.latency[end.index()])
            else {
                continue;
            };
            if first + second > longest {
                continue;
            }
            if is_simple(before, start, after, end) {
                return true;
            }
            may_meet = true;
        }
        may_meet && self.is_on_simple_path(start, end, site, longest)
    }

    /// Looks for a simple path through the component, depth first, for a bounded number of steps.
    fn is_on_simple_path(&self, start: State, end: State, site: SiteId, longest: f64) -> bool {
        let rest = self.back.0[site.index()]
            .get_or_init(|| distances(self.network, self.usable, end, Direction::Back));
        let mut on_way = vec![false; self.network.place_count()];
        let mut steps = 0;
        on_way[start.place.index()] = true;
        self.walk(
            start,
            end,
            0.0,
            longest,
            false,
            rest,
            &mut on_way,
            &mut steps,
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one recursive walk")]
    fn walk(
        &self,
        at: State,
        end: State,
        latency: f64,
        longest: f64,
        has_met: bool,
        rest: &Distances,
        on_way: &mut [bool],
        steps: &mut usize,
    ) -> bool {
        *steps += 1;
        if *steps > STEPS_FOR_ONE_PAIR {
            return true;
        }
        if at == end {
            return has_met;
        }
        for (link, to) in self.network.leaving(at.place) {
            let Some(next) = step(self.network, at, to) else {
                continue;
            };
            let latency = latency + self.network.latency(link);
            if on_way[to.index()] || !self.usable.permits(link, to) {
                continue;
            }
            let has_met = has_met || self.what == What::Link(link) || self.what == What::Place(to);
            let left = if has_met {
                rest.latency[next.index()]
            } else {
                self.latency_through(next, end)
            };
            if left.is_none_or(|left| latency + left > longest) {
                continue;
            }
            on_way[to.index()] = true;
            let is_found = self.walk(next, end, latency, longest, has_met, rest, on_way, steps);
            on_way[to.index()] = false;
            if is_found {
                return true;
            }
        }
        false
    }
}

impl Reach<'_> {
    /// The least latency from a state through the component to another, whether or not the two halves meet.
    fn latency_through(&self, from: State, to: State) -> Option<f64> {
        let halves = self.halves.iter().filter_map(|(before, after)| {
            Some(before.latency[from.index()]? + after.latency[to.index()]?)
        });
        halves.reduce(f64::min)
    }
}

/// The direction of a search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Back,
    On,
}

/// `true` if a place can stand on that side of the access point.
fn may_stand(network: &Network, state: State) -> bool {
    match network.end(state.place) {
        LinkEnd::ClientRegion(_) => !state.has_entered,
        LinkEnd::AccessPoint(_) | LinkEnd::Site(_) => state.has_entered,
        LinkEnd::Element(_) | LinkEnd::Pool(_) => true,
    }
}

/// The state after a step to `to`, if a path may take it.
fn step(network: &Network, from: State, to: PlaceId) -> Option<State> {
    let has_entered = match network.end(to) {
        LinkEnd::ClientRegion(_) => return None,
        LinkEnd::AccessPoint(_) if from.has_entered => return None,
        LinkEnd::Site(_) if !from.has_entered => return None,
        LinkEnd::AccessPoint(_) | LinkEnd::Site(_) => true,
        LinkEnd::Element(_) | LinkEnd::Pool(_) => from.has_entered,
    };
    Some(State {
        place: to,
        has_entered,
    })
}

/// Least latencies between `start` and every state (Dijkstra 1959).
fn distances(network: &Network, usable: &Usable, start: State, direction: Direction) -> Distances {
    let mut all = Distances {
        latency: vec![None; network.place_count() * 2],
        next: vec![None; network.place_count() * 2],
    };
    let mut heap = BinaryHeap::new();
    heap.push(Reverse((Latency(0.0), start, None)));
    while let Some(Reverse((Latency(latency), at, towards))) = heap.pop() {
        if all.latency[at.index()].is_some() {
            continue;
        }
        all.latency[at.index()] = Some(latency);
        all.next[at.index()] = towards;
        match direction {
            Direction::On => {
                if at != start && matches!(network.end(at.place), LinkEnd::Site(_)) {
                    continue;
                }
                for (link, to) in network.leaving(at.place) {
                    if let Some(next) = step(network, at, to)
                        && usable.permits(link, to)
                    {
                        let latency = latency + network.latency(link);
                        heap.push(Reverse((Latency(latency), next, Some(at))));
                    }
                }
            }
            Direction::Back => {
                for (link, from) in network.entering(at.place) {
                    if !usable.permits(link, at.place) {
                        continue;
                    }
                    for has_entered in [false, true] {
                        let before = State {
                            place: from,
                            has_entered,
                        };
                        if may_stand(network, before) && step(network, before, at.place) == Some(at)
                        {
                            let latency = latency + network.latency(link);
                            heap.push(Reverse((Latency(latency), before, Some(at))));
                        }
                    }
                }
            }
        }
    }
    all
}

/// By site, the round trip in milliseconds of the least-latency path from a client region over what is usable;
/// `None` where no path leads.
///
/// One search from one client region; [`PricedPaths`](super::PricedPaths) answers for all of them.
pub fn least_latencies(
    network: &Network,
    usable: &Usable,
    region: ClientRegionId,
) -> Vec<Option<f64>> {
    let start = State {
        place: network.place(LinkEnd::ClientRegion(region)),
        has_entered: false,
    };
    let all = distances(network, usable, start, Direction::On);
    (0..network.site_count())
        .map(|site| {
            let end = State {
                place: network.place(LinkEnd::Site(SiteId::new(site))),
                has_entered: true,
            };
            all.latency[end.index()]
        })
        .collect()
}

/// `true` if the two least-latency halves share no place but where they join.
fn is_simple(before: &Distances, start: State, after: &Distances, end: State) -> bool {
    let mut places = Vec::new();
    let mut at = Some(start);
    while let Some(state) = at {
        places.push(state.place);
        at = before.next[state.index()];
    }
    let join = places.last().copied();
    at = Some(end);
    let mut others = Vec::new();
    while let Some(state) = at {
        others.push(state.place);
        at = after.next[state.index()];
    }
    if others.last().copied() == join {
        others.pop();
    }
    others.iter().all(|place| !places.contains(place))
}
