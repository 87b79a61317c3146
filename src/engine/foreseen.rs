//! Plans what is foreseen together where faults are learnt of on the way (`docs/model.md` §8).

use super::joint::{
    Hopeless, SitesByPeriod, Together, foreseen, is_no_worse, learning, may_move_less, moved,
    periods_before, together,
};
use super::planning_context::{DetailLevel, PlanningContext};
use super::sequence::{Sequence, one_by_one, one_by_one_unless};
use super::watch::NoWatch;
use crate::error::Result;
use crate::plan::JointPeriods;
use crate::scenario::Period;
use std::borrow::Cow;

/// Plans what is foreseen together where faults are learnt of on the way: up to each instant at which one is, with all that
/// is known until then, and what was decided by then stays. `None` where that is never better than `sequential`, or some level before
/// moves comes out worse.
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
        // What nobody acts on before the end is known to nobody, and is hurt all the same.
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
        let told = if until.is_some() { &rough } else { &known };
        let alone = if until.is_none() && !is_other {
            None
        } else {
            Some(one_by_one(told, all)?)
        };
        let periods = alone
            .as_ref()
            .map_or(&sequential.periods, |own| &own.periods);
        let mut found = None;
        if may_move_less(&scenario, periods) && !context.stop.is_raised() {
            let plan = |sites: &SitesByPeriod, is_hopeless: Hopeless<'_>| {
                let sites = sites.led_by(&decided);
                let sites = Some(&sites);
                one_by_one_unless(&PlanningContext { sites, ..*told }, all, is_hopeless)
            };
            let own = together(told, periods, plan, |own| &own.periods)?;
            bound = own.as_ref().map_or(0.0, |own| own.joint.bound);
            found = own.and_then(|own| own.plan);
        }
        let Some(until) = until else {
            last = found.or(alone);
            break;
        };
        let best = found.as_ref().map_or(periods, |own| &own.periods);
        let count = periods_before(all, until);
        decided = SitesByPeriod::of_first(context, best, count);
        is_other = decided != SitesByPeriod::of_first(context, &sequential.periods, count);
    }
    // What was best with what was known stays so, also where the plan that looks no further would have moved fewer, by what came.
    let is_worth = |own: &Sequence| is_no_worse(&own.periods, &sequential.periods);
    let Some(plan) = last.filter(is_worth) else {
        return Ok(None);
    };
    let joint = JointPeriods {
        moved: moved(&plan.periods),
        sequential: moved(&sequential.periods),
        bound: f64::min(bound, moved(&plan.periods)),
    };
    let plan = Some(plan);
    Ok(Some(Together { joint, plan }))
}
