//! A linear program as plain rows, solved through `good_lp` by either solver.

use std::collections::BTreeSet;

use good_lp::{
    Expression, ProblemVariables, Solution, SolverModel, Variable, constraint, highs, microlp,
    variable,
};

/// Who solves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Solver {
    Microlp,
    Highs,
}

/// How a row's sum stands to its right-hand side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    AtMost,
    Equal,
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) terms: Vec<(usize, f64)>,
    pub(crate) sense: Sense,
    pub(crate) rhs: f64,
}

/// Columns from 0 to an upper bound, some of them 0 or 1, and rows; values near 1 throughout.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lp {
    pub(crate) upper: Vec<f64>,
    pub(crate) rows: Vec<Row>,
    /// Columns that are 0 or 1.
    choices: BTreeSet<usize>,
}

/// By how much a row of an answer may be broken before it is no answer.
const FEASIBLE: f64 = 1e-8;

/// The same where choices are nearly whole numbers.
const NEARLY: f64 = 1e-6;

impl Lp {
    /// Appends a column from 0 to `upper` and returns its position.
    pub(crate) fn column(&mut self, upper: f64) -> usize {
        self.upper.push(upper);
        self.upper.len() - 1
    }

    /// Appends a column that is 0 or 1 and returns its position.
    pub(crate) fn choice(&mut self) -> usize {
        let column = self.column(1.0);
        self.choices.insert(column);
        column
    }

    /// Appends `Σ terms ≤ rhs`.
    pub(crate) fn at_most(&mut self, terms: Vec<(usize, f64)>, rhs: f64) {
        self.rows.push(Row {
            terms,
            sense: Sense::AtMost,
            rhs,
        });
    }

    /// Appends `Σ terms = rhs`.
    pub(crate) fn equal(&mut self, terms: Vec<(usize, f64)>, rhs: f64) {
        self.rows.push(Row {
            terms,
            sense: Sense::Equal,
            rhs,
        });
    }

    /// The columns at a minimum of `objective`; `None` if the solver has no answer that keeps every row.
    pub(crate) fn minimise(&self, objective: &[(usize, f64)], solver: Solver) -> Option<Vec<f64>> {
        if self.choices.is_empty() {
            return self.answered(objective, solver);
        }
        // Choices are nearly whole numbers, as a solver's tolerance goes: what follows from them is worked out with whole ones.
        let nearly = self.answered(objective, solver)?;
        let mut chosen = self.clone();
        for &column in &self.choices {
            chosen.equal(vec![(column, 1.0)], nearly[column].round());
        }
        chosen.choices.clear();
        chosen.answered(objective, solver)
    }

    fn answered(&self, objective: &[(usize, f64)], solver: Solver) -> Option<Vec<f64>> {
        let mut variables = ProblemVariables::new();
        let columns: Vec<Variable> = self
            .upper
            .iter()
            .enumerate()
            .map(|(position, &upper)| {
                let column = variable().min(0.0);
                let column = if self.choices.contains(&position) {
                    column.integer()
                } else {
                    column
                };
                variables.add(if upper.is_finite() {
                    column.max(upper)
                } else {
                    column
                })
            })
            .collect();
        let problem = variables.minimise(expression(&columns, objective));
        let answer = match solver {
            Solver::Microlp => self.solve(problem.using(microlp), &columns),
            Solver::Highs => self.solve(
                problem
                    .using(highs)
                    .set_option("primal_feasibility_tolerance", 1e-10)
                    .set_option("dual_feasibility_tolerance", 1e-10)
                    .set_option("mip_feasibility_tolerance", 1e-9)
                    .set_option(
                        "presolve",
                        if self.choices.is_empty() {
                            "choose"
                        } else {
                            "off"
                        },
                    )
                    .set_option("mip_rel_gap", 0.0)
                    .set_option("mip_abs_gap", 1e-10)
                    .set_threads(1),
                &columns,
            ),
        };
        let most = if self.choices.is_empty() {
            FEASIBLE
        } else {
            NEARLY
        };
        answer.filter(|columns| self.violation(columns) <= most)
    }

    fn solve<M: SolverModel>(&self, mut model: M, columns: &[Variable]) -> Option<Vec<f64>> {
        for row in &self.rows {
            let sum = expression(columns, &row.terms);
            model.add_constraint(match row.sense {
                Sense::AtMost => constraint!(sum <= row.rhs),
                Sense::Equal => constraint!(sum == row.rhs),
            });
        }
        let solution = model.solve().ok()?;
        Some(
            columns
                .iter()
                .map(|&column| solution.value(column))
                .collect(),
        )
    }

    /// The largest breach of any row or bound.
    fn violation(&self, columns: &[f64]) -> f64 {
        let bounds = columns
            .iter()
            .zip(&self.upper)
            .map(|(&value, &upper)| (-value).max(value - upper));
        let rows = self.rows.iter().map(|row| {
            let excess = value(&row.terms, columns) - row.rhs;
            match row.sense {
                Sense::AtMost => excess,
                Sense::Equal => excess.abs(),
            }
        });
        bounds.chain(rows).fold(0.0, f64::max)
    }
}

/// `Σ coefficient × column`.
pub(crate) fn value(terms: &[(usize, f64)], columns: &[f64]) -> f64 {
    terms
        .iter()
        .map(|&(column, coefficient)| coefficient * columns[column])
        .sum()
}

fn expression(columns: &[Variable], terms: &[(usize, f64)]) -> Expression {
    terms
        .iter()
        .map(|&(column, coefficient)| coefficient * columns[column])
        .sum()
}
