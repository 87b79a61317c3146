//! The periods of a plan, posed again: what each was planned with, how users of a group got to a site in it, and
//! whether a plan of all periods together is better.

use super::super::before::kept_shortfall;
use super::super::planning_context::{PlanningContext, is_going_on};
use crate::formulation::goals::Level;
use crate::formulation::joint::JointPeriod;
use crate::formulation::{Affected, Folded, Narrowing, Problem, Route, Setting, StandbyUse};
use crate::graph::Path;
use crate::ids::SiteId;
use crate::model::{After, ByLevel, Case, Goal, Homes, Hours};
use crate::plan::{Part, PeriodPlan, Stage, SteeringGroups};
use crate::plan_files::AccessPointUse;
use crate::scenario::free_share_lowered;
use crate::units::{AGREEMENT, NOBODY, ROUNDING};
use ndarray::Array2;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a period was planned with.
pub(super) struct JointPosed<'p> {
    plan: &'p PeriodPlan,
    folded: Folded,
    is_affected: Affected,
    kept: Array2<f64>,
    lowered: Vec<bool>,
    is_going_on: bool,
}

impl<'p> JointPosed<'p> {
    /// What the periods of a plan were planned with.
    pub(super) fn all(context: &PlanningContext<'_>, periods: &'p [PeriodPlan]) -> Vec<Self> {
        let before = periods.iter().map(Some);
        let before = std::iter::once(None).chain(before);
        periods
            .iter()
            .zip(before)
            .map(|(plan, before)| Self::of(context, plan, before))
            .collect()
    }

    fn of(
        context: &PlanningContext<'_>,
        plan: &'p PeriodPlan,
        before: Option<&PeriodPlan>,
    ) -> Self {
        let (inventory, scenario) = (context.inventory, context.scenario);
        let (case, current): (&Case, &Homes) = (&plan.case, &plan.current);
        let known = context.before.folded.as_ref();
        let folded = Folded::known_or_new(known, inventory, case, current);
        let start = plan.period.start;
        let lowered = free_share_lowered(inventory, scenario, start, context.band, current);
        let policy = &scenario.policy;
        Self {
            is_affected: Affected::new(
                inventory,
                context.network,
                case,
                policy,
                &folded.kinds,
                &lowered,
            ),
            kept: kept_shortfall(
                case,
                &context.before.case,
                &context.before.load,
                policy.existing_shortfall,
            ),
            folded,
            lowered,
            is_going_on: is_going_on(
                plan.period,
                before.map(|period_plan| &period_plan.case),
                case,
                current,
            ),
            plan,
        }
    }

    pub(super) fn problem<'s>(&'s self, context: &PlanningContext<'s>) -> Problem<'s> {
        let policy = &context.scenario.policy;
        Problem::new(Setting {
            inventory: context.inventory,
            network: context.network,
            case: &self.plan.case,
            policy,
            current: &self.plan.current,
            folded: &self.folded,
            is_affected: &self.is_affected,
            kept_shortfall: &self.kept,
            standby: StandbyUse::of(policy),
            narrowed: Narrowing::Rules,
            is_distinguished: false,
        })
    }

    /// The period of the joint program: levels before moves are held as the plan has them.
    pub(super) fn period<'s>(
        &'s self,
        context: &PlanningContext<'s>,
        problem: &'s Problem<'s>,
    ) -> JointPeriod<'s> {
        let mut held = ByLevel::new(problem.classes.ranks.len());
        for stage in before_moves(self.plan) {
            held[stage.level] = Some(stage.plan);
        }
        let inventory = context.inventory;
        let closed = inventory
            .access_points
            .iter()
            .zip(&self.plan.access_points)
            .map(|(row, access_point_change)| {
                let is_open = access_point_change.after == AccessPointUse::Opened;
                held[Level::AccessPoints].is_some() && row.state.is_on_standby() && !is_open
            })
            .collect();
        let is_returning =
            context.scenario.policy.after == After::Return && !self.plan.case.is_event_in_force;
        JointPeriod {
            problem,
            lowered: &self.lowered,
            is_returning,
            is_going_on: self.is_going_on,
            held,
            closed,
        }
    }
}

/// The levels of a period that come before moves.
pub(super) fn before_moves(plan: &PeriodPlan) -> impl Iterator<Item = &crate::plan::Stage> {
    let stages = plan.stages.iter();
    stages.take_while(|stage| stage.level.goal() != Goal::Moves)
}

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
            .all(|(period_plan, other)| is_no_worse_in(period_plan, other))
}

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

