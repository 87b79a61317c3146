//! A settled case, and the users who are not on their default path in it.

use crate::formulation::goals::Level;
use crate::formulation::{ClassId, PathTable, Problem};
use crate::plan_files::SettledBy;
use crate::solve::{LevelOutcome, Outcome, Proof, Served};
use crate::units::SOLVER_NOISE;
use std::collections::BTreeMap;

/// How many levels are settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Those of unserved users.
    Unserved,
    /// Those that a verdict tells: unserved users, and the worst missing share.
    Verdict,
    /// Those up to moves.
    Moves,
    /// All.
    Full,
}

pub(super) struct SettledCase<'p, 'a> {
    pub(super) problem: &'p Problem<'a>,
    /// The levels that were settled by the solver; empty where the default paths settle all of them.
    pub(super) levels: Vec<LevelOutcome>,
    pub(super) proof: Proof,
    /// Users who are not on their default path.
    pub(super) displaced: Displaced,
    pub(super) by: SettledBy,
    /// Nobody but the affected moves, and nobody is unserved but the trapped.
    pub(super) is_spared: bool,
    /// Classes do not know where their shards are, once nothing is left of that site.
    pub(super) forgets_sites: bool,
}

/// Users who are not on the default path of their class in a plan, except the trapped.
#[derive(Default)]
pub(super) struct Displaced {
    pub(super) served: Vec<Served>,
    /// By class, then rank.
    pub(super) unserved: BTreeMap<usize, Vec<f64>>,
    /// What the paths of `served` are.
    pub(super) paths: PathTable,
}

impl Displaced {
    pub(super) fn of(problem: &Problem<'_>, outcome: Outcome) -> Self {
        let mut displaced = Self {
            served: outcome.served,
            unserved: outcome.unserved,
            paths: outcome.paths,
        };
        let is_default = |served: &Served| {
            problem.defaults[served.class].is_some_and(|default| default.path == served.path)
        };
        displaced.served.retain(|served| !is_default(served));
        let is_trapped = |class: usize| problem.defaults[class].is_none();
        displaced.unserved.retain(|class, _| !is_trapped(*class));
        displaced.without_dust(problem)
    }

    /// By row, what the plan loads.
    pub(super) fn loads(&self, problem: &Problem<'_>) -> Vec<f64> {
        let mut loads = problem.default_loads.clone();
        for served in &self.served {
            let path = self.paths.get(served.path);
            for (row, load) in problem.displaced_loads(served.class, path) {
                loads[row] += served.users * load;
            }
        }
        for (class, unserved) in &self.unserved {
            let users: f64 = unserved.iter().sum();
            for (row, load) in problem.unserved_loads(*class) {
                loads[row] += users * load;
            }
        }
        loads
    }

    /// Gives what is left of nobody back to where it was taken, so that classes that go somewhere as a whole are
    /// whole.
    fn without_dust(mut self, problem: &Problem<'_>) -> Self {
        // A share of a class that comes of two roundings.
        let dust = |class: ClassId| 2.0 * SOLVER_NOISE * problem.class(class).users;
        self.served
            .retain(|served| served.users > dust(served.class));
        for (class, by_rank) in &mut self.unserved {
            let all = &problem.class(*class).users_of_rank;
            for (users, all) in by_rank.iter_mut().zip(all) {
                if *users <= dust(*class) {
                    *users = 0.0;
                } else if (*users - all).abs() <= dust(*class) {
                    *users = *all;
                }
            }
        }
        self.unserved
            .retain(|_, by_rank| by_rank.iter().any(|users| *users > 0.0));
        // By class: users on the default path, and the path that most of the others take.
        let mut by_class: BTreeMap<ClassId, (f64, usize)> = BTreeMap::new();
        for (position, served) in self.served.iter().enumerate() {
            let first = || (problem.class(served.class).users, position);
            let (left, most) = by_class.entry(served.class).or_insert_with(first);
            *left -= served.users;
            if served.users > self.served[*most].users {
                *most = position;
            }
        }
        for (class, (left, most)) in by_class {
            let unserved = self.unserved.get(&class);
            let left = left - unserved.map_or(0.0, |values| values.iter().sum());
            if left.abs() <= dust(class) {
                self.served[most].users += left;
            }
        }
        self
    }
}

impl SettledCase<'_, '_> {
    /// The value of a level; where the default paths settle it, what they come to.
    pub(super) fn value(&self, level: Level) -> f64 {
        let by_default = self.value_by_default(level);
        let settled = self
            .levels
            .iter()
            .find(|level_outcome| level_outcome.level == level);
        match (settled, level) {
            (None, _) => by_default,
            (Some(level_outcome), Level::Unserved(rank)) => {
                let displaced = self.displaced.unserved.values();
                counted(
                    level_outcome.value,
                    displaced.fold(by_default, |sum, values| sum + values[rank]),
                )
            }
            (Some(level_outcome), _) => level_outcome.value,
        }
    }

    /// The same where everybody is on the default path: of unserved users, those that no path leads to a site where they may be.
    pub(super) fn value_by_default(&self, level: Level) -> f64 {
        let by_default = self.problem.amounts_by_default();
        match level {
            Level::Unserved(_) | Level::Relief => by_default.levels[level],
            _ => 0.0,
        }
    }
}

/// A number of users as a plan has it, where that is the value of its level except for dust.
fn counted(value: f64, of_plan: f64) -> f64 {
    if (value - of_plan).abs() <= SOLVER_NOISE * value {
        of_plan
    } else {
        value
    }
}
