//! Pricing: which columns are worth adding, and what the prices prove (`docs/design.md`, `docs/model.md` §7).
//!
//! One pass looks at every class and every path: cheapest paths by priced edges for each group, then the
//! cheapest allowed site for each class. Nothing is enumerated. The same pass gives the bound
//!
//! ```text
//! g = Σ_c U_c · min( min_p [κ + Σ π q], υ ) + min over s, t − Σ π·(right-hand sides) − Σ_j μ_j v_j
//! ```

use super::known_paths::{Costs, KnownPaths};
use super::options::WORTH_ADDING;
use crate::formulation::goals::{
    Objective, copied_per_user, moved_per_user, relief_per_user, users_missing,
};
use crate::formulation::rows::RowId;
use crate::formulation::{Class, ClassId, DemandId, Problem};
use crate::graph::{Path, PlaceId, PricedPaths, Prices};
use crate::ids::{AccessPointId, SiteId};
use crate::model::LinkEnd;
use std::sync::Arc;

/// What is closed for columns: settled levels whose optimum is 0, and access points.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Closed {
    pub(super) relief: bool,
    pub(super) copied: bool,
    pub(super) moved: bool,
    /// By rank.
    pub(super) unserved: Vec<bool>,
    /// By access point.
    pub(super) access_points: Vec<bool>,
}

impl Closed {
    /// `true` if users of a class may not be served at a site.
    pub(super) fn forbids(&self, class: &Class, site: SiteId) -> bool {
        self.relief && relief_per_user(class, site) > 0.0
            || self.moved && moved_per_user(class, site) > 0.0
            || self.copied && copied_per_user(class, site) > 0.0
    }
}

/// Prices at which a pass looks at the program.
#[derive(Debug, Clone)]
pub(super) struct Tariff {
    /// The level's objective and what settled levels and the move limit add, per user.
    pub(super) objective: Objective,
    /// By load row: price of a unit of load, of the target row and the hard row together.
    pub(super) rows: Vec<f64>,
    /// By load row: the part of the target row.
    pub(super) target_rows: Vec<f64>,
    /// By class: what its row adds, per user.
    pub(super) classes: Vec<f64>,
    /// Prices × right-hand sides of everything but the load rows, to be taken off the bound.
    pub(super) held: f64,
    /// By level that a row holds: its multiplier, and at what it is held.
    pub(super) multipliers: Vec<Multiplier>,
    /// Price of the move limit, per user.
    pub(super) moves: f64,
    /// Reduced cost of `β`.
    pub(super) scale: f64,
}

/// What a settled level that a row holds adds.
#[derive(Debug, Clone)]
pub(super) struct Multiplier {
    /// The settled level's own objective.
    pub(super) objective: Objective,
    /// Price of a unit of it.
    pub(super) price: f64,
    /// The right-hand side, in its unit.
    pub(super) limit: f64,
}

/// A column worth adding.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) class: ClassId,
    pub(super) what: What,
    /// Reduced cost × users: the most violated come first.
    pub(super) violation: f64,
}

/// What the column stands for.
#[derive(Debug, Clone)]
pub(super) enum What {
    Displaced(Path),
    Unserved(usize),
}

/// What one pass found.
pub(super) struct Pass {
    /// Most violated first.
    pub(super) candidates: Vec<Candidate>,
    /// Lower bound on the objective of the tariff.
    pub(super) bound: f64,
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
pub(super) struct Pricing<'a> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) closed: &'a Closed,
    /// By class: nobody may stay on the default path.
    pub(super) is_default_closed: &'a [bool],
}

