//! Whole shards: a shard lives at one site (`docs/model.md` §6, `docs/design.md`).
//!
//! A class of few shards is homed by the sums nearest to its quotas of the linear program; a class of many fills
//! them, largest first, staying at home preferred, and at most one shard per quota stays in doubt. Doubts are
//! settled by diving: what is rounded is frozen, the levels are solved again, and the next are rounded. The last
//! few are settled exactly, by trying every combination. What rounding costs shows level by level beside the
//! fractional values.

use super::overfilled::relieve_overfilled;
use super::proven_worse::{HomeLoads, is_proven_worse};
use super::quotas::{Doubt, split};
use super::relocations;
use super::relocations::{MANY_SHARDS, RoundedHomes, relocations};
use super::swaps::swap_shards;
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::formulation::{ClassId, Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::model::Goal;
use crate::solve::{Beat, Outcome, Proof, Start, Stop, solve_from, solve_to_beat};
use crate::sums::summed;
use crate::units::{PROVEN, SOLVER_TOLERANCE};

/// Combinations of the last doubts that are tried, at most.
const COMBINATIONS: usize = 64;

/// Rounds of the dive; what is in doubt after them is settled by the likeliest homes.
const MOST_ROUNDS: usize = 6;
const LEAST_ROUNDS: usize = 2;

/// Relocations that are tried where rounding costs something before moves do, times the classes of the problem;
/// with bounds, so that small problems are searched well and large ones end soon.
const RELOCATIONS_OF_CLASSES: usize = 8_000;
const LEAST_RELOCATIONS: usize = 48;
const MOST_RELOCATIONS: usize = 800;

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Combinations of the last doubts, and relocations.
    Full,
    /// Doubts are settled by the likeliest homes after the fewest rounds.
    Likeliest,
}

/// Homes for whole shards, or `None` if the outcome splits nobody and can be taken as it is.
///
/// # Errors
/// Those of [`solve`].
pub(super) fn whole_shards(
    problem: &Problem<'_>,
    outcome: &Outcome,
    care: Care,
    stop: &Stop,
) -> Result<Option<RoundedHomes>> {
    let mut narrowed = Narrowed::none(problem);
    let doubts = narrow(problem, outcome, &mut narrowed);
    if doubts.is_empty() && !is_any_split(problem, outcome) {
        return Ok(None);
    }
    let homes = dive(problem, outcome, (doubts, narrowed), care, stop)?;
    if care == Care::Likeliest {
        return Ok(Some(homes));
    }
    let homes = relieve_overfilled(problem, outcome, homes, stop)?;
    let homes = improve(problem, outcome, homes, stop)?;
    swap_shards(problem, outcome, homes, stop).map(Some)
}

