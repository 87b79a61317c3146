//! Search: the swaps that promise something, by arithmetic alone.
//!
//! A step is a single shard that goes elsewhere, and what that changes; a swap is several.

use super::super::proven_worse::HomeLoads;
use crate::formulation::goals::{Level, per_user};
use crate::formulation::{ClassId, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::solve::Outcome;
use crate::units::PROVEN;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Swaps that are worked out at a time, at most.
const WORKED_OUT: usize = 8_000;

/// Combinations of steps that are looked at in a search, at most.
const LOOKED_AT: usize = 500_000;

/// Sites to which a shard may move to free capacity.
const SITES_TO_TRY: usize = 2;

/// Swaps that were found, and how many combinations may still be looked at.
struct FoundSwaps {
    swaps: Vec<Swap>,
    left: usize,
}

/// Where swaps are looked for.
pub(super) struct SwapSearch<'a> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) outcome: &'a Outcome,
    pub(super) bound: f64,
    pub(super) costly: usize,
    pub(super) homed: HomeLoads<'a>,
    pub(super) standings: Vec<StandingShard>,
    /// By row, whether headroom is missing.
    pub(super) short: Vec<bool>,
}

impl SwapSearch<'_> {
    /// The swaps that make the costly level better if what homes do not fix stays as it is: the best first.
    pub(super) fn promising(&self, size: SwapSize) -> Vec<Swap> {
        let level_outcomes = &self.outcome.levels;
        let now = self.homed.levels_with(self.outcome, [].into_iter());
        let mut promising: Vec<(Vec<f64>, Swap)> = Vec::new();
        for swap in self.worth_working_out(size) {
            let moves = swap.steps();
            let moves = moves.map(|step| (step.shard, Some(step.from), step.to));
            let then = self.homed.levels_with(self.outcome, moves);
            // In steps of what is worth it, so that rounding errors tell no two swaps apart. Adding 0 takes the sign
            // off -0.
            let change = level_outcomes.iter().zip(now.iter().zip(&then));
            let change: Vec<f64> = change
                .map(|(level_outcome, (now, then))| {
                    let step = PROVEN * level_outcome.value.abs().max(1.0);
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
    fn worth_working_out(&self, size: SwapSize) -> Vec<Swap> {
        let mut found = FoundSwaps {
            swaps: Vec::new(),
            left: LOOKED_AT,
        };
        for to in (0..self.problem.setting.inventory.sites.len()).map(SiteId::new) {
            self.look_at(to, size, &mut found);
        }
        let mut swaps = found.swaps;
        swaps.sort_unstable_by(Swap::order);
        let count = swaps.len();
        let most = count.min(WORKED_OUT);
        (0..most).map(|index| swaps[index * count / most]).collect()
    }

    fn look_at(&self, to: SiteId, size: SwapSize, found: &mut FoundSwaps) {
        let is_gain = |who: &&StandingShard| {
            let is_counted = if self.counts_users() {
                self.of_level(self.change(who, to)) < 0.0
            } else {
                size == SwapSize::One && self.homed.is_on(&self.short, who.class, who.at)
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
            if size == SwapSize::One {
                self.add([Some(one), None], [None; 2], found);
                for &go in self.within(one.costly, first) {
                    self.add([Some(one), None], [Some(go), None], found);
                }
                continue;
            }
            self.add_two([Some(one), None], [first, first], found);
            for &two in &come[index + 1..] {
                if found.left == 0 {
                    return;
                }
                let second = &leaving[&two.step.from];
                for &go in self.within(one.costly + two.costly, first) {
                    self.add([Some(one), Some(two)], [Some(go), None], found);
                }
                self.add_two([Some(one), Some(two)], [first, second], found);
            }
        }
    }

    /// Adds the swaps in which one of each list leaves.
    fn add_two(
        &self,
        come: [Option<Weighed>; 2],
        [first, second]: [&[Weighed]; 2],
        found: &mut FoundSwaps,
    ) {
        let gained: f64 = come.iter().flatten().map(|one| one.costly).sum();
        for &go in first {
            if found.left == 0 {
                return;
            }
            found.left -= 1;
            for &other in self.within(gained + go.costly, second) {
                let is_twice = go.step.shard == other.step.shard;
                if !is_twice && (!std::ptr::eq(first, second) || go.step < other.step) {
                    self.add(come, [Some(go), Some(other)], found);
                }
            }
        }
    }

    /// Those of a list with which a change makes the costly level better, and not better than can be.
    fn within<'w>(&self, change: f64, list: &'w [Weighed]) -> &'w [Weighed] {
        if !self.counts_users() {
            return list;
        }
        let value = self.outcome.levels[self.costly].value;
        let step = PROVEN * value.abs().max(1.0);
        let first = list.partition_point(|go| value + change + go.costly < self.bound - step);
        let end = list.partition_point(|go| change + go.costly < -step);
        &list[first..end.max(first)]
    }

    /// Who may leave a site for one who comes from another, there if possible; ascending by change.
    fn leaving(&self, site: SiteId, from: SiteId) -> Vec<Weighed> {
        let mut all: Vec<Weighed> = Vec::new();
        for who in self.standings.iter().filter(|who| who.at == site) {
            let sites = &self.problem.class(who.class).sites;
            let mut paths: Vec<Weighed> = sites
                .iter()
                .filter(|&&to| to != site && (self.counts_users() || to == from))
                .map(|&to| self.weighed(who, to))
                .collect();
            paths.sort_by(|a, b| {
                let by_levels = self.compare(a.change, b.change);
                by_levels.then((a.step.to != from, a.step.to).cmp(&(b.step.to != from, b.step.to)))
            });
            all.extend(paths.into_iter().take(SITES_TO_TRY));
        }
        all.sort_by(|a, b| a.costly.total_cmp(&b.costly).then(a.step.cmp(&b.step)));
        all
    }

    /// The order of two changes, level by level up to the costly one.
    fn compare(&self, a: MoverChange, b: MoverChange) -> Ordering {
        let levels = self.outcome.levels[..=self.costly].iter();
        let mut orders =
            levels.filter_map(|level| Some(at(a, level.level)?.total_cmp(&at(b, level.level)?)));
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// Adds a swap if the levels up to the costly one allow it.
    fn add(&self, come: [Option<Weighed>; 2], go: [Option<Weighed>; 2], found: &mut FoundSwaps) {
        let all = come.iter().chain(&go).flatten();
        let mut change = MoverChange::default();
        for one in all {
            for (sum, value) in change.iter_mut().zip(one.change) {
                *sum += value;
            }
        }
        let before = &self.outcome.levels[..self.costly];
        let mut earlier = before
            .iter()
            .filter_map(|level_outcome| at(change, level_outcome.level));
        if found.left == 0 || earlier.any(|change| change > 0.0) {
            return;
        }
        found.left -= 1;
        let value = self.outcome.levels[self.costly].value;
        let step = PROVEN * value.abs().max(1.0);
        let change = if self.counts_users() {
            self.of_level(change)
        } else {
            let users = |all: [Option<Weighed>; 2]| -> f64 {
                all.iter().flatten().map(|one| one.users).sum()
            };
            users(come) - users(go)
        };
        let is_gain = if self.counts_users() {
            change < -step && value + change >= self.bound - step
        } else {
            change > 0.0
        };
        if is_gain {
            let step = |one: Option<Weighed>| one.map(|one| one.step);
            found.swaps.push(Swap {
                change,
                come: come.map(step),
                go: go.map(step),
            });
        }
    }

    /// A step of a shard and what it changes.
    fn weighed(&self, who: &StandingShard, to: SiteId) -> Weighed {
        let change = self.change(who, to);
        let step = SwapStep {
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
        self.level().is_of_movers()
    }

    fn level(&self) -> Level {
        self.outcome.levels[self.costly].level
    }

    /// What a change makes of the costly level.
    fn of_level(&self, change: MoverChange) -> f64 {
        at(change, self.level()).unwrap_or(0.0)
    }

    /// What it means that a shard goes elsewhere.
    fn change(&self, who: &StandingShard, to: SiteId) -> MoverChange {
        let class = self.problem.class(who.class);
        Level::OF_MOVERS
            .map(|level| who.users * (per_user(level, class, to) - per_user(level, class, who.at)))
    }
}

/// What a change makes of a level; `None` if the level does not count movers.
fn at(change: MoverChange, level: Level) -> Option<f64> {
    Some(change[level.of_movers()?])
}

/// A shard at its one home; of those that nothing tells apart the first.
pub(super) struct StandingShard {
    pub(super) shard: ShardId,
    pub(super) class: ClassId,
    pub(super) users: f64,
    pub(super) at: SiteId,
}

/// The shards with one home that could be elsewhere, in the order of their classes.
pub(super) fn standings(problem: &Problem<'_>, narrowed: &Narrowed) -> Vec<StandingShard> {
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
                standings.push(StandingShard {
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
pub(in crate::engine) struct SwapStep {
    pub(in crate::engine) shard: ShardId,
    pub(in crate::engine) from: SiteId,
    pub(in crate::engine) to: SiteId,
}

/// How many shards come to a site at a time, and at most as many leave it for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SwapSize {
    One,
    Two,
}

/// Shards that come to a site, and those that leave it for them, if any.
#[derive(Debug, Clone, Copy)]
pub(super) struct Swap {
    /// Users by which the costly level changes; for headroom those who leave where it is missing.
    pub(super) change: f64,
    pub(super) come: [Option<SwapStep>; 2],
    pub(super) go: [Option<SwapStep>; 2],
}

impl Swap {
    pub(super) fn steps(self) -> impl Iterator<Item = SwapStep> {
        self.come.into_iter().chain(self.go).flatten()
    }

    pub(super) fn order(a: &Self, b: &Self) -> Ordering {
        let by_change = a.change.total_cmp(&b.change);
        by_change.then_with(|| (a.come, a.go).cmp(&(b.come, b.go)))
    }
}

/// Users by which a step changes the levels that count movers, in the order of [`Level::OF_MOVERS`].
pub(super) type MoverChange = [f64; 3];

/// A step and what it changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    pub(super) step: SwapStep,
    pub(super) users: f64,
    pub(super) change: MoverChange,
    /// The same at the costly level; 0 if homes alone do not say.
    pub(super) costly: f64,
}
