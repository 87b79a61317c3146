//! Serves all users who fit without a solver: on any path with spare capacity, until no path has any. Not the best plan,
//! but one that leaves nobody unserved beside an empty seat.

use super::Master;
use crate::error::Result;
use crate::formulation::goals::{Level, per_user};
use crate::formulation::{ClassId, ColumnKey, Route};
use crate::solve::prices::DualPrices;
use crate::units::SOLVER_TOLERANCE;
use std::sync::Arc;

/// What rows and the move limit have left.
struct SpareLeft {
    /// By load row, in its resource.
    rows: Vec<f64>,
    /// Users who may move.
    moves: f64,
}

impl Master<'_> {
    /// Serves users who are unserved at the last point wherever capacity is spare for them, those of the first rank first.
    pub(in crate::solve) fn serve_who_fits(&mut self) -> Result<()> {
        self.drop_anchors()?;
        self.values.columns.resize(self.keys.len(), 0.0);
        let mut spare = self.spare_left();
        // Every pass but the last fills a row, or serves all.
        for _ in 0..=spare.rows.len() {
            if !self.serve_on_cheapest(&mut spare)? {
                break;
            }
        }
        Ok(())
    }

    /// One pass over all unserved users, on paths that lead past full rows; `true` if somebody was served.
    fn serve_on_cheapest(&mut self, spare: &mut SpareLeft) -> Result<bool> {
        let problem = self.problem;
        let mut unserved: Vec<(usize, ClassId, usize)> = self
            .keys
            .iter()
            .enumerate()
            .filter_map(|(column, key)| match *key {
                ColumnKey::Unserved(class, rank) if self.values.columns[column] > 0.0 => {
                    Some((rank, class, column))
                }
                _ => None,
            })
            .collect();
        if unserved.is_empty() {
            return Ok(false);
        }
        unserved.sort_unstable();
        let pass = self.price(&self.tariff_of_full(spare));
        let mut served: Vec<(ColumnKey, f64)> = Vec::new();
        for (_, class, column) in unserved {
            let default = problem.defaults[class].map(|default| problem.paths.get(default.path));
            let sites = problem.class(class).sites.iter();
            let others = sites.filter_map(|&site| pass.route(problem, class, site).map(Arc::new));
            let paths: Vec<Arc<Route>> = default.cloned().into_iter().chain(others).collect();
            for (position, route) in paths.into_iter().enumerate() {
                let wanted = self.values.columns[column] * problem.unit;
                if wanted <= 0.0 {
                    break;
                }
                let is_default = position == 0 && default.is_some();
                let mut legs = route.legs().iter();
                let is_closed = legs.any(|leg| self.closed.access_points[leg.access_point.index()]);
                let loads = problem.loads(class, &route);
                let moved = per_user(Level::Moved, problem.class(class), route.site);
                let users = if is_closed {
                    0.0
                } else {
                    spare.users(self, &loads, moved).min(wanted)
                };
                if users <= 0.0 {
                    continue;
                }
                for (row, of_user) in loads {
                    spare.rows[row] -= of_user * users;
                }
                spare.moves -= moved * users;
                let amount = users / problem.unit;
                let left = &mut self.values.columns[column];
                *left = if users < wanted { *left - amount } else { 0.0 };
                let key = ColumnKey::Displaced(class, self.paths.intern(route));
                served.push((key, if is_default { 0.0 } else { amount }));
            }
        }
        let is_any = !served.is_empty();
        served.retain(|(_, amount)| *amount > 0.0);
        let keys: Vec<ColumnKey> = served
            .iter()
            .map(|&(key, _)| key)
            .filter(|key| self.known.insert(*key))
            .collect();
        self.add(&keys)?;
        self.values.columns.resize(self.keys.len(), 0.0);
        for (key, amount) in served {
            if let Some(column) = self.keys.iter().position(|column_key| *column_key == key) {
                self.values.columns[column] += amount;
            }
        }
        Ok(is_any)
    }

    /// What is left at the last point.
    fn spare_left(&self) -> SpareLeft {
        let problem = self.problem;
        let rows = problem.rows.rows.iter().zip(&problem.default_loads);
        let moved = problem.objective(Level::Moved);
        let limit = problem.setting.policy.max_moved_users;
        let mut spare = SpareLeft {
            rows: rows
                .map(|(row, load)| match row.case {
                    Some(_) => f64::INFINITY,
                    None => row.capacity - load,
                })
                .collect(),
            moves: limit.map_or(f64::INFINITY, |limit| limit - self.value(&moved)),
        };
        for (&key, &amount) in self.keys.iter().zip(&self.values.columns) {
            let loads = match key {
                ColumnKey::Displaced(class, path) if amount > 0.0 => {
                    problem.displaced_loads(class, self.paths.get(path))
                }
                ColumnKey::Unserved(class, _) if amount > 0.0 => problem.unserved_loads(class),
                _ => continue,
            };
            for (row, of_user) in loads {
                spare.rows[row] -= of_user * amount * problem.unit;
            }
        }
        spare
    }

    /// Prices under which paths past full rows cost nothing, and others something.
    fn tariff_of_full(&self, spare: &SpareLeft) -> DualPrices {
        let rows: Vec<f64> = (0..spare.rows.len())
            .map(|row| if self.is_full(spare, row) { 1.0 } else { 0.0 })
            .collect();
        DualPrices {
            objective: self.nothing(),
            target_rows: rows.clone(),
            rows,
            classes: vec![0.0; self.class_rows.len()],
            held: 0.0,
            multipliers: Vec::new(),
            moves: 0.0,
            scale: 0.0,
        }
    }

    fn is_full(&self, spare: &SpareLeft, row: usize) -> bool {
        spare.rows[row] <= SOLVER_TOLERANCE * self.problem.rows.rows[row].capacity
    }
}

impl SpareLeft {
    /// How many users with these loads fit; 0 where a row is full.
    fn users(&self, master: &Master<'_>, loads: &[(usize, f64)], moved: f64) -> f64 {
        let mut users = if moved > 0.0 {
            self.moves.max(0.0) / moved
        } else {
            f64::INFINITY
        };
        for &(row, of_user) in loads {
            if master.is_full(self, row) {
                return 0.0;
            }
            users = users.min(self.rows[row] / of_user);
        }
        users
    }
}
