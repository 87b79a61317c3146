//! Describes a settled period: from users on paths to the numbers of a plan.

use super::planning_context::{DetailLevel, PeriodStart, PlanningContext};
use crate::formulation::Problem;
use crate::ids::ShardId;
use crate::model::{Case, Homes, Phase};
use crate::plan::{
    ByGroupAndSite, Flow, Origin, Part, PeriodPlan, ServedBefore, SteeringGroups, Totals,
    access_point_changes, blind_window, crossing_by_slice, entries, flows, flows_in, loads,
    margins, most, most_entering, moves, parts, reconnecting_users, retry_loads, retry_margins,
    stages, steadied,
};
use crate::plan_files::Reason;
use crate::scenario::{Knowledge, Period, case_at, unanswered};
use crate::solve::Outcome;
use std::cell::LazyCell;

/// The fractional optimum and the plan made of it.
pub(super) struct PlanSources<'a> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) fractional: &'a Outcome,
    pub(super) plan_problem: &'a Problem<'a>,
    pub(super) whole: &'a Outcome,
    /// What whole plans do not go below, level by level, where more than `fractional` says so.
    pub(super) whole_bounds: &'a [f64],
    /// Assignment and steering of the period before, if they go on.
    pub(super) going_on: Option<(Vec<Part>, Vec<Flow>)>,
}

/// What is said about the plan of a period, except for its reasons, cuts and margin.
pub(super) fn describe(
    context: &PlanningContext<'_>,
    period: Period,
    start: &PeriodStart<'_>,
    case: &Case,
    current: &Homes,
    settled: &PlanSources<'_>,
) -> PeriodPlan {
    let inventory = context.inventory;
    let (parts, flows) = settled.going_on.clone().unwrap_or_else(|| {
        let parts = parts(settled.plan_problem, settled.whole);
        let parts = steady(context, &period, start, case, parts);
        let flows = flows(settled.plan_problem, settled.whole);
        let flows = matched(context.groups, flows, &parts);
        (parts, flows)
    });
    let load_by_slice = loads(settled.plan_problem, context.groups, &parts, &flows);
    let load = most(&load_by_slice);
    let margins = margins(
        settled.problem,
        settled.fractional,
        &load,
        context.before,
        period.number(),
    );
    let (retry_load_by_slice, stability) = if inventory.has_retries() {
        let who = (parts.as_slice(), flows.as_slice());
        let offered = retry_loads(settled.plan_problem, context.groups, who, &load_by_slice);
        let margins = retry_margins(inventory, case, [&load_by_slice, &offered]);
        (offered, margins)
    } else {
        (Vec::new(), Vec::new())
    };
    let origin = Origin {
        case,
        previous: start.homes,
        current,
    };
    let is_told = context.detail != DetailLevel::Outlook;
    let moves = if is_told {
        moves(inventory, &origin, &parts)
    } else {
        Vec::new()
    };
    let entering = most_entering(inventory, &flows);
    let access_points = access_point_changes(
        inventory,
        case,
        start
            .previous
            .map(|previous| previous.access_points.as_slice()),
        |access_point| entering[access_point.index()],
    );
    let bounds = (!context.scenario.policy.split_shards).then_some(settled.whole_bounds);
    let stages = stages(
        settled.problem,
        (settled.fractional, bounds),
        &parts,
        &flows,
        &margins,
        &entering,
    );
    let previous_flows = match start.previous {
        Some(previous) => previous.last_flows(),
        None => context.before.flows_at(period.start),
    };
    let moved_of = |is_counted: &dyn Fn(&Part) -> bool| -> f64 {
        parts
            .iter()
            .filter(|part| part.has_left() && is_counted(part))
            .map(|part| part.users)
            .sum()
    };
    let totals = Totals {
        users: parts.iter().map(|part| part.users).sum(),
        unserved: parts
            .iter()
            .filter(|part| part.site.is_none())
            .map(|part| part.users)
            .sum(),
        moved: moved_of(&|_| true),
        copied: moved_of(&|part| {
            part.site
                .is_some_and(|site| !crate::plan::has_copy(inventory, part.shard, site))
        }),
        returned: moves
            .iter()
            .filter(|moved| moved.reason == Reason::Returned)
            .map(|moved| moved.users)
            .sum(),
        reconnecting: if is_told {
            let flows = flows_in(&flows, case.hours.slice_at(period.start));
            let [before, now] = [previous_flows, flows].map(|flows| entries(context.groups, flows));
            let parts = parts.iter().copied();
            reconnecting_users(context.groups, [&before, &now], parts, &moves)
        } else {
            0.0
        },
        worst_shortfall: margins
            .iter()
            .map(|margin| margin.row.shortfall)
            .fold(0.0, f64::max),
    };
    let crossing_by_slice = crossing_by_slice(settled.plan_problem, &flows);
    let mut plan = PeriodPlan {
        period,
        case: case.clone(),
        previous: start.homes.clone(),
        current: current.clone(),
        crossing: most_crossing(&crossing_by_slice),
        crossing_by_slice,
        parts,
        flows,
        load,
        load_by_slice,
        retry_load_by_slice,
        margins,
        stability,
        moves,
        access_points,
        reasons: Vec::new(),
        stages,
        blind: Vec::new(),
        totals,
        band: None,
        cuts: Vec::new(),
        error_margin: None,
        protection: None,
        size: settled.fractional.size,
    };
    if period.phase != Phase::Known && is_told {
        let truth = case_at(
            inventory,
            context.scenario,
            period.start,
            Knowledge::True,
            context.band,
        );
        plan.blind = blind_window(
            (&period, case),
            (
                &truth,
                &unanswered(inventory, context.scenario, period.start),
            ),
            |at| plan.load_within(at),
            |component| plan.crossing_within(component.index()),
        );
    }
    plan
}

