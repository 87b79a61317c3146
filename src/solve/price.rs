//! Pricing: which columns are worth adding, and what the prices prove (`docs/design.md`, `docs/model.md` §7).
//!
//! One pass looks at every class and every path: cheapest paths by priced edges for each group, then the
//! cheapest allowed site for each class. Nothing is enumerated. The same pass gives the bound
//!
//! ```text
//! g = Σ_c U_c · min( min_p [κ + Σ π q], υ ) + min over s, t − Σ π·(right-hand sides) − Σ_j μ_j v_j
//! ```

use super::candidate::{AllowedColumns, Candidate, CandidateKind};
use super::closed::{Closed, Parked};
use super::elsewhere::{BestSites, LeavingPrice};
use super::fares::{PathPrices, PathPricesByDemand, SitePrice, prices_at_sites};
use super::known_paths::{GroupPaths, KnownPaths};
use super::options::{FEW_SITES, GROUPS_OF_CHUNK, WORTH_ADDING};
use super::prices::DualPrices;
use crate::formulation::goals::{Level, Objective, users_missing};
use crate::formulation::{
    Class, ClassId, ColumnKey, Group, GroupId, PathId, PathTable, Problem, Route, Stay, Stays,
};
use crate::ids::SiteId;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BinaryHeap;

/// What one pass found.
pub(super) struct Pass<'a> {
    /// The most violated is on top.
    pub(super) candidates: BinaryHeap<Candidate>,
    /// Lower bound on the objective of the tariff.
    pub(super) bound: f64,
    /// By demand, the fares of the pass.
    fares: Vec<PathPrices<'a>>,
    /// By group and site, the cheapest route, once it is asked for: classes of a group share it.
    interned: FxHashMap<(GroupId, SiteId), Option<PathId>>,
}

impl Pass<'_> {
    /// The position of the cheapest route of a class to a site, which is added to a table if it is new there; always the
    /// same table.
    pub(super) fn intern(
        &mut self,
        problem: &Problem<'_>,
        class: ClassId,
        site: SiteId,
        table: &mut PathTable,
    ) -> Option<PathId> {
        let group = problem.class(class).group;
        if let Some(known) = self.interned.get(&(group, site)) {
            return *known;
        }
        let route = self.route(problem, class, site);
        let position = route.map(|route| table.intern(route));
        self.interned.insert((group, site), position);
        position
    }

    /// The cheapest route of a class to a site.
    pub(super) fn route(
        &self,
        problem: &Problem<'_>,
        class: ClassId,
        site: SiteId,
    ) -> Option<Route> {
        let group = &problem.classes.groups[problem.class(class).group];
        self.fares[group.demand].route(problem, group, site)
    }
}

/// Bounds of the shortfall columns at the level at hand.
pub(super) struct Slack<'a> {
    /// By load row, the most of the target that may be missing through `s`.
    pub(super) missing: &'a [f64],
    /// The same through `t`.
    pub(super) worst: f64,
    /// The same for `β`: no more than the value at hand is of interest.
    pub(super) scale: f64,
    /// By load row, the share of the capacity that may be used while nothing is missing.
    pub(super) target_limits: &'a [f64],
}

/// One pricing pass.
pub(super) struct Pricing<'b, 'a> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) closed: &'b Closed,
    /// By class: nobody may stay on the default path.
    pub(super) is_default_closed: &'b [bool],
    pub(super) stays: &'b Stays<'a>,
    pub(super) parked: &'b Parked,
    /// Columns that the program has.
    pub(super) known: &'b FxHashSet<ColumnKey>,
    /// Whether the problem is large.
    pub(super) is_large: bool,
}

