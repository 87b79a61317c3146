//! Swaps: one shard goes where it costs less, another makes room for it (`docs/model.md` §6, `docs/design.md`).
//!
//! Rounding homes the shards of the few classes that the linear program splits. Where that costs something, a shard of
//! another class may fit better: what is moved, copied or missing after a swap is known by arithmetic, so that only
//! the swaps that promise most are solved.

use super::proven_worse::Homed;
use super::whole_shards::{Homes, MANY_SHARDS, WORTH_RELOCATING};
use crate::error::Result;
use crate::formulation::goals::{Level, copied_per_user, moved_per_user, relief_per_user};
use crate::formulation::{ClassId, Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::solve::{Outcome, Start, Stop, solve_from, solve_unless_worse};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A level that rounding makes this much worse, relative to the larger of 1 and its value, is worth a swap.
const WORTH_SWAPPING: f64 = 1e-3;

/// Swaps of a period that are solved, at most.
const TRIALS: usize = 32;

/// Swaps that are worked out at a time, at most.
const WORKED_OUT: usize = 10_000;

/// Swaps shards as long as rounding costs something at a level that homes decide and as something is gained by it.
///
/// # Errors
/// Those of [`solve_from`].
pub(super) fn swap_shards(
    problem: &Problem<'_>,
    fractional: &Outcome,
    mut homes: Homes,
    stop: &Stop,
) -> Result<Homes> {
    if problem.setting.current.shard_count() > MANY_SHARDS {
        return Ok(homes);
    }
    let start = Start {
        problem,
        outcome: fractional,
    };
    let mut own = match homes.outcome.take() {
        Some(outcome) => outcome,
        None => solve_from(
            &problem.narrowed(&homes.narrowed, Detail::Plan),
            start,
            stop,
        )?,
    };
    let mut left = TRIALS;
    while let Some(costly) = costly_level(fractional, &own) {
        let better = first_better(
            problem,
            (&own, fractional.levels[costly].bound),
            &mut homes.narrowed,
            costly,
            &mut left,
            stop,
        )?;
        let Some(better) = better else {
            break;
        };
        own = better;
    }
    homes.outcome = Some(own);
    Ok(homes)
}

/// The position of the first level that is worse with whole shards, if it is one that homes decide.
fn costly_level(fractional: &Outcome, whole: &Outcome) -> Option<usize> {
    let mut both = fractional.levels.iter().zip(&whole.levels);
    let costly = both.position(|(best, own)| {
        own.value - best.value > WORTH_SWAPPING * best.value.abs().max(1.0)
    })?;
    let is_decided = match whole.levels[costly].level {
        Level::Relief | Level::Worst | Level::Total | Level::Copied | Level::Moved => true,
        Level::Unserved(_) | Level::AccessPoints | Level::Latency => false,
    };
    is_decided.then_some(costly)
}

/// Solves the swaps that promise most and makes the first that is better than `own`; `bound` is what the level at
/// position `costly` is at least.
fn first_better(
    problem: &Problem<'_>,
    (own, bound): (&Outcome, f64),
    narrowed: &mut Narrowed,
    costly: usize,
    left: &mut usize,
    stop: &Stop,
) -> Result<Option<Outcome>> {
    let Some(homed) = Homed::of(problem, narrowed) else {
        return Ok(None);
    };
    let search = Search {
        problem,
        own,
        bound,
        costly,
        homed,
        standings: standings(problem, narrowed),
    };
    let swaps = search.swaps(*left);
    if swaps.is_empty() {
        return Ok(None);
    }
    let near = problem.narrowed(narrowed, Detail::Values);
    let start = Some(Start {
        problem: &near,
        outcome: own,
    });
    for swap in swaps {
        if *left == 0 || stop.is_raised() {
            return Ok(None);
        }
        *left -= 1;
        for step in swap.steps() {
            narrowed.leave_to_shard(problem, step.shard, &[step.to]);
        }
        let trial = problem.narrowed(narrowed, Detail::Values);
        let found = solve_unless_worse(&trial, start, stop, Some(own))?;
        let better = found.filter(|found| found.is_lower_than(own));
        tracing::debug!(is_better = better.is_some(), "swap");
        if better.is_some() {
            return Ok(better);
        }
        for step in swap.steps() {
            narrowed.leave_to_shard(problem, step.shard, &[step.from]);
        }
    }
    Ok(None)
}

/// A shard at its one home; of those that nothing tells apart the first.
struct Standing {
    shard: ShardId,
    class: ClassId,
    users: f64,
    at: SiteId,
}

/// The shards with one home that could be elsewhere, in the order of their classes.
fn standings(problem: &Problem<'_>, narrowed: &Narrowed) -> Vec<Standing> {
    let mut known = BTreeSet::new();
    let mut standings = Vec::new();
    for (id, class) in problem.classes.classes.iter().enumerate() {
        if class.sites.len() < 2 {
            continue;
        }
        for (position, &shard) in class.shards.iter().enumerate() {
            let Some(&[at]) = narrowed.left_to(id, position) else {
                continue;
            };
            let users = problem.setting.users(class.home(shard));
            let is_whole = !problem.setting.current.is_split(shard);
            if is_whole && known.insert((id, at, users.to_bits())) {
                standings.push(Standing {
                    shard,
                    class: id,
                    users,
                    at,
                });
            }
        }
    }
    standings
}

/// A shard that goes from one site to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    shard: ShardId,
    from: SiteId,
    to: SiteId,
}