impl Pricing<'_> {
    /// Prices every class at a tariff.
    pub(super) fn pass(
        &self,
        tariff: &Tariff,
        slack: &Slack<'_>,
        known: &mut KnownPaths<'_>,
    ) -> Pass {
        let problem = self.problem;
        known.close(&self.closed.access_points);
        let paths: Vec<Arc<PricedPaths<'_>>> = (0..problem.classes.demands.len())
            .map(|demand| {
                let profile = problem.classes.demands[demand].profile.index();
                known.paths(profile, self.prices(demand, tariff))
            })
            .collect();
        let costs: Vec<Arc<Costs>> = problem
            .classes
            .groups
            .iter()
            .enumerate()
            .map(|(index, group)| known.costs(index, &paths[group.demand]))
            .collect();
        let mut bound = self.bound_of_rows(tariff, slack);
        let mut candidates = Vec::new();
        for (id, class) in problem.classes.classes.iter().enumerate() {
            if problem.defaults[id].is_none() {
                bound += weighted(&class.users_of_rank, &tariff.objective.unserved);
                continue;
            }
            let stay = problem.cost_by_default(id, &tariff.objective)
                + problem.loads_by_default[id]
                    .iter()
                    .map(|(row, load)| load * tariff.rows[*row])
                    .sum::<f64>();
            let mut best = [None::<(f64, SiteId)>; 2];
            for &site in &class.sites {
                let Some(path) = costs[class.group][site.index()] else {
                    continue;
                };
                if self.closed.forbids(class, site) {
                    continue;
                }
                let cost = path.price + self.price_at_site(id, site, tariff);
                if best[0].is_none_or(|(least, _)| cost < least) {
                    best = [Some((cost, site)), best[0]];
                } else if best[1].is_none_or(|(least, _)| cost < least) {
                    best[1] = Some((cost, site));
                }
            }
            let least = best[0].map_or(f64::INFINITY, |(cost, _)| cost);
            let least = if self.is_default_closed[id] {
                least
            } else {
                least.min(stay)
            };
            for (rank, users) in class.users_of_rank.iter().enumerate() {
                let unserved = if self.closed.unserved[rank] {
                    f64::INFINITY
                } else {
                    tariff.objective.unserved[rank]
                };
                if *users > 0.0 {
                    bound += users * least.min(unserved);
                    let reduced = unserved - stay + tariff.classes[id];
                    if reduced < WORTH_ADDING {
                        candidates.push(Candidate {
                            class: id,
                            what: What::Unserved(rank),
                            violation: reduced * users,
                        });
                    }
                }
            }
            let group = &problem.classes.groups[class.group];
            for (cost, site) in best.into_iter().flatten() {
                let reduced = cost - stay + tariff.classes[id];
                if reduced < WORTH_ADDING
                    && let Some(path) =
                        paths[group.demand].path(group.client_region, site, group.max_latency)
                {
                    candidates.push(Candidate {
                        class: id,
                        what: What::Displaced(path),
                        violation: reduced * class.users,
                    });
                }
            }
        }
        candidates.sort_by(|a, b| {
            a.violation
                .total_cmp(&b.violation)
                .then(a.class.cmp(&b.class))
        });
        Pass { candidates, bound }
    }

    /// What it costs one user of a demand to pass each place and link.
    fn prices(&self, demand: DemandId, tariff: &Tariff) -> Prices {
        let problem = self.problem;
        let network = problem.setting.network;
        let of_user = &problem.classes.demands[demand].of_user;
        let mut prices = Prices::zero(network);
        prices.latency = tariff.objective.latency;
        let price = |rows: &[RowId]| -> f64 {
            rows.iter()
                .map(|&row| {
                    let load_row = &problem.rows.rows[row];
                    tariff.rows[row] * of_user[load_row.resource.index()] / load_row.shares
                })
                .sum()
        };
        for (place, rows) in problem.rows.at_place.iter().enumerate() {
            // What a site charges depends on the class and is added by it.
            let is_site = matches!(network.end(PlaceId::new(place)), LinkEnd::Site(_));
            if !is_site && !rows.is_empty() {
                prices.places[place] = price(rows);
            }
        }
        for (link, rows) in problem.rows.at_link.iter().enumerate() {
            prices.links[link] = price(rows);
        }
        for (index, entry) in tariff.objective.entry.iter().enumerate() {
            let place = network.place(LinkEnd::AccessPoint(AccessPointId::new(index)));
            prices.places[place.index()] += entry;
        }
        prices
    }

    /// What it costs one user of a class to be homed at a site.
    fn price_at_site(&self, class: ClassId, site: SiteId, tariff: &Tariff) -> f64 {
        self.problem.cost_at_site(class, site, &tariff.objective)
            + self
                .problem
                .loads_at_site(class, site)
                .map(|(row, load)| load * tariff.rows[row])
                .sum::<f64>()
    }

    /// The part of the bound that is the same for every plan: rows, shortfall columns, held levels.
    fn bound_of_rows(&self, tariff: &Tariff, slack: &Slack<'_>) -> f64 {
        let mut bound = -tariff.held;
        let mut worst = tariff.objective.worst;
        for (index, row) in self.problem.rows.rows.iter().enumerate() {
            let target = tariff.target_rows[index];
            let hard = tariff.rows[index] - target;
            bound -= target * (slack.target_limits[index] * row.capacity - row.fixed)
                + hard * (row.capacity - row.fixed);
            let of_share = target * row.target * row.capacity;
            if row.has_shortfall() {
                let missing = tariff.objective.total * users_missing(row) - of_share;
                bound += missing.min(0.0) * slack.missing[index];
                worst -= of_share;
            }
        }
        bound + worst.min(0.0) * slack.worst + tariff.scale.min(0.0) * slack.scale
    }
}

/// `Σ a·b`.
fn weighted(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
