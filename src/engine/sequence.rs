//! Plans the periods of a scenario one after the other.

use super::joint::Hopeless;
use super::period::{Planned, plan_period};
use super::planning_context::{Begun, PlanningContext};
use super::watch::Stage;
use crate::error::{Error, Result};
use crate::plan::{Before, JointPeriods, PeriodPlan, Plan, Status};
use crate::scenario::Period;
use crate::solve::Proof;

/// Periods planned one after the other.
pub(super) struct Sequence {
    pub(super) periods: Vec<PeriodPlan>,
    pub(super) status: Status,
    pub(super) warnings: Vec<String>,
}

impl Sequence {
    /// A plan of its periods, without ways from state to state.
    pub(super) fn plan(self, before: Before, joint: Option<JointPeriods>) -> Plan {
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
    let mut begun = Begun::after(inventory, &[]);
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
        let Planned {
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
                "period {}: passive copies and background alone exceed what is left somewhere; they were cut to it",
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
