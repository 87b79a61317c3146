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
        // What the solver says is believed as far as trying shows it.
        let most = match &found {
            Some(set) if self.permits(set, size) => set.iter().filter(|is_in| **is_in).count(),
            _ => count + 1,
        };
        let smaller = match size {
            Some(size) if most == size => return Ok(found),
            Some(size) => size..=size,
            None if most == 0 => return Ok(found),
            None => 0..=(most - 1).min(count),
        };
        for size in smaller {
            match self.tried(count, size) {
                Tried::Found(set) => return Ok(Some(set)),
                Tried::TooMany => return Err(failed("a set that nothing confirms".to_owned())),
                Tried::None => {}
            }
        }
        Ok(found.filter(|_| most <= count))
    }

    /// A permitted set of `size` of the members `0..count`, found by trying them.
    fn tried(&self, count: usize, size: usize) -> Tried {
        self.go_on(&mut vec![None; count], size, &mut 0)
    }

    /// The same among the sets that have `size` more members than are chosen: members that are not chosen yet may be,
    /// those that are left out may not.
    fn go_on(&self, chosen: &mut [Option<bool>], size: usize, trials: &mut usize) -> Tried {
        *trials += 1;
        if *trials > SETS_TRIED {
            return Tried::TooMany;
        }
        let is_met = |refuted: &&Vec<bool>| {
            let mut pairs = chosen.iter().zip(refuted.iter());
            pairs.any(|(flag, is_in)| *flag == Some(true) && !is_in)
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
            let set: Vec<bool> = chosen.iter().map(|flag| *flag == Some(true)).collect();
            return if choices.is_some() || self.taken.contains(&set) {
                Tried::None
            } else {
                Tried::Found(set)
            };
        }
        let choices = choices.unwrap_or_else(|| open(&vec![false; chosen.len()]));
        let mut tried = Tried::None;
        for &choice in &choices {
            chosen[choice] = Some(true);
            tried = self.go_on(chosen, size - 1, trials);
            if !matches!(tried, Tried::None) {
                break;
            }
            // The sets that are tried next do without it.
            chosen[choice] = Some(false);
        }
        for choice in choices {
            chosen[choice] = None;
        }
        tried
    }

    /// `true` if a set is neither refuted nor taken, and has `size` members if given.
    fn permits(&self, set: &[bool], size: Option<usize>) -> bool {
        let is_within =
            |refuted: &Vec<bool>| set.iter().zip(refuted).all(|(flag, other)| flag <= other);
        !self.refuted.iter().any(is_within)
            && !self.taken.iter().any(|taken| taken == set)
            && size.is_none_or(|size| set.iter().filter(|is_in| **is_in).count() == size)
    }
}

/// What trying sets has shown.
#[derive(Debug, PartialEq)]
enum Tried {
    /// None of them is permitted.
    None,
    /// This one is.
    Found(Vec<bool>),
    /// There are too many to try.
    TooMany,
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
    fn trying_finds_a_set_unless_each_was_refuted_or_taken_or_there_are_too_many() {
        // As below: of three, {0, 1} and {0, 2} are the smallest that hold, and {1, 2} is refuted.
        let mut cover = Cover {
            refuted: vec![vec![true, false, false], vec![false, true, true]],
            taken: vec![vec![true, true, false]],
        };
        assert_eq!(cover.tried(3, 0), Tried::None);
        assert_eq!(cover.tried(3, 1), Tried::None);
        assert_eq!(cover.tried(3, 2), Tried::Found(vec![true, false, true]));
        assert!(cover.permits(&[true, false, true], Some(2)));
        for wrong in [
            [true, true, false],
            [false, true, true],
            [true, false, false],
        ] {
            assert!(!cover.permits(&wrong, Some(2)), "{wrong:?}");
        }
        cover.taken.push(vec![true, false, true]);
        assert_eq!(cover.tried(3, 2), Tried::None);
        assert_eq!(cover.tried(3, 3), Tried::Found(vec![true; 3]));
        // Half of 40 are too many sets to try, unless the first will do.
        cover = Cover {
            refuted: vec![vec![true; 40]],
            taken: Vec::new(),
        };
        assert_eq!(cover.tried(40, 20), Tried::None);
        let all_but = |position: usize| (0..40).map(|index| index != position).collect();
        cover.refuted = (20..40).map(all_but).collect();
        cover.taken = vec![(0..40).map(|index| index >= 20).collect()];
        assert_eq!(cover.tried(40, 20), Tried::None);
        assert!(matches!(cover.tried(40, 21), Tried::Found(_)));
        cover.refuted = (0..12)
            .map(|number| (0..40).map(|index| index % 12 != number).collect())
            .collect();
        assert_eq!(cover.tried(40, 11), Tried::TooMany);
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
