//! The joint master program: shares of joint classes on trajectories, in the displacement form.
//!
//! Every class has one trajectory on which it is by default, the one that most of it takes in the plan at hand, and
//! a row only once it has another: Σ shares on others ≤ 1. All columns but missing shares are such shares.

use super::columns::TrajectoryColumn;
use super::rows::JointRows;
use crate::error::{Error, Result};
use crate::formulation::goals::users_missing;
use crate::formulation::joint::JointProblem;
use crate::solve::backend::Backend;
use crate::solve::matrix::{PrimalValues, SparseLine};
use crate::solve::options::{MOST_PRICE, RUNS_OF_METHOD, SolverMethod, Status};
use crate::solve::stop::Stop;
use crate::units::SOLVER_TOLERANCE;
use good_lp::{Expression, ProblemVariables};

/// Prices of rows, all at least 0.
#[derive(Debug, Clone)]
pub(super) struct Duals {
    /// By row of [`JointRows`].
    pub(super) rows: Vec<f64>,
    /// By class: what its row adds.
    pub(super) classes: Vec<f64>,
}

/// The joint master program.
pub(super) struct JointMaster {
    backend: Backend,
    pub(super) rows: JointRows,
    /// By class, where it is unless a column says otherwise.
    pub(super) defaults: Vec<TrajectoryColumn>,
    /// By row, what all classes use of it by default.
    by_default: Vec<f64>,
    /// By class.
    class_rows: Vec<Option<usize>>,
    /// In the order of the program, after the missing shares.
    pub(super) columns: Vec<TrajectoryColumn>,
    pub(super) values: PrimalValues,
}

impl JointMaster {
    /// The program of a problem as the plan at hand leaves it.
    pub(super) fn new(problem: &JointProblem<'_>) -> Result<Self> {
        let (counts, loads) = problem.at_hand();
        let rows = JointRows::new(problem, &counts, &loads);
        let mut defaults: Vec<TrajectoryColumn> = Vec::with_capacity(problem.classes.len());
        let mut others: Vec<TrajectoryColumn> = Vec::new();
        for (class, pairs) in problem.begun.trajectories.iter().enumerate() {
            let mut most = 0;
            for (index, (_, share)) in pairs.iter().enumerate() {
                if *share > pairs[most].1 {
                    most = index;
                }
            }
            for (index, (trajectory, _)) in pairs.iter().enumerate() {
                let column = TrajectoryColumn::of(problem, &rows, class, trajectory.clone());
                if index == most {
                    defaults.push(column);
                } else {
                    others.push(column);
                }
            }
        }
        let mut by_default = vec![0.0; rows.limits.len()];
        for column in &defaults {
            for &(row, entry) in &column.entries {
                by_default[row] += entry;
            }
        }
        let model = ProblemVariables::new()
            .minimise(Expression::from(0.0))
            .using(good_lp::highs)
            .try_into_inner()
            .map_err(|error| Error::Internal(format!("the program could not be built: {error}")))?;
        let mut master = Self {
            backend: Backend::new(model)?,
            rows,
            class_rows: vec![None; defaults.len()],
            defaults,
            by_default,
            columns: Vec::new(),
            values: PrimalValues::default(),
        };
        master.begin(problem)?;
        master.add(others)?;
        Ok(master)
    }

    /// Adds rows and missing shares.
    fn begin(&mut self, problem: &JointProblem<'_>) -> Result<()> {
        let lines: Vec<SparseLine> = self
            .rows
            .limits
            .iter()
            .zip(&self.by_default)
            .map(|(limit, by_default)| SparseLine {
                lower: f64::NEG_INFINITY,
                upper: limit - by_default,
                ..SparseLine::default()
            })
            .collect();
        self.backend.add_rows(&lines)?;
        let missing: Vec<SparseLine> = self
            .rows
            .missing
            .iter()
            .map(|share| {
                let load_rows = &problem.periods[share.period].problem.rows;
                let first = &load_rows.rows[share.family];
                let family = load_rows.family(share.family);
                let mut entries: Vec<(usize, f64)> = family
                    .filter_map(|(row, _)| self.rows.of_load[share.period][row])
                    .map(|position| (position, -first.target))
                    .collect();
                if let Some(total) = self.rows.total[share.period] {
                    entries.push((total, users_missing(first) / self.rows.unit));
                }
                SparseLine {
                    lower: 0.0,
                    upper: share.most,
                    cost: 0.0,
                    entries,
                }
            })
            .collect();
        self.backend.add_columns(&missing)
    }

    /// `true` if a class is on a trajectory by default, or has a column for it.
    pub(super) fn has(&self, column: &TrajectoryColumn) -> bool {
        let is_it = |trajectory_column: &TrajectoryColumn| {
            trajectory_column.trajectory.is_same(&column.trajectory)
        };
        let mut filter = self
            .columns
            .iter()
            .filter(|trajectory_column| trajectory_column.class == column.class);
        is_it(&self.defaults[column.class]) || filter.any(is_it)
    }

