//! Ways: whether something marked lies on some simple path from a client region to a site.
//!
//! A search backwards from the site gives, for every place, the least latency of a walk to the site that
//! passes something marked. A walk forwards, kept on course by that bound, then looks for a simple path.

use super::ground::Ground;
use crate::ids::{ClientRegionId, LinkId, ProfileId, SiteId};
use crate::model::LinkEnd;
use crate::units::LATENCY_SLACK_MS;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How many steps the walk may take; a mesh so tangled that they do not suffice is taken to have a path.
const STEPS: usize = 50_000;

/// The ways of one profile to one site.
pub(super) struct Ways<'a> {
    ground: &'a Ground<'a>,
    profile: ProfileId,
    site: SiteId,
    /// Components that are looked for; a pool is marked if a member is.
    marked: &'a [bool],
    /// Components that nobody may pass; a pool is closed if a member is. Empty if there are none.
    closed: &'a [bool],
    /// States, by [`State::index`]: least latency to the site over something marked; infinite if there is no way.
    rest: Vec<f64>,
}

/// Where a walk is, and what it has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    place: LinkEnd,
    has_entered: bool,
    has_met: bool,
}

impl State {
    fn index(self, ground: &Ground<'_>) -> usize {
        ground.place_index(self.place) * 4
            + usize::from(self.has_entered) * 2
            + usize::from(self.has_met)
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

impl<'a> Ways<'a> {
    /// Searches backwards from the site (Dijkstra 1959).
    pub(super) fn new(
        ground: &'a Ground<'a>,
        profile: ProfileId,
        site: SiteId,
        marked: &'a [bool],
        closed: &'a [bool],
    ) -> Self {
        let mut ways = Self {
            ground,
            profile,
            site,
            marked,
            closed,
            rest: vec![f64::INFINITY; ground.place_count() * 4],
        };
        let end = State {
            place: LinkEnd::Site(site),
            has_entered: true,
            has_met: true,
        };
        let mut heap = BinaryHeap::new();
        // The bits of numbers of 0 or more are ordered as the numbers are.
        heap.push(Reverse((0.0_f64.to_bits(), end)));
        while let Some(Reverse((bits, state))) = heap.pop() {
            let rest = &mut ways.rest[state.index(ground)];
            if rest.is_finite() {
                continue;
            }
            *rest = f64::from_bits(bits);
            let latency = *rest;
            for &link in ground.arriving(state.place) {
                let place = ground.inventory.links[link.index()].from;
                for (has_entered, has_met) in
                    [(false, false), (false, true), (true, false), (true, true)]
                {
                    let before = State {
                        place,
                        has_entered,
                        has_met,
                    };
                    if before.is_possible()
                        && ways.rest[before.index(ground)].is_infinite()
                        && ways.step(before, link) == Some(state)
                    {
                        // Adding 0 turns −0 into 0.
                        let latency = latency + ways.latency(link) + 0.0;
                        heap.push(Reverse((latency.to_bits(), before)));
                    }
                }
            }
        }
        ways
    }

    /// `true` if a marked component lies on a simple path from `client_region` within `limit` milliseconds.
    pub(super) fn is_on_some_path(
        &self,
        client_region: ClientRegionId,
        limit: Option<f64>,
    ) -> bool {
        let start = State {
            place: LinkEnd::ClientRegion(client_region),
            has_entered: false,
            has_met: false,
        };
        let longest = limit.map_or(f64::MAX, |limit| limit + LATENCY_SLACK_MS);
        if self.rest[start.index(self.ground)] > longest {
            return false;
        }
        let mut on_way = vec![start];
        let mut open = vec![self.steps_from(start, 0.0, longest)];
        let mut steps = 0;
        while let Some(choices) = open.last_mut() {
            let Some((next, latency)) = choices.pop() else {
                open.pop();
                on_way.pop();
                continue;
            };
            steps += 1;
            if next.place == LinkEnd::Site(self.site) || steps > STEPS {
                return true;
            }
            if on_way.iter().all(|state| state.place != next.place) {
                on_way.push(next);
                open.push(self.steps_from(next, latency, longest));
            }
        }
        false
    }

    /// The steps from a state that can still reach the site in time, each with the latency to it.
    fn steps_from(&self, state: State, latency: f64, longest: f64) -> Vec<(State, f64)> {
        self.ground
            .leaving(state.place)
            .iter()
            .rev()
            .filter_map(|&link| {
                let next = self.step(state, link)?;
                let latency = latency + self.latency(link);
                let whole = latency + self.rest[next.index(self.ground)];
                (whole <= longest).then_some((next, latency))
            })
            .collect()
    }

    fn latency(&self, link: LinkId) -> f64 {
        self.ground.inventory.links[link.index()].latency.0
    }

    /// The state after a link, if a path may take it.
    fn step(&self, from: State, link: LinkId) -> Option<State> {
        let of_link = &self.ground.inventory.links[link.index()];
        let is_for_others = |profiles: &Vec<ProfileId>| !profiles.contains(&self.profile);
        if of_link.profiles.as_ref().is_some_and(is_for_others)
            || self.has_one(self.closed, link, of_link.to)
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
            has_met: from.has_met || self.has_one(self.marked, link, of_link.to),
        })
    }

    /// `true` if the link or a component of the place where it ends is among those of the list.
    fn has_one(&self, components: &[bool], link: LinkId, to: LinkEnd) -> bool {
        if components.is_empty() {
            return false;
        }
        let inventory = self.ground.inventory;
        components[inventory.link_component(link).index()]
            || match to {
                LinkEnd::ClientRegion(_) => false,
                LinkEnd::AccessPoint(id) => {
                    components[inventory.access_point_component(id).index()]
                }
                LinkEnd::Element(id) => components[inventory.element_component(id).index()],
                LinkEnd::Site(id) => components[inventory.site_component(id).index()],
                LinkEnd::Pool(id) => inventory.pools[id.index()]
                    .members
                    .iter()
                    .any(|&member| components[inventory.element_component(member).index()]),
            }
    }
}
