//! Relocations: single shards that might go to another site, those that promise most first.

use super::whole_shards::SHARE_OF_CLASS;
use crate::formulation::{Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::solve::Outcome;
use std::cmp::Ordering;

/// Shards with users and the other sites that each may use, the first `most`: of classes that are not served whole
/// first, then the largest first.
pub(super) fn relocations(
    problem: &Problem<'_>,
    outcome: &Outcome,
    narrowed: &Narrowed,
    most: usize,
) -> Vec<(ShardId, SiteId)> {
    let trial = problem.narrowed(narrowed, Detail::Values);
    let is_served: Vec<bool> = trial
        .classes
        .classes
        .iter()
        .enumerate()
        .map(|(id, class)| {
            let unserved = outcome.unserved.get(&id).into_iter().flatten();
            unserved.sum::<f64>() <= SHARE_OF_CLASS * class.users
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
                all.add((is_served, users, shard, site));
            }
        }
    }
    all.in_order()
        .into_iter()
        .map(|(_, _, shard, site)| (shard, site))
        .collect()
}

/// Whether a shard is served whole, its users, and where it might go.
type Relocation = (bool, f64, ShardId, SiteId);

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
        a.0.cmp(&b.0)
            .then(b.1.total_cmp(&a.1))
            .then(a.2.cmp(&b.2))
            .then(a.3.cmp(&b.3))
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
