//! Restored: shards whose site has failed and that have no copy elsewhere; their data comes from a backup.

use super::Briefing;
use crate::plan::Move;
use crate::report::grammar::{count, counted};
use crate::report::numbers;
use std::collections::BTreeSet;

impl Briefing<'_> {
    /// That users wait for a backup, which takes a time that no file has; `None` where none does.
    pub(in crate::report) fn restored(&self) -> Option<String> {
        let moves = self.plan.periods.iter().flat_map(|period| &period.moves);
        let lost = moves.filter(|moved| moved.is_from_backup());
        let lost: Vec<&Move> = lost.collect();
        let shards: BTreeSet<_> = lost.iter().map(|moved| moved.shard).collect();
        let users: f64 = lost.iter().map(|moved| moved.users).sum();
        (!shards.is_empty()).then(|| {
            format!(
                "Not checked: the time to restore the data of {} with {} from a backup. The old site has failed, and there is \
                 nothing to copy from.",
                count(shards.len(), "shard"),
                counted(&numbers::users_up(users), "user")
            )
        })
    }
}
