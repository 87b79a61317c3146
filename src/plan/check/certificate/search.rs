//! One half of a way: from a client region to access points, or from an access point to sites.

use super::super::ground::Ground;
use super::roads::Passable;
use crate::ids::LinkId;
use crate::model::LinkEnd;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What links and the places between access points and their ends charge one user. Never negative.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Prices {
    /// By link; empty if no link charges anything.
    pub(super) links: Vec<f64>,
    /// By place; empty if none charges anything. Access points and sites charge elsewhere.
    pub(super) places: Vec<f64>,
    /// Of a millisecond.
    pub(super) latency: f64,
}

impl Prices {
    /// Nothing is charged.
    pub(super) fn nothing() -> Self {
        Self {
            links: Vec::new(),
            places: Vec::new(),
            latency: 0.0,
        }
    }

    /// `true` if links and places charge nothing.
    pub(super) fn is_only_latency(&self) -> bool {
        self.links.is_empty() && self.places.is_empty()
    }
}

/// A way to a goal: an access point or a site by its position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Half {
    pub(super) goal: usize,
    pub(super) price: f64,
    /// Of this way.
    pub(super) latency: f64,
    /// Of the fastest way that the search looked at; no more than the way's own.
    pub(super) least_latency: f64,
}

/// Where a search is.
#[derive(Clone, Copy)]
struct Label {
    price: f64,
    latency: f64,
    place: usize,
}

impl PartialEq for Label {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Label {}
impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        self.price
            .total_cmp(&other.price)
            .then(self.latency.total_cmp(&other.latency))
            .then(self.place.cmp(&other.place))
    }
}

/// Searches under one set of prices, one after the other.
pub(super) struct Search<'s> {
    ground: &'s Ground<'s>,
    ends: &'s [LinkEnd],
    passable: &'s Passable,
    prices: &'s Prices,
    /// By place: price and latency of the best label that was seen.
    best: Vec<(f64, f64)>,
    touched: Vec<usize>,
}

impl<'s> Search<'s> {
    pub(super) fn new(
        ground: &'s Ground<'s>,
        ends: &'s [LinkEnd],
        passable: &'s Passable,
        prices: &'s Prices,
    ) -> Self {
        Self {
            ground,
            ends,
            passable,
            prices,
            best: vec![(f64::INFINITY, f64::INFINITY); ends.len()],
            touched: Vec::new(),
        }
    }

    /// A label one link on.
    fn next(&self, label: &Label, link: LinkId, place: usize) -> Label {
        let latency = self.ground.inventory.links[link.index()].latency.0;
        let of_link = self.prices.links.get(link.index()).copied();
        let of_place = self.prices.places.get(place).copied();
        Label {
            price: label.price
                + of_link.unwrap_or(0.0)
                + of_place.unwrap_or(0.0)
                + self.prices.latency * latency,
            latency: label.latency + latency,
            place,
        }
    }

    /// The cheapest way to every goal, the faster one of two.
    pub(super) fn cheapest(&mut self, start: LinkEnd) -> Vec<Half> {
        let has_entered = matches!(start, LinkEnd::AccessPoint(_));
        for place in self.touched.drain(..) {
            self.best[place] = (f64::INFINITY, f64::INFINITY);
        }
        let mut found = Vec::new();
        let mut heap = BinaryHeap::new();
        heap.push(Reverse(Label {
            price: 0.0,
            latency: 0.0,
            place: self.ground.place_index(start),
        }));
        while let Some(Reverse(label)) = heap.pop() {
            let (price, latency) = self.best[label.place];
            if (label.price, label.latency) > (price, latency) {
                continue;
            }
            for (link, place, goal) in steps(self.ground, self.ends, self.passable, label.place) {
                if !leads(self.ends[place], has_entered) {
                    continue;
                }
                let next = self.next(&label, link, place);
                let best = &mut self.best[place];
                if (next.price, next.latency) < *best {
                    if best.0.is_infinite() {
                        self.touched.push(place);
                        if let Some(goal) = goal {
                            found.push((goal, place));
                        }
                    }
                    *best = (next.price, next.latency);
                    if goal.is_none() {
                        heap.push(Reverse(next));
                    }
                }
            }
        }
        found.sort_unstable();
        let halves = found.into_iter().map(|(goal, place)| {
            let (price, latency) = self.best[place];
            Half {
                goal,
                price,
                latency,
                least_latency: if self.prices.is_only_latency() {
                    latency
                } else {
                    0.0
                },
            }
        });
        halves.collect()
    }

    /// Every way of at most so many milliseconds that no other beats in both price and latency.
    pub(super) fn all(&mut self, start: LinkEnd, longest: f64) -> Vec<Half> {
        let has_entered = matches!(start, LinkEnd::AccessPoint(_));
        let mut least: Vec<f64> = vec![f64::INFINITY; self.ends.len()];
        let mut found = Vec::new();
        let mut heap = BinaryHeap::new();
        heap.push(Reverse(Label {
            price: 0.0,
            latency: 0.0,
            place: self.ground.place_index(start),
        }));
        let is_goal = |end: LinkEnd| match end {
            LinkEnd::AccessPoint(id) if !has_entered => Some(id.index()),
            LinkEnd::Site(id) => Some(id.index()),
            _ => None,
        };
        while let Some(Reverse(label)) = heap.pop() {
            // Labels come by rising price, so one is worth keeping only if it is faster than all before it.
            if label.latency >= least[label.place] {
                continue;
            }
            least[label.place] = label.latency;
            if let Some(goal) = is_goal(self.ends[label.place]) {
                found.push(Half {
                    goal,
                    price: label.price,
                    latency: label.latency,
                    least_latency: label.latency,
                });
                continue;
            }
            for (link, place, _) in steps(self.ground, self.ends, self.passable, label.place) {
                if !leads(self.ends[place], has_entered) {
                    continue;
                }
                let next = self.next(&label, link, place);
                if next.latency <= longest && next.latency < least[place] {
                    heap.push(Reverse(next));
                }
            }
        }
        found
    }
}

/// The links that lead on from a place: link, next place, and its position if it is an access point or a site.
fn steps<'s>(
    ground: &'s Ground<'s>,
    ends: &'s [LinkEnd],
    passable: &'s Passable,
    from: usize,
) -> impl Iterator<Item = (LinkId, usize, Option<usize>)> + 's {
    let leaving = ground.leaving(ends[from]).iter();
    leaving
        .filter(|link| passable.links[link.index()])
        .map(|&link| {
            let to = ground.inventory.links[link.index()].to;
            let goal = match to {
                LinkEnd::AccessPoint(id) => Some(id.index()),
                LinkEnd::Site(id) => Some(id.index()),
                _ => None,
            };
            (link, ground.place_index(to), goal)
        })
}

/// `true` if a half may go there: to access points before one was passed, to sites after.
fn leads(to: LinkEnd, has_entered: bool) -> bool {
    match to {
        LinkEnd::Element(_) | LinkEnd::Pool(_) => true,
        LinkEnd::AccessPoint(_) => !has_entered,
        LinkEnd::Site(_) => has_entered,
        LinkEnd::ClientRegion(_) => false,
    }
}
