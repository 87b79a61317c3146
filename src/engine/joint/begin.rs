//! What the joint program begins with: the plan that was made period after period, and what such a plan may know when.
//!
//! Failures, gray faults and slow work are learnt of when they come; all else is foreseen.

use super::homes::SitesByPeriod;
use super::posed::{Shares, SteeredRoutes, before_moves, merged};
use crate::engine::planning_context::PlanningContext;
use crate::formulation::Route;
use crate::formulation::goals::Level;
use crate::formulation::joint::{
    Begun, Counts, JointClass, JointPeriod, JointProblem, Reaches, Trajectory, joint_classes,
};
use crate::ids::{ShardId, SiteId};
use crate::model::{Event, Scenario};
use crate::plan::PeriodPlan;
use crate::scenario::{Period, acted_on};
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::Arc;

/// The joint problem of a plan, and where that plan has every shard; `None` where the program would not be that of the
/// plan, so that nothing could be said by it.
pub(super) fn begin<'a>(
    context: &PlanningContext<'_>,
    plans: &[PeriodPlan],
    periods: Vec<JointPeriod<'a>>,
) -> Option<(JointProblem<'a>, SitesByPeriod)> {
    let (sites, is_left_out) = sites_of(context, plans);
    let classes = joint_classes(&periods, &is_left_out);
    let routes: Vec<SteeredRoutes> = plans
        .iter()
        .map(|plan| SteeredRoutes::of(plan, context.groups, &plan.case.hours))
        .collect();
    let trajectories: Option<Vec<_>> = classes
        .iter()
        .map(|class| trajectories_of(context, class, &periods, (&sites, &routes)))
        .collect();
    let reaches = Reaches::new(&periods, &classes);
    let mut problem = JointProblem {
        periods,
        classes,
        reaches,
        begun: Begun {
            trajectories: trajectories?,
            ..Begun::default()
        },
    };
    let (counts, loads) = problem.at_hand();
    let mut fixed = Vec::with_capacity(plans.len());
    let mut others = Vec::with_capacity(plans.len());
    for (period, plan) in plans.iter().enumerate() {
        fixed.push(rest_of_loads(
            context,
            &problem,
            plan,
            period,
            &loads[period],
        )?);
        others.push(rest_of_counts(plan, counts[period])?);
    }
    (problem.begun.fixed, problem.begun.others) = (fixed, others);
    Some((problem, sites))
}

/// By period and shard, where a plan has it (where nobody serves it, its own site), and by shard, whether it is no part
/// of the joint program: split, or unserved, in some period.
pub(super) fn sites_of(
    context: &PlanningContext<'_>,
    plans: &[PeriodPlan],
) -> (SitesByPeriod, Vec<bool>) {
    let shards = context.inventory.shards.len();
    let mut is_left_out = vec![false; shards];
    let by_period = plans.iter().map(|plan| {
        let mut sites: Vec<Option<SiteId>> = (0..shards)
            .map(|shard| plan.current.main(ShardId::new(shard)))
            .collect();
        for of_shard in plan.parts.chunk_by(|a, b| a.shard == b.shard) {
            for part in of_shard {
                let index = part.shard.index();
                is_left_out[index] |= of_shard.len() > 1 || part.site.is_none() && part.users > 0.0;
                if part.site.is_some() {
                    sites[index] = part.site;
                }
            }
        }
        sites
    });
    let by_period = by_period.collect();
    (SitesByPeriod(by_period), is_left_out)
}

