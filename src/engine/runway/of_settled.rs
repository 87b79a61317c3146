//! What a settled case says of a condition.

use super::super::settled::SettledCase;
use super::super::sweep::priced;
use super::answer::CaseOnDay;
use crate::formulation::goals::Level;
use crate::ids::{ComponentId, ResourceId};
use crate::plan::runway::{Condition, FirstFailure};
use crate::units::{NOBODY, SOLVER_TOLERANCE};

/// What a settled case says of a condition.
pub(super) fn of_settled(
    settled: &SettledCase<'_, '_>,
    condition: Condition,
    case: usize,
) -> CaseOnDay {
    let problem = settled.problem;
    let ranks = || (0..problem.classes.ranks.len()).map(Level::Unserved);
    let trapped: f64 = ranks().map(|level| settled.value_by_default(level)).sum();
    let all: f64 = ranks().map(|level| settled.value(level)).sum();
    let unserved = (all - trapped).max(0.0);
    let is_asked: fn(Level) -> bool = match condition {
        Condition::Target => |level| level == Level::Worst,
        Condition::Served | Condition::ServedUnder | Condition::StableUnder => {
            |level| matches!(level, Level::Unserved(_))
        }
    };
    let missing = settled
        .levels
        .iter()
        .find(|level| level.level == Level::Worst);
    let missing = missing.map_or(0.0, |level| level.value);
    let fails = match condition {
        Condition::Target => unserved > NOBODY || missing > SOLVER_TOLERANCE,
        Condition::Served | Condition::ServedUnder | Condition::StableUnder => unserved > NOBODY,
    };
    let binding = fails.then(|| binding(settled, is_asked)).flatten();
    let value = if condition == Condition::Target {
        missing
    } else {
        unserved
    };
    CaseOnDay {
        failure: FirstFailure {
            case,
            binding: binding.map(|(at, _)| at),
            short: binding.map_or(0.0, |(_, gain)| value / gain),
            unserved,
            trapped,
        },
        trapped,
        proof: settled.proof,
        fails,
    }
}

/// Where more capacity would help first at the first of some levels that has a price, and by how much a unit of it would.
fn binding(
    settled: &SettledCase<'_, '_>,
    is_asked: fn(Level) -> bool,
) -> Option<((ComponentId, ResourceId), f64)> {
    let priced = priced(settled.problem, &settled.levels, is_asked);
    let gains = settled.levels.iter().filter(|level| is_asked(level.level));
    let rows = &settled.problem.rows.rows;
    let gain = |at: (ComponentId, ResourceId)| {
        let of_level = gains.clone().map(|level| {
            let of_rows = rows.iter().zip(&level.gains);
            let of_rows = of_rows.filter(|(row, _)| (row.component, row.resource) == at);
            of_rows.map(|(_, gain)| *gain).fold(0.0, f64::max)
        });
        of_level.fold(0.0, f64::max)
    };
    let all = priced.into_iter().map(|at| (at, gain(at)));
    // The first of several that would help as much.
    all.reduce(|best, next| if next.1 > best.1 { next } else { best })
}
