//! Swaps: one shard goes where it costs less, another makes room for it (`docs/model.md` §6, `docs/design.md`).
//!
//! Rounding homes the shards of the few classes that the linear program splits. Where that costs something, a shard of
//! another class may fit better: what is moved, copied or missing after a swap is known by arithmetic, so that only
//! the swaps that promise most are solved.

use super::proven_worse::Homed;
use super::whole_shards::{Homes, MANY_SHARDS, WORTH_RELOCATING};
use crate::error::Result;
use crate::formulation::goals::{Level, copied_per_user, moved_per_user, relief_per_user};
use crate::formulation::{Class, ClassId, Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::solve::{Outcome, Start, Stop, solve_from, solve_unless_worse};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A level that rounding makes this much worse, relative to the larger of 1 and its value, is worth a swap.
const WORTH_SWAPPING: f64 = 1e-3;

/// Swaps of a period that are solved, at most.
const TRIALS: usize = 32;

/// A step that was part of so many swaps that came to nothing is not tried any more.
const FAILURES: usize = 8;

/// Swaps that are worked out at a time, at most.
const WORKED_OUT: usize = 8_000;

/// Swaps that are looked at in a search, at most.
const LOOKED_AT: usize = 200_000;

/// Sites to which a shard may make room.
const WAYS_OUT: usize = 2;

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
        standings: standings(problem, narrowed),
        short: homed.short_rows(),
        homed,
    };
    let near = problem.narrowed(narrowed, Detail::Values);
    let start = Some(Start {
        problem: &near,
        outcome: own,
    });
    let mut failures: BTreeMap<Step, usize> = BTreeMap::new();
    for size in [Size::One, Size::Two] {
        for swap in search.promising(size) {
            if *left == 0 || stop.is_raised() {
                return Ok(None);
            }
            let has_failed = |step: Step| failures.get(&step).is_some_and(|&n| n >= FAILURES);
            if swap.steps().any(has_failed) {
                continue;
            }
            *left -= 1;
            for step in swap.steps() {
                narrowed.leave_to_shard(problem, step.shard, &[step.to]);
            }
            let trial = problem.narrowed(narrowed, Detail::Values);
            let found = solve_unless_worse(&trial, start, stop, Some(own))?;
            let better = found.filter(|found| found.is_lower_than(own));
            tracing::debug!(
                is_better = better.is_some(),
                change = swap.change,
                ?size,
                "swap"
            );
            if better.is_some() {
                return Ok(better);
            }
            for step in swap.steps() {
                narrowed.leave_to_shard(problem, step.shard, &[step.from]);
                *failures.entry(step).or_default() += 1;
            }
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

/// How many shards come to a site at a time, and at most as many leave it for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    One,
    Two,
}

/// Shards that come to a site, and those that leave it for them, if any.
#[derive(Debug, Clone, Copy)]
struct Swap {
    /// Users by which the costly level changes; for headroom those who leave where it is missing.
    change: f64,
    come: [Option<Step>; 2],
    go: [Option<Step>; 2],
}

impl Swap {
    fn steps(self) -> impl Iterator<Item = Step> {
        self.come.into_iter().chain(self.go).flatten()
    }

    fn order(a: &Self, b: &Self) -> Ordering {
        let by_change = a.change.total_cmp(&b.change);
        by_change.then_with(|| (a.come, a.go).cmp(&(b.come, b.go)))
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
    /// By row, whether headroom is missing.
    short: Vec<bool>,
}

/// A step and what it changes.
#[derive(Debug, Clone, Copy)]
struct Weighed {
    step: Step,
    users: f64,
    change: Change,
    /// The same at the costly level; 0 if homes alone do not say.
    costly: f64,
}

impl Search<'_> {
    /// The swaps that make the costly level better if what homes do not fix stays as it is: the best first.
    fn promising(&self, size: Size) -> Vec<Swap> {
        let own = &self.own.levels;
        let now = self.homed.levels_with(self.own, [].into_iter());
        let mut promising: Vec<(Vec<f64>, Swap)> = Vec::new();
        for swap in self.worth_working_out(size) {
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
        tracing::debug!(?size, level = ?self.level(), promising = promising.len(), "swaps");
        promising.into_iter().map(|(_, swap)| swap).collect()
    }

    /// The swaps that change the levels which count users for the better; if they are many, some of every change.
    fn worth_working_out(&self, size: Size) -> Vec<Swap> {
        let mut swaps = Vec::new();
        for to in (0..self.problem.setting.inventory.sites.len()).map(SiteId::new) {
            self.look_at(to, size, &mut swaps);
        }
        swaps.sort_unstable_by(Swap::order);
        let count = swaps.len();
        let most = count.min(WORKED_OUT);
        (0..most).map(|index| swaps[index * count / most]).collect()
    }

    /// Adds the swaps in which shards come to a site.
    fn look_at(&self, to: SiteId, size: Size, swaps: &mut Vec<Swap>) {
        let is_gain = |who: &&Standing| {
            let is_counted = if self.counts_users() {
                self.of_level(self.change(who, to)) < 0.0
            } else {
                size == Size::One && self.homed.is_on(&self.short, who.class, who.at)
            };
            let sites = &self.problem.class(who.class).sites;
            who.at != to && sites.binary_search(&to).is_ok() && is_counted
        };
        let come: Vec<Weighed> = self
            .standings
            .iter()
            .filter(is_gain)
            .map(|who| self.weighed(who, to))
            .collect();
        let mut leaving: BTreeMap<SiteId, Vec<Weighed>> = BTreeMap::new();
        for &Weighed { step, .. } in &come {
            leaving
                .entry(step.from)
                .or_insert_with(|| self.leaving(to, step.from));
        }
        for (index, &one) in come.iter().enumerate() {
            let first = &leaving[&one.step.from];
            if size == Size::One {
                self.add([Some(one), None], [None; 2], swaps);
                for &go in self.within(one.costly, first) {
                    self.add([Some(one), None], [Some(go), None], swaps);
                }
                continue;
            }
            self.add_two([Some(one), None], [first, first], swaps);
            for &two in &come[index + 1..] {
                let second = &leaving[&two.step.from];
                for &go in self.within(one.costly + two.costly, first) {
                    self.add([Some(one), Some(two)], [Some(go), None], swaps);
                }
                self.add_two([Some(one), Some(two)], [first, second], swaps);
            }
        }
    }

    /// Adds the swaps in which one of each list leaves.
    fn add_two(
        &self,
        come: [Option<Weighed>; 2],
        [first, second]: [&[Weighed]; 2],
        swaps: &mut Vec<Swap>,
    ) {
        let gained: f64 = come.iter().flatten().map(|one| one.costly).sum();
        for &go in first {
            for &other in self.within(gained + go.costly, second) {
                if swaps.len() >= LOOKED_AT {
                    return;
                }
                let is_twice = go.step.shard == other.step.shard;
                if !is_twice && (!std::ptr::eq(first, second) || go.step < other.step) {
                    self.add(come, [Some(go), Some(other)], swaps);
                }
            }
        }
    }

    /// Those of a list with which a change makes the costly level better, and not better than can be.
    fn within<'w>(&self, change: f64, list: &'w [Weighed]) -> &'w [Weighed] {
        if !self.counts_users() {
            return list;
        }
        let own = self.own.levels[self.costly].value;
        let step = WORTH_RELOCATING * own.abs().max(1.0);
        let first = list.partition_point(|go| own + change + go.costly < self.bound - step);
        let end = list.partition_point(|go| change + go.costly < -step);
        &list[first..end.max(first)]
    }

    /// Who may leave a site for one who comes from another, there if possible; ascending by change.
    fn leaving(&self, site: SiteId, from: SiteId) -> Vec<Weighed> {
        let mut all: Vec<Weighed> = Vec::new();
        for who in self.standings.iter().filter(|who| who.at == site) {
            let sites = &self.problem.class(who.class).sites;
            let mut ways: Vec<Weighed> = sites
                .iter()
                .filter(|&&to| to != site && (self.counts_users() || to == from))
                .map(|&to| self.weighed(who, to))
                .collect();
            ways.sort_by(|a, b| {
                let by_levels = self.compare(a.change, b.change);
                by_levels.then((a.step.to != from, a.step.to).cmp(&(b.step.to != from, b.step.to)))
            });
            all.extend(ways.into_iter().take(WAYS_OUT));
        }
        all.sort_by(|a, b| a.costly.total_cmp(&b.costly).then(a.step.cmp(&b.step)));
        all
    }

    /// The order of two changes, level by level up to the costly one.
    fn compare(&self, a: Change, b: Change) -> Ordering {
        let levels = self.own.levels[..=self.costly].iter();
        let mut orders =
            levels.filter_map(|own| Some(a.at(own.level)?.total_cmp(&b.at(own.level)?)));
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// Adds a swap if the levels up to the costly one allow it.
    fn add(&self, come: [Option<Weighed>; 2], go: [Option<Weighed>; 2], swaps: &mut Vec<Swap>) {
        let all = come.iter().chain(&go).flatten();
        let change = all.fold(Change::default(), |sum, one| sum.and(one.change));
        let before = &self.own.levels[..self.costly];
        let mut earlier = before.iter().filter_map(|own| change.at(own.level));
        if swaps.len() >= LOOKED_AT || earlier.any(|change| change > 0.0) {
            return;
        }
        let own = self.own.levels[self.costly].value;
        let step = WORTH_RELOCATING * own.abs().max(1.0);
        let change = if self.counts_users() {
            self.of_level(change)
        } else {
            let users = |all: [Option<Weighed>; 2]| -> f64 {
                all.iter().flatten().map(|one| one.users).sum()
            };
            users(come) - users(go)
        };
        let is_gain = if self.counts_users() {
            change < -step && own + change >= self.bound - step
        } else {
            change > 0.0
        };
        if is_gain {
            let step = |one: Option<Weighed>| one.map(|one| one.step);
            swaps.push(Swap {
                change,
                come: come.map(step),
                go: go.map(step),
            });
        }
    }

    /// A step of a shard and what it changes.
    fn weighed(&self, who: &Standing, to: SiteId) -> Weighed {
        let change = self.change(who, to);
        let step = Step {
            shard: who.shard,
            from: who.at,
            to,
        };
        Weighed {
            step,
            users: who.users,
            change,
            costly: self.of_level(change),
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
        let change = |per_user: fn(&Class, SiteId) -> f64| {
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
