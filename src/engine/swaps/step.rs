//! Steps: single shards that go elsewhere, what that changes, and swaps of several.

use crate::formulation::{ClassId, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use std::cmp::Ordering;
use std::collections::BTreeSet;

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
