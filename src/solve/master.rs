//! The master program: load rows, shortfall columns, the active classes' rows and priced columns.
//!
//! Units: a displaced or unserved column counts [`Problem::unit`] users, load rows are divided by the capacity
//! left (1 is full), the objective of each level is scaled by itself.
//! Long because every method keeps the solver's rows, columns and bounds in step with the keys kept here.

use super::backend::{Backend, Line, Values};
use super::known_paths::KnownPaths;
use super::options::{
    CLOSE_ENOUGH, COLUMNS_PER_LATENCY_PASS, COLUMNS_PER_PASS, DUST_OF_NOBODY, LEAST_LOOSENESS,
    MOST_LOOSENESS, NOBODY_OF_ALL, PASSES_PER_LEVEL, PROVEN, Status, Way,
};
use super::price::{Candidate, Closed, Pass, Pricing, Slack, Tariff, What};
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::formulation::goals::Objective;
use crate::formulation::rows::{
    RowId, class_limit, hard_limit, hold_limit, move_limit, target_limit,
};
use crate::formulation::{ClassId, ColumnKey, PathTable, Problem};
use good_lp::{Expression, ProblemVariables, SolverModel, constraint, variable};
use std::collections::HashSet;

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
pub(super) struct Mark {
    closed: Closed,
    is_default_closed: Vec<bool>,
    missing: Vec<f64>,
    worst: f64,
    holds: usize,
}

/// How a level ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) value: f64,
    pub(super) bound: f64,
    pub(super) is_stopped: bool,
}

impl End {
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
    known: HashSet<ColumnKey>,
    class_rows: Vec<Option<usize>>,
    hard_rows: Vec<Option<usize>>,
    move_row: Option<usize>,
    holds: Vec<Hold>,
    default_loads: Vec<Vec<(RowId, f64)>>,
    is_default_closed: Vec<bool>,
    target_limits: Vec<f64>,
    /// By load row, the upper bound of `s`; and that of `t`.
    missing: Vec<f64>,
    worst: f64,
    is_overload_open: bool,
    looseness: f64,
    scale: f64,
    values: Values,
    last_tariff: Option<Tariff>,
    known_paths: KnownPaths<'a>,
    pub(super) nonzeros: usize,
    stop: Stop,
}

