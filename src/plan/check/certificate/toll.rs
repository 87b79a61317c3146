//! Tolls: what the cheapest paths of one kind of user cost under charges.
//!
//! Under a latency limit a half keeps every label that no other beats in both price and latency (Martins 1984).

use super::roads::{Halves, Roads, TO_ENTRIES, TO_SITES};
use super::search::{ChargeSearch, Charges, HalfPath, position};
use crate::units::LATENCY_SLACK_MS;
use std::sync::OnceLock;

/// The cheapest paths of one kind of user under charges.
pub(super) struct Toll<'r, 'a> {
    roads: &'r Roads<'a>,
    kind: usize,
    charges: &'r Charges,
    /// By access point.
    open: &'r [bool],
    /// Nothing is charged but between access points and some sites.
    is_ever_free: bool,
    /// By site, whether some fastest path to it from an access point is charged for, milliseconds apart.
    is_charged: Vec<bool>,
    halves: [Halves; 2],
    /// Client regions × sites, without limit, joined when a group without one asks.
    table: OnceLock<Vec<f64>>,
    /// By access point: goal, price and latency of every path on that may matter under the longest limit.
    onward: Vec<OnceLock<Vec<(usize, f64, f64)>>>,
}

impl<'r, 'a> Toll<'r, 'a> {
    /// The paths of a kind of user under charges, with these access points open.
    pub(super) fn new(
        roads: &'r Roads<'a>,
        kind: usize,
        charges: &'r Charges,
        open: &'r [bool],
    ) -> Self {
        let (to_entries, is_charged_before) = charged(roads, kind, charges, TO_ENTRIES);
        let (to_sites, is_charged) = charged(roads, kind, charges, TO_SITES);
        let is_free_to_enter = charges.entry.iter().all(|charge| *charge <= 0.0);
        Self {
            roads,
            kind,
            charges,
            open,
            is_ever_free: charges.latency <= 0.0
                && is_free_to_enter
                && !is_charged_before.contains(&true),
            is_charged,
            halves: [to_entries, to_sites],
            table: OnceLock::new(),
            onward: (0..open.len()).map(|_| OnceLock::new()).collect(),
        }
    }

    /// `true` if it is what a kind of user is charged.
    pub(super) fn is_of(&self, kind: usize, charges: &Charges) -> bool {
        self.kind == kind && self.charges == charges
    }

    /// `true` if no path to a site costs anything.
    pub(super) fn is_free(&self, site: usize) -> bool {
        self.is_ever_free && !self.is_charged[site]
    }

    /// By site, the price of the cheapest path within a limit; infinite without one.
    pub(super) fn from(&self, region: usize, limit: Option<f64>) -> Vec<f64> {
        let sites = self.is_charged.len();
        let Some(limit) = limit else {
            let join = || {
                let entry = &self.charges.entry;
                self.roads.join(&self.halves, entry, self.open)
            };
            return self.table.get_or_init(join)[region * sites..][..sites].to_vec();
        };
        let longest = limit + LATENCY_SLACK_MS;
        let mut best = vec![f64::INFINITY; sites];
        let mut too_slow: Vec<(usize, usize, f64)> = Vec::new();
        let halves = self.halves[TO_ENTRIES][region].iter();
        for first in halves.filter(|half| self.open[half.goal]) {
            for second in &self.halves[TO_SITES][first.goal] {
                let price = first.price + self.charges.entry[first.goal] + second.price;
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

    /// Joins of all labels that may matter, for the pairs of access point and site whose cheapest join is too slow.
    fn look_closer(
        &self,
        region: usize,
        longest: f64,
        pairs: &[(usize, usize, f64)],
        best: &mut [f64],
    ) {
        let roads = self.roads;
        let mut search = ChargeSearch::new(&roads.kinds[self.kind].network, self.charges);
        let entries = roads.places(TO_SITES);
        let first = search.all(position(region), &entries, longest);
        for &(entry, site, _) in pairs {
            let second = self.onward[entry].get_or_init(|| {
                let start = entries.start + position(entry);
                search.all(start, &roads.places(TO_SITES + 1), roads.longest_limit)
            });
            for from in first.iter().filter(|candidate| candidate.0 == entry) {
                for to in second.iter().filter(|entry| entry.0 == site) {
                    if from.2 + to.2 <= longest {
                        let price = from.1 + self.charges.entry[entry] + to.1;
                        best[site] = best[site].min(price);
                    }
                }
            }
        }
    }
}

/// The halves of one side under charges, and by goal whether some fastest path to it is charged for, milliseconds apart.
///
/// Where the fastest path is charged for nothing but its milliseconds no other is cheaper. Other goals are searched for from
/// their own end, as they are few beside the starts.
fn charged(roads: &Roads<'_>, kind: usize, charges: &Charges, side: usize) -> (Halves, Vec<bool>) {
    let kind = &roads.kinds[kind];
    let (starts, goals) = (roads.places(side), roads.places(side + 1));
    let mut search = ChargeSearch::new(&kind.network, charges);
    let mut found: Vec<Option<Vec<(f64, f64, u32)>>> = vec![None; goals.len()];
    let halves = kind.fastest[side]
        .iter()
        .enumerate()
        .map(|(start, halves)| {
            let halves = halves.iter().map(|half| {
                let (price, latency, links) =
                    if charges.charge(&kind.steps[side][half.steps.clone()]) {
                        let goal = goals.start + position(half.goal);
                        let back = || search.back(goal, &starts);
                        found[half.goal].get_or_insert_with(back)[start]
                    } else {
                        (half.latency * charges.latency, half.latency, half.links)
                    };
                HalfPath {
                    price,
                    latency,
                    links,
                    ..half.clone()
                }
            });
            halves.collect()
        });
    let halves = halves.collect();
    (halves, found.iter().map(Option::is_some).collect())
}
