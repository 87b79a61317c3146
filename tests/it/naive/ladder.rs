//! Level by level: each is solved, then held by a row while the next is solved.

use super::lp::{Solver, value};
use super::rows::Written;
use super::statement::{Level, Statement};
use ndarray::Array2;

/// The value of every level and the loads of the last answer.
pub(super) struct Climbed {
    pub(super) values: Vec<(String, f64)>,
    /// By slice.
    pub(super) load: Vec<Array2<f64>>,
}

/// Slack of a row that holds a level, relative to the largest of its value and one unit.
const HELD: f64 = 1e-9;

/// The slack up to which a solver that finds no answer is asked again.
const LOOSEST: f64 = 1e-7;

/// Two sets of open access points whose values differ by less, relative, tie.
const TIE: f64 = 3e-8;

/// One set of open access points on its way up.
struct Climber<'a> {
    written: Written<'a>,
    /// Levels held so far, in scaled terms.
    held: Vec<(Vec<(usize, f64)>, f64)>,
    columns: Vec<f64>,
}

/// Solves level by level over all sets of open access points that keep the earlier values.
pub(super) fn climb(statement: &Statement, solver: Solver) -> Climbed {
    let mut climbers: Vec<Climber> = statement
        .open_sets
        .iter()
        .map(|open| Climber {
            written: Written::new(statement, open),
            held: Vec::new(),
            columns: Vec::new(),
        })
        .collect();
    let mut values = Vec::new();
    for &level in &statement.levels {
        let reached: Vec<f64> = climbers
            .iter_mut()
            .map(|climber| climber.solve(level, solver))
            .collect();
        let best = reached.iter().copied().fold(f64::INFINITY, f64::min);
        let mut reached = reached.into_iter();
        climbers.retain(|_| {
            reached
                .next()
                .is_some_and(|value| value <= best + TIE * best.abs().max(1.0))
        });
        values.push((level.name(), best));
    }
    let climber = &climbers[0];
    Climbed {
        values,
        load: (0..statement.believed.slices())
            .map(|slice| climber.written.load(slice, &climber.columns))
            .collect(),
    }
}

impl Climber<'_> {
    /// The level's value; from now on it is held.
    fn solve(&mut self, level: Level, solver: Solver) -> f64 {
        let objective = self.written.objective(level);
        let constant = self.written.constant(level);
        let largest = objective.iter().map(|&(_, cost)| cost).fold(0.0, f64::max);
        let is_decided = largest <= 0.0;
        if is_decided && !self.columns.is_empty() {
            return constant;
        }
        let scale = if is_decided { 1.0 } else { largest };
        let scaled: Vec<(usize, f64)> = objective
            .iter()
            .map(|&(column, cost)| (column, cost / scale))
            .collect();
        self.columns = self
            .answer(&scaled, solver)
            .unwrap_or_else(|| panic!("{solver:?} has no answer at level `{}`", level.name()));
        let reached = value(&scaled, &self.columns).max(0.0);
        self.held.push((scaled, reached));
        constant + reached * scale
    }

    /// An answer with the levels so far held as tightly as the solver can.
    fn answer(&self, objective: &[(usize, f64)], solver: Solver) -> Option<Vec<f64>> {
        let mut slack = HELD;
        while slack <= LOOSEST {
            let mut lp = self.written.lp.clone();
            for (terms, reached) in &self.held {
                lp.at_most(terms.clone(), reached + slack * reached.max(1.0));
            }
            if let Some(columns) = lp.minimise(objective, solver) {
                return Some(columns);
            }
            slack *= 10.0;
        }
        None
    }
}