/// The trajectories of a class in a plan, each with its share of the class.
fn trajectories_of(
    context: &PlanningContext<'_>,
    class: &JointClass,
    periods: &[JointPeriod<'_>],
    (sites, routes): (&SitesByPeriod, &[SteeredRoutes]),
) -> Option<Vec<(Trajectory, f64)>> {
    let counted = class.at.iter().position(Option::is_some)?;
    let is_served = |period: usize| class.at[period].is_some() && !periods[period].is_going_on;
    let mut by_homes: Vec<(Vec<Option<SiteId>>, f64)> = Vec::new();
    for &shard in &class.shards {
        let homes: Vec<Option<SiteId>> = (0..periods.len())
            .map(|period| sites.get(period, shard).filter(|_| is_served(period)))
            .collect();
        let case = periods[counted].problem.setting.case;
        let share = case.users(shard.index()) / class.users[counted];
        match by_homes.iter_mut().find(|(known, _)| *known == homes) {
            Some((_, known)) => *known += share,
            None => by_homes.push((homes, share)),
        }
    }
    let group = context.groups.of_shard(*class.shards.first()?);
    let mut all = Vec::new();
    for (homes, share) in by_homes {
        let served: Vec<(usize, SiteId)> = homes
            .iter()
            .enumerate()
            .filter_map(|(period, home)| Some((period, (*home)?)))
            .collect();
        let paths: Option<Vec<Shares<Arc<Route>>>> = served
            .iter()
            .map(|(period, site)| routes[*period].get(group, *site).map(<[_]>::to_vec))
            .collect();
        for (taken, part) in merged(&paths?) {
            let mut routes = vec![None; homes.len()];
            for ((period, _), route) in served.iter().zip(taken) {
                routes[*period] = Some(route);
            }
            let homes = homes.clone();
            all.push((Trajectory { homes, routes }, share * part));
        }
    }
    (!all.is_empty()).then_some(all)
}

/// By load row of a period, what the plan has there in addition to the joint classes; `None` where that is less than what
/// nobody decides.
fn rest_of_loads(
    context: &PlanningContext<'_>,
    problem: &JointProblem<'_>,
    plan: &PeriodPlan,
    period: usize,
    of_classes: &[f64],
) -> Option<Vec<f64>> {
    let inventory = context.inventory;
    let of_period = problem.periods[period].problem;
    let standby_closed: Vec<bool> = inventory
        .access_points
        .iter()
        .zip(&plan.access_points)
        .map(|(row, access_point_change)| {
            row.state.is_on_standby() && access_point_change.users <= NOBODY
        })
        .collect();
    let rows = of_period.rows.rows.iter().zip(of_classes);
    rows.map(|(row, of_classes)| {
        let component = inventory.component(row.component);
        if let crate::model::Component::AccessPoint(id) = component
            && standby_closed[id.index()]
        {
            return Some(row.fixed);
        }
        let load = plan.loaded().of(row);
        let rest = load - of_classes;
        (rest >= row.fixed - FEASIBILITY * row.capacity).then_some(rest)
    })
    .collect()
}

/// Who moves in a period in addition to the joint classes; `None` where that is fewer than nobody.
fn rest_of_counts(plan: &PeriodPlan, of_classes: Counts) -> Option<Counts> {
    let at = |level: Level| {
        let mut stages = plan.stages.iter();
        stages
            .find(|stage| stage.level == level)
            .map(|stage| stage.plan)
    };
    let rest = |all: f64, value: f64| {
        let rest = all - value;
        (rest >= -FEASIBILITY * all.max(1.0)).then_some(rest.max(0.0))
    };
    let is_relief_held = before_moves(plan).any(|stage| stage.level == Level::Relief);
    Some(Counts {
        moved: rest(plan.totals.moved, of_classes.moved)?,
        copied: match at(Level::Copied) {
            Some(copied) => rest(copied, of_classes.copied)?,
            None => 0.0,
        },
        relief: match at(Level::Relief).filter(|_| is_relief_held) {
            Some(relief) => rest(relief, of_classes.relief)?,
            None => 0.0,
        },
    })
}

/// The instants at which something is acted on that could not be foreseen when a scenario starts, in order.
pub(in crate::engine) fn learning(scenario: &Scenario) -> Vec<Timestamp> {
    let events = scenario.events.iter();
    let mut all: Vec<Timestamp> = events
        .filter(|event| is_learnt_of(scenario, event))
        .map(|event| acted_on(event, &scenario.policy))
        .filter(|at| *at < scenario.end)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// `true` if an event is acted on only after a scenario's start, and could not be foreseen then.
fn is_learnt_of(scenario: &Scenario, event: &Event) -> bool {
    event.is_reacted_to() && acted_on(event, &scenario.policy) > scenario.start
}

/// What is foreseen of a scenario at an instant: what is learnt of later is not in it.
pub(in crate::engine) fn foreseen(scenario: &Scenario, at: Timestamp) -> Cow<'_, Scenario> {
    let is_known =
        |event: &Event| !is_learnt_of(scenario, event) || acted_on(event, &scenario.policy) <= at;
    if scenario.events.iter().all(is_known) {
        return Cow::Borrowed(scenario);
    }
    let mut known = scenario.clone();
    known.events.retain(is_known);
    Cow::Owned(known)
}

pub(in crate::engine) fn periods_before(periods: &[Period], at: Timestamp) -> usize {
    periods.partition_point(|period| period.start < at)
}

impl SitesByPeriod {
    /// Where a plan has every shard in its first periods.
    pub(in crate::engine) fn of_first(
        context: &PlanningContext<'_>,
        periods: &[PeriodPlan],
        count: usize,
    ) -> Self {
        sites_of(context, &periods[..count.min(periods.len())]).0
    }

    /// The same, led by the first periods of another.
    #[must_use]
    pub(in crate::engine) fn led_by(&self, first: &Self) -> Self {
        let rest = self.0.iter().skip(first.0.len());
        Self(first.0.iter().chain(rest).cloned().collect())
    }
}
