//! Relocations: single shards that might go to another site, those that promise most first.

use super::whole_shards::{Narrowed, SHARE_OF_CLASS};
use crate::formulation::Problem;
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
    let trial = problem.narrowed(narrowed);
    let mut is_served = vec![true; narrowed.len()];
    for (class, unserved) in trial.classes.classes.iter().zip(&outcome.unserved) {
        let lost: f64 = unserved.iter().sum();
        if lost > SHARE_OF_CLASS * class.users {
            for shard in &class.shards {
                is_served[shard.index()] = false;
            }
        }
    }
    let mut all = First::new(most);
    for class in problem
        .classes
        .classes
        .iter()
        .filter(|class| class.sites.len() > 1)
    {
        for &shard in &class.shards {
            let is_served = is_served[shard.index()];
            let users = problem.setting.case.users(shard.index());
            let now = narrowed[shard.index()]
                .as_ref()
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
