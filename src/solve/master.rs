//! The master program: load rows, shortfall columns, the active classes' rows and priced columns.
//!
//! Units: a displaced or unserved column counts [`Problem::unit`] users, load rows are divided by the capacity
//! left (1 is full), the objective of each level is scaled by itself.

mod anchors;
mod begin;
mod build;
mod columns;
mod fallback;
mod keep;
mod parked;
mod placed;
mod prices;
mod proof;
mod rebase;
mod serve;
mod whole;

use super::backend::Backend;
use super::closed::{Closed, Parked};
use super::known_paths::KnownPaths;
use super::matrix::PrimalValues;
use super::options::{
    COLUMNS_PER_LATENCY_PASS, COLUMNS_PER_PASS, PASSES_PER_LEVEL, RUNS_OF_METHOD, SolverMethod,
    Status,
};
use super::prices::DualPrices;
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::goals::Objective;
use crate::formulation::rows::RowId;
use crate::formulation::{ClassId, ColumnKey, PathTable, Problem, Scaling, Stays};
use crate::units::{NUMERICAL_NOISE, PROVEN, SOLVER_NOISE, SOLVER_TOLERANCE};
use anchors::Anchors;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A settled level that is held by a row.
#[derive(Debug, Clone)]
struct Hold {
    objective: Objective,
    /// What the row's entries are multiplied by.
    scale: f64,
    row: usize,
    /// The right-hand side, in the level's unit.
    limit: f64,
    is_active: bool,
}

/// What can be put back: everything that settling levels changes.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    closed: Closed,
    is_default_closed: Vec<bool>,
    missing: Vec<f64>,
    worst: f64,
    holds: usize,
}

/// How a level ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct LevelEnd {
    pub(super) value: f64,
    pub(super) bound: f64,
    pub(super) is_stopped: bool,
}

impl LevelEnd {
    /// `true` if value and bound agree within tolerance.
    pub(super) fn is_proven(&self) -> bool {
        self.value - self.bound <= PROVEN * self.value.abs().max(1.0)
    }
}

/// The master program of one problem.
pub(super) struct Master<'a> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) paths: PathTable,
    pub(super) closed: Closed,
    backend: Backend,
    keys: Vec<ColumnKey>,
    known: FxHashSet<ColumnKey>,
    class_rows: Vec<Option<usize>>,
    hard_rows: Vec<Option<usize>>,
    move_row: Option<usize>,
    /// The right-hand side of that row, everybody on the default path.
    move_limit: f64,
    holds: Vec<Hold>,
    is_default_closed: Vec<bool>,
    /// By class, the column of all users that no other column has, if their tier is not parked; without one, the
    /// default path.
    anchors: Anchors,
    /// By class, its anchor and what that loads beyond the default path, as far as it was asked.
    loads_of_anchors: FxHashMap<ClassId, (ColumnKey, Vec<(RowId, f64)>)>,
    /// Tiers that stay unserved without a row and a column.
    parked: Parked,
    /// Columns that were given back to such tiers since the last run.
    unparked: Vec<usize>,
    /// By row, how much more it holds since then, because those columns count in it.
    eased: BTreeMap<usize, f64>,
    /// Classes whose anchor is closed: nobody may stay there.
    closed_anchors: BTreeSet<ClassId>,
    /// By load row, hard row and the move limit's: what the anchors and parked tiers add beyond the default paths.
    shifts: Vec<f64>,
    target_limits: Vec<f64>,
    /// What `β` brings every row, where that is the question.
    scaling: Option<&'a Scaling>,
    /// By load row, the upper bound of `s`; and that of `t`.
    missing: Vec<f64>,
    worst: f64,
    is_overload_open: bool,
    /// Simplex iterations after which a level hands on what it has, with its proven bound.
    pub(super) iterations_per_level: u64,
    /// Whether it is treated as a large problem.
    pub(super) is_large: bool,
    /// Relative gap at which a level ends.
    pub(super) close_enough: f64,
    looseness: f64,
    scale: f64,
    values: PrimalValues,
    last_tariff: Option<Arc<DualPrices>>,
    /// The prices that proved the best bound of the last level.
    best_tariff: Option<Arc<DualPrices>>,
    stays: Stays<'a>,
    known_paths: KnownPaths<'a>,
    pub(super) nonzeros: usize,
    stop: Stop,
}

