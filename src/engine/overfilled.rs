//! Overfilled: rounding many shards fills some sites a little more than their targets allow, though no whole plan has to.
//!
//! What a shard more or less makes of the headroom at sites is arithmetic. Small shards leave what is overfilled as long as that
//! gains headroom, and the levels with these homes are solved once.

use super::proven_worse::HomeLoads;
use super::relocations::RoundedHomes;
use super::swaps::SwapStep;
use crate::error::Result;
use crate::formulation::goals::{Level, per_user};
use crate::formulation::rows::RowId;
use crate::formulation::{Class, ClassId, Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::solve::{Beat, Outcome, Start, Stop, solve_to_beat};
use crate::units::PROVEN;
use std::collections::BTreeMap;

/// Shards that leave, at most.
const MOST_STEPS: usize = 32;

/// Classes at sites of which a shard may leave, at a step, at most: those of which it takes the fewest users.
const MOST_CLASSES: usize = 64;

/// Homes of many shards that miss less of the targets, if they miss more than split shards have to and others are found.
///
/// # Errors
/// Those of [`solve_to_beat`].
pub(super) fn relieve_overfilled(
    problem: &Problem<'_>,
    fractional: &Outcome,
    mut homes: RoundedHomes,
    stop: &Stop,
) -> Result<RoundedHomes> {
    if stop.is_raised() {
        return Ok(homes);
    }
    let outcome = homes.solved(problem, fractional, stop)?;
    if misses_more(fractional, &outcome)
        && let Some(narrowed) = relieved(problem, (fractional, &outcome), &homes.narrowed)
    {
        let before = problem.narrowed(&homes.narrowed, Detail::Values);
        let start = Start {
            problem: &before,
            outcome: &outcome,
        };
        let trial = problem.narrowed(&narrowed, Detail::Values);
        let found = solve_to_beat(&trial, Some(start), stop, Some((&outcome, Beat::AnyLevel)))?;
        if let Some(better) = found.filter(|found| found.is_lower_than(&outcome)) {
            return Ok(RoundedHomes {
                narrowed,
                outcome: Some(better),
            });
        }
    }
    homes.outcome = Some(outcome);
    Ok(homes)
}

/// Whether headroom is what whole shards are worse at first.
fn misses_more(fractional: &Outcome, whole: &Outcome) -> bool {
    let mut both = fractional.levels.iter().zip(&whole.levels);
    let first = both.find(|(split, whole)| is_less(split.value, whole.value));
    first.is_some_and(|(split, _)| matches!(split.level, Level::Worst | Level::Total))
}

fn is_less(one: f64, other: f64) -> bool {
    other - one > PROVEN * other.abs().max(1.0)
}

/// The shards of classes by site, the smallest first.
type Standing = BTreeMap<(ClassId, SiteId), Vec<(f64, ShardId)>>;

/// The same homes with some shards elsewhere; `None` if that gains nothing.
fn relieved(
    problem: &Problem<'_>,
    (fractional, whole): (&Outcome, &Outcome),
    narrowed: &Narrowed,
) -> Option<Narrowed> {
    let mut homed = HomeLoads::of(problem, narrowed)?;
    let mut standing = standing(problem, narrowed);
    let mut relieved = narrowed.clone();
    let mut steps = 0;
    let best: Vec<f64> = fractional.levels.iter().map(|level| level.value).collect();
    let mut now = homed.levels_with(whole, [].into_iter());
    while steps < MOST_STEPS && misses(whole, &now) > misses(whole, &best) + PROVEN {
        let rows = homed.short_by().into_iter();
        let mut steps_of = rows.map(|row| best_step(problem, (&homed, whole), row, &standing));
        let lower = steps_of.find_map(|pair| pair.filter(|(_, then)| is_lower(then, &now)));
        let Some((step, then)) = lower else {
            break;
        };
        let SwapStep { shard, from, to } = step;
        homed.relocate(shard, Some(from), to);
        relieved.leave_to_shard(problem, shard, &[to]);
        for shards in standing.values_mut() {
            shards.retain(|pair| pair.1 != shard);
        }
        steps += 1;
        now = then;
    }
    tracing::debug!(steps, missing = misses(whole, &now), "overfilled");
    (steps > 0).then_some(relieved)
}

/// All that is missing of the targets, of levels in the order of those of an outcome.
fn misses(of: &Outcome, levels: &[f64]) -> f64 {
    let both = of.levels.iter().zip(levels);
    let missing = both.filter(|(level_outcome, _)| level_outcome.level == Level::Total);
    missing.map(|(_, value)| value).sum()
}

fn is_lower(one: &[f64], other: &[f64]) -> bool {
    let mut both = one.iter().zip(other);
    let first = both.find(|(one, other)| is_less(**one, **other) || is_less(**other, **one));
    first.is_some_and(|(one, other)| one < other)
}

/// The shards that may be elsewhere without more relief: that comes before headroom.
fn standing(problem: &Problem<'_>, narrowed: &Narrowed) -> Standing {
    let mut all = Standing::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        for (position, &shard) in class.shards.iter().enumerate() {
            let Some(&[at]) = narrowed.left_to(id, position) else {
                continue;
            };
            if others(class, at).next().is_some() && !problem.setting.current.is_split(shard) {
                let users = problem.setting.users(class.home(shard));
                all.entry((id, at)).or_default().push((users, shard));
            }
        }
    }
    for shards in all.values_mut() {
        shards.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    all
}

/// The sites other than one at which a class needs no more relief.
fn others(class: &Class, at: SiteId) -> impl Iterator<Item = SiteId> {
    let relief = per_user(Level::Relief, class, at);
    let sites = class.sites.iter().copied();
    sites.filter(move |to| *to != at && per_user(Level::Relief, class, *to) <= relief)
}

/// The step that makes the levels lowest, with these, of those that relieve a row of so much.
fn best_step(
    problem: &Problem<'_>,
    (homed, whole): (&HomeLoads<'_>, &Outcome),
    (row, over): (RowId, f64),
    standing: &Standing,
) -> Option<(SwapStep, Vec<f64>)> {
    let mut leaving: Vec<(f64, ShardId, ClassId, SiteId)> = Vec::new();
    for (&(class, from), shards) in standing {
        let of_user = homed.load_of_user(row, class, from);
        if of_user <= 0.0 {
            continue;
        }
        let enough = shards.partition_point(|shard| shard.0 * of_user < over * (1.0 + PROVEN));
        let shard = shards.get(enough).or(shards.last());
        leaving.extend(shard.map(|&(users, shard)| (users, shard, class, from)));
    }
    leaving.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    leaving.truncate(MOST_CLASSES);
    let mut best: Option<(SwapStep, Vec<f64>)> = None;
    for (_, shard, class, from) in leaving {
        for to in others(problem.class(class), from) {
            let then = homed.levels_with(whole, [(shard, Some(from), to)].into_iter());
            if best.as_ref().is_none_or(|pair| is_lower(&then, &pair.1)) {
                best = Some((SwapStep { shard, from, to }, then));
            }
        }
    }
    best
}
