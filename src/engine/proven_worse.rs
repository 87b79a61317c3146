//! A proof that a plan with other homes is worse, without solving it (`docs/design.md`).
//!
//! Two bounds need no solver. Whole shards never do better than fractional homes at the first level at which a plan
//! differs from these. And with one home for every shard, relief, copies and moves are fixed but for users who stay
//! unserved: each of those takes at most 1 off.

use super::whole_shards::{Narrowed, WORTH_RELOCATING};
use crate::formulation::Problem;
use crate::formulation::goals::{Level, copied_per_user, moved_per_user, relief_per_user};
use crate::solve::Outcome;

/// Levels closer than this, relative to the larger of 1 and the value, are the same.
const SAME: f64 = 1e-9;

/// `true` if every plan with these homes is worse than `incumbent` at the first level that differs.
///
/// `fractional` is the optimum of `problem` over fractional homes. `false` says nothing.
pub(super) fn is_proven_worse(
    problem: &Problem<'_>,
    fractional: &Outcome,
    incumbent: &Outcome,
    narrowed: &Narrowed,
) -> bool {
    let Some(homed) = Homed::of(problem, narrowed) else {
        return false;
    };
    // No later level is looked at unless as many stay unserved as in the incumbent.
    let unserved: f64 = incumbent
        .levels
        .iter()
        .filter(|level| matches!(level.level, Level::Unserved(_)))
        .map(|level| level.value)
        .sum();
    let not_there = (unserved - homed.nowhere).max(0.0);
    let mut is_optimal_so_far = true;
    for (own, best) in incumbent.levels.iter().zip(&fractional.levels) {
        let fixed = match own.level {
            Level::Relief => homed.relief - not_there,
            Level::Copied => homed.copied - not_there,
            Level::Moved => homed.moved - not_there,
            _ => f64::NEG_INFINITY,
        };
        let least = if is_optimal_so_far {
            fixed.max(best.bound)
        } else {
            fixed
        };
        let scale = own.value.abs().max(1.0);
        if least > own.value + WORTH_RELOCATING * scale {
            return true;
        }
        if least < own.value - SAME * scale {
            return false;
        }
        is_optimal_so_far &= (own.value - best.value).abs() <= SAME * scale;
    }
    false
}

/// Users by what their homes make of them, if all are served there.
#[derive(Default)]
struct Homed {
    relief: f64,
    copied: f64,
    moved: f64,
    /// Users without any home.
    nowhere: f64,
}

impl Homed {
    /// `None` if some shard has more than one home left.
    fn of(problem: &Problem<'_>, narrowed: &Narrowed) -> Option<Self> {
        let mut homed = Self::default();
        for class in &problem.classes.classes {
            for &shard in &class.shards {
                let users = problem.setting.users(class.home(shard));
                match narrowed[shard.index()].as_deref()? {
                    [] => homed.nowhere += users,
                    &[site] => {
                        homed.relief += users * relief_per_user(class, site);
                        homed.copied += users * copied_per_user(class, site);
                        homed.moved += users * moved_per_user(class, site);
                    }
                    _ => return None,
                }
            }
        }
        Some(homed)
    }
}

#[cfg(test)]
mod tests;
