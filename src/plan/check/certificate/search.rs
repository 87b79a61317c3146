//! One half of a way: from a client region to access points, or from an access point to sites; and the steps that
//! searches take, for one kind of user, laid out for them.

use super::super::context::RefereeContext;
use crate::model::LinkEnd;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;

/// What stands where a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepEnd {
    /// An element or a pool: the way goes on.
    Between,
    /// An access point, by its position.
    AccessPoint(u32),
    /// A site, by its position.
    Site(u32),
}

/// A link that may be passed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) link: u32,
    /// Where it ends, by `RefereeContext::place_index`.
    pub(super) place: u32,
    /// Milliseconds.
    pub(super) latency: f64,
    pub(super) end: StepEnd,
}

/// What users of some profiles may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passable {
    /// By link: it and the place where it ends may be passed.
    pub(super) links: Vec<bool>,
}

/// The steps of one kind of user, by the place that they leave, in the order of the links.
pub(super) struct Steps {
    all: Vec<Step>,
    /// By place the first of its steps; one more entry closes the last.
    first: Vec<u32>,
    /// By place where they end: the place that a step leaves, and its position.
    arriving: Vec<Vec<(u32, u32)>>,
    /// Places where a way goes on.
    between: Range<u32>,
}

impl Steps {
    /// The links that a kind of user may pass; `ends` is what stands at every place.
    pub(super) fn new(context: &RefereeContext, ends: &[LinkEnd], passable: &Passable) -> Self {
        let is_between = |end: &LinkEnd| matches!(end, LinkEnd::Element(_) | LinkEnd::Pool(_));
        let between = ends.iter().take_while(|end| !is_between(end)).count();
        let count = ends.iter().filter(|end| is_between(end)).count();
        let mut steps = Self {
            all: Vec::new(),
            first: Vec::with_capacity(ends.len() + 1),
            arriving: vec![Vec::new(); ends.len()],
            between: position(between)..position(between + count),
        };
        for (from, end) in ends.iter().enumerate() {
            steps.first.push(steps.next());
            let leaving = context.leaving(*end).iter();
            for link in leaving.filter(|link| passable.links[link.index()]) {
                let of_link = &context.inventory.links[link.index()];
                let end = match of_link.to {
                    LinkEnd::Element(_) | LinkEnd::Pool(_) => StepEnd::Between,
                    LinkEnd::AccessPoint(id) => StepEnd::AccessPoint(id.0),
                    LinkEnd::Site(id) => StepEnd::Site(id.0),
                    // Nobody's way leads through where users are.
                    LinkEnd::ClientRegion(_) => continue,
                };
                let place = context.place_index(of_link.to);
                let own = steps.next();
                steps.arriving[place].push((position(from), own));
                steps.all.push(Step {
                    link: link.0,
                    place: position(place),
                    latency: of_link.latency.0,
                    end,
                });
            }
        }
        steps.first.push(steps.next());
        steps
    }

    /// The steps that leave a place, each with its position.
    pub(super) fn from(&self, place: u32) -> impl DoubleEndedIterator<Item = (u32, &Step)> {
        let (first, next) = (self.first[place as usize], self.first[place as usize + 1]);
        (first..next).zip(&self.all[first as usize..next as usize])
    }

    /// The steps that end at a place, each with the place that it leaves.
    pub(super) fn to(&self, place: u32) -> impl Iterator<Item = (u32, &Step)> {
        let arriving = self.arriving[place as usize].iter();
        arriving.map(|(from, step)| (*from, self.at(*step)))
    }

    /// The step at a position.
    pub(super) fn at(&self, step: u32) -> &Step {
        &self.all[step as usize]
    }

    /// `true` if a way goes on from a place: it is an element or a pool.
    pub(super) fn is_between(&self, place: u32) -> bool {
        self.between.contains(&place)
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.first.len() - 1
    }

    fn next(&self) -> u32 {
        position(self.all.len())
    }
}

/// A position in four bytes.
pub(super) fn position(index: usize) -> u32 {
    u32::try_from(index).expect("invariant: the readers refuse tables of 2^32 rows")
}

/// What links and the places between access points and their ends charge one user. Never negative.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NetworkPrices {
    /// By link; empty if no link charges anything.
    pub(super) links: Vec<f64>,
    /// By place; empty if none charges anything. Access points and sites charge elsewhere.
    pub(super) places: Vec<f64>,
    /// Of a millisecond.
    pub(super) latency: f64,
}

impl NetworkPrices {
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
struct PathLabel {
    price: f64,
    latency: f64,
    /// How many so far.
    links: u32,
    /// How many labels were found before it.
    found: u32,
    place: u32,
}

impl PartialEq for PathLabel {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for PathLabel {}
impl PartialOrd for PathLabel {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for PathLabel {
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
pub(super) struct PathSearch<'s> {
    steps: &'s Steps,
    prices: &'s NetworkPrices,
    /// By place: price, latency and links of the best label that was seen.
    best: Vec<Best>,
    /// By place: the step by which that label came, and the place that it left.
    came: Vec<(u32, u32)>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<PathLabel>>,
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
    fn goal(self, end: StepEnd) -> Option<Option<u32>> {
        match (end, self) {
            (StepEnd::Between, _) => Some(None),
            (StepEnd::AccessPoint(index), Self::Entries) | (StepEnd::Site(index), Self::Sites) => {
                Some(Some(index))
            }
            _ => None,
        }
    }
}

impl<'s> PathSearch<'s> {
    pub(super) fn new(steps: &'s Steps, prices: &'s NetworkPrices) -> Self {
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
    fn next(&self, label: &PathLabel, step: &Step, place: u32) -> PathLabel {
        let of_link = self.prices.links.get(step.link as usize).copied();
        let of_place = self.prices.places.get(step.place as usize).copied();
        PathLabel {
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
    fn wait(&mut self, label: PathLabel) {
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
        self.wait(PathLabel {
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
