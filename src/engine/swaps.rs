//! Swaps: one shard goes where it costs less, another frees capacity for it (`docs/model.md` §6, `docs/design.md`).
//!
//! Rounding homes the shards of the few classes that the linear program splits. Where that costs something, a shard of
//! another class may fit better: what is moved, copied or missing after a swap is known by arithmetic, so that only
//! the swaps that promise most are solved.

mod search;

use super::proven_worse::HomeLoads;
use super::relocations;
use super::relocations::{MANY_SHARDS, RoundedHomes};
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::formulation::{Detail, Narrowed, Problem};
use crate::solve::{Beat, Outcome, Start, Stop, solve_to_beat};
use crate::units::WORTH_A_TRY;
pub(super) use search::SwapStep;
use search::{SwapSearch, SwapSize, standings};
use std::collections::BTreeMap;

/// Swaps of a period that are solved, at most.
const TRIALS: usize = 32;

/// A step that was part of this many swaps that came to nothing is not tried any more.
const FAILURES: usize = 8;

/// Swaps shards as long as rounding costs something at a level that homes decide and as something is gained by it.
///
/// # Errors
/// Those of [`solve_from`].
pub(super) fn swap_shards(
    problem: &Problem<'_>,
    fractional: &Outcome,
    mut homes: RoundedHomes,
    stop: &Stop,
) -> Result<RoundedHomes> {
    if problem.setting.current.shard_count() > MANY_SHARDS {
        return Ok(homes);
    }
    let mut outcome = homes.solved(problem, fractional, stop)?;
    let mut left = TRIALS;
    while let Some(costly) = costly_level(fractional, &outcome) {
        let better = first_better(
            problem,
            (&outcome, fractional.levels[costly].bound),
            &mut homes.narrowed,
            costly,
            &mut left,
            stop,
        )?;
        let Some(better) = better else {
            break;
        };
        outcome = better;
    }
    homes.outcome = Some(outcome);
    Ok(homes)
}

/// The position of the first level that is worse with whole shards, if it is one that homes decide.
fn costly_level(fractional: &Outcome, whole: &Outcome) -> Option<usize> {
    let mut both = fractional.levels.iter().zip(&whole.levels);
    let costly = both.position(|(best, level_outcome)| {
        level_outcome.value - best.value > WORTH_A_TRY * best.value.abs().max(1.0)
    })?;
    let level = whole.levels[costly].level;
    let is_decided = level.is_of_movers() || matches!(level, Level::Worst | Level::Total);
    is_decided.then_some(costly)
}

/// Solves the swaps that promise most and makes the first that is better than `outcome`; `bound` is what the level at
/// position `costly` is at least.
fn first_better(
    problem: &Problem<'_>,
    (one_outcome, bound): (&Outcome, f64),
    narrowed: &mut Narrowed,
    costly: usize,
    left: &mut usize,
    stop: &Stop,
) -> Result<Option<Outcome>> {
    let Some(homed) = HomeLoads::of(problem, narrowed) else {
        return Ok(None);
    };
    let search = SwapSearch {
        problem,
        outcome: one_outcome,
        bound,
        costly,
        standings: standings(problem, narrowed),
        short: homed.short_rows(),
        homed,
    };
    let near = problem.narrowed(narrowed, Detail::Values);
    let start = Some(Start {
        problem: &near,
        outcome: one_outcome,
    });
    let mut failures: BTreeMap<SwapStep, usize> = BTreeMap::new();
    for size in [SwapSize::One, SwapSize::Two] {
        if *left == 0 || stop.is_raised() {
            break;
        }
        let swaps = search.promising(size).into_iter();
        // Each counts as failed, for the one that does not is the last.
        let swaps = swaps.filter(|swap| {
            let has_failed = |step: SwapStep| failures.get(&step).is_some_and(|&n| n >= FAILURES);
            if swap.steps().any(has_failed) {
                return false;
            }
            for step in swap.steps() {
                *failures.entry(step).or_default() += 1;
            }
            true
        });
        let (tried, better) = relocations::first(swaps.take(*left), |swap| {
            if stop.is_raised() {
                return Ok(None);
            }
            let mut narrowed = narrowed.clone();
            for step in swap.steps() {
                narrowed.leave_to_shard(problem, step.shard, &[step.to]);
            }
            let trial = problem.narrowed(&narrowed, Detail::Values);
            let found = solve_to_beat(&trial, start, stop, Some((one_outcome, Beat::AnyLevel)))?;
            let better = found.filter(|found| found.is_lower_than(one_outcome));
            tracing::debug!(
                is_better = better.is_some(),
                change = swap.change,
                ?size,
                "swap"
            );
            Ok(better.map(|better| (narrowed, better)))
        })?;
        *left -= tried;
        if let Some((better, outcome)) = better {
            *narrowed = better;
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
