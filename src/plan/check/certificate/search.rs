//! Searches: the halves of paths, from client regions to access points and from access points to sites, over the links that one
//! kind of user may pass.

use super::super::context::RefereeContext;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// A position in four bytes.
pub(super) fn position(index: usize) -> u32 {
    u32::try_from(index).expect("invariant: the readers refuse tables of 2^32 rows")
}

/// A link that may be passed, as a search meets it.
#[derive(Debug, Clone, Copy)]
struct PassableLink {
    link: u32,
    /// Where the search comes to, by `RefereeContext::place_index`.
    place: u32,
    /// Where the link ends, which is charged for.
    end: u32,
    /// Milliseconds.
    latency: f64,
}

/// The links that one kind of user may pass.
pub(super) struct PassableNetwork {
    /// By place that they leave, in the order of the links.
    leaving: Vec<Vec<PassableLink>>,
    /// By place where they end.
    arriving: Vec<Vec<PassableLink>>,
    /// Elements and pools: where a path goes on.
    between: Range<u32>,
}

impl PassableNetwork {
    /// The network of the links that may be passed, given by link.
    pub(super) fn new(context: &RefereeContext, may_pass: &[bool]) -> Self {
        let inventory = context.inventory;
        let first = inventory.client_regions.len() + inventory.access_points.len();
        let next = first + inventory.elements.len() + inventory.pools.len();
        let mut network = Self {
            leaving: vec![Vec::new(); context.place_count()],
            arriving: vec![Vec::new(); context.place_count()],
            between: position(first)..position(next),
        };
        let links = inventory.links.iter().enumerate();
        for (index, row) in links.filter(|(index, _)| may_pass[*index]) {
            let [from, end] = [row.from, row.to].map(|place| context.place_index(place));
            let link = PassableLink {
                link: position(index),
                place: position(end),
                end: position(end),
                latency: row.latency.0,
            };
            network.leaving[from].push(link);
            network.arriving[end].push(PassableLink {
                place: position(from),
                ..link
            });
        }
        network
    }
}

/// What the network charges one user. Never negative.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Charges {
    /// By link; empty if no link charges anything.
    pub(super) links: Vec<f64>,
    /// By place; empty if none charges anything. Access points and sites charge elsewhere.
    pub(super) places: Vec<f64>,
    /// By access point.
    pub(super) entry: Vec<f64>,
    /// Of a millisecond.
    pub(super) latency: f64,
}

impl Charges {
    /// The price of a path that goes on over a link.
    fn onward(&self, so_far: f64, link: &PassableLink) -> f64 {
        let of_link = self.links.get(link.link as usize).copied();
        let of_place = self.places.get(link.end as usize).copied();
        so_far + of_link.unwrap_or(0.0) + of_place.unwrap_or(0.0) + self.latency * link.latency
    }

    /// `true` if a path over these links, each with the place where it ends, costs more than its milliseconds.
    pub(super) fn charge(&self, path: &[(u32, u32)]) -> bool {
        let is_charged =
            |of: &[f64], index: u32| of.get(index as usize).is_some_and(|value| *value > 0.0);
        let is_priced = |(link, place): &(u32, u32)| {
            is_charged(&self.links, *link) || is_charged(&self.places, *place)
        };
        !(self.links.is_empty() && self.places.is_empty()) && path.iter().any(is_priced)
    }

    /// `true` if nothing is charged at all.
    pub(super) fn is_nothing(&self) -> bool {
        self.links.is_empty()
            && self.places.is_empty()
            && self.latency <= 0.0
            && self.entry.iter().all(|charge| *charge <= 0.0)
    }
}

/// One half of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HalfPath {
    /// The access point or the site where it ends, by its position.
    pub(super) goal: usize,
    pub(super) price: f64,
    /// Milliseconds of this path.
    pub(super) latency: f64,
    /// Those of the fastest path there.
    pub(super) least_latency: f64,
    /// How many it has.
    pub(super) links: u32,
    /// Where its links stand among those of all paths of least latency, the last one first.
    pub(super) steps: Range<usize>,
}

/// Price, latency and number of links of a path; of two paths the lesser one is better.
type CostOfPath = (f64, f64, u32);

/// No path is known.
const NO_PATH: CostOfPath = (f64::INFINITY, f64::INFINITY, u32::MAX);

/// Where a search is: the bits of price and latency, which order numbers of 0 or more, the links, how many labels were found
/// before it, the place.
type LabelOfPath = (u64, u64, u32, u32, u32);

/// Searches under one set of charges, one after the other.
pub(super) struct ChargeSearch<'s> {
    network: &'s PassableNetwork,
    charges: &'s Charges,
    /// By place: the best path that was seen.
    best: Vec<CostOfPath>,
    /// By place: the link by which that came, and the place before it.
    came: Vec<(u32, u32)>,
    touched: Vec<u32>,
    waiting: BinaryHeap<Reverse<LabelOfPath>>,
    /// Labels found so far.
    found: u32,
}

