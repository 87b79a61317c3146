//! Label-setting shortest paths from one place, by price first and latency second.
//!
//! Two searches share one label: the unlimited one keeps the best label of every place,
//! the limited one keeps every label that no other beats in both price and latency.
//! Source: Dijkstra 1959 for the first; Martins 1984 for the second.

pub(super) mod dearer;

use super::build::{Network, PlaceId};
use super::dominance::{Front, Label};
use super::usable::Usable;
use crate::ids::LinkId;
use crate::model::LinkEnd;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

/// What it costs one user to enter a place or to use a link. Never negative.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// By place.
    pub places: Vec<f64>,
    /// By link.
    pub links: Vec<f64>,
    /// Price of a millisecond.
    pub latency: f64,
}

impl Prices {
    /// Nothing costs anything: the cheapest path is the one of least latency.
    pub fn zero(network: &Network) -> Self {
        Self {
            places: vec![0.0; network.place_count()],
            links: vec![0.0; network.link_count()],
            latency: 0.0,
        }
    }

    /// `true` if nothing costs anything.
    pub(super) fn is_zero(&self) -> bool {
        let is_zero = |price: &f64| *price <= 0.0;
        self.latency <= 0.0 && self.places.iter().all(is_zero) && self.links.iter().all(is_zero)
    }
}

/// An entry of the heap: least label first, ties in the order in which they were found.
struct Entry {
    price: f64,
    latency: f64,
    steps: u32,
    /// Position among the labels that were found.
    order: u32,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.price
            .total_cmp(&other.price)
            .then(self.latency.total_cmp(&other.latency))
            .then(self.steps.cmp(&other.steps))
            .then(self.order.cmp(&other.order))
    }
}

/// Where a search ends: it does not go on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// From a client region up to access points.
    AccessPoints,
    /// From an access point up to sites.
    Sites,
}

impl Until {
    /// What to do at a place: `None` do not enter it, `Some(true)` a goal, `Some(false)` pass through.
    fn step_to(self, end: LinkEnd) -> Option<bool> {
        match (self, end) {
            (_, LinkEnd::Element(_) | LinkEnd::Pool(_)) => Some(false),
            (Self::AccessPoints, LinkEnd::AccessPoint(_)) | (Self::Sites, LinkEnd::Site(_)) => {
                Some(true)
            }
            _ => None,
        }
    }
}

/// The labels that a search settled, goals included; a label's steps are followed back through `before`.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    pub(super) labels: Vec<Label>,
    /// Without a latency limit, the position of the first goal: goals come last.
    settled: u32,
    /// The tree that this one goes on from: positions begin with its labels, some of which are no longer the best.
    earlier: Option<Arc<Tree>>,
}

impl Tree {
    /// The links from the start to label `index`, in order.
    pub(super) fn links_to(&self, index: u32) -> Vec<LinkId> {
        let mut links = Vec::new();
        let mut at = index;
        while let Some((before, link)) = self.label(at).before {
            links.push(link);
            at = before;
        }
        links.reverse();
        links
    }

    /// The label at a position.
    pub(super) fn label(&self, position: u32) -> &Label {
        match &self.earlier {
            None => &self.labels[position as usize],
            Some(earlier) => {
                let index = (position as usize).checked_sub(earlier.labels.len());
                index.map_or_else(|| earlier.label(position), |index| &self.labels[index])
            }
        }
    }

    /// The positions of its own labels, with those.
    pub(super) fn labels(&self) -> impl Iterator<Item = (u32, &Label)> {
        let first = self.earlier.as_ref().map_or(0, |tree| tree.labels.len());
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        (first..).zip(&self.labels)
    }
}

/// Memory that searches use one after the other.
#[derive(Default)]
pub(super) struct Scratch {
    heap: BinaryHeap<Reverse<Entry>>,
    /// Labels that were found and are not goals, in the order in which they were.
    found: Vec<Label>,
    /// Without a latency limit, the best label of every goal that was found.
    goals: Vec<Label>,
    fronts: Vec<Front>,
    /// Places whose fronts are no longer blank.
    touched: Vec<PlaceId>,
    /// Whether nothing but the open places is entered.
    is_narrow: bool,
    /// By place; as long as none was asked for, empty.
    open: Vec<bool>,
}