impl<'a> Pricing<'_, 'a> {
    /// Prices every class at a tariff.
    pub(super) fn pass(
        &self,
        tariff: &DualPrices,
        slack: &Slack<'_>,
        known: &mut KnownPaths<'a>,
    ) -> Pass<'a> {
        let problem = self.problem;
        known.close(&self.closed.access_points);
        let demands = problem.classes.demands.iter();
        let mut by_demand = PathPricesByDemand::new(problem, tariff, |profile, prices| {
            known.paths(profile, prices)
        });
        let fares: Vec<PathPrices<'a>> = demands.map(|demand| by_demand.of(demand)).collect();
        let at_sites: Vec<Vec<SitePrice>> = (0..problem.classes.demands.len())
            .map(|demand| prices_at_sites(problem, &problem.classes.demands[demand], tariff))
            .collect();
        let at_least: Vec<Vec<f64>> = fares
            .iter()
            .zip(&at_sites)
            .map(|(fares, at_sites)| {
                let on_the_way = fares.least_from_entries(at_sites.len()).into_iter();
                let both = on_the_way.zip(at_sites);
                both.map(|(path, site)| path + site.with_copy.min(site.without_copy))
                    .collect()
            })
            .collect();
        let in_order: Vec<Vec<SiteId>> = at_least
            .iter()
            .map(|at_least| {
                // Smaller problems look at every site of a class.
                let count = if self.is_large { at_least.len() } else { 0 };
                let mut sites: Vec<SiteId> = (0..count).map(SiteId::new).collect();
                sites.sort_by(|a, b| at_least[a.index()].total_cmp(&at_least[b.index()]));
                sites
            })
            .collect();
        let loads = problem.loads.prices(&tariff.rows);
        let least_unserved = self.least_unserved(&tariff.objective);
        // Sums go by chunks of fixed size, so that they do not depend on the number of threads.
        let parts: Vec<(f64, Vec<Candidate>)> = known
            .groups
            .par_chunks_mut(GROUPS_OF_CHUNK)
            .enumerate()
            .map(|(chunk, known)| {
                let mut bound = 0.0;
                let mut candidates = Vec::new();
                let mut allowed = AllowedColumns::default();
                for (id, known) in (chunk * GROUPS_OF_CHUNK..).zip(known) {
                    let group = &problem.classes.groups[id];
                    known.look_at(&fares[group.demand]);
                    let mut of_group = GroupPrices {
                        group,
                        known,
                        at_sites: &at_sites[group.demand],
                        at_least: &at_least[group.demand],
                        in_order: &in_order[group.demand],
                        loads: &loads,
                        least_unserved,
                        to_entries: if self.is_large {
                            fares[group.demand].least_to_entries(group.client_region)
                        } else {
                            0.0
                        },
                        allowed: &mut allowed,
                    };
                    for stay in self.stays.of_group(id) {
                        bound += match self.price_of_staying(&stay, tariff, &mut of_group) {
                            Some(price) => stay.users * price,
                            None => self.price_class(&stay, tariff, &mut of_group, &mut candidates),
                        };
                    }
                }
                (bound, candidates)
            })
            .collect();
        let mut bound = self.bound_of_rows(tariff, slack) + problem.trapped(&tariff.objective);
        let mut candidates = Vec::new();
        for (of_part, found) in parts {
            bound += of_part;
            candidates.extend(found);
        }
        Pass {
            candidates: candidates.into(),
            bound,
            fares,
            interned: FxHashMap::default(),
        }
    }

    /// What a user of a class pays for staying, if it is seen at once that nobody of it gains by anything else.
    fn price_of_staying(
        &self,
        stay: &Stay,
        tariff: &DualPrices,
        of_group: &mut GroupPrices<'_, 'a>,
    ) -> Option<f64> {
        let price = stay.at_home(&tariff.objective, of_group.loads)?;
        if self.is_default_closed[stay.class]
            || price > of_group.least_unserved
            || self.parked.has(stay.class)
        {
            return None;
        }
        if price > 0.0 {
            if !self.closed.binds(stay) {
                return None;
            }
            let path = of_group
                .known
                .cheapest(self.problem, of_group.group, stay.site)?;
            let at_site = of_group.at_sites[stay.site.index()].of(stay.has_copy)
                + self.price_of_survival(stay.class, stay.site, tariff);
            if path.price + at_site < price {
                return None;
            }
        }
        Some(price)
    }

    /// What the survival rows charge a user of a class for being homed at a site.
    fn price_of_survival(&self, class: ClassId, site: SiteId, tariff: &DualPrices) -> f64 {
        if self.problem.rows.survival.case_count == 0 {
            return 0.0;
        }
        let costs = self.problem.survival_costs(class, site);
        costs.map(|(row, cost)| tariff.rows[row] * cost).sum()
    }

    /// The least that an unserved user of any rank costs who may be unserved.
    fn least_unserved(&self, objective: &Objective) -> f64 {
        let ranks = objective
            .levels
            .unserved
            .iter()
            .zip(&self.closed.levels.unserved);
        ranks
            .filter(|(_, is_closed)| !**is_closed)
            .fold(f64::INFINITY, |least, (weight, _)| least.min(*weight))
    }

    /// By how much what a class has already is cheaper than to stay.
    fn gained(&self, class: ClassId, tariff: &DualPrices) -> f64 {
        if self.is_large {
            tariff.classes[class].max(0.0)
        } else {
            0.0
        }
    }

    /// What none of a class costs more than; infinite where somebody may not stay unserved.
    fn most_unserved(&self, class: &Class, objective: &Objective) -> f64 {
        if !self.is_large {
            return f64::INFINITY;
        }
        let mut most: f64 = 0.0;
        for (rank, &users) in class.users_of_rank.iter().enumerate() {
            if users > 0.0 {
                if self.closed.levels.unserved[rank] {
                    return f64::INFINITY;
                }
                most = most.max(objective.levels.unserved[rank]);
            }
        }
        most
    }

    /// What a class adds to the bound; its columns worth adding go to `candidates`.
    fn price_class(
        &self,
        stay: &Stay,
        tariff: &DualPrices,
        of_group: &mut GroupPrices<'_, 'a>,
        candidates: &mut Vec<Candidate>,
    ) -> f64 {
        let problem = self.problem;
        let id = stay.class;
        let class = problem.class(id);
        let objective = &tariff.objective;
        let stay = stay.at_home(objective, of_group.loads).unwrap_or_else(|| {
            problem.cost_by_default(id, objective) + stay.load_price(of_group.loads)
        });
        let elsewhere = LeavingPrice::of(class, objective, self.closed);
        let mut choice = BestSites::new(self.is_large);
        // What is not cheaper than what the class has is not worth a look, nor what costs more than to be unserved.
        let mut least = if self.is_default_closed[id] {
            f64::INFINITY
        } else {
            (stay - self.gained(id, tariff)).max(0.0)
        };
        let worth_less_than = least.min(self.most_unserved(class, objective));
        let sites = if worth_less_than > 0.0 {
            elsewhere.sites(class, worth_less_than)
        } else {
            &[]
        };
        let is_all = sites.len() == of_group.in_order.len();
        let is_few = !self.is_large || sites.len() <= FEW_SITES;
        for &site in if is_few { sites } else { of_group.in_order } {
            let at_least = of_group.to_entries + of_group.at_least[site.index()];
            if at_least >= worth_less_than || choice.is_beyond(at_least) {
                if is_few {
                    continue;
                }
                break;
            }
            if !is_few && !is_all && !of_group.allowed.has(sites, site) {
                continue;
            }
            let has_copy = class.copies.binary_search(&site).is_ok();
            let Some(for_being_there) = elsewhere.cost(class, site, has_copy) else {
                continue;
            };
            let at_least = at_least + for_being_there;
            if at_least >= worth_less_than || choice.is_beyond(at_least) {
                continue;
            }
            let there = for_being_there
                + of_group.at_sites[site.index()].of(has_copy)
                + self.price_of_survival(id, site, tariff);
            if objective.levels[Level::Latency] > 0.0 && worth_less_than.is_finite() {
                let fastest = of_group.known.fastest(problem, of_group.group, site);
                if fastest.is_none_or(|least| {
                    there + objective.levels[Level::Latency] * least > worth_less_than
                }) {
                    continue;
                }
            }
            let Some(path) = of_group.known.cheapest(problem, of_group.group, site) else {
                continue;
            };
            let cost = path.price + there;
            least = least.min(cost);
            if cost >= worth_less_than {
                continue;
            }
            choice.add(cost, site, path.latency);
        }
        let mut bound = 0.0;
        let mut position = 0;
        let mut add = |what: CandidateKind, reduced: f64, users: f64| {
            if reduced < WORTH_ADDING {
                candidates.push(Candidate {
                    violation: reduced * users,
                    class: id,
                    position,
                    what,
                });
                position += 1;
            }
        };
        for (rank, &users) in class.users_of_rank.iter().enumerate() {
            if users <= 0.0 {
                continue;
            }
            if self.closed.levels.unserved[rank] {
                bound += users * least;
                continue;
            }
            let unserved = objective.levels.unserved[rank];
            bound += users * least.min(unserved);
            let reduced = unserved - stay + tariff.classes[id];
            let is_parked = self.parked.has_rank(id, rank);
            let gain = if is_parked { -reduced } else { reduced };
            let is_known = || self.is_large && self.known.contains(&ColumnKey::Unserved(id, rank));
            if gain < WORTH_ADDING && (is_parked || !is_known()) {
                add(CandidateKind::Unserved(rank), gain, users);
            }
        }
        for (cost, site) in choice.into_best() {
            let reduced = cost - stay + tariff.classes[id];
            add(CandidateKind::Displaced(site), reduced, class.users);
        }
        bound
    }

    /// The part of the bound that is the same for every plan: rows, shortfall columns, held levels.
    fn bound_of_rows(&self, tariff: &DualPrices, slack: &Slack<'_>) -> f64 {
        let mut bound = -tariff.held;
        let mut worst = tariff.objective.levels[Level::Worst];
        // What a missing share of a component and resource gives in all its slices together.
        let mut of_family = vec![0.0; self.problem.rows.rows.len()];
        for (index, row) in self.problem.rows.rows.iter().enumerate() {
            let target = tariff.target_rows[index];
            let hard = tariff.rows[index] - target;
            bound -= target * (slack.target_limits[index] * row.capacity - row.fixed)
                + hard * (row.capacity - row.fixed);
            if row.has_shortfall() {
                let of_share = target * row.target * row.capacity;
                of_family[row.family] += of_share;
                worst -= of_share;
            }
        }
        for (family, row) in self.problem.rows.families() {
            if row.has_shortfall() {
                let missing =
                    tariff.objective.levels[Level::Total] * users_missing(row) - of_family[family];
                bound += missing.min(0.0) * slack.missing[family];
            }
        }
        bound + worst.min(0.0) * slack.worst + tariff.scale.min(0.0) * slack.scale
    }
}

/// What one pass knows of a group.
struct GroupPrices<'b, 'a> {
    group: &'b Group,
    known: &'b mut GroupPaths<'a>,
    /// By site, what it costs to be homed there.
    at_sites: &'b [SitePrice],
    /// By site, the least that it costs to be served there, whatever the path.
    at_least: &'b [f64],
    /// Sites, those that cost the least at least first.
    in_order: &'b [SiteId],
    /// By different loads of default paths, what they cost.
    loads: &'b [f64],
    /// The least that an unserved user costs.
    least_unserved: f64,
    /// In a large problem, what every path of the group costs at least up to an access point.
    to_entries: f64,
    allowed: &'b mut AllowedColumns<'a>,
}
