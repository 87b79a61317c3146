//! Fullness: how a utilization is to be judged against the written target.

use super::told::Told;
use crate::ids::{ComponentId, ResourceId};
use crate::report::headroom::State;
use crate::report::words::targets_met;
use crate::scenario::headroom_target;
use crate::units::FEASIBILITY;

impl Told<'_> {
    /// The written target of a component in a case with or without a failure.
    pub(super) fn target(&self, at: (ComponentId, ResourceId), has_failure: bool) -> f64 {
        let is_event = has_failure || self.has_event();
        headroom_target(self.inventory, &self.scenario.policy, at, is_event)
    }

    /// What is said of cases in which no headroom target is missed.
    pub(super) fn targets_met(&self) -> &'static str {
        targets_met(self.misses_a_target_before())
    }

    /// `true` if the state before misses a target, so that a case that is no worse does too.
    pub(super) fn misses_a_target_before(&self) -> bool {
        let existing = self.scenario.policy.existing_shortfall;
        self.before.is_some_and(|own| own.misses_a_target(existing))
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
