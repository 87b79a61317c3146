//! Whole shards in the cases that a plan is to survive: in how many no placement of them is known that does as well as split ones.

use super::super::by_kind::Parted;
use super::super::instant::Asking;
use super::super::settled::Depth;
use super::super::sweep::WholeSearch;
use super::super::whole_fill::with_split_shards;
use super::rows::known;
use crate::error::Result;
use crate::model::Contingencies;
use crate::solve::Stop;
use rayon::prelude::*;

/// No case is rounded by the solver: a plan is waited for. A case that its plan fills with whole shards takes no solving.
const NOT_SEARCHED: usize = usize::MAX;

/// How many cases, repeated ones left out, were answered by a plan that may split shards and not filled with whole ones as well;
/// all of them where a stop is raised.
pub(super) fn whole_not_checked(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    stop: &Stop,
) -> Result<usize> {
    let parted = Parted::new(contingencies, Depth::Verdict);
    let search = WholeSearch::new(&asking.instant.folded);
    let is_unknown = |case: &usize| -> Result<bool> {
        if stop.is_raised() {
            return Ok(true);
        }
        let known = known(asking, contingencies, *case);
        let pair = (*case, &known);
        parted.settle(asking, contingencies, pair, Depth::Verdict, |settled| {
            let whole = search.in_case(asking, (NOT_SEARCHED, &known), settled)?;
            let split = with_split_shards(settled);
            Ok(whole.is_none_or(|whole| whole.is_worse_than(&split)))
        })?
    };
    let cases: Vec<usize> = (1..contingencies.count())
        .filter(|case| !contingencies.is_repeated(*case))
        .collect();
    let unknown: Result<Vec<bool>> = cases.par_iter().map(is_unknown).collect();
    Ok(unknown?
        .into_iter()
        .filter(|is_unknown| *is_unknown)
        .count())
}
