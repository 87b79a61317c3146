//! The fastest way from every client region to every site, and which of equally fast ones it is.
//!
//! A way is as fast as its two halves together. Of equally fast ones it is that with the fewest links, then that over
//! the access point that comes first; of equally fast halves with as many links each half is the first that is found
//! (`Search::cheapest`).

use super::roads::Roads;
use super::search::position;
use crate::model::AccessPointState;
use std::sync::OnceLock;

/// The fastest way between two places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plan::check) struct FastestWay {
    pub(in crate::plan::check) access_point: u32,
    /// Milliseconds.
    pub(in crate::plan::check) latency: f64,
    links: u32,
}

/// Over which access points a way may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan::check) enum Over {
    /// Those that are active.
    Active,
    /// Also those on standby that may be opened.
    Openable,
}

/// The fastest ways of one kind of user, found when they are asked for.
pub(in crate::plan::check) struct FastestWays<'r, 'a> {
    roads: &'r Roads<'a>,
    kind: usize,
    /// Access points × sites: latency and links of the half on; infinite without one.
    onward: OnceLock<Vec<(f64, u32)>>,
    /// By [`Over`]: client regions × sites, once they were asked for.
    known: [Vec<OnceLock<Option<FastestWay>>>; 2],
}

impl<'r, 'a> FastestWays<'r, 'a> {
    /// By kind of user.
    pub(in crate::plan::check) fn of_kinds(roads: &'r Roads<'a>) -> Vec<Self> {
        let inventory = roads.ground.inventory;
        let pairs = inventory.client_regions.len() * inventory.sites.len();
        let unknown = || (0..pairs).map(|_| OnceLock::new()).collect();
        let of_kind = |kind| Self {
            roads,
            kind,
            onward: OnceLock::new(),
            known: [unknown(), unknown()],
        };
        (0..roads.steps.len()).map(of_kind).collect()
    }

    /// The fastest way from a client region to a site.
    pub(in crate::plan::check) fn of(
        &self,
        region: usize,
        site: usize,
        over: Over,
    ) -> Option<FastestWay> {
        let sites = self.roads.ground.inventory.sites.len();
        let known = &self.known[usize::from(over == Over::Openable)];
        let access_points = &self.roads.ground.inventory.access_points;
        let is_active = |index: usize| access_points[index].state == AccessPointState::Active;
        let may_enter = |index: usize| over == Over::Openable || is_active(index);
        *known[region * sites + site].get_or_init(|| self.search(region, site, may_enter))
    }

    /// The same over some of the access points that may be open, searched anew.
    pub(in crate::plan::check) fn search(
        &self,
        region: usize,
        site: usize,
        may_enter: impl Fn(usize) -> bool,
    ) -> Option<FastestWay> {
        let sites = self.roads.ground.inventory.sites.len();
        let onward = self.onward.get_or_init(|| self.join_onward());
        let mut best: Option<FastestWay> = None;
        for first in self.roads.least_latency[self.kind].to_entries.from(region) {
            if !self.roads.may_open[first.goal] || !may_enter(first.goal) {
                continue;
            }
            let (latency, links) = onward[first.goal * sites + site];
            let own = FastestWay {
                access_point: position(first.goal),
                latency: first.latency + latency,
                links: first.links.saturating_add(links),
            };
            let is_better = match &best {
                None => own.latency.is_finite(),
                Some(best) => (own.latency, own.links) < (best.latency, best.links),
            };
            if is_better {
                best = Some(own);
            }
        }
        best
    }

    fn join_onward(&self) -> Vec<(f64, u32)> {
        let inventory = self.roads.ground.inventory;
        let sites = inventory.sites.len();
        let mut onward = vec![(f64::INFINITY, u32::MAX); inventory.access_points.len() * sites];
        for (entry, of_entry) in onward.chunks_exact_mut(sites.max(1)).enumerate() {
            for half in self.roads.least_latency[self.kind].to_sites.from(entry) {
                of_entry[half.goal] = (half.latency, half.links);
            }
        }
        onward
    }
}

impl Roads<'_> {
    /// Calls `pass` with the link and the place at its end for every step from a client region to an access point, on
    /// the fastest way of a kind of user.
    pub(in crate::plan::check) fn pass_to_entry(
        &self,
        kind: usize,
        (region, access_point): (usize, usize),
        pass: impl FnMut(u32, u32),
    ) {
        let steps = self.least_latency[kind]
            .to_entries
            .steps(region, access_point);
        self.pass(kind, steps, pass);
    }

    /// The same from an access point to a site.
    pub(in crate::plan::check) fn pass_to_site(
        &self,
        kind: usize,
        (access_point, site): (usize, usize),
        pass: impl FnMut(u32, u32),
    ) {
        let steps = self.least_latency[kind].to_sites.steps(access_point, site);
        self.pass(kind, steps, pass);
    }

    fn pass(&self, kind: usize, steps: &[u32], mut pass: impl FnMut(u32, u32)) {
        for step in steps {
            let step = self.steps[kind].at(*step);
            pass(step.link, step.place);
        }
    }

    /// The place where a link leads on from a place, if a kind of user may pass it.
    pub(in crate::plan::check) fn onward(&self, kind: usize, place: u32, link: u32) -> Option<u32> {
        let mut steps = self.steps[kind].from(place);
        let step = steps.find(|(_, step)| step.link == link);
        step.map(|(_, step)| step.place)
    }
}
