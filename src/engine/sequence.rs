//! Plans the periods of a scenario one after the other.
//!
//! Plans what is foreseen together where faults become known during the scenario (`docs/model.md` §8).

use super::joint::{
    Hopeless, SitesByPeriod, Together, foreseen, is_no_worse, learning, may_move_less, moved,
    periods_before, together,
};
use super::period::{PlannedPeriod, plan_period};
use super::planning_context::{DetailLevel, HomesSoFar, PlanningContext};
use super::watch::{NoWatch, Stage};
use crate::error::{Error, Result};
use crate::plan::{Before, JointSummary, PeriodPlan, Plan, Status};
use crate::scenario::Period;
use crate::solve::Proof;
use std::borrow::Cow;

pub(super) struct Sequence {
    pub(super) periods: Vec<PeriodPlan>,
    pub(super) status: Status,
    pub(super) warnings: Vec<String>,
}

impl Sequence {
    /// A plan of its periods, without transitions.
    pub(super) fn plan(self, before: Before, joint: Option<JointSummary>) -> Plan {
        Plan {
            before,
            periods: self.periods,
            joint,
            status: self.status,
            tenants: Vec::new(),
            transitions: Vec::new(),
            hour_turns: Vec::new(),
            replayed: None,
            recovery: None,
            full_back: None,
            end_state: None,
            warnings: self.warnings,
        }
    }
}

/// Plans every period from the one before.
pub(super) fn one_by_one(context: &PlanningContext<'_>, all: &[Period]) -> Result<Sequence> {
    let sequence = one_by_one_unless(context, all, &|_| false)?;
    sequence.ok_or_else(|| Error::Internal("a plan was given up without a reason".into()))
}

/// The same; `None` as soon as the periods planned so far are hopeless.
pub(super) fn one_by_one_unless(
    context: &PlanningContext<'_>,
    all: &[Period],
    is_hopeless: Hopeless<'_>,
) -> Result<Option<Sequence>> {
    let inventory = context.inventory;
    let mut begun = HomesSoFar::after(inventory, &[]);
    let mut planned: Vec<PeriodPlan> = Vec::with_capacity(all.len());
    // What is missing is counted from the state before: a plan is not better proven than that.
    let mut status = match context.before.proof {
        Proof::Gap => Status::Unproven,
        Proof::Proven | Proof::Stopped => Status::Complete,
    };
    let mut warnings = Vec::new();
    for period in all {
        context
            .watch
            .enter(Stage::Periods(planned.len(), all.len()));
        let stop = &if planned.is_empty() {
            context.stop.clone()
        } else {
            context.stop.with_plan()
        };
        let context = PlanningContext { stop, ..*context };
        let start = begun.start(planned.last());
        let PlannedPeriod {
            plan,
            proof,
            has_cut_copies,
        } = plan_period(&context, *period, &start)?;
        match proof {
            Proof::Stopped => status = Status::Stopped,
            Proof::Gap if status == Status::Complete => status = Status::Unproven,
            Proof::Gap | Proof::Proven => {}
        }
        if has_cut_copies {
            warnings.push(format!(
                "period {}: passive copies and background alone exceed the capacity left somewhere; they were cut to \
                 it",
                period.index
            ));
        }
        begun.go_on(&plan);
        planned.push(plan);
        if is_hopeless(&planned) {
            return Ok(None);
        }
    }
    context.watch.enter(Stage::AllPeriods);
    Ok(Some(Sequence {
        periods: planned,
        status,
        warnings,
    }))
}

/// Plans what is foreseen together where faults become known during the scenario: up to each instant at which one does, with
/// all that is known until then; what was decided by then stays. `None` where that is never better than `sequential`, or some
/// level before moves comes out worse.
pub(super) fn as_foreseen(
    context: &PlanningContext<'_>,
    all: &[Period],
    sequential: &Sequence,
) -> Result<Option<Together<Sequence>>> {
    let instants = learning(context.scenario);
    let from = std::iter::once(context.scenario.start).chain(instants.iter().copied());
    let until = instants.iter().copied().map(Some).chain([None]);
    let mut decided = SitesByPeriod::of_first(context, &[], 0);
    let mut is_other = false;
    let mut bound = 0.0;
    let mut last = None;
    for (from, until) in from.zip(until) {
        // What nobody acts on before the end is known to nobody, and is affected all the same.
        let scenario = match until {
            Some(_) => foreseen(context.scenario, from),
            None => Cow::Borrowed(context.scenario),
        };
        let sites = is_other.then_some(&decided);
        let known = PlanningContext {
            scenario: &scenario,
            sites,
            ..*context
        };
        let rough = PlanningContext {
            detail: DetailLevel::Outlook,
            watch: &NoWatch,
            ..known
        };
        let planning_context = if until.is_some() { &rough } else { &known };
        let alone = if until.is_none() && !is_other {
            None
        } else {
            Some(one_by_one(planning_context, all)?)
        };
        let periods = alone
            .as_ref()
            .map_or(&sequential.periods, |sequence| &sequence.periods);
        let mut found = None;
        if may_move_less(&scenario, periods) && !context.stop.is_raised() {
            let plan = |sites: &SitesByPeriod, is_hopeless: Hopeless<'_>| {
                let sites = sites.led_by(&decided);
                let sites = Some(&sites);
                one_by_one_unless(
                    &PlanningContext {
                        sites,
                        ..*planning_context
                    },
                    all,
                    is_hopeless,
                )
            };
            let pair = together(planning_context, periods, plan, |sequence| {
                &sequence.periods
            })?;
            bound = pair.as_ref().map_or(0.0, |pair| pair.0.bound);
            found = pair.and_then(|pair| pair.1);
        }
        let Some(until) = until else {
            last = found.or(alone);
            break;
        };
        let best = found.as_ref().map_or(periods, |sequence| &sequence.periods);
        let count = periods_before(all, until);
        decided = SitesByPeriod::of_first(context, best, count);
        is_other = decided != SitesByPeriod::of_first(context, &sequential.periods, count);
    }
    // What was best with what was known stays so, also where the plan that looks no further would have moved fewer, by what came.
    let is_worth = |sequence: &Sequence| is_no_worse(&sequence.periods, &sequential.periods);
    let Some(plan) = last.filter(is_worth) else {
        return Ok(None);
    };
    let joint = JointSummary {
        moved_users: moved(&plan.periods),
        sequential_users: moved(&sequential.periods),
        bound: f64::min(bound, moved(&plan.periods)),
    };
    Ok(Some((joint, Some(plan))))
}