impl<'a> Master<'a> {
    /// The program of a problem with nobody displaced and every overload open.
    pub(super) fn new(problem: &'a Problem<'a>, stop: &Stop) -> Result<Self> {
        let rows = &problem.rows.rows;
        let class_count = problem.classes.classes.len();
        let access_point_count = problem.setting.inventory.access_points.len();
        let target_limits: Vec<f64> = rows
            .iter()
            .map(|row| target_limit(row.target, row.kept))
            .collect();
        let mut variables = ProblemVariables::new();
        let mut keys = Vec::new();
        let mut declare = |key: ColumnKey| {
            keys.push(key);
            variables.add(variable().min(0.0))
        };
        let worst = declare(ColumnKey::Worst);
        let mut lines: Vec<(Expression, f64)> = Vec::new();
        let mut hard_lines: Vec<(Expression, f64, RowId)> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let stays = problem.default_loads[index] / row.capacity;
            let overload = declare(ColumnKey::Overload(index));
            let mut line = Expression::from(0.0) - overload;
            if row.has_shortfall() {
                let missing = declare(ColumnKey::Missing(index));
                line = line - row.target * missing - row.target * worst;
                if row.kept > 0.0 {
                    let hard = Expression::from(0.0) - overload;
                    hard_lines.push((hard, hard_limit() - stays, index));
                }
            }
            lines.push((line, target_limits[index] - stays));
        }
        let excess = problem
            .setting
            .policy
            .max_moved_users
            .map(|limit| (declare(ColumnKey::MovedTooMany), limit));
        let mut model = variables
            .minimise(Expression::from(0.0))
            .using(good_lp::highs);
        let mut hard_rows = vec![None; rows.len()];
        let mut count = lines.len();
        for (line, limit) in lines {
            model = model.with(constraint!(line <= limit));
        }
        for (line, limit, row) in hard_lines {
            model = model.with(constraint!(line <= limit));
            hard_rows[row] = Some(count);
            count += 1;
        }
        let move_row = excess.is_some().then_some(count);
        if let Some((excess, limit)) = excess {
            let moved = Objective {
                moved: 1.0,
                ..Objective::zero(problem.classes.ranks.len(), access_point_count)
            };
            let limit = move_limit(limit, problem.constant(&moved), problem.unit);
            model = model.with(constraint!(Expression::from(0.0) - excess <= limit));
        }
        let inner = model
            .try_into_inner()
            .map_err(|error| Error::Internal(format!("the program could not be built: {error}")))?;
        let missing = rows
            .iter()
            .map(|row| {
                if row.has_shortfall() {
                    1.0 - row.kept
                } else {
                    0.0
                }
            })
            .collect();
        let default_loads = (0..class_count)
            .map(|class| {
                problem.defaults[class].map_or_else(Vec::new, |default| {
                    problem.loads(class, problem.paths.get(default.path))
                })
            })
            .collect();
        let mut master = Self {
            backend: Backend::new(inner)?,
            paths: problem.paths.clone(),
            closed: Closed {
                relief: false,
                copied: false,
                moved: false,
                unserved: vec![true; problem.classes.ranks.len()],
                access_points: vec![false; access_point_count],
            },
            known: keys.iter().copied().collect(),
            keys,
            class_rows: vec![None; class_count],
            hard_rows,
            move_row,
            holds: Vec::new(),
            default_loads,
            is_default_closed: vec![false; class_count],
            target_limits,
            missing,
            worst: 0.0,
            is_overload_open: true,
            looseness: 0.0,
            scale: 1.0,
            values: Values::default(),
            last_tariff: None,
            known_paths: KnownPaths::new(problem),
            nonzeros: 0,
            stop: stop.clone(),
            problem,
        };
        master.apply_bounds()?;
        Ok(master)
    }

    /// An objective with nothing in it.
    pub(super) fn nothing(&self) -> Objective {
        Objective::zero(
            self.problem.classes.ranks.len(),
            self.closed.access_points.len(),
        )
    }

    /// All users: what tolerances of counts are relative to.
    pub(super) fn all_users(&self) -> f64 {
        self.problem
            .classes
            .classes
            .iter()
            .map(|class| class.users)
            .sum()
    }

    /// `true` if so many users are nobody, beside all users.
    pub(super) fn is_nobody(&self, users: f64) -> bool {
        users <= NOBODY_OF_ALL * self.all_users()
    }

    /// The value of an objective at the last solution.
    pub(super) fn value(&self, objective: &Objective) -> f64 {
        let mut value = self.problem.constant(objective);
        for (&key, &amount) in self.keys.iter().zip(&self.values.columns) {
            if amount != 0.0 {
                value += amount * self.cost_of_one(key, objective);
            }
        }
        value
    }

    /// What 1 of a column adds to an objective, in its unit.
    fn cost_of_one(&self, key: ColumnKey, objective: &Objective) -> f64 {
        let cost = self.problem.cost(key, &self.paths, objective);
        match key {
            ColumnKey::Displaced(..) | ColumnKey::Unserved(..) | ColumnKey::MovedTooMany => {
                cost * self.problem.unit
            }
            ColumnKey::Missing(_) | ColumnKey::Worst | ColumnKey::Overload(_) => cost,
        }
    }

    /// Minimises an objective over everything that is open: solve, price, add, until nothing is worth adding.
    pub(super) fn optimise(&mut self, objective: &Objective) -> Result<End> {
        self.scale = self.scale_of(objective);
        let mut best_bound = f64::NEG_INFINITY;
        let mut has_tried_fresh = false;
        for pass_number in 0.. {
            self.set_costs(objective)?;
            let is_finished = self.run()?;
            let value = self.value(objective);
            let tariff = self.tariff(objective);
            let pass = self.price(&tariff);
            best_bound = best_bound.max(pass.bound / self.scale);
            self.last_tariff = Some(tariff);
            let end = End {
                value,
                bound: best_bound.min(value),
                is_stopped: self.must_end(),
            };
            let is_close = value - best_bound <= CLOSE_ENOUGH * value.abs().max(1.0);
            if end.is_stopped || is_close || pass_number >= PASSES_PER_LEVEL {
                return Ok(end);
            }
            let most = if objective.latency > 0.0 {
                COLUMNS_PER_LATENCY_PASS
            } else {
                COLUMNS_PER_PASS
            };
            let added = self.add(pass.candidates, most)?;
            if added == 0 && is_finished {
                if end.is_proven() || has_tried_fresh {
                    return Ok(end);
                }
                has_tried_fresh = true;
                self.run_ways(&Way::ALL[2..])?;
            }
        }
        Err(Error::Internal("a level ended without an end".into()))
    }

    /// The bound that the last prices prove for an objective when other access points are closed or charged for.
    pub(super) fn bound_at_last_prices(&mut self, entry: &[f64]) -> f64 {
        let Some(tariff) = &self.last_tariff else {
            return f64::NEG_INFINITY;
        };
        let mut tariff = tariff.clone();
        tariff.objective.entry = entry.iter().map(|price| price * self.scale).collect();
        self.price(&tariff).bound / self.scale
    }

    /// How much the last level's value improves per unit of capacity left, by load row.
    pub(super) fn gains(&self) -> Vec<f64> {
        let Some(tariff) = &self.last_tariff else {
            return vec![0.0; self.problem.rows.rows.len()];
        };
        let mut missing = vec![0.0; self.problem.rows.rows.len()];
        let mut worst = 0.0;
        for (key, &amount) in self.keys.iter().zip(&self.values.columns) {
            match *key {
                ColumnKey::Missing(row) => missing[row] = amount,
                ColumnKey::Worst => worst = amount,
                _ => {}
            }
        }
        self.problem
            .rows
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let target = tariff.target_rows[index];
                let hard = tariff.rows[index] - target;
                let used = self.target_limits[index] + row.target * (missing[index] + worst);
                let grown = if row.mean_demand > 0.0 {
                    tariff.objective.total * missing[index] * row.target / row.mean_demand
                } else {
                    0.0
                };
                ((target * used + hard - grown) / self.scale).max(0.0)
            })
            .collect()
    }

    /// Holds an objective at a value by a row.
    pub(super) fn hold(&mut self, objective: &Objective, value: f64) -> Result<()> {
        let scale = self.scale_of(objective) / self.problem.unit;
        let limit = hold_limit(value, self.dust(objective));
        let entries = self
            .keys
            .iter()
            .enumerate()
            .map(|(column, &key)| (column, self.cost_of_one(key, objective) * scale))
            .filter(|(_, entry)| *entry != 0.0)
            .collect();
        let row = self.backend.row_count();
        self.backend.add_rows(&[Line {
            lower: f64::NEG_INFINITY,
            upper: (limit - self.problem.constant(objective)) * scale,
            cost: 0.0,
            entries,
        }])?;
        self.holds.push(Hold {
            objective: objective.clone(),
            scale,
            row,
            limit,
            is_active: true,
        });
        Ok(())
    }

    /// What tolerances leave of nothing, in an objective's unit.
    fn dust(&self, objective: &Objective) -> f64 {
        DUST_OF_NOBODY * NOBODY_OF_ALL * self.all_users() * self.scale_of(&self.nothing())
            / self.scale_of(objective)
    }

    /// `true` if no default path adds to an objective, so that it can be kept at 0 by closing columns.
    pub(super) fn is_free_by_default(&self, objective: &Objective) -> bool {
        (0..self.problem.classes.classes.len())
            .all(|class| self.problem.cost_by_default(class, objective) <= 0.0)
    }

    /// Bounds of the shortfall columns: `s ≤ min(missing, 1 − s⁰)`, `t ≤ worst`.
    pub(super) fn limit_shortfall(&mut self, missing: f64, worst: f64) -> Result<()> {
        for (bound, row) in self.missing.iter_mut().zip(&self.problem.rows.rows) {
            *bound = if row.has_shortfall() {
                (1.0 - row.kept).min(missing)
            } else {
                0.0
            };
        }
        self.worst = worst;
        self.apply_bounds()
    }

    /// `true` if no target may be missing any more.
    pub(super) fn is_target_met(&self) -> bool {
        self.worst <= 0.0 && self.missing.iter().all(|missing| *missing <= 0.0)
    }

    /// `true` if no target is missing at the last solution, not even where nobody is worth counting.
    pub(super) fn is_nothing_missing(&self) -> bool {
        self.amounts().all(|(key, amount)| match key {
            ColumnKey::Missing(row) => {
                amount <= 0.0 || self.problem.rows.rows[row].mean_demand > 0.0
            }
            _ => true,
        })
    }

    /// Nothing may be overloaded from here on.
    pub(super) fn close_overload(&mut self) -> Result<()> {
        self.is_overload_open = false;
        self.apply_bounds()
    }

    /// Opens it again.
    pub(super) fn open_overload(&mut self) -> Result<()> {
        self.is_overload_open = true;
        self.apply_bounds()
    }

    /// Closes every standby access point that is not in `open`, columns and default paths alike.
    pub(super) fn close_access_points(&mut self, is_closed: Vec<bool>) -> Result<()> {
        self.closed.access_points = is_closed;
        for class in 0..self.class_rows.len() {
            let Some(default) = self.problem.defaults[class] else {
                continue;
            };
            let entry = self.problem.paths.get(default.path).access_point;
            if self.closed.access_points[entry.index()] {
                self.activate(class)?;
                self.is_default_closed[class] = true;
            }
        }
        self.apply_rows()?;
        self.apply_bounds()
    }

    /// What settling changes, to be put back later.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            closed: self.closed.clone(),
            is_default_closed: self.is_default_closed.clone(),
            missing: self.missing.clone(),
            worst: self.worst,
            holds: self.holds.len(),
        }
    }

    /// Puts back what was changed since a mark; columns that were found stay.
    pub(super) fn return_to(&mut self, mark: &Mark) -> Result<()> {
        self.closed = mark.closed.clone();
        self.is_default_closed.clone_from(&mark.is_default_closed);
        self.missing.clone_from(&mark.missing);
        self.worst = mark.worst;
        for hold in &mut self.holds[mark.holds..] {
            hold.is_active = false;
            self.backend
                .set_row(hold.row, f64::NEG_INFINITY, f64::INFINITY)?;
        }
        self.apply_rows()?;
        self.apply_bounds()
    }

    /// Applies what is closed to the bounds of all columns.
    pub(super) fn apply_bounds(&mut self) -> Result<()> {
        let upper: Vec<f64> = self.keys.iter().map(|&key| self.upper_bound(key)).collect();
        self.backend.set_upper_bounds(&upper)
    }

    /// `true` if the last solution has something on a column that is closed now.
    pub(super) fn has_dust_on_closed(&self) -> bool {
        self.amounts()
            .any(|(key, amount)| amount > 0.0 && self.upper_bound(key) <= 0.0)
    }

    /// Solves again at the last costs, because bounds have changed; an error if nothing satisfies them.
    pub(super) fn run_again(&mut self) -> Result<()> {
        self.run().map(|_| ())
    }

    /// Amounts of the last solution by key.
    pub(super) fn amounts(&self) -> impl Iterator<Item = (ColumnKey, f64)> + '_ {
        self.keys
            .iter()
            .copied()
            .zip(self.values.columns.iter().copied())
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

    fn upper_bound(&self, key: ColumnKey) -> f64 {
        let is_closed = match key {
            ColumnKey::Displaced(class, path) => {
                let path = self.paths.get(path);
                self.closed.forbids(self.problem.class(class), path.site)
                    || self.closed.access_points[path.access_point.index()]
            }
            ColumnKey::Unserved(class, rank) => {
                if !self.closed.unserved[rank] {
                    let users = self.problem.class(class).users_of_rank[rank];
                    return class_limit(users, self.problem.unit);
                }
                true
            }
            ColumnKey::Missing(row) if self.missing[row] > 0.0 => {
                return self.missing[row] + self.looseness;
            }
            ColumnKey::Worst if self.worst > 0.0 => return self.worst,
            ColumnKey::Missing(_) | ColumnKey::Worst => true,
            ColumnKey::Overload(_) | ColumnKey::MovedTooMany => !self.is_overload_open,
        };
        if is_closed { 0.0 } else { f64::INFINITY }
    }

    fn apply_rows(&mut self) -> Result<()> {
        let none = f64::NEG_INFINITY;
        for row in 0..self.problem.rows.rows.len() {
            let stays = self.problem.default_loads[row] / self.problem.rows.rows[row].capacity;
            let limit = self.target_limits[row] - stays + self.looseness;
            self.backend.set_row(row, none, limit)?;
            if let Some(hard) = self.hard_rows[row] {
                let limit = hard_limit() - stays + self.looseness;
                self.backend.set_row(hard, none, limit)?;
            }
        }
        for hold in self.holds.iter().filter(|hold| hold.is_active) {
            let limit = (hold.limit - self.problem.constant(&hold.objective)) * hold.scale;
            self.backend
                .set_row(hold.row, none, limit + self.looseness)?;
        }
        for class in 0..self.class_rows.len() {
            if let Some(row) = self.class_rows[class] {
                let users = class_limit(self.problem.class(class).users, self.problem.unit);
                let lower = if self.is_default_closed[class] {
                    users - self.looseness
                } else {
                    f64::NEG_INFINITY
                };
                self.backend.set_row(row, lower, users)?;
            }
        }
        Ok(())
    }

    /// The largest cost per unit of a column becomes about 1.
    fn scale_of(&self, objective: &Objective) -> f64 {
        let largest_latency = if objective.latency > 0.0 {
            (0..self.paths.len())
                .map(|path| self.paths.get(path).latency)
                .fold(1e-3, f64::max)
        } else {
            0.0
        };
        let largest = objective
            .unserved
            .iter()
            .chain(&objective.entry)
            .copied()
            .chain([
                objective.relief,
                objective.copied,
                objective.moved,
                objective.total,
                objective.overload,
                objective.latency * largest_latency,
                objective.worst / self.problem.unit,
            ])
            .fold(0.0, f64::max);
        if largest > 0.0 { 1.0 / largest } else { 1.0 }
    }

    fn set_costs(&mut self, objective: &Objective) -> Result<()> {
        let costs: Vec<f64> = self
            .keys
            .iter()
            .map(|&key| self.scaled_cost(key, objective))
            .collect();
        self.backend.set_costs(&costs)
    }

    fn scaled_cost(&self, key: ColumnKey, objective: &Objective) -> f64 {
        self.cost_of_one(key, objective) * self.scale / self.problem.unit
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
    /// them are loosened a little, and the program is tried again.
    fn run(&mut self) -> Result<bool> {
        loop {
            match self.run_ways(&Way::ALL) {
                Err(Error::Solver { .. }) if self.looseness < MOST_LOOSENESS => {
                    self.looseness = (self.looseness * 10.0).max(LEAST_LOOSENESS);
                    self.apply_rows()?;
                    self.apply_bounds()?;
                }
                ended => return ended,
            }
        }
    }

    fn run_ways(&mut self, ways: &[Way]) -> Result<bool> {
        let mut last = Status::Unfinished;
        for &way in ways {
            loop {
                last = self.backend.run(way)?;
                if last != Status::Unfinished || self.must_end() {
                    break;
                }
            }
            match last {
                Status::Optimal => {
                    self.values = self.backend.values()?;
                    return Ok(true);
                }
                Status::Unfinished => {
                    if !self.values.columns.is_empty() {
                        self.values.columns.resize(self.keys.len(), 0.0);
                        return Ok(false);
                    }
                    return Err(Error::StoppedEarly);
                }
                Status::Infeasible | Status::Other(_) => {}
            }
        }
        Err(Error::Solver {
            level: String::new(),
            status: format!("{last:?}"),
        })
    }

    /// The prices of the last solution, scaled like the objective and counted per user.
    fn tariff(&self, objective: &Objective) -> Tariff {
        let unit = self.problem.unit;
        let dual = |row: usize| (-self.values.row_duals.get(row).copied().unwrap_or(0.0)).max(0.0);
        let mut total = self.nothing();
        total.add(objective, self.scale);
        let mut held = 0.0;
        for hold in self.holds.iter().filter(|hold| hold.is_active) {
            let weight = dual(hold.row) * hold.scale * unit;
            total.add(&hold.objective, weight);
            held += weight * hold.limit;
        }
        if let Some(row) = self.move_row {
            total.moved += dual(row);
            held += dual(row) * self.problem.setting.policy.max_moved_users.unwrap_or(0.0);
        }
        let load_rows = &self.problem.rows.rows;
        let target_rows: Vec<f64> = load_rows
            .iter()
            .enumerate()
            .map(|(index, row)| dual(index) * unit / row.capacity)
            .collect();
        let rows = load_rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                target_rows[index]
                    + self.hard_rows[index].map_or(0.0, |hard| dual(hard) * unit / row.capacity)
            })
            .collect();
        let classes = (0..self.class_rows.len())
            .map(|class| {
                self.class_rows[class].map_or(0.0, |row| {
                    let price = -self.values.row_duals.get(row).copied().unwrap_or(0.0);
                    if self.is_default_closed[class] {
                        price
                    } else {
                        price.max(0.0)
                    }
                })
            })
            .collect();
        Tariff {
            objective: total,
            rows,
            target_rows,
            classes,
            held,
        }
    }

    fn price(&mut self, tariff: &Tariff) -> Pass {
        let pricing = Pricing {
            problem: self.problem,
            default_loads: &self.default_loads,
            closed: &self.closed,
            is_default_closed: &self.is_default_closed,
        };
        pricing.pass(
            tariff,
            &Slack {
                missing: &self.missing,
                worst: self.worst,
                target_limits: &self.target_limits,
            },
            &mut self.known_paths,
        )
    }

    /// Adds the first candidates that are new; how many there were.
    fn add(&mut self, candidates: Vec<Candidate>, most: usize) -> Result<usize> {
        let mut keys = Vec::new();
        for candidate in candidates {
            if keys.len() >= most {
                break;
            }
            let key = match candidate.what {
                What::Displaced(path) => {
                    ColumnKey::Displaced(candidate.class, self.paths.intern(path))
                }
                What::Unserved(rank) => ColumnKey::Unserved(candidate.class, rank),
            };
            if self.known.insert(key) {
                self.activate(candidate.class)?;
                keys.push(key);
            }
        }
        let lines: Vec<Line> = keys.iter().map(|&key| self.line(key)).collect();
        self.nonzeros += lines.iter().map(|line| line.entries.len()).sum::<usize>();
        self.backend.add_columns(&lines)?;
        self.keys.extend(&keys);
        Ok(keys.len())
    }

    /// Gives a class its row.
    fn activate(&mut self, class: ClassId) -> Result<()> {
        if self.class_rows[class].is_some() {
            return Ok(());
        }
        self.class_rows[class] = Some(self.backend.row_count());
        self.backend.add_rows(&[Line {
            lower: f64::NEG_INFINITY,
            upper: class_limit(self.problem.class(class).users, self.problem.unit),
            cost: 0.0,
            entries: Vec::new(),
        }])
    }

    /// A displaced or unserved column in the program's units.
    fn line(&self, key: ColumnKey) -> Line {
        let (class, loads) = match key {
            ColumnKey::Displaced(class, path) => (
                class,
                self.problem.displaced_loads(class, self.paths.get(path)),
            ),
            ColumnKey::Unserved(class, _) => (class, self.problem.unserved_loads(class)),
            _ => return Line::default(),
        };
        let unit = self.problem.unit;
        let mut entries = Vec::with_capacity(loads.len() + 2);
        for (row, load) in loads {
            let entry = load * unit / self.problem.rows.rows[row].capacity;
            entries.push((row, entry));
            if let Some(hard) = self.hard_rows[row] {
                entries.push((hard, entry));
            }
        }
        if let Some(row) = self.class_rows[class] {
            entries.push((row, 1.0));
        }
        if let Some(row) = self.move_row {
            let mut moved = self.nothing();
            moved.moved = 1.0;
            let entry = self.problem.cost(key, &self.paths, &moved);
            if entry != 0.0 {
                entries.push((row, entry));
            }
        }
        for hold in &self.holds {
            let entry = self.cost_of_one(key, &hold.objective) * hold.scale;
            if entry != 0.0 {
                entries.push((hold.row, entry));
            }
        }
        Line {
            lower: 0.0,
            upper: self.upper_bound(key),
            cost: 0.0,
            entries,
        }
    }
}