/// Settles doubts round by round, the last exactly.
fn dive(
    problem: &Problem<'_>,
    outcome: &Outcome,
    (mut doubts, mut narrowed): (Vec<Doubt>, Narrowed),
    care: Care,
    stop: &Stop,
) -> Result<RoundedHomes> {
    let (most, rounds) = match care {
        Care::Full => (
            for_so_many_shards(problem, COMBINATIONS),
            for_so_many_shards(problem, MOST_ROUNDS).max(LEAST_ROUNDS),
        ),
        Care::Likeliest => (1, LEAST_ROUNDS),
    };
    let mut last: Option<(Problem<'_>, Outcome)> = None;
    for round_number in 0.. {
        if doubts.is_empty() {
            break;
        }
        tracing::debug!(round_number, doubts = doubts.len(), "whole shards");
        let start = match &last {
            None => Start { problem, outcome },
            Some((problem, outcome)) => Start { problem, outcome },
        };
        if combinations(&doubts) <= most && !stop.is_raised() {
            return settle_exactly(problem, outcome, (start, narrowed), &doubts, stop);
        }
        let frozen = problem.narrowed(&narrowed, Detail::Plan);
        let found = solve_from(&frozen, start, stop)?;
        let rest = narrow_on(problem, &frozen, &found, &mut narrowed);
        let is_last = found.proof == Proof::Stopped || round_number >= rounds;
        last = Some((frozen, found));
        doubts = if rest.len() < doubts.len() && !is_last {
            rest
        } else {
            round(problem, rest, &mut narrowed, is_last)
        };
    }
    Ok(RoundedHomes {
        narrowed,
        outcome: None,
    })
}

pub(super) fn shard_count(problem: &Problem<'_>) -> usize {
    let classes = problem.classes.classes.iter();
    classes.map(|class| class.shards.len()).sum()
}

fn for_so_many_shards(problem: &Problem<'_>, trials: usize) -> usize {
    let shards = shard_count(problem);
    trials * MANY_SHARDS / shards.max(MANY_SHARDS)
}

/// Homes for whole shards near a fractional outcome, each doubt settled by the likeliest homes; nothing is solved.
pub(super) fn rounded(problem: &Problem<'_>, outcome: &Outcome) -> Narrowed {
    let mut narrowed = Narrowed::none(problem);
    let doubts = narrow(problem, outcome, &mut narrowed);
    round(problem, doubts, &mut narrowed, true);
    narrowed
}

/// The same near the outcome of `frozen`, which was left of a problem.
pub(super) fn rounded_on(
    problem: &Problem<'_>,
    frozen: &Problem<'_>,
    (left, outcome): (&Narrowed, &Outcome),
) -> Narrowed {
    let mut narrowed = left.clone();
    let doubts = narrow_on(problem, frozen, outcome, &mut narrowed);
    round(problem, doubts, &mut narrowed, true);
    narrowed
}

/// How many combinations of assignments there are, at most `COMBINATIONS + 1`.
fn combinations(doubts: &[Doubt]) -> usize {
    doubts.iter().fold(1, |product, doubt| {
        (product * doubt.moves.len()).min(COMBINATIONS + 1)
    })
}

/// Users of a class by site, ascending.
fn by_site(outcome: &Outcome, class: ClassId) -> Vec<(SiteId, f64)> {
    let start = outcome
        .served
        .partition_point(|served| served.class < class);
    let of_class = outcome.served[start..].iter();
    let of_class = of_class.take_while(|served| served.class == class);
    let sites = of_class.map(|served| (outcome.paths.get(served.path).site, served.users));
    summed(sites.collect())
}

/// The same without what is too little to be a home.
pub(super) fn homes_of_class(
    problem: &Problem<'_>,
    outcome: &Outcome,
    class: ClassId,
) -> Vec<(SiteId, f64)> {
    let mut sites = by_site(outcome, class);
    let least = SOLVER_TOLERANCE * problem.class(class).users;
    sites.retain(|(_, users)| *users > least);
    sites
}

/// `true` if any class is served at two sites, however little at one of them.
fn is_any_split(problem: &Problem<'_>, outcome: &Outcome) -> bool {
    (0..problem.classes.classes.len()).any(|class| by_site(outcome, class).len() > 1)
}

/// Narrows every shard to the one site where it fits in its class's quota; the rest are in doubt.
fn narrow(problem: &Problem<'_>, outcome: &Outcome, narrowed: &mut Narrowed) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for id in 0..problem.classes.classes.len() {
        let homes = homes_of_class(problem, outcome, id);
        match homes.as_slice() {
            [] => narrowed.leave_to_class(id, unserved_at(problem, id).as_slice()),
            [(site, _)] => narrowed.leave_to_class(id, &[*site]),
            _ => split(problem, id, &homes, &mut doubts, &mut |shard, sites| {
                narrowed.leave_to_shard(problem, shard, sites);
            }),
        }
    }
    narrowed.join_split(problem);
    doubts
}

