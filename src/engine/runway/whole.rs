//! Whole: until when a placement of whole shards is found that holds.

use super::cases::{CasesOnDay, stopped};
use super::dated::Dated;
use super::occasion::Occasion;
use crate::error::Result;
use crate::plan::runway::{Condition, Day, WholeShards};
use crate::plan::sweep::WholeShards as WholeUnserved;
use crate::solve::Stop;
use crate::units::{NOBODY, SOLVER_TOLERANCE};
use std::ops::Range;

/// What whole shards do on days on which a condition holds for shards that may be split: whether a placement that holds is
/// found on the last of them, and else from which day on none is. Of the days before, those are asked that halve what is left
/// again and again.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised;
/// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
pub(super) fn whole_shards(
    dated: &Dated<'_>,
    condition: Condition,
    holding: Range<Day>,
    stop: &Stop,
) -> Result<WholeShards> {
    if dated.scenario().policy.split_shards || holding.is_empty() {
        return Ok(WholeShards::NotChecked);
    }
    let may_search = dated.inventory().shards.len() <= MOST_SEARCHED;
    let mut likely = 0;
    let mut holds = |day: Day| {
        let asked = (condition, day, may_search);
        holds_whole(dated, asked, &mut likely, stop)
    };
    if holds(holding.end - 1)? {
        return Ok(WholeShards::AsLong);
    }
    let (mut low, mut high) = (holding.start, holding.end - 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(WholeShards::FailFrom(high))
}

/// Shards up to which placements are searched by the solver: beyond, whole shards only fill what the plan serves.
const MOST_SEARCHED: usize = 200;

/// `true` if a placement of whole shards is found for every case. The case that failed last is asked first.
fn holds_whole(
    dated: &Dated<'_>,
    (condition, day, may_search): (Condition, Day, bool),
    likely: &mut usize,
    stop: &Stop,
) -> Result<bool> {
    let occasion = Occasion { day, events: &[] };
    let sweeper = if condition == Condition::Target {
        dated.repaired(occasion)?
    } else {
        dated.verdicts(occasion)?
    };
    let mut split: Option<CasesOnDay> = None;
    let count = if condition.is_under_failures() {
        sweeper.contingencies().count()
    } else {
        1
    };
    let first = (*likely).min(count - 1);
    for case in std::iter::once(first).chain((0..count).filter(|case| *case != first)) {
        stopped(stop)?;
        let whole = sweeper.whole(case, may_search)?;
        let is_placed = |whole: &WholeUnserved| {
            condition != Condition::Target || whole.worst_shortfall <= SOLVER_TOLERANCE
        };
        let holds = match whole.filter(is_placed) {
            None => false,
            Some(whole) if whole.unserved <= NOBODY => true,
            Some(whole) => {
                let split = match &mut split {
                    Some(split) => split,
                    none => none.insert(dated.cases(Condition::ServedUnder, occasion)?),
                };
                whole.unserved <= split.ask(case)?.trapped + NOBODY
            }
        };
        if !holds {
            *likely = case;
            return Ok(false);
        }
    }
    Ok(true)
}
