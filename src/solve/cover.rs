//! The covering program over sets of openings: the smallest set that no refutation rules out.

use crate::error::{Error, Result};
use good_lp::{
    Expression, ProblemVariables, Solution, SolverModel, Variable, constraint, variable,
};

/// What is known about sets of openings, as positions `0..count`.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    /// Each of these sets, and every subset of it, cannot keep the earlier levels.
    pub(super) refuted: Vec<Vec<bool>>,
    /// Sets that were taken already.
    pub(super) taken: Vec<Vec<bool>>,
}

impl Cover {
    /// A smallest set that is neither refuted nor taken, of exactly `size` members if given;
    /// `None` if there is none.
    pub(super) fn smallest(&self, count: usize, size: Option<usize>) -> Result<Option<Vec<bool>>> {
        let mut variables = ProblemVariables::new();
        let chosen: Vec<Variable> = (0..count)
            .map(|_| variables.add(variable().binary()))
            .collect();
        let sum = |select: &dyn Fn(usize) -> bool| -> Expression {
            chosen
                .iter()
                .enumerate()
                .filter(|(index, _)| select(*index))
                .map(|(_, variable)| *variable)
                .sum()
        };
        let mut model = variables
            .minimise(sum(&|_| true))
            .using(good_lp::highs)
            .set_threads(1);
        for refuted in &self.refuted {
            let outside = sum(&|index| !refuted[index]);
            model = model.with(constraint!(outside >= 1.0));
        }
        for taken in &self.taken {
            let members = taken.iter().filter(|is_in| **is_in).count() as f64;
            let other = sum(&|index| taken[index]) - sum(&|index| !taken[index]);
            model = model.with(constraint!(other <= members - 1.0));
        }
        if let Some(size) = size {
            model = model.with(constraint!(sum(&|_| true) == size as f64));
        }
        match model.solve() {
            Ok(solution) => Ok(Some(
                chosen
                    .iter()
                    .map(|&variable| solution.value(variable) > 0.5)
                    .collect(),
            )),
            Err(good_lp::ResolutionError::Infeasible) => Ok(None),
            Err(error) => Err(Error::Solver {
                level: "access_points".into(),
                status: error.to_string(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smallest_set_meets_every_refutation_and_is_not_taken_twice() {
        let mut cover = Cover::default();
        assert_eq!(
            cover.smallest(3, None).expect("a small program"),
            Some(vec![false; 3])
        );
        // Neither {0} nor {1, 2} is enough: one of {1, 2} and 0 are needed.
        cover.refuted = vec![vec![true, false, false], vec![false, true, true]];
        let mut found = Vec::new();
        while let Some(set) = cover.smallest(3, Some(2)).expect("a small program") {
            cover.taken.push(set.clone());
            found.push(set);
        }
        found.sort();
        assert_eq!(found, [vec![true, false, true], vec![true, true, false]]);
    }
}
