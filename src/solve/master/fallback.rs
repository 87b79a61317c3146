//! Points that need no solver: the last one that is known, and the plan that leaves users unserved where the default
//! paths overload something. Whatever the solver does wrong, there is a plan.

use super::Master;
use crate::error::{Error, Result};
use crate::formulation::ColumnKey;
use crate::formulation::goals::Level;
use crate::formulation::rows::class_limit;
use crate::units::SOLVER_TOLERANCE;

/// Where a class's users weigh: a load row, or the move limit.
#[derive(Clone, Copy)]
enum Weight {
    Row(usize),
    Moves,
}

impl Master<'_> {
    /// Goes back to the last point where it keeps all rows as they are now: who is where stays, and what is missing or
    /// overloaded follows from it. `false` if it does not, and nothing is changed.
    pub(super) fn falls_back(&mut self) -> bool {
        let known = self.completed();
        let is_kept = self.backend.matrix().violation(&known) <= SOLVER_TOLERANCE;
        if is_kept {
            self.values.columns = known;
        }
        is_kept
    }

    /// The last point with as little missing, or overloaded, as its users leave; all users on their default paths if no
    /// point is known.
    fn completed(&self) -> Vec<f64> {
        let mut columns = self.values.columns.clone();
        columns.resize(self.keys.len(), 0.0);
        for (amount, key) in columns.iter_mut().zip(&self.keys) {
            let follows = matches!(
                key,
                ColumnKey::Missing(_)
                    | ColumnKey::Worst
                    | ColumnKey::Overload(_)
                    | ColumnKey::MovedTooMany
                    | ColumnKey::Lost(_)
            );
            if follows {
                *amount = 0.0;
            }
        }
        let matrix = self.backend.matrix();
        let activity = matrix.activity(&columns);
        let above = |row: usize| (activity[row] - matrix.upper_of_row(row)).max(0.0);
        let rows = &self.problem.rows.rows;
        let own_missing = |row: usize| {
            if rows[row].has_shortfall() && self.scaling.is_none() {
                above(row) / rows[row].target
            } else {
                0.0
            }
        };
        let mut of_family = vec![0.0_f64; rows.len()];
        for (row, of) in rows.iter().enumerate() {
            of_family[of.family] = of_family[of.family].max(own_missing(row));
        }
        let missing = |row: usize| of_family[rows[row].family];
        let worst = (0..rows.len())
            .map(missing)
            .fold(0.0, f64::max)
            .min(self.worst);
        let of_row = |row: usize| {
            let family = rows[row].family;
            (missing(family) - worst).clamp(0.0, self.missing[family])
        };
        let lost = |case: usize| {
            let load_rows = rows.iter().enumerate();
            let filter = load_rows.filter(|(_, row)| row.case == Some(case));
            filter
                .map(|(row, of)| above(row) * of.capacity / self.problem.unit)
                .fold(0.0, f64::max)
        };
        for (amount, key) in columns.iter_mut().zip(&self.keys) {
            *amount = match *key {
                ColumnKey::Worst => worst,
                ColumnKey::Missing(row) => of_row(row),
                ColumnKey::Overload(row)
                    if rows[row].case.is_some() && !self.closed.levels[Level::Lost] =>
                {
                    0.0
                }
                ColumnKey::Overload(row) if self.is_overload_open => {
                    let met = rows[row].target * (of_row(row) + worst);
                    let met = if missing(row) > 0.0 { met } else { 0.0 };
                    let hard = self.hard_rows[row].map_or(0.0, above);
                    (above(row) - met).max(hard)
                }
                ColumnKey::Lost(case) if !self.closed.levels[Level::Lost] => lost(case),
                ColumnKey::MovedTooMany if self.is_overload_open => {
                    self.move_row.map_or(0.0, above)
                }
                _ => *amount,
            };
        }
        columns
    }

    /// Leaves users unserved until nothing is overloaded, those of the last rank first, and moves nobody whose site is
    /// there.
    pub(in crate::solve) fn leave_unserved(&mut self) -> Result<()> {
        self.closed.levels[Level::Relief] = false;
        self.closed.levels.unserved.fill(false);
        self.drop_anchors()?;
        let unserved = self.unserved_by_default();
        let keys: Vec<ColumnKey> = unserved
            .iter()
            .map(|&(key, _)| key)
            .filter(|key| self.known.insert(*key))
            .collect();
        self.add(&keys)?;
        self.close_overload()?;
        self.values.columns = self
            .keys
            .iter()
            .map(|key| {
                let item = unserved.binary_search_by_key(key, |(key, _)| *key);
                item.map_or(0.0, |index| unserved[index].1)
            })
            .collect();
        self.values.row_duals.clear();
        let alone = self.values.columns.clone();
        self.serve_who_fits()?;
        if self.falls_back() {
            return Ok(());
        }
        self.values.columns = alone;
        if self.falls_back() {
            return Ok(());
        }
        Err(Error::Solver {
            level: "unserved".into(),
            status: "overload remains although all users may stay unserved".into(),
        })
    }

    /// Columns of users who stay unserved while all others are on their default paths, with their amounts, ascending.
    fn unserved_by_default(&self) -> Vec<(ColumnKey, f64)> {
        let problem = self.problem;
        let classes = &problem.classes.classes;
        let moved = problem.objective(Level::Moved);
        let limit = problem.setting.policy.max_moved_users;
        let mut over: Vec<f64> = problem
            .rows
            .rows
            .iter()
            .zip(&problem.default_loads)
            .map(|(row, load)| load - row.capacity)
            .collect();
        let mut moved_too_many =
            limit.map_or(f64::NEG_INFINITY, |limit| problem.constant(&moved) - limit);
        let weights = |class: usize| -> Vec<(Weight, f64)> {
            let loads = problem.on_default(class).iter();
            let of_moves = problem.cost_by_default(class, &moved);
            loads
                .map(|&(row, load)| (Weight::Row(row), load))
                .chain((of_moves > 0.0).then_some((Weight::Moves, of_moves)))
                .collect()
        };
        let mut unserved = Vec::new();
        for rank in (0..problem.classes.ranks.len()).rev() {
            // What all users of the rank weigh where too much is.
            let mut of_rank = vec![0.0; over.len()];
            let mut moved_of_rank = 0.0;
            let served = |class: usize| {
                let users = classes[class].users_of_rank[rank];
                problem.defaults[class].map_or(0.0, |_| users)
            };
            for class in 0..classes.len() {
                for (weight, of_user) in weights(class) {
                    match weight {
                        Weight::Row(row) => of_rank[row] += of_user * served(class),
                        Weight::Moves => moved_of_rank += of_user * served(class),
                    }
                }
            }
            let share = |over: f64, of_rank: f64| {
                if over > 0.0 && of_rank > 0.0 {
                    (over / of_rank).min(1.0)
                } else {
                    0.0
                }
            };
            let shares: Vec<f64> = (0..classes.len())
                .map(|class| {
                    let all = weights(class).into_iter().map(|(weight, _)| match weight {
                        Weight::Row(row) => share(over[row], of_rank[row]),
                        Weight::Moves => share(moved_too_many, moved_of_rank),
                    });
                    all.fold(0.0, f64::max)
                })
                .collect();
            for (class, share) in shares.into_iter().enumerate() {
                let users = share * served(class);
                if users <= 0.0 {
                    continue;
                }
                for (weight, of_user) in weights(class) {
                    match weight {
                        Weight::Row(row) => over[row] -= of_user * users,
                        Weight::Moves => moved_too_many -= of_user * users,
                    }
                }
                let key = ColumnKey::Unserved(class, rank);
                unserved.push((key, class_limit(users, problem.unit)));
            }
        }
        unserved.sort_unstable_by_key(|(key, _)| *key);
        unserved
    }
}
