//! Paths known from earlier pricing passes: prices of the network often stay as they were from one pass to the next.

use super::fares::PathPrices;
use crate::formulation::{Group, Problem};
use crate::graph::{PathCost, PricedPaths, Prices, Usable};
use crate::ids::{AccessPointId, SiteId};
use crate::model::LinkEnd;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Searches kept at once for each slice of the hours, beside those of least latency; the oldest goes first.
const KEPT: usize = 32;

/// What is known of the paths of one group: nothing is searched until it is asked for.
#[derive(Default)]
pub(super) struct GroupPaths<'a> {
    /// By site, the least latency of any path; empty until asked.
    fastest: Vec<PathQuery>,
    /// By site, the cheapest route at the fares of `of`; empty until asked.
    cheapest: Vec<PathQuery>,
    of: PathPrices<'a>,
}

/// An answer, if there was a question.
#[derive(Debug, Clone, Copy)]
enum PathQuery {
    Never,
    Answered(Option<PathCost>),
}

impl PathQuery {
    fn or(&mut self, ask: impl FnOnce() -> Option<PathCost>) -> Option<PathCost> {
        if let Self::Answered(cost) = self {
            return *cost;
        }
        let cost = ask();
        *self = Self::Answered(cost);
        cost
    }
}

/// What was asked of a site.
fn at(asked: &mut Vec<PathQuery>, site: SiteId) -> &mut PathQuery {
    if asked.len() <= site.index() {
        asked.resize(site.index() + 1, PathQuery::Never);
    }
    &mut asked[site.index()]
}

impl<'a> GroupPaths<'a> {
    /// Forgets the cheapest routes unless they are those at `fares`.
    pub(super) fn look_at(&mut self, fares: &PathPrices<'a>) {
        if !self.of.is_same(fares) {
            self.cheapest.clear();
            self.of = fares.clone();
        }
    }

    /// The cheapest route of the group to a site at the fares that it looks at.
    pub(super) fn cheapest(
        &mut self,
        problem: &Problem<'_>,
        group: &Group,
        site: SiteId,
    ) -> Option<PathCost> {
        let fares = &self.of;
        at(&mut self.cheapest, site).or(|| fares.cost(problem, group, site))
    }

    /// The least latency of any path of the group to a site, whatever is closed; `None` if none leads there.
    pub(super) fn fastest(
        &mut self,
        problem: &Problem<'_>,
        group: &Group,
        site: SiteId,
    ) -> Option<f64> {
        let profile = problem.classes.demands[group.demand].profile.index();
        let paths = &problem.profile_paths.with_standby[profile];
        at(&mut self.fastest, site)
            .or(|| paths.cost(group.client_region, site, group.max_latency))
            .map(|cost| cost.latency)
    }
}

/// Priced paths under the prices of earlier passes.
pub(super) struct KnownPaths<'a> {
    problem: &'a Problem<'a>,
    /// What is closed for the entries below.
    closed: Vec<bool>,
    /// By profile.
    usable: Vec<Arc<Usable>>,
    searches: Vec<PathSearch<'a>>,
    /// How many of them, at the beginning, are those of least latency, which stay.
    lasting: usize,
    pub(super) groups: Vec<GroupPaths<'a>>,
}

/// One search and what it was for.
struct PathSearch<'a> {
    /// Hash of the prices: most others are distinguished by it.
    hash: u64,
    usable: Arc<Usable>,
    prices: Prices,
    paths: Arc<PricedPaths<'a>>,
}

/// Hash of prices; equal ones have the same.
fn hash(prices: &Prices) -> u64 {
    let all = prices.places.iter().chain(&prices.links);
    let mut hasher = FxHasher::default();
    for price in all.chain([&prices.latency]) {
        // Of equal numbers only the zeros differ in their bits.
        (price + 0.0).to_bits().hash(&mut hasher);
    }
    hasher.finish()
}

impl<'a> KnownPaths<'a> {
    /// Nothing is known but the least-latency paths.
    pub(super) fn new(problem: &'a Problem<'a>) -> Self {
        let closed = vec![false; problem.setting.inventory.access_points.len()];
        let mut known = Self {
            problem,
            closed,
            usable: problem.profile_paths.usable.clone(),
            searches: Vec::new(),
            lasting: 0,
            groups: problem
                .classes
                .groups
                .iter()
                .map(|_| GroupPaths::default())
                .collect(),
        };
        let least_latency = problem
            .profile_paths
            .usable
            .iter()
            .zip(&problem.profile_paths.with_standby);
        for (usable, paths) in least_latency {
            if !known
                .searches
                .iter()
                .any(|search| Arc::ptr_eq(&search.usable, usable))
            {
                let prices = Prices::zero(problem.setting.network);
                known.searches.push(PathSearch {
                    hash: hash(&prices),
                    usable: Arc::clone(usable),
                    prices,
                    paths: Arc::clone(paths),
                });
            }
        }
        known.lasting = known.searches.len();
        known
    }

    /// Closes access points; what was found with others open is forgotten.
    pub(super) fn close(&mut self, closed: &[bool]) {
        if self.closed == closed {
            return;
        }
        self.closed = closed.to_vec();
        self.searches.clear();
        self.lasting = 0;
        for group in &mut self.groups {
            group.of = PathPrices::default();
            group.cheapest.clear();
        }
        let network = self.problem.setting.network;
        let mut shared: Vec<(Arc<Usable>, Arc<Usable>)> = Vec::new();
        self.usable = self
            .problem
            .profile_paths
            .usable
            .iter()
            .map(|open| {
                if let Some((_, known)) = shared.iter().find(|(from, _)| Arc::ptr_eq(from, open)) {
                    return Arc::clone(known);
                }
                let mut usable = Usable::clone(open);
                for index in (0..closed.len()).filter(|&index| closed[index]) {
                    let end = LinkEnd::AccessPoint(AccessPointId::new(index));
                    usable.places[network.place(end).index()] = false;
                }
                let usable = Arc::new(usable);
                shared.push((Arc::clone(open), Arc::clone(&usable)));
                usable
            })
            .collect();
    }

    /// The cheapest paths of a profile under these prices.
    pub(super) fn paths(&mut self, profile: usize, prices: Prices) -> Arc<PricedPaths<'a>> {
        let usable = &self.usable[profile];
        let hash = hash(&prices);
        let known = self.searches.iter().find(|search| {
            search.hash == hash && Arc::ptr_eq(&search.usable, usable) && search.prices == prices
        });
        if let Some(search) = known {
            return Arc::clone(&search.paths);
        }
        let beside: Vec<&PricedPaths<'a>> = self
            .searches
            .iter()
            .rev()
            .filter(|search| Arc::ptr_eq(&search.usable, usable))
            .map(|search| &*search.paths)
            .collect();
        let paths = Arc::new(PricedPaths::beside(
            self.problem.setting.network,
            Arc::clone(usable),
            prices.clone(),
            self.problem.profile_paths.longest,
            &beside,
        ));
        let slices = self.problem.setting.case.hours.slice_count();
        if self.searches.len() >= KEPT * slices + self.lasting {
            self.searches.remove(self.lasting);
        }
        self.searches.push(PathSearch {
            hash,
            usable: Arc::clone(usable),
            prices,
            paths: Arc::clone(&paths),
        });
        paths
    }
}