/// By component, the users who cross it in the slice in which most do.
pub(super) fn most_crossing(by_slice: &[Vec<f64>]) -> Vec<f64> {
    let mut slices = by_slice.iter();
    let mut most = slices.next().cloned().unwrap_or_default();
    for slice in slices {
        for (most, users) in most.iter_mut().zip(slice) {
            *most = most.max(*users);
        }
    }
    most
}

/// Parts of which nobody is let in or shed for the sake of a last digit.
fn steady(
    context: &PlanningContext<'_>,
    period: &Period,
    start: &PeriodStart<'_>,
    case: &Case,
    parts: Vec<Part>,
) -> Vec<Part> {
    let before = LazyCell::new(|| {
        let previous = start.previous.map_or(&[][..], std::slice::from_ref);
        let start = if previous.is_empty() {
            period.start
        } else {
            context.scenario.start
        };
        let flows = context.before.flows_at(start);
        let state = (context.inventory, context.before, flows);
        ServedBefore::new(context.groups, state, previous)
    });
    let users = |shard: ShardId| case.users(shard.index());
    steadied(parts, users, |shard| {
        before.shares(start.homes, shard, before.parts_of(shard))
    })
}

/// Steering whose sums by group and site are exactly those of the assignment in every slice: what rounding to whole
/// shards leaves is shared over the paths in proportion.
pub(super) fn matched(groups: &SteeringGroups, mut flows: Vec<Flow>, parts: &[Part]) -> Vec<Flow> {
    let mut assigned: ByGroupAndSite<f64> = ByGroupAndSite::new(groups.len());
    for part in parts {
        if let Some(site) = part.site {
            *assigned.entry(groups.of_shard(part.shard), site) += part.users;
        }
    }
    for slice in flows.chunk_by_mut(|a, b| a.slice == b.slice) {
        let mut steered: ByGroupAndSite<f64> = ByGroupAndSite::new(groups.len());
        for flow in &*slice {
            if let Some(group) = groups.of(&flow.group) {
                *steered.entry(group, flow.path.site) += flow.users;
            }
        }
        for flow in slice {
            let of = |users: &ByGroupAndSite<f64>| {
                let group = groups.of(&flow.group)?;
                users.get(group, flow.path.site).copied()
            };
            let (assigned, steered) = (of(&assigned).unwrap_or(0.0), of(&steered).unwrap_or(0.0));
            if steered > 0.0 {
                flow.users *= assigned / steered;
            }
        }
    }
    flows.retain(|flow| flow.users > 0.0);
    flows
}