/// A shard that goes to a site, and perhaps one that leaves it.
#[derive(Debug, Clone, Copy)]
struct Swap {
    /// Users by which the costly level changes, or, for headroom, who leave where it is missing.
    change: f64,
    comes: Step,
    goes: Option<Step>,
}

impl Swap {
    fn steps(self) -> impl Iterator<Item = Step> {
        [Some(self.comes), self.goes].into_iter().flatten()
    }

    fn order(a: &Self, b: &Self) -> Ordering {
        let by_change = a.change.total_cmp(&b.change);
        by_change.then_with(|| (a.comes, a.goes).cmp(&(b.comes, b.goes)))
    }
}

/// Users by which a step changes the levels that count them.
#[derive(Debug, Clone, Copy, Default)]
struct Change {
    relief: f64,
    copied: f64,
    moved: f64,
}

impl Change {
    fn at(self, level: Level) -> Option<f64> {
        match level {
            Level::Relief => Some(self.relief),
            Level::Copied => Some(self.copied),
            Level::Moved => Some(self.moved),
            _ => None,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            relief: self.relief + other.relief,
            copied: self.copied + other.copied,
            moved: self.moved + other.moved,
        }
    }
}

/// Where swaps are looked for.
struct Search<'a> {
    problem: &'a Problem<'a>,
    own: &'a Outcome,
    bound: f64,
    costly: usize,
    homed: Homed<'a>,
    standings: Vec<Standing>,
}

