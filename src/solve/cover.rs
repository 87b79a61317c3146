//! The covering program over sets of openings: the smallest set that no refutation rules out.

use crate::error::{Error, Result};
use good_lp::{
    Expression, ProblemVariables, Solution, SolverModel, Variable, constraint, variable,
};

/// Sets that are tried to see that the covering program's answer is right, at most.
const SETS_TRIED: usize = 200_000;

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
        let found: Option<Vec<bool>> = match model.solve() {
            Ok(solution) => Some(
                chosen
                    .iter()
                    .map(|&variable| solution.value(variable) > 0.5)
                    .collect(),
            ),
            Err(good_lp::ResolutionError::Infeasible) => None,
            Err(error) => return Err(failed(error.to_string())),
        };
        #[cfg(test)]
        let found = super::faults::set(found, count);
        let is_right = match &found {
            Some(set) => self.permits(set, size) && (size.is_some() || self.is_smallest(set)),
            None => size.is_none_or(|size| self.is_none_left(count, size)),
        };
        if is_right {
            Ok(found)
        } else {
            Err(failed("a wrong set".to_owned()))
        }
    }

    /// `true` if no smaller set is permitted.
    fn is_smallest(&self, set: &[bool]) -> bool {
        let size = set.iter().filter(|is_in| **is_in).count();
        (0..size).all(|smaller| self.is_none_left(set.len(), smaller))
    }

    /// `true` if no set of so many of the members `0..count` is permitted: found by trying them, so that no solver has
    /// to be believed. `false` also where there are too many to try.
    fn is_none_left(&self, count: usize, size: usize) -> bool {
        let mut trials = 0;
        self.rules_out(&mut vec![None; count], size, &mut trials)
    }

    /// The same of the sets that have `size` more members than are chosen: members that are not chosen yet may be, those
    /// that are left out may not.
    fn rules_out(&self, chosen: &mut [Option<bool>], size: usize, trials: &mut usize) -> bool {
        *trials += 1;
        if *trials > SETS_TRIED {
            return false;
        }
        let is_met = |refuted: &&Vec<bool>| {
            let mut pairs = chosen.iter().zip(refuted.iter());
            pairs.any(|(own, is_in)| *own == Some(true) && !is_in)
        };
        // Every set that is left has a member outside each refuted one; the one with the fewest choices comes first.
        let open = |refuted: &Vec<bool>| -> Vec<usize> {
            let positions = 0..chosen.len();
            positions
                .filter(|&position| chosen[position].is_none() && !refuted[position])
                .collect()
        };
        let unmet = self.refuted.iter().filter(|refuted| !is_met(refuted));
        let choices = unmet.map(open).min_by_key(Vec::len);
        if size == 0 {
            let set: Vec<bool> = chosen.iter().map(|own| *own == Some(true)).collect();
            return choices.is_some() || self.taken.contains(&set);
        }
        let choices = choices.unwrap_or_else(|| open(&vec![false; chosen.len()]));
        let mut is_ruled_out = true;
        for &choice in &choices {
            chosen[choice] = Some(true);
            is_ruled_out &= self.rules_out(chosen, size - 1, trials);
            // The sets that are tried next do without it.
            chosen[choice] = Some(false);
            if !is_ruled_out {
                break;
            }
        }
        for choice in choices {
            chosen[choice] = None;
        }
        is_ruled_out
    }

    /// `true` if a set is neither refuted nor taken, and has `size` members if given.
    fn permits(&self, set: &[bool], size: Option<usize>) -> bool {
        let is_within =
            |refuted: &Vec<bool>| set.iter().zip(refuted).all(|(own, other)| own <= other);
        !self.refuted.iter().any(is_within)
            && !self.taken.iter().any(|taken| taken == set)
            && size.is_none_or(|size| set.iter().filter(|is_in| **is_in).count() == size)
    }
}

/// What the covering program's solver did.
fn failed(status: String) -> Error {
    Error::Solver {
        level: "access_points".into(),
        status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_set_is_left_only_where_each_was_refuted_or_taken() {
        // As below: of three, {0, 1} and {0, 2} are the smallest that hold, and {1, 2} is refuted.
        let mut cover = Cover {
            refuted: vec![vec![true, false, false], vec![false, true, true]],
            taken: vec![vec![true, true, false]],
        };
        assert!(cover.is_none_left(3, 0));
        assert!(cover.is_none_left(3, 1));
        assert!(!cover.is_none_left(3, 2));
        assert!(cover.permits(&[true, false, true], Some(2)));
        for wrong in [
            [true, true, false],
            [false, true, true],
            [true, false, false],
        ] {
            assert!(!cover.permits(&wrong, Some(2)), "{wrong:?}");
        }
        assert!(cover.is_smallest(&[true, false, true]));
        assert!(!cover.is_smallest(&[true, true, true]));
        cover.taken.push(vec![true, false, true]);
        assert!(cover.is_none_left(3, 2));
        assert!(!cover.is_none_left(3, 3));
        // Of 40 anything goes, but half of them are too many sets to try.
        assert!(!Cover::default().is_none_left(40, 20));
    }

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
