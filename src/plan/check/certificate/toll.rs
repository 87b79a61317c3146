//! Tolls: what the cheapest ways of one kind of user cost under charges; and the fastest ways, with which of equally fast
//! ones it is.
//!
//! A way is as fast as its two halves together. Of equally fast ones it is that with the fewest links, then that over the
//! access point that comes first; of equally fast halves with as many links each half is the first that is found
//! (`PathSearch::cheapest`).

use super::roads::{Fastest, Halves, Roads, Side};
use super::search::{Half, NetworkPrices, PathSearch, Toward, position};
use crate::ids::{AccessPointId, ClientRegionId};
use crate::model::{AccessPointState, LinkEnd};
use crate::units::LATENCY_SLACK_MS;
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
        let inventory = roads.context.inventory;
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
        let sites = self.roads.context.inventory.sites.len();
        let known = &self.known[usize::from(over == Over::Openable)];
        let access_points = &self.roads.context.inventory.access_points;
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
        let sites = self.roads.context.inventory.sites.len();
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
        let inventory = self.roads.context.inventory;
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

/// What the network charges one user of a demand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Charges {
    pub(super) prices: NetworkPrices,
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
    /// The ways of a kind of user under charges, with these access points open.
    pub(super) fn toll(&self, kind: usize, charges: &Charges, open: &[bool]) -> Toll<'_, 'a> {
        let fastest = &self.least_latency[kind];
        let prices = &charges.prices;
        let side = |toward: Toward, fastest: &Fastest| {
            if self.is_charged(prices, toward == Toward::Entries) {
                self.charged(kind, prices, toward, fastest)
            } else {
                fastest.at(prices.latency)
            }
        };
        let halves = Halves {
            to_entries: side(Toward::Entries, &fastest.to_entries),
            to_sites: side(Toward::Sites, &fastest.to_sites),
        };
        let is_charged_before = halves.to_entries.is_charged.contains(&true);
        let is_charged_to_enter = charges.entry.iter().any(|charge| *charge > 0.0);
        let is_ever_free = prices.latency <= 0.0 && !is_charged_before && !is_charged_to_enter;
        Toll {
            roads: self,
            kind,
            charges: charges.clone(),
            open: open.to_vec(),
            is_ever_free,
            halves,
            table: OnceLock::new(),
            onward: (0..open.len()).map(|_| OnceLock::new()).collect(),
        }
    }
}

/// The cheapest ways of one kind of user under charges.
pub(super) struct Toll<'r, 'a> {
    roads: &'r Roads<'a>,
    kind: usize,
    charges: Charges,
    open: Vec<bool>,
    /// Nothing is charged but between access points and some sites.
    is_ever_free: bool,
    halves: Halves<Side>,
    /// Client regions × sites, without limit, joined when a group without one asks.
    table: OnceLock<Vec<f64>>,
    /// By access point: every way on that may matter under the longest limit.
    onward: Vec<OnceLock<Vec<Half>>>,
}

impl Toll<'_, '_> {
    /// `true` if no way to a site costs anything.
    pub(super) fn is_free(&self, site: usize) -> bool {
        let is_charged = &self.halves.to_sites.is_charged;
        self.is_ever_free && !is_charged.get(site).is_some_and(|is_charged| *is_charged)
    }

    /// By site, the price of the cheapest way within a limit; infinite without one.
    pub(super) fn from(&self, region: usize, limit: Option<f64>) -> Vec<f64> {
        let sites = self.roads.context.inventory.sites.len();
        let Some(limit) = limit else {
            let join = || {
                let (halves, entry) = (&self.halves, &self.charges.entry);
                self.roads.join(halves, entry, &self.open)
            };
            return self.table.get_or_init(join)[region * sites..][..sites].to_vec();
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
        let mut search = PathSearch::new(&roads.steps[self.kind], prices);
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