impl Master<'_> {
    /// An objective with nothing in it.
    pub(super) fn nothing(&self) -> Objective {
        Objective::zero(
            self.problem.classes.ranks.len(),
            self.closed.access_points.len(),
        )
    }

    /// What is nobody, beside all users.
    pub(super) fn nobody(&self) -> f64 {
        NUMERICAL_NOISE * self.problem.users
    }

    /// `true` if this number of users counts as none, compared with all users.
    pub(super) fn is_nobody(&self, users: f64) -> bool {
        users <= NUMERICAL_NOISE * self.problem.users
    }

    /// The value of an objective at the last solution.
    pub(super) fn value(&self, objective: &Objective) -> f64 {
        let mut value = self.problem.constant(objective);
        if !self.anchors.is_empty() || !self.parked.is_empty() {
            value += self.constant_of_anchors(objective);
        }
        for (&key, &amount) in self.keys.iter().zip(&self.values.columns) {
            if amount != 0.0 {
                value += amount * self.cost_beside(key, objective);
            }
        }
        value
    }

    /// Minimises an objective over everything that is open: solve, price, add, until nothing is worth adding, the
    /// budget has run out, the bound is above `enough`, or the solver has failed by every method.
    pub(super) fn optimise(&mut self, objective: &Objective, enough: f64) -> Result<LevelEnd> {
        self.scale = self.scale_of(objective);
        let mut best = BestPrices::none();
        let mut methods: &[SolverMethod] = &SolverMethod::ALL;
        let mut again = SolverMethod::AGAIN.into_iter();
        let start = self.iterations();
        self.rebase()?;
        let (mut rebase_at, mut rebased_value) = (self.rebase_at(), f64::INFINITY);
        for pass_number in 0.. {
            self.set_costs(objective)?;
            let is_finished = match self.run(methods) {
                Err(Error::Solver { status, .. }) if self.falls_back() => {
                    tracing::warn!(status, "every run of the solver failed");
                    false
                }
                ended => ended?,
            };
            let value = self.value(objective);
            self.know_anchors();
            let tariff = Arc::new(self.tariff(objective));
            let mut pass = self.price(&tariff);
            let bound = self.bound_of(&pass, &tariff);
            best.take(bound, &tariff, &self.values.row_duals);
            self.last_tariff = Some(Arc::clone(&tariff));
            // What is proven stands, also where tolerances let the program go a little below it.
            let end = LevelEnd {
                value: value.max(best.bound()),
                bound: best.bound(),
                is_stopped: self.must_end(),
            };
            let is_close = value - best.bound <= self.close_enough * value.abs().max(1.0);
            let is_spent = pass_number >= PASSES_PER_LEVEL
                || self.iterations() - start >= self.iterations_per_level;
            if end.is_stopped || is_close || is_spent || !is_finished || best.bound > enough {
                self.keep_prices(best, bound, end);
                return Ok(end);
            }
            if is_finished && self.keys.len() > rebase_at && value < rebased_value {
                self.rebase()?;
                // Its rows are others now.
                best.row_duals.clear();
                rebase_at = self.rebase_at();
                rebased_value = value;
            }
            let most = if objective.levels[Level::Latency] > 0.0 {
                COLUMNS_PER_LATENCY_PASS
            } else {
                COLUMNS_PER_PASS
            };
            let most = most * self.batches();
            let moved = if pass_number == 0 {
                self.move_whole(&mut pass, objective)?
            } else {
                0
            };
            let added = moved + self.add_best(pass, &tariff, most)?;
            methods = &SolverMethod::ALL;
            if added == 0 {
                match again.next() {
                    Some(others) if !end.is_proven() => methods = others,
                    _ => {
                        self.keep_prices(best, bound, end);
                        return Ok(end);
                    }
                }
            }
        }
        Err(Error::Internal("a level ended without an end".into()))
    }

    /// Hands on the prices that proved the best bound; those of the last run too, unless only the best ones prove
    /// the level.
    fn keep_prices(&mut self, best: BestPrices, last_bound: f64, end: LevelEnd) {
        let is_proven_by_last = LevelEnd {
            bound: last_bound,
            ..end
        }
        .is_proven();
        if end.is_proven() && !is_proven_by_last {
            tracing::debug!(end.value, end.bound, last_bound, "earlier prices prove it");
            self.last_tariff.clone_from(&best.tariff);
            if best.row_duals.len() == self.values.row_duals.len() {
                self.values.row_duals = best.row_duals;
            }
        }
        self.best_tariff = best.tariff;
    }

    /// Solves again at the last costs, because bounds have changed; an error if nothing satisfies them.
    pub(super) fn run_again(&mut self) -> Result<()> {
        self.run(&SolverMethod::ALL).map(|_| ())
    }

    /// Amounts of the last solution by key.
    pub(super) fn amounts(&self) -> impl Iterator<Item = (ColumnKey, f64)> + '_ {
        let anchored = self.anchored().into_iter();
        let of_columns = self.values.columns.iter().copied();
        let of_anchors = anchored
            .filter_map(|(class, amount)| Some((self.anchors.get(class)?, amount.max(0.0))));
        let of_columns = self.keys.iter().copied().zip(of_columns);
        of_columns.chain(of_anchors).chain(self.parked_amounts())
    }

    /// Rows and columns of the program.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.backend.row_count(), self.keys.len())
    }

    /// Simplex iterations so far.
    pub(super) fn iterations(&self) -> u64 {
        self.backend.iterations()
    }

    /// By class: nobody may stay on the default path.
    pub(super) fn is_default_closed(&self, class: ClassId) -> bool {
        self.is_default_closed[class]
    }

    /// `true` if somebody wants an answer now, and there is one or none is waited for.
    fn must_end(&self) -> bool {
        if self.is_overload_open {
            self.stop.gives_up()
        } else {
            self.stop.is_raised()
        }
    }

    /// Runs the solver until it has an optimum (`true`) or somebody stops it (`false`).
    ///
    /// Rows and levels that are just met leave a sliver that tolerances can close; if nothing is left, all of
    /// them are loosened a little, and the program is tried again. What does not help is taken back.
    fn run(&mut self, methods: &[SolverMethod]) -> Result<bool> {
        let mut before = None;
        loop {
            match self.run_methods(methods) {
                Err(Error::Solver { .. }) if self.looseness < SOLVER_TOLERANCE => {
                    before.get_or_insert_with(|| (self.looseness, self.values.clone()));
                    self.loosen((self.looseness * 10.0).max(NUMERICAL_NOISE))?;
                }
                Err(error) => {
                    if let Some((looseness, values)) = before {
                        self.values = values;
                        self.loosen(looseness)?;
                    }
                    return Err(error);
                }
                ended => return ended,
            }
        }
    }

    fn loosen(&mut self, looseness: f64) -> Result<()> {
        self.looseness = looseness;
        self.apply_rows()?;
        self.apply_bounds()
    }

    fn run_methods(&mut self, methods: &[SolverMethod]) -> Result<bool> {
        self.raise_unparked()?;
        let mut last = Status::Unfinished;
        for &method in methods {
            let mut next = method;
            for _ in 0..RUNS_OF_METHOD {
                let before = self.iterations();
                last = self.backend.run(next)?;
                let is_at_rest = self.iterations() == before;
                if last != Status::Unfinished || is_at_rest || self.must_end() {
                    break;
                }
                next = method.going_on();
            }
            let most = match last {
                Status::Optimal => SOLVER_TOLERANCE,
                Status::Unknown => SOLVER_NOISE,
                // From the basis at hand every point that keeps the rows is at least as good as the one before. After
                // whole classes went elsewhere, whose basis may not be feasible, this holds only mostly.
                Status::Unfinished if !method.is_from_scratch() => SOLVER_TOLERANCE,
                Status::Unfinished => f64::NEG_INFINITY,
                Status::Infeasible | Status::Other(_) => continue,
            };
            let values = self.backend.values()?;
            let violation = self.backend.matrix().violation(&values.columns);
            if violation <= most {
                self.values = values;
                if last != Status::Unfinished {
                    return Ok(true);
                }
            }
            tracing::debug!(?method, ?last, violation, "a run without an optimum");
            if last == Status::Unfinished && self.must_end() {
                return if self.falls_back() {
                    Ok(false)
                } else {
                    Err(Error::StoppedEarly)
                };
            }
        }
        Err(Error::Solver {
            level: String::new(),
            status: format!("{last:?}"),
        })
    }
}

/// The prices that prove most of a level so far.
struct BestPrices {
    /// Below everything until there are some.
    bound: f64,
    tariff: Option<Arc<DualPrices>>,
    row_duals: Vec<f64>,
}

impl BestPrices {
    fn none() -> Self {
        Self {
            bound: f64::NEG_INFINITY,
            tariff: None,
            row_duals: Vec::new(),
        }
    }

    /// Takes these prices if they prove more.
    fn take(&mut self, bound: f64, tariff: &Arc<DualPrices>, row_duals: &[f64]) {
        if bound > self.bound {
            self.bound = bound;
            self.tariff = Some(Arc::clone(tariff));
            self.row_duals = row_duals.to_vec();
        }
    }

    /// The bound; 0 without any prices, for nothing that is minimised can be lower.
    fn bound(&self) -> f64 {
        if self.tariff.is_some() {
            self.bound
        } else {
            0.0
        }
    }
}
