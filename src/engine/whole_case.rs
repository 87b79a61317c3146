//! What whole shards do in one case: whether they serve as many users as split shards, and miss no more of a target.
//!
//! The program of a case lets shards be split. Its plan, filled with whole shards, settles most cases (`whole_fill.rs`).
//! The others are rounded as a period is (`whole_shards.rs`), if the caller allows it. Both are searches: what they find
//! is a placement that exists, but another one may serve more.

use super::instant::{Asking, WhoIsAffected};
use super::settle::shortened;
use super::settled::{Depth, SettledCase};
use super::whole_fill::{ShardSizes, filled, with_split_shards};
use super::whole_shards::{Care, whole_shards};
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::formulation::{Detail, Problem};
use crate::model::Case;
use crate::plan::sweep::WholeShards;
use crate::plan_files::SettledBy;
use crate::solve::{Stop, solve};

/// What whole shards do in a settled case; `None` if no placement of them was found, and `may_search` forbids to look for
/// one with the solver.
///
/// # Errors
/// `Error::Internal` of the solver; a program that it does not solve is one without a placement.
pub(super) fn with_whole_shards(
    asking: Asking<'_>,
    case: &Case,
    settled: &SettledCase<'_, '_>,
    sizes: &ShardSizes,
    may_search: bool,
) -> Result<Option<WholeShards>> {
    let split = with_split_shards(settled);
    if settled.by == SettledBy::Default {
        // Every shard is on its default path, as a whole.
        return Ok(Some(split));
    }
    let filled = filled(settled, sizes);
    let is_as_good = filled.is_some_and(|filled| !filled.is_worse_than(&split));
    if is_as_good || !may_search {
        return Ok(filled);
    }
    let found = match searched(asking, case) {
        Err(Error::Solver { .. }) => return Ok(filled),
        found => found?,
    };
    let found = if found.is_worse_than(&split) {
        found
    } else {
        split
    };
    let is_better = |filled: &WholeShards| !filled.is_worse_than(&found);
    Ok(filled.filter(is_better).or(Some(found)))
}

/// The values of the best whole shards that are found as those of a period are.
fn searched(asking: Asking<'_>, case: &Case) -> Result<WholeShards> {
    let folded = asking.folded(case);
    asking.in_setting(case, &folded, WhoIsAffected::Touched, |setting| {
        let stop = Stop::default();
        let found = Some(&asking.instant.found);
        let problem = shortened(
            Problem::beside(setting, found, Detail::Plan),
            Depth::Verdict,
        );
        let outcome = solve(&problem, &stop)?;
        let homes = whole_shards(&problem, &outcome, Care::Full, &stop)?;
        let outcome = match homes {
            Some(mut homes) => homes.solved(&problem, &outcome, &stop)?,
            None => outcome,
        };
        let mut whole = WholeShards::default();
        for level in &outcome.levels {
            match level.level {
                Level::Unserved(_) => whole.unserved += level.value.max(0.0),
                Level::Worst => whole.worst_shortfall = level.value.max(0.0),
                _ => {}
            }
        }
        Ok(whole)
    })
}

#[cfg(test)]
mod tests;
