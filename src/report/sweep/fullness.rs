//! Fullness: how a utilization is to be judged against the target in force.

use super::told::Told;
use crate::formulation::rows::kept_share;
use crate::ids::{ComponentId, ResourceId};
use crate::report::headroom::State;
use crate::scenario::headroom_target;
use crate::units::FEASIBILITY;

impl Told<'_> {
    /// The target of a component in a case with or without a failure: what was missing before may stay missing, as far
    /// as the state before is known.
    pub(super) fn target(&self, at: (ComponentId, ResourceId), has_failure: bool) -> f64 {
        let is_event = has_failure || self.has_event();
        let target = headroom_target(self.inventory, &self.scenario.policy, at, is_event);
        let Some(before) = self.before else {
            return target;
        };
        let index = [at.0.index(), at.1.index()];
        let capacity = before.case.nominal[index];
        let policy = self.scenario.policy.existing_shortfall;
        target * (1.0 - kept_share(target, capacity, before.load[index], policy))
    }

    /// The target of a component in the state before.
    pub(super) fn target_before(&self, at: (ComponentId, ResourceId)) -> f64 {
        headroom_target(self.inventory, &self.scenario.policy, at, false)
    }
}

/// How a utilization is to be judged.
pub(super) fn state(utilization: f64, target: f64) -> State {
    if utilization >= 1.0 - FEASIBILITY {
        State::Full
    } else if utilization > 1.0 - target + FEASIBILITY {
        State::BelowTarget
    } else {
        State::Fine
    }
}