/// The same for what `frozen`, which came of a problem, leaves more than one site.
pub(super) fn narrow_on(
    problem: &Problem<'_>,
    frozen: &Problem<'_>,
    outcome: &Outcome,
    narrowed: &mut Narrowed,
) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut leave = |shard: ShardId, sites: &[SiteId]| {
        narrowed.leave_to_shard(problem, shard, sites);
    };
    for (id, class) in frozen.classes.classes.iter().enumerate() {
        if class.sites.len() < 2 {
            continue;
        }
        let homes = homes_of_class(frozen, outcome, id);
        let site = match homes.as_slice() {
            [] => unserved_at(frozen, id),
            [(site, _)] => Some(*site),
            _ => {
                split(frozen, id, &homes, &mut doubts, &mut leave);
                continue;
            }
        };
        for &shard in &class.shards {
            leave(shard, site.as_slice());
        }
    }
    doubts
}

/// Where a class is homed of which nobody is served: it keeps its site if it may, and could be served there.
fn unserved_at(problem: &Problem<'_>, class: ClassId) -> Option<SiteId> {
    let row = problem.class(class);
    row.current
        .filter(|site| row.sites.contains(site))
        .or(problem.defaults[class].map(|default| default.site))
}

/// Settles half of the doubts, or all of them, by the likeliest homes.
fn round(
    problem: &Problem<'_>,
    mut doubts: Vec<Doubt>,
    narrowed: &mut Narrowed,
    all: bool,
) -> Vec<Doubt> {
    let rest = if all {
        Vec::new()
    } else {
        doubts.split_off(doubts.len().div_ceil(2))
    };
    for doubt in doubts {
        doubt.settle(problem, 0, narrowed);
    }
    rest
}

/// Tries every combination of the last doubts and keeps the one whose levels are lowest in order. The likeliest
/// comes first; others are given up at the first level at which they are worse. All begin at `start`.
fn settle_exactly(
    problem: &Problem<'_>,
    fractional: &Outcome,
    (start, mut narrowed): (Start<'_>, Narrowed),
    doubts: &[Doubt],
    stop: &Stop,
) -> Result<RoundedHomes> {
    let settle = |number: usize, narrowed: &mut Narrowed| {
        let mut rest = number;
        for doubt in doubts {
            doubt.settle(problem, rest % doubt.moves.len(), narrowed);
            rest /= doubt.moves.len();
        }
    };
    let try_one = |number: usize, incumbent: Option<&Outcome>| -> Result<Option<RoundedHomes>> {
        let mut narrowed = narrowed.clone();
        settle(number, &mut narrowed);
        if incumbent.is_some_and(|best| is_proven_worse(problem, fractional, best, &narrowed)) {
            return Ok(None);
        }
        let trial = problem.narrowed(&narrowed, Detail::Values);
        let to_beat = incumbent.map(|best| (best, Beat::AnyLevel));
        let outcome = solve_to_beat(&trial, Some(start), stop, to_beat)?;
        Ok(outcome.map(|outcome| RoundedHomes {
            narrowed,
            outcome: Some(outcome),
        }))
    };
    let mut best: Option<RoundedHomes> = None;
    let count = combinations(doubts);
    // The likeliest is mostly as good as any; then two at a time, whatever the number of threads.
    let mut next = 0..1;
    'trials: while !next.is_empty() {
        let incumbent = best.as_ref().and_then(|best| best.outcome.as_ref());
        let second = next.clone().nth(1);
        let (one, other) = rayon::join(
            || try_one(next.start, incumbent),
            || second.map(|number| try_one(number, incumbent)),
        );
        for found in [Some(one), other].into_iter().flatten() {
            let Some(found) = found? else {
                continue;
            };
            let outcome = found
                .outcome
                .as_ref()
                .expect("invariant: a trial is solved");
            let is_as_good_as_any = !fractional.is_lower_than(outcome);
            let incumbent = best.as_ref().and_then(|best| best.outcome.as_ref());
            if incumbent.is_none_or(|best| outcome.is_lower_than(best)) {
                best = Some(found);
            }
            if is_as_good_as_any || stop.is_raised() {
                break 'trials;
            }
        }
        next = next.end..(next.end + 2).min(count);
    }
    if best.is_none() {
        settle(0, &mut narrowed);
    }
    Ok(best.unwrap_or(RoundedHomes {
        narrowed,
        outcome: None,
    }))
}

