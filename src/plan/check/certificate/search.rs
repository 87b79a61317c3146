//! One half of a way: from a client region to access points, or from an access point to sites.

use super::steps::{End, Step, Steps};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;

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

    /// `true` if a step is charged for, its milliseconds apart.
    pub(super) fn charge(&self, step: &Step) -> bool {
        let of_link = self.links.get(step.link as usize);
        let of_place = self.places.get(step.place as usize);
        of_link
            .into_iter()
            .chain(of_place)
            .any(|price| *price > 0.0)
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
    /// How many links it has.
    pub(super) links: u32,
}

/// The steps of the ways to all goals of one start.
#[derive(Debug, Default)]
pub(super) struct Taken {
    steps: Vec<u32>,
    /// By half, where its steps end.
    ends: Vec<usize>,
}

impl Taken {
    /// By half, the positions of its steps.
    pub(super) fn of_halves(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.steps[*start..*end])
    }

    /// The positions of the steps of one half.
    pub(super) fn of_half(&self, half: usize) -> &[u32] {
        let start = half.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.steps[start..self.ends[half]]
    }
}

/// Where a search is.
#[derive(Clone, Copy)]
struct Label {
    price: f64,
    latency: f64,
    /// How many so far.
    links: u32,
    /// How many labels were found before it.
    found: u32,
    place: u32,
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
        // Numbers of 0 or more are ordered like their bits.
        let key = |label: &Self| {
            let (price, latency) = (label.price.to_bits(), label.latency.to_bits());
            (price, latency, label.links, label.found)
        };
        key(self).cmp(&key(other))
    }
}

/// Price, latency and links of a way.
type Best = (f64, f64, u32);

/// No way is known.
const NO_WAY: Best = (f64::INFINITY, f64::INFINITY, u32::MAX);

/// Searches under one set of prices, one after the other.
pub(super) struct Search<'s> {
    steps: &'s Steps,
    prices: &'s Prices,
    /// By place: price, latency and links of the best label that was seen.
    best: Vec<Best>,
    /// By place: the step by which that label came, and the place that it left.
    came: Vec<(u32, u32)>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<Label>>,
    /// Labels found so far.
    found: u32,
}

/// Where a half leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toward {
    /// From a client region to access points.
    Entries,
    /// From an access point to sites.
    Sites,
}

impl Toward {
    /// The goal where a step ends, `None` inside if it is none; `None` outside if the half may not go there.
    #[expect(
        clippy::option_option,
        reason = "outside: may it be taken; inside: does it end the half"
    )]
    fn goal(self, end: End) -> Option<Option<u32>> {
        match (end, self) {
            (End::Between, _) => Some(None),
            (End::AccessPoint(index), Self::Entries) | (End::Site(index), Self::Sites) => {
                Some(Some(index))
            }
            _ => None,
        }
    }
}

impl<'s> Search<'s> {
    pub(super) fn new(steps: &'s Steps, prices: &'s Prices) -> Self {
        Self {
            steps,
            prices,
            best: vec![NO_WAY; steps.places()],
            came: vec![(0, 0); steps.places()],
            touched: Vec::new(),
            heap: BinaryHeap::new(),
            found: 0,
        }
    }

    /// A label one step on, or back, at the place where that leads.
    fn next(&self, label: &Label, step: &Step, place: u32) -> Label {
        let of_link = self.prices.links.get(step.link as usize).copied();
        let of_place = self.prices.places.get(step.place as usize).copied();
        Label {
            price: label.price
                + of_link.unwrap_or(0.0)
                + of_place.unwrap_or(0.0)
                + self.prices.latency * step.latency,
            latency: label.latency + step.latency,
            links: label.links + 1,
            found: self.found,
            place,
        }
    }

    /// Looks at a label later.
    fn wait(&mut self, label: Label) {
        self.heap.push(Reverse(label));
        self.found += 1;
    }

    /// Nothing was looked at but where a half begins.
    fn begin(&mut self, start: u32) {
        for place in self.touched.drain(..) {
            self.best[place as usize] = NO_WAY;
        }
        self.heap.clear();
        self.found = 0;
        self.wait(Label {
            price: 0.0,
            latency: 0.0,
            links: 0,
            found: 0,
            place: start,
        });
    }

