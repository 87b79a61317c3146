//! Stayers: users who stay where they are while others move, summed up: passages are made many times, and there may be a million
//! shards.

use super::touched::Under;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Inventory};
use crate::plan::{Staying, SteeringGroups, has_copy};
use rustc_hash::FxHashMap;

/// Users of one group who stay at one site and bring the same there: with copies alike, raised alike by surges.
pub(super) struct Stayer {
    /// One of their shards.
    pub(super) shard: ShardId,
    pub(super) group: usize,
    pub(super) site: SiteId,
    pub(super) has_copy: bool,
    /// By case.
    users: Vec<f64>,
}

/// Who stays, under some cases.
pub(super) struct Stayers<'a> {
    cases: Vec<&'a Case>,
    pub(super) all: Vec<Stayer>,
}

impl<'a> Stayers<'a> {
    /// Those of some shares of shards, under all cases of what is touched.
    pub(super) fn new<'s>(
        inventory: &Inventory,
        groups: &SteeringGroups,
        unders: &[Under<'a, '_>],
        staying: impl Iterator<Item = &'s Staying>,
    ) -> Self {
        let mut cases: Vec<&'a Case> = Vec::new();
        for under in unders {
            if !cases.iter().any(|own| std::ptr::eq(*own, under.case)) {
                cases.push(under.case);
            }
        }
        let mut all: Vec<Stayer> = Vec::new();
        // The product of surges under every case, by number.
        let mut factors: FxHashMap<Vec<u64>, usize> = FxHashMap::default();
        let mut known: FxHashMap<(usize, SiteId, bool, usize), usize> = FxHashMap::default();
        let mut of_shard = Vec::with_capacity(cases.len());
        for own in staying {
            let shard = own.shard.index();
            of_shard.clear();
            of_shard.extend(cases.iter().map(|case| case.factor[shard].to_bits()));
            let raised = if let Some(raised) = factors.get(of_shard.as_slice()) {
                *raised
            } else {
                factors.insert(of_shard.clone(), factors.len());
                factors.len() - 1
            };
            let group = groups.of_shard(own.shard);
            let has_copy = has_copy(inventory, own.shard, own.site);
            let position = known.entry((group, own.site, has_copy, raised));
            let position = *position.or_insert_with(|| {
                all.push(Stayer {
                    shard: own.shard,
                    group,
                    site: own.site,
                    has_copy,
                    users: vec![0.0; cases.len()],
                });
                all.len() - 1
            });
            for (sum, case) in all[position].users.iter_mut().zip(&cases) {
                *sum += case.users(shard) * own.share;
            }
        }
        Self { cases, all }
    }

    /// The number of a case that is touched.
    pub(super) fn case(&self, of: &Case) -> usize {
        let position = self.cases.iter().position(|own| std::ptr::eq(*own, of));
        position.expect("invariant: users are summed up under every case that is touched")
    }
}

impl Stayer {
    /// How many they are under a case, by its number.
    pub(super) fn users(&self, case: usize) -> f64 {
        self.users[case]
    }
}