/// `true` if a plan is one of those that the program of all periods has: users that the sequential plan splits or leaves
/// unserved stay as they are, and no further users move while nothing is in force, who would be at home there ever after.
pub(in crate::engine) fn is_of_program(
    after: After,
    joint: &[PeriodPlan],
    sequential: &[PeriodPlan],
) -> bool {
    let apart = |period: &PeriodPlan| -> Vec<Part> {
        let of_shards = period.parts.chunk_by(|a, b| a.shard == b.shard);
        let apart = of_shards.filter(|parts| parts.len() > 1 || parts[0].site.is_none());
        apart.flatten().copied().collect()
    };
    let is_same = |(part, other): (&Part, &Part)| {
        (part.shard, part.site) == (other.shard, other.site)
            && (part.users - other.users).abs() <= NOBODY
    };
    let mut both = joint.iter().zip(sequential);
    both.all(|(period_plan, other)| {
        let is_returning = after == After::Return && !period_plan.case.is_event_in_force;
        let settles_more = is_returning && period_plan.totals.moved > other.totals.moved + NOBODY;
        let (parts, other) = (apart(period_plan), apart(other));
        !settles_more && parts.len() == other.len() && parts.iter().zip(&other).all(is_same)
    })
}

/// `true` if a value is no larger than another, apart from what arithmetic leaves.
fn is_at_most(value: f64, other: f64) -> bool {
    value <= other + AGREEMENT * other.abs().max(1.0)
}

fn copied(periods: &[PeriodPlan]) -> f64 {
    let stages = periods.iter().flat_map(|period| &period.stages);
    let copied = stages.filter(|stage: &&Stage| stage.level == Level::Copied);
    copied.map(|stage| stage.plan).sum()
}

/// By steering group and site, the routes of a period with the share of the users who take each; shares sum to 1.
pub(super) struct SteeredRoutes(BTreeMap<(usize, SiteId), Shares<Arc<Route>>>);

/// Choices with the share of the users who take each.
pub(super) type Shares<T> = Vec<(T, f64)>;

impl SteeredRoutes {
    pub(super) fn of(plan: &PeriodPlan, groups: &SteeringGroups, hours: &Hours) -> Self {
        let slices = hours.slice_count();
        let mut flows: BTreeMap<(usize, SiteId), Vec<Shares<Path>>> = BTreeMap::new();
        for flow in &plan.flows {
            if let Some(group) = groups.of(&flow.group) {
                let by_slice = flows
                    .entry((group, flow.path.site))
                    .or_insert_with(|| vec![Vec::new(); slices]);
                if let Some(slice) = by_slice.get_mut(flow.slice) {
                    slice.push((flow.path.clone(), flow.users));
                }
            }
        }
        let routes = flows.into_iter().map(|(key, by_slice)| {
            let legs = merged(&by_slice);
            let routes = legs
                .into_iter()
                .filter_map(|(legs, share)| Some((Arc::new(Route::by_slice(legs, hours)?), share)));
            (key, routes.collect())
        });
        Self(routes.collect())
    }

    pub(super) fn get(&self, group: usize, site: SiteId) -> Option<&[(Arc<Route>, f64)]> {
        let routes = self.0.get(&(group, site))?;
        (!routes.is_empty()).then_some(routes.as_slice())
    }
}

/// One choice of each list for everybody, so that of every list each choice is taken by its share: lists of choices
/// with amounts become choices of one of each with shares that sum to 1; none where a list is empty.
pub(super) fn merged<T: Clone>(lists: &[Shares<T>]) -> Shares<Vec<T>> {
    let totals: Vec<f64> = lists
        .iter()
        .map(|list| list.iter().map(|(_, amount)| amount).sum())
        .collect();
    if lists.is_empty() || totals.iter().any(|total| *total <= 0.0) {
        return Vec::new();
    }
    let mut at = vec![0; lists.len()];
    let mut left: Vec<f64> = lists
        .iter()
        .zip(&totals)
        .map(|(list, total)| list[0].1 / total)
        .collect();
    let mut all: Shares<Vec<T>> = Vec::new();
    let mut taken = 0.0;
    loop {
        let share = left.iter().copied().fold(f64::INFINITY, f64::min);
        if share > ROUNDING {
            let choice = lists.iter().zip(&at);
            let choice = choice.map(|(list, at)| list[*at].0.clone()).collect();
            all.push((choice, share));
            taken += share;
        }
        for (index, list) in lists.iter().enumerate() {
            left[index] -= share;
            while left[index] <= ROUNDING {
                at[index] += 1;
                let Some((_, amount)) = list.get(at[index]) else {
                    for (_, share) in &mut all {
                        *share /= taken;
                    }
                    return all;
                };
                left[index] += amount / totals[index];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_two_lists_are_paired_off_by_their_shares() {
        let lists = [vec![("a", 1.0), ("b", 3.0)], vec![("x", 10.0), ("y", 10.0)]];
        let merged = merged(&lists);
        let expected = [(["a", "x"], 0.25), (["b", "x"], 0.25), (["b", "y"], 0.5)];
        assert_eq!(merged.len(), expected.len());
        for ((choice, share), (texts, of)) in merged.iter().zip(expected) {
            assert_eq!(choice.as_slice(), texts.as_slice());
            assert!((share - of).abs() < 1e-12);
        }
        assert_eq!(super::merged::<&str>(&[Vec::new()]), []);
    }
}
