//! What it costs at prices to be homed at a site in a period, and to get there.

use super::master::Duals;
use super::rows::JointRows;
use crate::formulation::goals::{Level, Objective, users_missing};
use crate::formulation::joint::{JointProblem, Stand};
use crate::formulation::{Problem, Route};
use crate::ids::SiteId;
use crate::solve::fares::{PathPrices, SitePrice, prices_at_sites};
use crate::solve::known_paths::KnownPaths;
use crate::solve::prices::DualPrices;

/// Prices of one period.
pub(super) struct PeriodFares<'a> {
    problem: &'a Problem<'a>,
    /// By demand.
    fares: Vec<PathPrices<'a>>,
    /// By demand, then site.
    at_sites: Vec<Vec<SitePrice>>,
    /// By group, then site: the cheapest path, once it is asked for.
    known: Vec<Vec<PriceQuery>>,
    /// Of a user who moves.
    pub(super) moved: f64,
    /// Of a user who is copied, in addition.
    pub(super) copied: f64,
    /// Of a user of an unaffected shard who moves, in addition.
    pub(super) relief: f64,
}

/// The price of the cheapest path to a site, if it was asked for; none where none leads there.
#[derive(Debug, Clone, Copy)]
enum PriceQuery {
    Never,
    Answered(Option<f64>),
}

/// What a user of the goal at hand costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct JointWeights {
    /// If they move.
    pub(super) moved: f64,
    /// For every millisecond.
    pub(super) latency: f64,
}

impl<'a> PeriodFares<'a> {
    /// The prices of a period.
    pub(super) fn of(
        joint: &JointProblem<'a>,
        period: usize,
        rows: &JointRows,
        duals: &Duals,
        weights: JointWeights,
        known: &mut KnownPaths<'a>,
    ) -> Self {
        let joint_period = &joint.periods[period];
        let problem = joint_period.problem;
        let access_points = problem.setting.inventory.access_points.len();
        let load_rows = &problem.rows.rows;
        let mut prices = vec![0.0; load_rows.len()];
        for (row, position) in rows.of_load[period].iter().enumerate() {
            if let Some(position) = position {
                prices[row] = duals.rows[*position] / load_rows[row].capacity;
            }
        }
        let held = rows.latency[period];
        let of_held = held.map_or(0.0, |row| duals.rows[row] / rows.of_latency[period]);
        let mut objective = Objective::zero(problem.classes.ranks.len(), access_points);
        objective.levels[Level::Latency] = weights.latency + of_held;
        let tariff = DualPrices {
            objective,
            target_rows: vec![0.0; prices.len()],
            rows: prices,
            classes: Vec::new(),
            held: 0.0,
            multipliers: Vec::new(),
            moves: 0.0,
            scale: 0.0,
        };
        known.close(&joint_period.closed);
        let demands = &problem.classes.demands;
        let of = |row: Option<usize>| row.map_or(0.0, |row| duals.rows[row] / rows.unit);
        Self {
            problem,
            fares: demands
                .iter()
                .map(|demand| {
                    PathPrices::of(problem, demand, &tariff, |profile, prices| {
                        known.paths(profile, prices)
                    })
                })
                .collect(),
            at_sites: demands
                .iter()
                .map(|demand| prices_at_sites(problem, demand, &tariff))
                .collect(),
            known: vec![Vec::new(); problem.classes.groups.len()],
            moved: weights.moved + of(rows.moves[period]) + of(Some(rows.moved)),
            copied: of(rows.copied),
            relief: of(rows.relief[period]),
        }
    }

    /// What one user pays who is homed at a site, on the cheapest path there; `None` if none leads there.
    pub(super) fn of_user(&mut self, stand: &Stand, site: SiteId) -> Option<f64> {
        let known = &mut self.known[stand.group];
        if known.is_empty() {
            known.resize(
                self.problem.setting.inventory.sites.len(),
                PriceQuery::Never,
            );
        }
        let group = &self.problem.classes.groups[stand.group];
        let path = match known[site.index()] {
            PriceQuery::Answered(path) => path,
            PriceQuery::Never => {
                let cost = self.fares[group.demand].cost(self.problem, group, site);
                let path = cost.map(|cost| cost.price);
                known[site.index()] = PriceQuery::Answered(path);
                path
            }
        };
        let at_site = self.at_sites[group.demand][site.index()].of(stand.has_copy(site));
        Some(path? + at_site)
    }

    /// The cheapest path of a class to a site.
    pub(super) fn route(&self, stand: &Stand, site: SiteId) -> Option<Route> {
        let group = &self.problem.classes.groups[stand.group];
        self.fares[group.demand].route(self.problem, group, site)
    }
}

/// What missing shares pay at prices, if they are chosen best: at most 0.
pub(super) fn of_missing(joint: &JointProblem<'_>, rows: &JointRows, duals: &Duals) -> f64 {
    let mut sum = 0.0;
    for share in &rows.missing {
        let load_rows = &joint.periods[share.period].problem.rows;
        let of_total = rows.total[share.period].map_or(0.0, |row| duals.rows[row]);
        let first = &load_rows.rows[share.family];
        let mut reduced = of_total * users_missing(first) / rows.unit;
        for (row, _) in load_rows.family(share.family) {
            if let Some(position) = rows.of_load[share.period][row] {
                reduced -= duals.rows[position] * first.target;
            }
        }
        sum += reduced.min(0.0) * share.most;
    }
    sum
}

/// Prices times what rows leave, and the sum of the sizes of these terms.
pub(super) fn of_limits(rows: &JointRows, duals: &Duals) -> (f64, f64) {
    let mut sums = (0.0, 0.0);
    for (limit, price) in rows.limits.iter().zip(&duals.rows) {
        if *price > 0.0 {
            sums.0 += price * limit;
            sums.1 += price * limit.abs();
        }
    }
    sums
}
