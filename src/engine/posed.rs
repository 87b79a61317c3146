//! Posed: what is asked in a period, from which its problem is made.

use super::kept::kept_shortfall;
use super::planning_context::{PlanningContext, Start};
use super::protect::Watched;
use crate::formulation::{Affected, Folded, Narrowing, Problem, Setting, StandbyUse};
use crate::model::{After, Case, Homes};
use crate::scenario::{Knowledge, Period, case_at, free_share_lowered};
use ndarray::Array2;

/// What holds in a period, and where users are when it begins.
pub(super) struct Posed {
    pub(super) case: Case,
    /// Current sites (`model.md` §4).
    pub(super) current: Homes,
    /// Users of whom `[protect]` asks what survives a gray fault, if it does.
    pub(super) watched: Option<Watched>,
    folded: Folded,
    is_affected: Affected,
    kept_shortfall: Array2<f64>,
}

impl Posed {
    pub(super) fn new(context: &PlanningContext<'_>, period: Period, start: &Start<'_>) -> Self {
        let (inventory, scenario) = (context.inventory, context.scenario);
        let policy = &scenario.policy;
        let at = period.start;
        let mut case = case_at(inventory, scenario, at, Knowledge::Believed, context.band);
        let before = start.previous.map(|previous| &previous.case);
        case.share(before.unwrap_or(&context.before.case));
        let is_returning = policy.after == After::Return && !case.is_event_in_force;
        let current = if is_returning {
            start.homes.returned(start.settled)
        } else {
            start.homes.clone()
        };
        let lowered = free_share_lowered(inventory, scenario, at, context.band, &current);
        let known = context.before.folded.as_ref();
        let asks_gray = scenario.protect.as_ref().and_then(|own| own.gray.as_ref());
        let watched = asks_gray.map(|gray| Watched::of(inventory, &case, gray));
        let folded = match &watched {
            Some(watched) => Folded::marked(inventory, &case, &current, Some(&watched.marks)),
            None => Folded::known_or_new(known, inventory, &case, &current),
        };
        let is_affected = Affected::new(
            inventory,
            context.network,
            &case,
            policy,
            &folded.kinds,
            &lowered,
        );
        let kept_shortfall = kept_shortfall(
            &case,
            &context.before.case,
            &context.before.load,
            policy.existing_shortfall,
        );
        Self {
            case,
            current,
            watched,
            folded,
            is_affected,
            kept_shortfall,
        }
    }

    /// The problem, with every home that the rules permit.
    pub(super) fn problem<'a>(&'a self, context: &PlanningContext<'a>) -> Problem<'a> {
        let policy = &context.scenario.policy;
        Problem::new(Setting {
            inventory: context.inventory,
            network: context.network,
            case: &self.case,
            policy,
            current: &self.current,
            folded: &self.folded,
            is_affected: &self.is_affected,
            kept_shortfall: &self.kept_shortfall,
            standby: if policy.open_standby {
                StandbyUse::Openable
            } else {
                StandbyUse::Closed
            },
            narrowed: Narrowing::Rules,
            is_told_apart: context.scenario.protect.is_some(),
        })
    }
}