impl<'s> ChargeSearch<'s> {
    pub(super) fn new(network: &'s PassableNetwork, charges: &'s Charges) -> Self {
        let places = network.leaving.len();
        Self {
            network,
            charges,
            best: vec![NO_PATH; places],
            came: vec![(0, 0); places],
            touched: Vec::new(),
            waiting: BinaryHeap::new(),
            found: 0,
        }
    }

    /// Nothing was looked at but where a half begins.
    fn begin(&mut self, start: u32) {
        for place in self.touched.drain(..) {
            self.best[place as usize] = NO_PATH;
        }
        self.waiting.clear();
        self.found = 0;
        self.wait((0.0, 0.0, 0), start);
    }

    /// Looks at a place later.
    fn wait(&mut self, (price, latency, links): CostOfPath, place: u32) {
        let label = (price.to_bits(), latency.to_bits(), links, self.found, place);
        self.waiting.push(Reverse(label));
        self.found += 1;
    }

    /// The next place to look at.
    fn next(&mut self) -> Option<(CostOfPath, u32)> {
        let Reverse((price, latency, links, _, place)) = self.waiting.pop()?;
        let cost = (f64::from_bits(price), f64::from_bits(latency), links);
        Some((cost, place))
    }

    /// Where a link leads after a path, and what the path costs with it; `None` where a half neither goes on nor ends.
    fn onward(
        &self,
        cost: CostOfPath,
        link: &PassableLink,
        ends: &Range<u32>,
    ) -> Option<CostOfPath> {
        let may_lead_there =
            ends.contains(&link.place) || self.network.between.contains(&link.place);
        may_lead_there.then(|| {
            let price = self.charges.onward(cost.0, link);
            (price, cost.1 + link.latency, cost.2 + 1)
        })
    }

    /// Finds the best path from a place to every one of some ends, against the links if `is_back`.
    fn spread(&mut self, start: u32, ends: &Range<u32>, is_back: bool) {
        self.begin(start);
        let network = self.network;
        let links = if is_back {
            &network.arriving
        } else {
            &network.leaving
        };
        while let Some((cost, place)) = self.next() {
            if cost > self.best[place as usize] {
                continue;
            }
            for link in links[place as usize].iter().rev() {
                let Some(next) = self.onward(cost, link, ends) else {
                    continue;
                };
                let best = &mut self.best[link.place as usize];
                if next < *best {
                    if best.0.is_infinite() {
                        self.touched.push(link.place);
                    }
                    *best = next;
                    self.came[link.place as usize] = (link.link, place);
                    if !ends.contains(&link.place) {
                        self.wait(next, link.place);
                    }
                }
            }
        }
    }

    /// The cheapest path to every goal that has a path, the faster one of two, then the one with fewer links, then the one
    /// that comes first: whose last place but one was reached first, over the last of several links between the two
    /// (`docs/model.md` §7). The links of each, with the places where they end, go to `steps`.
    pub(super) fn cheapest(
        &mut self,
        start: u32,
        goals: &Range<u32>,
        steps: &mut Vec<(u32, u32)>,
    ) -> Vec<HalfPath> {
        self.spread(start, goals, false);
        let mut all = Vec::new();
        for (goal, place) in goals.clone().enumerate() {
            let (price, latency, links) = self.best[place as usize];
            if price.is_infinite() {
                continue;
            }
            let first = steps.len();
            let mut at = place;
            while at != start {
                let (link, from) = self.came[at as usize];
                steps.push((link, at));
                at = from;
            }
            all.push(HalfPath {
                goal,
                price,
                latency,
                least_latency: latency,
                links,
                steps: first..steps.len(),
            });
        }
        all
    }

    /// Price, latency and links of the cheapest path from every one of some places to a goal, the faster one of two; infinite
    /// without one.
    pub(super) fn back(&mut self, goal: u32, starts: &Range<u32>) -> Vec<CostOfPath> {
        self.spread(goal, starts, true);
        self.best[starts.start as usize..starts.end as usize].to_vec()
    }

    /// Goal, price and latency of every path within the given milliseconds that no other beats in both.
    pub(super) fn all(
        &mut self,
        start: u32,
        goals: &Range<u32>,
        longest: f64,
    ) -> Vec<(usize, f64, f64)> {
        self.begin(start);
        let network = self.network;
        let mut least: Vec<f64> = vec![f64::INFINITY; network.leaving.len()];
        let mut found = Vec::new();
        while let Some((cost, place)) = self.next() {
            // Labels come by rising price, so one is worth keeping only if it is faster than all before it.
            if cost.1 >= least[place as usize] {
                continue;
            }
            least[place as usize] = cost.1;
            if goals.contains(&place) {
                found.push(((place - goals.start) as usize, cost.0, cost.1));
                continue;
            }
            for link in &network.leaving[place as usize] {
                let next = self.onward(cost, link, goals);
                if let Some(next) = next
                    && next.1 <= longest
                    && next.1 < least[link.place as usize]
                {
                    self.wait(next, link.place);
                }
            }
        }
        found
    }
}