impl Scratch {
    /// Makes everything blank again, for this number of places.
    fn clear(&mut self, place_count: usize) {
        self.heap.clear();
        self.found.clear();
        self.goals.clear();
        for place in self.touched.drain(..) {
            self.fronts[place.index()] = Front::default();
        }
        self.fronts.resize(place_count, Front::default());
    }

    /// Puts a label into the heap.
    fn wait(&mut self, label: Label) {
        let order = u32::try_from(self.found.len())
            .expect("invariant: fewer than 2^32 labels are found in memory");
        self.heap.push(Reverse(Entry {
            price: label.price,
            latency: label.latency,
            steps: label.steps,
            order,
        }));
        self.found.push(label);
    }

    /// Takes the least label out of the heap.
    fn least(&mut self) -> Option<Label> {
        let Reverse(entry) = self.heap.pop()?;
        Some(self.found[entry.order as usize])
    }

    /// Keeps a label of a goal that is better than those before it.
    fn arrive(&mut self, label: Label) {
        let front = &mut self.fronts[label.place.index()];
        if let Some(position) = front.arrived {
            self.goals[position as usize] = label;
        } else {
            let position = u32::try_from(self.goals.len())
                .expect("invariant: fewer than 2^32 labels are found in memory");
            front.arrived = Some(position);
            self.goals.push(label);
        }
    }
}

/// What a search goes by.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) network: &'a Network,
    pub(super) usable: &'a Usable,
    pub(super) prices: &'a Prices,
    pub(super) until: Until,
    /// The latency limit, if there is one.
    pub(super) longest: Option<f64>,
}

/// All labels from `start`: of every place the best one, or, with a latency limit, every one of at most that
/// latency that no other beats in both price and latency. A round trip is beaten by what it returns to, so
/// every path found is simple.
///
/// Nothing goes on from a goal, so without a limit goals need not be settled in order: the best label stands at the end.
pub(super) fn search(terms: Terms<'_>, start: PlaceId, scratch: &mut Scratch) -> Tree {
    let network = terms.network;
    let mut tree = Tree::default();
    scratch.clear(network.place_count());
    scratch.touched.push(start);
    scratch.wait(Label {
        price: terms.prices.places[start.index()],
        latency: 0.0,
        steps: 0,
        place: start,
        before: None,
    });
    while let Some(label) = scratch.least() {
        let front = &mut scratch.fronts[label.place.index()];
        if !front.admits(&label, terms.longest.is_some()) {
            continue;
        }
        front.settle(label.latency);
        let Ok(index) = u32::try_from(tree.labels.len()) else {
            return tree;
        };
        tree.labels.push(label);
        let is_goal = || terms.until.step_to(network.end(label.place)) == Some(true);
        if label.place == start || !is_goal() {
            terms.go_on(&label, index, scratch);
        }
    }
    tree.settled = u32::try_from(tree.labels.len())
        .expect("invariant: fewer than 2^32 labels are found in memory");
    tree.labels.append(&mut scratch.goals);
    tree
}

impl Terms<'_> {
    /// Steps on from a settled label, which is at this position.
    fn go_on(&self, label: &Label, index: u32, scratch: &mut Scratch) {
        let (network, prices, longest) = (self.network, self.prices, self.longest);
        for (link, to) in network.leaving(label.place) {
            if scratch.is_narrow && !scratch.open[to.index()] {
                continue;
            }
            if longest.is_none() && scratch.fronts[to.index()].is_settled() {
                continue;
            }
            let Some(is_goal) = self.until.step_to(network.end(to)) else {
                continue;
            };
            if !self.usable.permits(link, to) {
                continue;
            }
            let latency = label.latency + network.latency(link);
            if longest.is_some_and(|longest| latency > longest) {
                continue;
            }
            let next = Label {
                price: label.price
                    + prices.links[link.index()]
                    + prices.places[to.index()]
                    + prices.latency * network.latency(link),
                latency,
                steps: label.steps + 1,
                place: to,
                before: Some((index, link)),
            };
            let front = &mut scratch.fronts[to.index()];
            if !front.admits(&next, longest.is_some()) || !front.is_worth_trying(&next, longest) {
                continue;
            }
            scratch.touched.push(to);
            if is_goal && longest.is_none() {
                scratch.arrive(next);
            } else {
                scratch.wait(next);
            }
        }
    }
}
