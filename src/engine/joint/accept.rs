//! Whether a plan of all periods together is better than one made period after period.

use super::posed::before_moves;
use crate::formulation::goals::Level;
use crate::plan::{PeriodPlan, Stage};
use crate::units::{AGREEMENT, NOBODY};

/// Users who move in all periods together.
pub(in crate::engine) fn moved(periods: &[PeriodPlan]) -> f64 {
    periods.iter().map(|period| period.totals.moved).sum()
}

/// `true` if no level before moves is worse in any period than in `sequential`, nobody more is copied, and fewer users
/// move, by more than arithmetic leaves.
pub(in crate::engine) fn is_better(joint: &[PeriodPlan], sequential: &[PeriodPlan]) -> bool {
    let is_no_worse = joint.len() == sequential.len()
        && joint.iter().zip(sequential).all(|(own, other)| {
            own.stages.len() == other.stages.len()
                && before_moves(own)
                    .zip(before_moves(other))
                    .all(|(own, other)| is_at_most(own.plan, other.plan))
        });
    let (own, other) = (moved(joint), moved(sequential));
    let is_fewer = own < other - (AGREEMENT * other).max(NOBODY);
    is_no_worse && is_fewer && is_at_most(copied(joint), copied(sequential))
}

/// `true` if a value is no larger than another, but for what arithmetic leaves.
fn is_at_most(own: f64, other: f64) -> bool {
    own <= other + AGREEMENT * other.abs().max(1.0)
}

fn copied(periods: &[PeriodPlan]) -> f64 {
    let stages = periods.iter().flat_map(|period| &period.stages);
    let copied = stages.filter(|stage: &&Stage| stage.level == Level::Copied);
    copied.map(|stage| stage.plan).sum()
}
