//! Whole shards case by case: which cases are rounded by the solver, and what all of them have in common.

use super::super::instant::Asking;
use super::super::settled::SettledCase;
use super::super::whole_case::with_whole_shards;
use super::super::whole_fill::ShardSizes;
use crate::error::Result;
use crate::formulation::{Folded, Kinds};
use crate::model::Case;
use crate::plan::sweep::WholeShards;
use std::sync::{Arc, OnceLock};

/// Cases × shards of the inventory, up to which a case may be rounded by the solver. Cases come by number of failures, so
/// single failures are searched first.
const MOST_SEARCHED: usize = 500_000;

/// What the whole shards of all cases have in common.
#[derive(Debug)]
pub(in crate::engine) struct WholeSearch {
    /// The kinds of the demand that all cases have.
    kinds: Arc<Kinds>,
    /// What these are made of; read only where a plan splits shards.
    sizes: OnceLock<ShardSizes>,
}

impl WholeSearch {
    pub(in crate::engine) fn new(folded: &Folded) -> Self {
        Self {
            kinds: Arc::clone(&folded.kinds),
            sizes: OnceLock::new(),
        }
    }

    /// What whole shards do in a settled case; `None` where the policy permits to split shards, and where it was not checked.
    ///
    /// # Errors
    /// Those of [`with_whole_shards`].
    pub(in crate::engine) fn in_case(
        &self,
        asking: Asking<'_>,
        (case, known): (usize, &Case),
        settled: &SettledCase<'_, '_>,
    ) -> Result<Option<WholeShards>> {
        let shards = settled.problem.setting.inventory.shards.len().max(1);
        // By its number alone, so that parts, threads and a resumed sweep search the same cases.
        let may_search = case < MOST_SEARCHED / shards;
        self.in_known(asking, known, settled, may_search)
    }

    /// The same; `None` also where the plan filled with whole shards does not do and `may_search` forbids to go on.
    ///
    /// # Errors
    /// Those of [`with_whole_shards`].
    pub(super) fn in_known(
        &self,
        asking: Asking<'_>,
        known: &Case,
        settled: &SettledCase<'_, '_>,
        may_search: bool,
    ) -> Result<Option<WholeShards>> {
        let setting = &settled.problem.setting;
        if setting.policy.split_shards {
            return Ok(None);
        }
        if Arc::ptr_eq(&setting.folded.kinds, &self.kinds) {
            let sizes = self.sizes.get_or_init(|| ShardSizes::of(setting));
            return with_whole_shards(asking, known, settled, sizes, may_search);
        }
        with_whole_shards(asking, known, settled, &ShardSizes::of(setting), may_search)
    }
}
