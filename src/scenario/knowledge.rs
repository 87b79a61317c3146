//! When an event actually holds, and from when on the plan takes it into account.

use crate::ids::ComponentId;
use crate::model::{Event, EventKind, Policy, Scenario};
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;

/// Whose view of the events a case takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// The planner's: a failure, a gray fault or slow work counts once it is detected and the reaction time has passed.
    Believed,
    /// What really holds: every event counts from its start.
    True,
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

/// `true` if `event` holds at `at` in that view, for some of its components at least.
pub fn is_in_force(
    event: &Event,
    scenario: &Scenario,
    at: Timestamp,
    knowledge: Knowledge,
) -> bool {
    in_force(event, scenario, at, knowledge).is_some()
}

/// `true` if an event is in force when its scenario ends, and goes on: its end is a later one, or an assumed one.
pub fn goes_on(event: &Event, scenario: &Scenario) -> bool {
    let is_longer = event.end > scenario.end;
    let is_open = event.is_end_assumed && event.end == scenario.end;
    event.is_planned_for() && event.start < scenario.end && (is_longer || is_open)
}

/// `true` if an event is in force until its scenario ends, and is over then.
pub fn ends_with_it(event: &Event, scenario: &Scenario) -> bool {
    let is_until_end = event.start < scenario.end && event.end == scenario.end;
    event.is_planned_for() && is_until_end && !event.is_end_assumed
}

/// The event as it holds at `at` in that view: from its first instant up to, not including, its end. Events that end
/// sessions only never do.
///
/// What is believed between two known states is the earlier one: where a fault that was acted on is followed, without
/// a gap, by one that is not acted on yet, the first goes on for the components of both until then.
pub fn in_force<'a>(
    event: &'a Event,
    scenario: &Scenario,
    at: Timestamp,
    knowledge: Knowledge,
) -> Option<Cow<'a, Event>> {
    let first = match knowledge {
        Knowledge::Believed => acted_on(event, &scenario.policy),
        Knowledge::True => event.start,
    };
    if !event.is_planned_for() || at < first {
        return None;
    }
    if at < event.end {
        return Some(Cow::Borrowed(event));
    }
    if knowledge == Knowledge::True {
        return None;
    }
    let named = components(event);
    let goes_on = |component: &ComponentId| believed_until(event, scenario, *component) > at;
    let left: Vec<ComponentId> = named.iter().copied().filter(goes_on).collect();
    if left.is_empty() {
        return None;
    }
    if left.len() == named.len() {
        return Some(Cow::Borrowed(event));
    }
    let mut of_these = event.clone();
    if event.is_reacted_to()
        && let Some(components) = of_these.kind.components_mut()
    {
        *components = left;
    }
    Some(Cow::Owned(of_these))
}

/// The instants at which the planner ceases to take an event into account on some of its components.
pub(super) fn believed_ends(event: &Event, scenario: &Scenario) -> Vec<Timestamp> {
    let named = components(event).iter();
    let mut ends: Vec<Timestamp> = named
        .map(|component| believed_until(event, scenario, *component))
        .collect();
    if ends.is_empty() {
        ends.push(event.end);
    }
    ends
}

/// The first instant at which the planner no longer takes an event into account on one of its components.
///
/// Its end; or, where faults on the component that nobody acts on yet cover the time from there on, the end of the last
/// of them, or the instant at which one of them is acted on.
fn believed_until(event: &Event, scenario: &Scenario, component: ComponentId) -> Timestamp {
    let policy = &scenario.policy;
    if !event.is_reacted_to() || acted_on(event, policy) >= event.end {
        return event.end;
    }
    let others = || {
        let events = scenario.events.iter();
        events.filter(|candidate| candidate.is_reacted_to() && follows(event, candidate, component))
    };
    let answered = others().map(|event| (acted_on(event, policy), event.end));
    let answered = answered.filter(|(at, end)| event.end < *at && at < end);
    let learnt = answered.map(|(at, _)| at).min().unwrap_or(Timestamp::MAX);
    let mut until = event.end;
    while until < learnt {
        let covers = |event: &&Event| event.start <= until && until < acted_on(event, policy);
        let covering = others().filter(covers).map(|event| event.end);
        let Some(end) = covering.max().filter(|end| *end > until) else {
            break;
        };
        until = end.min(learnt);
    }
    until
}

/// `true` if both are about one component, and about some resource of it.
fn follows(event: &Event, other: &Event, component: ComponentId) -> bool {
    let resources = |event: &Event| {
        event
            .reduction()
            .and_then(|reduction| reduction.resources.clone())
    };
    let is_apart = match (resources(event), resources(other)) {
        (Some(a), Some(b)) => !a.iter().any(|resource| b.contains(resource)),
        _ => false,
    };
    !is_apart && components(other).contains(&component)
}

/// The components that an event names.
fn components(event: &Event) -> &[ComponentId] {
    match &event.kind {
        EventKind::Slow(slow) => &slow.components,
        _ => event
            .reduction()
            .map_or(&[], |reduction| &reduction.components),
    }
}