    /// The cheapest way to every goal, the faster one of two, then the one with fewer links, then the one that comes
    /// first: whose last place but one was reached first, over the last of several links between the two
    /// (`docs/model.md` §7). The steps of each, the last first, go to `taken`.
    pub(super) fn cheapest(&mut self, start: u32, toward: Toward, taken: &mut Taken) -> Vec<Half> {
        self.begin(start);
        let mut found = Vec::new();
        let steps = self.steps;
        while let Some(Reverse(label)) = self.heap.pop() {
            if (label.price, label.latency, label.links) > self.best[label.place as usize] {
                continue;
            }
            for (position, step) in steps.from(label.place).rev() {
                let Some(goal) = toward.goal(step.end) else {
                    continue;
                };
                let next = self.next(&label, step, step.place);
                let best = &mut self.best[step.place as usize];
                if (next.price, next.latency, next.links) < *best {
                    if best.0.is_infinite() {
                        self.touched.push(step.place);
                        if let Some(goal) = goal {
                            found.push((goal, step.place));
                        }
                    }
                    *best = (next.price, next.latency, next.links);
                    self.came[step.place as usize] = (position, label.place);
                    if goal.is_none() {
                        self.wait(next);
                    }
                }
            }
        }
        found.sort_unstable();
        for &(_, place) in &found {
            let mut at = place;
            while at != start {
                let (step, from) = self.came[at as usize];
                taken.steps.push(step);
                at = from;
            }
            taken.ends.push(taken.steps.len());
        }
        let halves = found.into_iter().map(|(goal, place)| {
            let (price, latency, links) = self.best[place as usize];
            Half {
                goal: goal as usize,
                price,
                latency,
                least_latency: if self.prices.is_only_latency() {
                    latency
                } else {
                    0.0
                },
                links,
            }
        });
        halves.collect()
    }

    /// Price, latency and links of the cheapest way from every one of some places to a goal, the faster one of two;
    /// infinite without one.
    pub(super) fn back(&mut self, goal: u32, starts: Range<u32>) -> Vec<Best> {
        self.begin(goal);
        let mut found = vec![NO_WAY; starts.len()];
        let steps = self.steps;
        while let Some(Reverse(label)) = self.heap.pop() {
            if (label.price, label.latency, label.links) > self.best[label.place as usize] {
                continue;
            }
            for (from, step) in steps.to(label.place) {
                let next = self.next(&label, step, from);
                let is_start = starts.contains(&from);
                let best = if is_start {
                    &mut found[(from - starts.start) as usize]
                } else if steps.is_between(from) {
                    &mut self.best[from as usize]
                } else {
                    continue;
                };
                let own = (next.price, next.latency, next.links);
                if own < *best {
                    if !is_start && best.0.is_infinite() {
                        self.touched.push(from);
                    }
                    *best = own;
                    if !is_start {
                        self.wait(next);
                    }
                }
            }
        }
        found
    }

    /// Every way of at most so many milliseconds that no other beats in both price and latency.
    pub(super) fn all(&mut self, start: u32, toward: Toward, longest: f64) -> Vec<Half> {
        self.begin(start);
        let mut least: Vec<f64> = vec![f64::INFINITY; self.steps.places()];
        let mut goal_of: Vec<Option<u32>> = vec![None; self.steps.places()];
        let mut found = Vec::new();
        let steps = self.steps;
        while let Some(Reverse(label)) = self.heap.pop() {
            // Labels come by rising price, so one is worth keeping only if it is faster than all before it.
            let place = label.place as usize;
            if label.latency >= least[place] {
                continue;
            }
            least[place] = label.latency;
            if let Some(goal) = goal_of[place] {
                found.push(Half {
                    goal: goal as usize,
                    price: label.price,
                    latency: label.latency,
                    least_latency: label.latency,
                    links: label.links,
                });
                continue;
            }
            for (_, step) in steps.from(label.place) {
                let Some(goal) = toward.goal(step.end) else {
                    continue;
                };
                let next = self.next(&label, step, step.place);
                if next.latency <= longest && next.latency < least[step.place as usize] {
                    goal_of[step.place as usize] = goal;
                    self.wait(next);
                }
            }
        }
        found
    }
}
