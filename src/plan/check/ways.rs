//! Ways: whether something marked lies on some simple path from a client region to a site.
//!
//! A search backwards from the site gives, for every place, the least latency of a walk to the site that
//! passes something marked. A walk forwards, kept on course by that bound, then looks for a simple path.

use super::ground::{Ground, Group};
use crate::ids::{ComponentId, LinkId, SiteId};
use crate::model::LinkEnd;
use crate::units::LATENCY_SLACK_MS;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// How many steps the walk may take; a mesh so tangled that they do not suffice is taken to have a path.
const STEPS: usize = 50_000;

/// From whom to where, what is looked for, and what is closed.
pub(super) struct Ways<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) group: &'a Group,
    pub(super) site: SiteId,
    /// Components that are looked for.
    pub(super) is_marked: &'a dyn Fn(ComponentId) -> bool,
    /// Components that nobody may pass. A pool is closed if a member is.
    pub(super) is_closed: &'a dyn Fn(ComponentId) -> bool,
}

/// Where a walk is, and what it has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    place: LinkEnd,
    has_entered: bool,
    has_met: bool,
}

/// Least latency to the site, by state.
type Rest = BTreeMap<State, f64>;

/// `true` if a marked component lies on a simple path within the latency limit.
pub(super) fn is_on_some_path(ways: &Ways<'_>) -> bool {
    let start = State {
        place: LinkEnd::ClientRegion(ways.group.client_region),
        has_entered: false,
        has_met: false,
    };
    let longest = ways
        .group
        .limit
        .map_or(f64::INFINITY, |limit| limit + LATENCY_SLACK_MS);
    let rest = rest_of(ways);
    if rest.get(&start).is_none_or(|rest| *rest > longest) {
        return false;
    }
    let steps_from = |state: State, latency: f64| -> Vec<(State, f64)> {
        let leaving = ways.ground.leaving.get(&state.place);
        leaving
            .into_iter()
            .flatten()
            .filter_map(|&link| {
                let next = ways.step(state, link)?;
                let latency = latency + ways.latency(link);
                let is_hopeful = rest
                    .get(&next)
                    .is_some_and(|rest| latency + rest <= longest);
                is_hopeful.then_some((next, latency))
            })
            .rev()
            .collect()
    };
    let mut on_way = vec![start];
    let mut open = vec![steps_from(start, 0.0)];
    let mut steps = 0;
    while let Some(choices) = open.last_mut() {
        let Some((next, latency)) = choices.pop() else {
            open.pop();
            on_way.pop();
            continue;
        };
        steps += 1;
        if next.place == LinkEnd::Site(ways.site) || steps > STEPS {
            return true;
        }
        if on_way.iter().all(|state| state.place != next.place) {
            on_way.push(next);
            open.push(steps_from(next, latency));
        }
    }
    false
}

/// The least latency from every state to the site after meeting something marked (Dijkstra 1959).
fn rest_of(ways: &Ways<'_>) -> Rest {
    let mut arriving: BTreeMap<LinkEnd, Vec<LinkId>> = BTreeMap::new();
    for (index, link) in ways.ground.inventory.links.iter().enumerate() {
        arriving
            .entry(link.to)
            .or_default()
            .push(LinkId::new(index));
    }
    let end = State {
        place: LinkEnd::Site(ways.site),
        has_entered: true,
        has_met: true,
    };
    let mut rest = Rest::new();
    let mut heap = BinaryHeap::new();
    // The bits of numbers of 0 or more are ordered as the numbers are.
    heap.push(Reverse((0.0_f64.to_bits(), end)));
    while let Some(Reverse((bits, state))) = heap.pop() {
        if rest.contains_key(&state) {
            continue;
        }
        let latency = f64::from_bits(bits);
        rest.insert(state, latency);
        for &link in arriving.get(&state.place).into_iter().flatten() {
            let place = ways.ground.inventory.links[link.index()].from;
            for (has_entered, has_met) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                let before = State {
                    place,
                    has_entered,
                    has_met,
                };
                if may_stand(before) && ways.step(before, link) == Some(state) {
                    let latency = latency + ways.latency(link) + 0.0;
                    heap.push(Reverse((latency.to_bits(), before)));
                }
            }
        }
    }
    rest
}

/// `true` if a walk can be at the place with or without having entered.
fn may_stand(state: State) -> bool {
    match state.place {
        LinkEnd::ClientRegion(_) => !state.has_entered,
        LinkEnd::AccessPoint(_) | LinkEnd::Site(_) => state.has_entered,
        LinkEnd::Element(_) | LinkEnd::Pool(_) => true,
    }
}

impl Ways<'_> {
    fn latency(&self, link: LinkId) -> f64 {
        self.ground.inventory.links[link.index()].latency.0
    }

    /// The state after a link, if a path may take it.
    fn step(&self, from: State, link: LinkId) -> Option<State> {
        let inventory = self.ground.inventory;
        let of_link = &inventory.links[link.index()];
        let profile = self.group.profile;
        if of_link
            .profiles
            .as_ref()
            .is_some_and(|profiles| !profiles.contains(&profile))
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
        let mut passed = vec![inventory.link_component(link)];
        match of_link.to {
            LinkEnd::ClientRegion(_) => {}
            LinkEnd::AccessPoint(id) => passed.push(inventory.access_point_component(id)),
            LinkEnd::Element(id) => passed.push(inventory.element_component(id)),
            LinkEnd::Site(id) => passed.push(inventory.site_component(id)),
            LinkEnd::Pool(id) => {
                let members = &inventory.pools[id.index()].members;
                passed.extend(
                    members
                        .iter()
                        .map(|&member| inventory.element_component(member)),
                );
            }
        }
        if passed.iter().any(|component| (self.is_closed)(*component)) {
            return None;
        }
        Some(State {
            place: of_link.to,
            has_entered,
            has_met: from.has_met || passed.iter().any(|component| (self.is_marked)(*component)),
        })
    }
}
