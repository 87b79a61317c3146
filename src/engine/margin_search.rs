//! Margin search: new plans of the period that sets the margin of a plan, at demands between what was found and what no
//! plan goes beyond (`docs/model.md` §11).

use super::margin::{
    MarginRequest, NO_SCALE, error_margin, least_scale_of_homes, open_background, relieved,
    sites_of,
};
use super::period::homes_of;
use super::planning_context::{HomesSoFar, PlanningContext, PosedPeriod, is_going_on};
use super::whole_shards::{Care, rounded, whole_shards};
use crate::error::{Error, Result};
use crate::formulation::rows::Side;
use crate::formulation::{Detail, Narrowed, Problem, Rigour, Scaling, Setting, is_symmetric};
use crate::model::{Case, Holds, Policy};
use crate::plan::{ErrorMargin, Limit, PeriodPlan, least_bound, least_limit};
use crate::solve::{self, Start as Near, solve_from};
use crate::units::{NOBODY, SOLVER_TOLERANCE};

/// What was found and the bound are reported together where they differ by more: a hundredth of all demand or capacity.
const POINT: f64 = 0.01;

/// The most new plans of a period.
const PLANS: usize = 4;

/// Periods of more shards are not planned again: that takes as long as all of the plan.
const MANY_SHARDS: usize = 1_000;

/// The first of a period is made so much of the distance from the bound to what was found.
const FIRST: f64 = 0.1;

/// Looks for larger margins of the periods that set those of the whole plan, until they are a point from the bound or the
/// plans that may be made are.
pub(super) fn search(context: &PlanningContext<'_>, periods: &mut [PeriodPlan]) -> Result<()> {
    as_one(context, periods)?;
    let mut plans = PLANS;
    for side in [Side::Demand, Side::Capacity] {
        let limit = |margin: &ErrorMargin| limit_of(margin, side);
        while plans > 0 && !context.stop.is_raised() {
            let least = least_limit(periods, limit);
            let bound = least_bound(periods, limit);
            let Some(((index, least), bound)) = least.zip(bound) else {
                break;
            };
            if bound - least.verified <= POINT {
                break;
            }
            let aim = (side, least, bound);
            let Some(found) = searched_again(context, periods, index, aim, &mut plans)? else {
                break;
            };
            keep(periods, index, &found);
            // What did not limit it before may now.
            as_one(context, periods)?;
        }
    }
    Ok(())
}

/// Where some period does not meet its targets, the margin of the plan is that everyone is served: a period that meets them and
/// might limit that has its margin of service, too.
fn as_one(context: &PlanningContext<'_>, periods: &mut [PeriodPlan]) -> Result<()> {
    let is_known = periods.iter().all(|period| period.error_margin.is_some());
    let is_of = |period: &PeriodPlan, holds: Holds| {
        let mut margin = period.error_margin.iter();
        margin.any(|margin| margin.holds == holds)
    };
    let is_mixed = periods.iter().any(|period| is_of(period, Holds::Service));
    if !is_known || !is_mixed {
        return Ok(());
    }
    let least = [Side::Demand, Side::Capacity].map(|side| {
        let limit = least_limit(periods, |margin| limit_of(margin, side));
        limit.map_or(f64::INFINITY, |(_, limit)| limit.verified)
    });
    for index in 0..periods.len() {
        let may_limit = periods[index].error_margin.as_ref().is_some_and(|margin| {
            let limits = [margin.demand, margin.capacity];
            let mut both = limits.iter().zip(least);
            both.any(|(limit, least)| limit.is_some_and(|limit| limit.verified <= least))
        });
        if !may_limit || !is_of(&periods[index], Holds::Targets) {
            continue;
        }
        match of_service(context, periods, index)? {
            Some(margin) => keep(periods, index, &margin),
            // A stop was raised: what everyone can be served up to is not known.
            None => periods[index].error_margin = None,
        }
    }
    Ok(())
}

/// How large an error of the inputs a period stands that goes on serving everybody, with its homes or others.
fn of_service(
    context: &PlanningContext<'_>,
    periods: &[PeriodPlan],
    index: usize,
) -> Result<Option<ErrorMargin>> {
    let plan = &periods[index];
    let begun = HomesSoFar::after(context.inventory, &periods[..index]);
    let posed = PosedPeriod::new(context, plan.period, &begun.start(periods[..index].last()));
    let problem = posed.problem(context);
    let stop = context.stop.with_plan();
    let fractional = solve::solve(&problem, &stop)?;
    let whole = if problem.setting.policy.split_shards {
        None
    } else {
        let homes = homes_of(&problem, &plan.parts);
        let frozen = problem.narrowed(&homes, Detail::Values);
        let near = Near {
            problem: &problem,
            outcome: &fractional,
        };
        let outcome = solve_from(&frozen, near, &stop)?;
        Some((frozen, outcome))
    };
    let subject = MarginRequest {
        problem: &problem,
        fractional: &fractional,
        whole,
        sites: None,
        plan,
        holds: Some(Holds::Service),
    };
    error_margin(subject, context.stop)
}

fn limit_of(margin: &ErrorMargin, side: Side) -> Option<Limit> {
    match side {
        Side::Demand => margin.demand,
        Side::Capacity => margin.capacity,
    }
}

