//! When an event holds in truth, and from when on the plan counts with it.

use crate::model::{Event, Policy};
use jiff::{SignedDuration, Timestamp};

/// Whose view of the events a case takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// The planner's: a failure, a gray fault or slow work counts once it is detected and the reaction time has passed.
    Believed,
    /// What really holds: every event counts from its start.
    True,
}

/// Which end of the onboarding forecast a case takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// The column `users`.
    Expected,
    /// The column `low`.
    Low,
    /// The column `high`.
    High,
}

/// The first instant at which a plan that knows the event is in force.
///
/// The start of maintenance and surges; `detected` plus `reaction_minutes`, never before the start, of
/// failures, gray faults and slow work. What lies beyond the calendar is its last instant.
pub fn acted_on(event: &Event, policy: &Policy) -> Timestamp {
    if !event.is_reacted_to() {
        return event.start;
    }
    SignedDuration::try_from_secs_f64(policy.reaction_minutes * 60.0)
        .ok()
        .and_then(|reaction| event.detected.checked_add(reaction).ok())
        .unwrap_or(Timestamp::MAX)
        .max(event.start)
}

/// `true` if `event` holds at `at` in that view: from its first instant up to, not including, its end. Events that end
/// sessions only never do.
pub fn is_in_force(event: &Event, policy: &Policy, at: Timestamp, knowledge: Knowledge) -> bool {
    let first = match knowledge {
        Knowledge::Believed => acted_on(event, policy),
        Knowledge::True => event.start,
    };
    event.is_planned_for() && first <= at && at < event.end
}
