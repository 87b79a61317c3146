//! Homes of whole shards, and single shards that might go to another site, those that promise most first.
//!
//! They are tried two side by side; the first that comes to something is taken.

use crate::error::Result;
use crate::formulation::{Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::solve::{Outcome, Start, Stop, solve_from};
use crate::units::SOLVER_TOLERANCE;
use std::cmp::Ordering;

/// From this many shards on fewer combinations and relocations are tried, and no swaps: the more shards there are the
/// less each of them is worth, and the more a trial costs.
pub(super) const MANY_SHARDS: usize = 5_000;

/// Homes of whole shards.
pub(super) struct RoundedHomes {
    /// To every shard its one site; none to a trapped shard.
    pub(super) narrowed: Narrowed,
    /// The levels solved with these homes, if they were.
    pub(super) outcome: Option<Outcome>,
}

impl RoundedHomes {
    /// Takes out the levels with these homes; if they were not solved, they are, beginning at the fractional outcome.
    ///
    /// # Errors
    /// Those of [`solve_from`].
    pub(super) fn solved(
        &mut self,
        problem: &Problem<'_>,
        fractional: &Outcome,
        stop: &Stop,
    ) -> Result<Outcome> {
        if let Some(outcome) = self.outcome.take() {
            return Ok(outcome);
        }
        let start = Start {
            problem,
            outcome: fractional,
        };
        solve_from(&problem.narrowed(&self.narrowed, Detail::Plan), start, stop)
    }
}

/// A shard that might go to another site.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relocation {
    pub(super) shard: ShardId,
    pub(super) site: SiteId,
    /// Whether its class is served whole: if not, all that is to be gained by it is that more users are served.
    pub(super) is_served: bool,
    users: f64,
}

/// Shards with users and the other sites that each may use, the first `most`: of classes that are not served whole
/// first, then the largest first.
pub(super) fn relocations(
    problem: &Problem<'_>,
    outcome: &Outcome,
    narrowed: &Narrowed,
    most: usize,
) -> Vec<Relocation> {
    let trial = problem.narrowed(narrowed, Detail::Values);
    let is_served: Vec<bool> = trial
        .classes
        .classes
        .iter()
        .enumerate()
        .map(|(id, class)| {
            let unserved = outcome.unserved.get(&id).into_iter().flatten();
            unserved.sum::<f64>() <= SOLVER_TOLERANCE * class.users
        })
        .collect();
    let mut all = First::new(most);
    for (id, class) in problem.classes.classes.iter().enumerate() {
        if class.sites.len() < 2 {
            continue;
        }
        for (position, &shard) in class.shards.iter().enumerate() {
            let part = trial.classes.class_of.get(class.home(shard));
            let is_served = part.is_none_or(|part| is_served[part]);
            let users = problem.setting.case.users(shard.index());
            let now = narrowed
                .left_to(id, position)
                .and_then(|sites| sites.first());
            for &site in class.sites.iter().filter(|site| Some(*site) != now) {
                all.add(Relocation {
                    shard,
                    site,
                    is_served,
                    users,
                });
            }
        }
    }
    all.in_order()
}

/// The first few of many relocations, without keeping them all.
struct First {
    most: usize,
    kept: Vec<Relocation>,
}

impl First {
    fn new(most: usize) -> Self {
        Self {
            most,
            kept: Vec::new(),
        }
    }

    fn order(a: &Relocation, b: &Relocation) -> Ordering {
        let by_users = b.users.total_cmp(&a.users);
        let by_class = a.is_served.cmp(&b.is_served).then(by_users);
        by_class.then((a.shard, a.site).cmp(&(b.shard, b.site)))
    }

    fn add(&mut self, relocation: Relocation) {
        // Twice as many and some more are gathered before what comes too late is left out.
        const SOME: usize = 1024;
        self.kept.push(relocation);
        if self.kept.len() >= 2 * self.most + SOME {
            self.kept.select_nth_unstable_by(self.most, Self::order);
            self.kept.truncate(self.most);
        }
    }

    fn in_order(mut self) -> Vec<Relocation> {
        self.kept.sort_by(Self::order);
        self.kept.truncate(self.most);
        self.kept
    }
}

/// Runs trials and gives back how many were tried, and what the first of them, in their order, came to.
///
/// Two run at a time whatever the number of threads, and one that comes after the first that came to something does
/// not count, so that the answer is that of one after the other.
///
/// # Errors
/// That of the first trial, in their order, that had one before any came to something.
pub(super) fn first<T: Send, R: Send>(
    mut trials: impl Iterator<Item = T>,
    run: impl Fn(T) -> Result<Option<R>> + Sync,
) -> Result<(usize, Option<R>)> {
    let mut tried = 0;
    while let Some(one) = trials.next() {
        let other = trials.next();
        let (one, other) = rayon::join(|| run(one), || other.map(&run));
        for found in [Some(one), other].into_iter().flatten() {
            tried += 1;
            if let Some(found) = found? {
                return Ok((tried, Some(found)));
            }
        }
    }
    Ok((tried, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn the_first_in_order_is_taken() {
        let even_from = |least: u32| {
            move |trial: u32| Ok((trial >= least && trial.is_multiple_of(2)).then_some(trial))
        };
        assert_eq!(first(0..10, even_from(0)).expect("no errors"), (1, Some(0)));
        assert_eq!(first(0..10, even_from(3)).expect("no errors"), (5, Some(4)));
        assert_eq!(first(1..10, even_from(3)).expect("no errors"), (4, Some(4)));
        assert_eq!(first(0..9, even_from(10)).expect("no errors"), (9, None));
        assert_eq!(first(0..0, even_from(0)).expect("no errors"), (0, None));
    }

    #[test]
    fn an_error_after_what_is_found_does_not_count() {
        let fails_at = |bad: u32| {
            move |trial: u32| {
                if trial == bad {
                    return Err(Error::Internal("bad".into()));
                }
                Ok((trial == 4).then_some(trial))
            }
        };
        assert_eq!(
            first(0..10, fails_at(5)).expect("found before"),
            (5, Some(4))
        );
        assert!(first(0..10, fails_at(3)).is_err());
    }
}