/// Writes the margin of a period, and of those after it in which its plan goes on.
fn keep(periods: &mut [PeriodPlan], index: usize, margin: &ErrorMargin) {
    let mut going_on = periods[index + 1..].iter().zip(&periods[index..]);
    let is_same = |next: &PeriodPlan, before: &PeriodPlan| {
        is_going_on(next.period, Some(&before.case), &next.case, &next.previous)
            && next.error_margin == before.error_margin
    };
    let count = going_on
        .position(|(next, before)| !is_same(next, before))
        .unwrap_or(periods.len() - index - 1);
    for period in &mut periods[index..=index + count] {
        period.error_margin = Some(margin.clone());
    }
}

/// The margin of a period whose homes are sought again; `None` if none is larger.
fn searched_again(
    context: &PlanningContext<'_>,
    periods: &[PeriodPlan],
    index: usize,
    (side, least, bound): (Side, Limit, f64),
    plans: &mut usize,
) -> Result<Option<ErrorMargin>> {
    let plan = &periods[index];
    let inventory = context.inventory;
    let begun = HomesSoFar::after(context.inventory, &periods[..index]);
    let start = begun.start(periods[..index].last());
    let previous = start.previous;
    let posed = PosedPeriod::new(context, plan.period, &start);
    let before = previous.map(|period| &period.case);
    let is_large = inventory.shards.len() > MANY_SHARDS;
    if is_large || is_going_on(plan.period, before, &posed.case, &posed.current) {
        return Ok(None);
    }
    let problem = posed.problem(context);
    // What survives failures is another problem at every scale.
    if problem.setting.policy.split_shards || problem.rows.survival.case_count > 0 {
        return Ok(None);
    }
    let Some(margin) = &plan.error_margin else {
        return Ok(None);
    };
    let stop = context.stop.with_plan();
    let fractional = solve::solve(&problem, &stop)?;
    let trapped = problem.trapped_users();
    let near = || Near {
        problem: &problem,
        outcome: &fractional,
    };
    let open = open_background(&problem, plan);
    let exact = Rigour::Exact(&open);
    let exact = Scaling::new(&problem, side, margin.holds, exact, relieved(plan));
    let scale = |amount: f64| match side {
        Side::Demand => 1.0 / amount,
        Side::Capacity => 1.0 - amount,
    };
    let amount = |scale: f64| match side {
        Side::Demand => 1.0 / scale.max(NO_SCALE),
        Side::Capacity => 1.0 - scale,
    };
    // What was found may be just what stands today, and the plan leave users unserved all the same.
    let is_served = plan.totals.unserved <= margin.left_out + NOBODY;
    let mut failed = scale(bound);
    let mut best = scale(least.verified);
    let mut better = None;
    let mut share = FIRST;
    while *plans > 0 && amount(failed) - amount(best) > POINT && !stop.is_raised() {
        *plans -= 1;
        let tried = failed + share * (best - failed);
        let Some(homes) = homes_at(&problem, (side, tried), near(), &stop)? else {
            break;
        };
        let homed = problem.narrowed(&homes, Detail::Values);
        let tools = (&exact, near());
        if let Some(found) = least_scale_of_homes(&homed, trapped, tools, &stop)? {
            let cautious = found.value * (1.0 + SOLVER_TOLERANCE);
            // Who is unserved in the plan is not served without less demand.
            let cautious = if is_served {
                cautious
            } else {
                cautious.max(1.0)
            };
            if cautious < best {
                best = cautious;
                let first = found.first.map(|row| {
                    let row = &problem.rows.rows[row];
                    (row.component, row.resource)
                });
                better = Some((first, sites_of(&problem, &homes)));
            }
        }
        if best > tried {
            failed = tried;
            share = 0.5;
        }
    }
    let Some((first, homes)) = better else {
        return Ok(None);
    };
    let mut margin = margin.clone();
    let mut raise = |raised: Side, verified: f64| {
        let (limit, at) = match raised {
            Side::Demand => (&mut margin.demand, 0),
            Side::Capacity => (&mut margin.capacity, 1),
        };
        if let Some(limit) = limit.as_mut().filter(|limit| limit.verified < verified) {
            (limit.verified, limit.first) = (verified, first);
            margin.homes[at].clone_from(&homes);
        }
    };
    let is_both = is_symmetric(&problem);
    if is_both || side == Side::Demand {
        raise(Side::Demand, 1.0 / best.max(NO_SCALE));
    }
    if is_both || side == Side::Capacity {
        raise(Side::Capacity, 1.0 - best);
    }
    Ok(Some(margin))
}

/// Homes of a plan made where a share `scale` of all capacities is left; `None` if its shards are classed otherwise.
fn homes_at(
    problem: &Problem<'_>,
    (side, scale): (Side, f64),
    near: Near<'_>,
    stop: &solve::Stop,
) -> Result<Option<Narrowed>> {
    let setting = &problem.setting;
    let case = Case {
        available: setting.case.available.mapv(|left| left * scale),
        ..setting.case.clone()
    };
    let moves = match side {
        Side::Demand => scale,
        Side::Capacity => 1.0,
    };
    let policy = Policy {
        max_moved_users: setting.policy.max_moved_users.map(|users| users * moves),
        ..setting.policy.clone()
    };
    let scaled = Problem::new(Setting {
        case: &case,
        policy: &policy,
        ..*setting
    });
    if scaled.classes.classes.len() != problem.classes.classes.len() {
        return Ok(None);
    }
    let found = solve_from(&scaled, near, stop).and_then(|outcome| {
        let homes = whole_shards(&scaled, &outcome, Care::Full, stop)?;
        Ok(homes.map_or_else(|| rounded(&scaled, &outcome), |homes| homes.narrowed))
    });
    match found {
        // Copies and background alone may take more than is left at the scale.
        Err(Error::Solver { .. }) => Ok(None),
        found => found.map(Some),
    }
}