impl Search<'_> {
    /// The swaps that make the costly level better if what homes do not fix stays as it is: the best first.
    fn swaps(&self, most: usize) -> Vec<Swap> {
        let own = &self.own.levels;
        let now = self.homed.levels_with(self.own, [].into_iter());
        let mut promising: Vec<(Vec<f64>, Swap)> = Vec::new();
        for swap in self.worth_working_out() {
            let moves = swap.steps();
            let moves = moves.map(|step| (step.shard, Some(step.from), step.to));
            let then = self.homed.levels_with(self.own, moves);
            // In steps of what is worth it, so that rounding errors tell no two swaps apart. Adding 0 takes the sign
            // off -0.
            let change = own.iter().zip(now.iter().zip(&then));
            let change: Vec<f64> = change
                .map(|(own, (now, then))| {
                    let step = WORTH_RELOCATING * own.value.abs().max(1.0);
                    ((then - now) / step).round() + 0.0
                })
                .collect();
            let first = change[..=self.costly].iter().find(|change| **change != 0.0);
            if first.is_some_and(|first| *first < 0.0) {
                promising.push((change, swap));
            }
        }
        promising.sort_by(|a, b| {
            let pairs = a.0.iter().zip(&b.0);
            let mut orders = pairs.map(|(a, b)| a.total_cmp(b));
            let by_levels = orders.find(|order| order.is_ne());
            by_levels.unwrap_or_else(|| Swap::order(&a.1, &b.1))
        });
        promising.truncate(most);
        promising.into_iter().map(|(_, swap)| swap).collect()
    }

    /// The swaps that change the levels which count users for the better, the first few.
    fn worth_working_out(&self) -> Vec<Swap> {
        let short = self.homed.short_rows();
        let mut at_site: Vec<Vec<&Standing>> =
            vec![Vec::new(); self.problem.setting.inventory.sites.len()];
        for standing in &self.standings {
            at_site[standing.at.index()].push(standing);
        }
        let mut swaps = Vec::new();
        for comes in &self.standings {
            let is_counted = self.counts_users();
            if !is_counted && !self.homed.is_on(&short, comes.class, comes.at) {
                continue;
            }
            for &to in self.problem.class(comes.class).sites.iter() {
                let change = self.change(comes, to);
                if to == comes.at || is_counted && self.of_level(change) >= 0.0 {
                    continue;
                }
                let step = |who: &Standing, to: SiteId| Step {
                    shard: who.shard,
                    from: who.at,
                    to,
                };
                self.add(&mut swaps, change, comes.users, step(comes, to), None);
                for goes in &at_site[to.index()] {
                    for &on in self.problem.class(goes.class).sites.iter() {
                        if on == to || !is_counted && on != comes.at {
                            continue;
                        }
                        let change = change.and(self.change(goes, on));
                        let leaving = comes.users - goes.users;
                        let other = Some(step(goes, on));
                        self.add(&mut swaps, change, leaving, step(comes, to), other);
                    }
                }
            }
        }
        swaps.sort_unstable_by(Swap::order);
        swaps.truncate(WORKED_OUT);
        swaps
    }

    /// Adds a swap if the levels up to the costly one allow it; `leaving` are the users who leave where headroom is
    /// missing.
    fn add(
        &self,
        swaps: &mut Vec<Swap>,
        change: Change,
        leaving: f64,
        comes: Step,
        goes: Option<Step>,
    ) {
        let before = &self.own.levels[..self.costly];
        let mut earlier = before.iter().filter_map(|own| change.at(own.level));
        if earlier.any(|change| change > 0.0) {
            return;
        }
        let own = &self.own.levels[self.costly];
        let scale = own.value.abs().max(1.0);
        let change = if self.counts_users() {
            let change = self.of_level(change);
            let is_below = own.value + change < self.bound - WORTH_RELOCATING * scale;
            if is_below || change > -WORTH_RELOCATING * scale {
                return;
            }
            change
        } else {
            if leaving <= 0.0 {
                return;
            }
            leaving
        };
        swaps.push(Swap {
            change,
            comes,
            goes,
        });
        if swaps.len() >= 4 * WORKED_OUT {
            swaps.select_nth_unstable_by(WORKED_OUT, Swap::order);
            swaps.truncate(WORKED_OUT);
        }
    }

    /// `true` if the costly level counts users who move.
    fn counts_users(&self) -> bool {
        Change::default().at(self.level()).is_some()
    }

    fn level(&self) -> Level {
        self.own.levels[self.costly].level
    }

    /// What a change makes of the costly level.
    fn of_level(&self, change: Change) -> f64 {
        change.at(self.level()).unwrap_or(0.0)
    }

    /// What it means that a shard goes elsewhere.
    fn change(&self, who: &Standing, to: SiteId) -> Change {
        let class = self.problem.class(who.class);
        let change = |per_user: fn(&crate::formulation::Class, SiteId) -> f64| {
            who.users * (per_user(class, to) - per_user(class, who.at))
        };
        Change {
            relief: change(relief_per_user),
            copied: change(copied_per_user),
            moved: change(moved_per_user),
        }
    }
}

#[cfg(test)]
mod tests;