/// Relocates one shard or two, those with unserved users first, as long as rounding costs something at a level
/// before moves and as something is gained by it.
fn improve(
    problem: &Problem<'_>,
    fractional: &Outcome,
    mut homes: RoundedHomes,
    stop: &Stop,
) -> Result<RoundedHomes> {
    let classes = problem.classes.classes.len().max(1);
    let mut left = for_so_many_shards(
        problem,
        (RELOCATIONS_OF_CLASSES / classes).clamp(LEAST_RELOCATIONS, MOST_RELOCATIONS),
    );
    if left == 0 || stop.is_raised() {
        return Ok(homes);
    }
    homes.outcome = Some(homes.solved(problem, fractional, stop)?);
    let RoundedHomes { narrowed, outcome } = &mut homes;
    while let Some(one_outcome) = outcome
        .as_ref()
        .filter(|outcome| is_costly(fractional, outcome))
    {
        if left == 0 || stop.is_raised() {
            return Ok(homes);
        }
        let near = problem.narrowed(narrowed, Detail::Values);
        let start = Some(Start {
            problem: &near,
            outcome: one_outcome,
        });
        let single = relocations(problem, one_outcome, narrowed, left);
        let pairs = single.iter().enumerate().flat_map(|(index, &one)| {
            let others = single[index + 1..].iter();
            others
                .filter(move |other| other.shard != one.shard)
                .map(move |&other| [Some(one), Some(other)])
        });
        let trials = single.iter().map(|&one| [Some(one), None]).chain(pairs);
        let homed = HomeLoads::of(problem, narrowed);
        let home = |shard: ShardId| {
            let left = narrowed.left_to_shard(problem, shard);
            left.and_then(|sites| sites.first().copied())
        };
        let (tried, better) = relocations::first(trials.take(left), |trial| {
            let moves = trial.iter().flatten();
            let moves = moves.map(|to| (to.shard, home(to.shard), to.site));
            let homed = homed.as_ref();
            let is_worse =
                |homed: &HomeLoads<'_>| homed.is_proven_worse_with(fractional, one_outcome, moves);
            if stop.is_raised() || homed.is_some_and(is_worse) {
                return Ok(None);
            }
            let mut narrowed = narrowed.clone();
            let mut has_to = Beat::AnyLevel;
            for relocation in trial.into_iter().flatten() {
                narrowed.leave_to_shard(problem, relocation.shard, &[relocation.site]);
                if !relocation.is_served {
                    has_to = Beat::Unserved;
                }
            }
            let trial = problem.narrowed(&narrowed, Detail::Values);
            let found = solve_to_beat(&trial, start, stop, Some((one_outcome, has_to)))?;
            let better = found.filter(|found| found.is_lower_than(one_outcome));
            Ok(better.map(|better| (narrowed, better)))
        })?;
        left -= tried;
        let Some((better, of_better)) = better else {
            break;
        };
        (*narrowed, *outcome) = (better, Some(of_better));
    }
    Ok(homes)
}

/// `true` if whole shards are worse than the fractional optimum at a level before moves.
fn is_costly(fractional: &Outcome, whole: &Outcome) -> bool {
    fractional
        .levels
        .iter()
        .zip(&whole.levels)
        .take_while(|(level, _)| level.level.goal() != Goal::Moves)
        .any(|(best, level_outcome)| {
            level_outcome.value - best.value > PROVEN * best.value.abs().max(1.0)
                && best.level != Level::Latency
        })
}
