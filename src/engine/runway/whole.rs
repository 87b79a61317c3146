//! Whole: until when a placement of whole shards is found that holds.

use super::cases::{CasesOnDay, stopped};
use super::dated::{Dated, Occasion};
use crate::error::Result;
use crate::plan::runway::{Condition, Day, WholeShards};
use crate::solve::Stop;
use crate::units::{NOBODY, SOLVER_TOLERANCE};
use std::ops::Range;

/// What whole shards do on days on which a condition holds for shards that may be split: whether a placement that holds is
/// found on the last of them, and else from which day on none is. Of the days before, those are asked that halve what is left
/// again and again. `normal` asks about normal operation alone.
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
    let mut likely = 0;
    let mut holds = |day: Day| holds_whole(dated, condition, day, &mut likely, stop);
    match holds(holding.end - 1)? {
        None => return Ok(WholeShards::NotChecked),
        Some(true) => return Ok(WholeShards::AsLong),
        Some(false) => {}
    }
    let (mut low, mut high) = (holding.start, holding.end - 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? == Some(true) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(WholeShards::FailFrom(high))
}

/// `true` if a placement of whole shards is found for every case; `None` where that is not checked. The case that failed last
/// is asked first.
fn holds_whole(
    dated: &Dated<'_>,
    condition: Condition,
    day: Day,
    likely: &mut usize,
    stop: &Stop,
) -> Result<Option<bool>> {
    let occasion = Occasion { day, events: &[] };
    let sweeper = dated.verdicts(occasion)?;
    let split: CasesOnDay = dated.cases(Condition::ServedUnder, occasion)?;
    let count = if condition.is_under_failures() {
        sweeper.contingencies().count()
    } else {
        1
    };
    let first = (*likely).min(count - 1);
    for case in std::iter::once(first).chain((0..count).filter(|case| *case != first)) {
        stopped(stop)?;
        let Some(whole) = sweeper.whole(case)? else {
            return Ok(None);
        };
        let is_missed = condition == Condition::Target && whole.worst_shortfall > SOLVER_TOLERANCE;
        let is_short =
            whole.unserved > NOBODY && whole.unserved > split.ask(case)?.trapped + NOBODY;
        if is_missed || is_short {
            *likely = case;
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}
