//! The periods of a plan, posed again: what each was planned with.

use crate::engine::kept::kept_shortfall;
use crate::engine::planning_context::{PlanningContext, is_going_on};
use crate::formulation::goals::Level;
use crate::formulation::joint::{Held, JointPeriod};
use crate::formulation::{Affected, Folded, Narrowing, Problem, Setting, Standby};
use crate::model::{AccessPointState, After, Case, Goal, Homes};
use crate::plan::PeriodPlan;
use crate::plan_files::AccessPointUse;
use crate::scenario::free_share_lowered;
use ndarray::Array2;

/// What a period was planned with.
pub(super) struct Posed<'p> {
    plan: &'p PeriodPlan,
    folded: Folded,
    is_affected: Affected,
    kept: Array2<f64>,
    lowered: Vec<bool>,
    is_going_on: bool,
}

impl<'p> Posed<'p> {
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
            is_going_on: is_going_on(plan.period, before.map(|own| &own.case), case, current),
            plan,
        }
    }

    /// The problem of the period.
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
            standby: Standby::of(policy),
            narrowed: Narrowing::Rules,
            is_told_apart: false,
        })
    }

    /// The period of the joint program: levels before moves are held as the plan has them.
    pub(super) fn period<'s>(
        &'s self,
        context: &PlanningContext<'s>,
        problem: &'s Problem<'s>,
    ) -> JointPeriod<'s> {
        let mut held = Held::default();
        let mut is_access_held = false;
        for stage in before_moves(self.plan) {
            held.hold(stage.level, stage.plan);
            is_access_held |= stage.level == Level::AccessPoints;
        }
        let inventory = context.inventory;
        let closed = inventory
            .access_points
            .iter()
            .zip(&self.plan.access_points)
            .map(|(row, own)| {
                let is_open = own.after == AccessPointUse::Opened;
                is_access_held && row.state == AccessPointState::Standby && !is_open
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
