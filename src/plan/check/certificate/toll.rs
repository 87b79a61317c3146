//! Tolls: what the cheapest ways of one kind of user cost under charges.

use super::roads::{Fastest, Halves, Roads, Side};
use super::search::{Half, Prices, Search, Toward};
use crate::ids::{AccessPointId, ClientRegionId};
use crate::model::LinkEnd;
use crate::units::LATENCY_SLACK_MS;
use std::sync::OnceLock;

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
        let sites = self.roads.ground.inventory.sites.len();
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
