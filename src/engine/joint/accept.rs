//! Whether a plan of all periods together is better than one made period after period.

use super::posed::before_moves;
use crate::formulation::goals::Level;
use crate::model::After;
use crate::plan::{Part, PeriodPlan, Stage};
use crate::units::{AGREEMENT, NOBODY};

/// Users who move in all periods together.
pub(in crate::engine) fn moved(periods: &[PeriodPlan]) -> f64 {
    periods.iter().map(|period| period.totals.moved).sum()
}

/// `true` if no level before moves is worse in any period than in `sequential`.
pub(in crate::engine) fn is_no_worse(joint: &[PeriodPlan], sequential: &[PeriodPlan]) -> bool {
    joint.len() == sequential.len()
        && joint
            .iter()
            .zip(sequential)
            .all(|(own, other)| is_no_worse_in(own, other))
}

/// The same of one period.
fn is_no_worse_in(period: &PeriodPlan, best: &PeriodPlan) -> bool {
    period.stages.len() == best.stages.len()
        && before_moves(period)
            .zip(before_moves(best))
            .all(|(level, best)| is_at_most(level.plan, best.plan))
}

/// `true` if no plan that begins with these periods is better than `best`: the last of them is worse at a level before
/// moves, or all moves of `best` are spent.
pub(super) fn is_hopeless(first: &[PeriodPlan], best: &[PeriodPlan]) -> bool {
    let last = first.last().zip(best.get(first.len().saturating_sub(1)));
    last.is_some_and(|(period, best)| !is_no_worse_in(period, best)) || !is_fewer(first, best)
}

/// `true` if fewer users move, by more than arithmetic leaves.
fn is_fewer(periods: &[PeriodPlan], best: &[PeriodPlan]) -> bool {
    let (moved, most) = (moved(periods), moved(best));
    moved < most - (AGREEMENT * most).max(NOBODY)
}

/// The same, and nobody more is copied, and fewer users move, by more than arithmetic leaves.
pub(in crate::engine) fn is_better(joint: &[PeriodPlan], sequential: &[PeriodPlan]) -> bool {
    let is_no_worse = is_no_worse(joint, sequential);
    is_no_worse && is_fewer(joint, sequential) && is_at_most(copied(joint), copied(sequential))
}

/// `true` if a plan is one of those that the program of all periods has: it leaves whom the sequential plan splits or leaves
/// unserved as they are, and moves nobody more while nothing is in force, who would be at home there ever after.
pub(in crate::engine) fn is_of_program(
    after: After,
    joint: &[PeriodPlan],
    sequential: &[PeriodPlan],
) -> bool {
    let apart = |period: &PeriodPlan| -> Vec<Part> {
        let of_shards = period.parts.chunk_by(|a, b| a.shard == b.shard);
        let apart = of_shards.filter(|own| own.len() > 1 || own[0].site.is_none());
        apart.flatten().copied().collect()
    };
    let is_same = |(own, other): (&Part, &Part)| {
        (own.shard, own.site) == (other.shard, other.site)
            && (own.users - other.users).abs() <= NOBODY
    };
    let mut both = joint.iter().zip(sequential);
    both.all(|(own, other)| {
        let is_returning = after == After::Return && !own.case.is_event_in_force;
        let settles_more = is_returning && own.totals.moved > other.totals.moved + NOBODY;
        let (own, other) = (apart(own), apart(other));
        !settles_more && own.len() == other.len() && own.iter().zip(&other).all(is_same)
    })
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