    /// Adds columns, and the rows of their classes where there are none yet.
    pub(super) fn add(&mut self, columns: Vec<TrajectoryColumn>) -> Result<()> {
        for column in &columns {
            if self.class_rows[column.class].is_none() {
                self.class_rows[column.class] = Some(self.backend.row_count());
                self.backend.add_rows(&[SparseLine {
                    lower: f64::NEG_INFINITY,
                    upper: 1.0,
                    ..SparseLine::default()
                }])?;
            }
        }
        let lines: Vec<SparseLine> = columns
            .iter()
            .map(|column| {
                let default = &self.defaults[column.class];
                let mut entries = column.entries.clone();
                entries.extend(default.entries.iter().map(|(row, entry)| (*row, -entry)));
                let mut entries = crate::sums::summed(entries);
                entries.retain(|(_, entry)| *entry != 0.0);
                entries.extend(self.class_rows[column.class].map(|row| (row, 1.0)));
                SparseLine {
                    lower: 0.0,
                    upper: f64::INFINITY,
                    cost: 0.0,
                    entries,
                }
            })
            .collect();
        self.backend.add_columns(&lines)?;
        self.columns.extend(columns);
        Ok(())
    }

    /// What a whole column costs beside the default of its class: `weight` says what a column costs.
    pub(super) fn set_costs(&mut self, weight: impl Fn(&TrajectoryColumn) -> f64) -> Result<()> {
        let of_missing = self.rows.missing.iter().map(|_| 0.0);
        let of_columns = self
            .columns
            .iter()
            .map(|column| weight(column) - weight(&self.defaults[column.class]));
        let costs: Vec<f64> = of_missing.chain(of_columns).collect();
        self.backend.set_costs(&costs)
    }

    /// The value of the last solution where `weight` says what a whole column costs.
    pub(super) fn value(&self, weight: impl Fn(&TrajectoryColumn) -> f64) -> f64 {
        let constant: f64 = self.defaults.iter().map(&weight).sum();
        let moved = self
            .shares()
            .map(|(column, share)| share * (weight(column) - weight(&self.defaults[column.class])));
        constant + moved.sum::<f64>()
    }

    /// Columns with their shares of the last solution.
    fn shares(&self) -> impl Iterator<Item = (&TrajectoryColumn, f64)> {
        let amounts = self.values.columns.iter().skip(self.rows.missing.len());
        self.columns.iter().zip(amounts.map(|share| share.max(0.0)))
    }

    /// By class, its trajectories with their shares of the last solution, the default first.
    pub(super) fn by_class(&self) -> Vec<Vec<(&TrajectoryColumn, f64)>> {
        let mut all: Vec<Vec<(&TrajectoryColumn, f64)>> = self
            .defaults
            .iter()
            .map(|default| vec![(default, 1.0)])
            .collect();
        for (column, share) in self.shares() {
            let pairs: &mut Vec<(&TrajectoryColumn, f64)> = &mut all[column.class];
            pairs[0].1 -= share;
            pairs.push((column, share));
        }
        all
    }

    /// Holds the users who move at this number of units.
    pub(super) fn hold_moved(&mut self, units: f64) -> Result<()> {
        let row = self.rows.moved;
        self.rows.limits[row] = units;
        self.backend
            .set_row(row, f64::NEG_INFINITY, units - self.by_default[row])
    }

    /// The prices of the last solution, at least 0 whatever the solver says.
    pub(super) fn duals(&self) -> Duals {
        let price = |row: usize| {
            let price = -self.values.row_duals.get(row).copied().unwrap_or(0.0);
            if price <= MOST_PRICE {
                price.max(0.0)
            } else {
                0.0
            }
        };
        let is_open = |row: usize| self.rows.limits[row].is_infinite();
        Duals {
            rows: (0..self.rows.keys.len())
                .map(|row| if is_open(row) { 0.0 } else { price(row) })
                .collect(),
            classes: self
                .class_rows
                .iter()
                .map(|row| row.map_or(0.0, price))
                .collect(),
        }
    }

    /// Runs the solver until it has an optimum (`true`), or a stop is raised or no method succeeds (`false`).
    pub(super) fn run(&mut self, stop: &Stop) -> Result<bool> {
        if self.backend.matrix().column_count() == 0 {
            // All users are where they are by default, and nothing has a price.
            return Ok(true);
        }
        for method in SolverMethod::ALL {
            let mut next = method;
            let mut last = Status::Unfinished;
            for _ in 0..RUNS_OF_METHOD {
                last = self.backend.run(next)?;
                if last != Status::Unfinished || stop.is_raised() {
                    break;
                }
                next = method.going_on();
            }
            if stop.is_raised() {
                return Ok(false);
            }
            if last != Status::Optimal {
                continue;
            }
            let values = self.backend.values()?;
            if self.backend.matrix().violation(&values.columns) <= SOLVER_TOLERANCE {
                self.values = values;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Simplex iterations so far.
    pub(super) fn iterations(&self) -> u64 {
        self.backend.iterations()
    }
}
