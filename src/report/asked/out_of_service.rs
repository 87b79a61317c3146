//! When a component is out of service, and why: the events that take all of it.

use super::everything::when;
use crate::ids::ComponentId;
use crate::model::{Event, EventKind, Scenario};
use crate::report::grammar::{joined, only_if};
use crate::report::span::span;
use crate::scenario::{Knowledge, Period, in_force};

/// The events of a scenario that take all of a component, in its order.
pub(super) fn taking_all(scenario: &Scenario, component: ComponentId) -> Vec<&Event> {
    let events = scenario.events.iter();
    events
        .filter(|event| match &event.kind {
            EventKind::Maintenance(reduction)
            | EventKind::Failure(reduction)
            | EventKind::Gray(reduction) => {
                reduction.capacity <= 0.0
                    && reduction.resources.is_none()
                    && reduction.components.contains(&component)
            }
            EventKind::Surge(_) | EventKind::Slow(_) | EventKind::Disconnect(_) => false,
        })
        .collect()
}

/// `Out of service 17 Nov 2012 02:00 to 06:00 (UTC-06:00): failure.`, and until when the plan counts on it all the same.
pub(super) fn sentence(scenario: &Scenario, event: &Event) -> String {
    let time = span(scenario, event.start, event.end);
    let assumed = only_if(event.is_end_assumed, || ", an assumed end");
    let noun = event.kind.event_type().noun();
    let unseen = if event.detected > event.start {
        let time = span(scenario, event.start, event.detected.min(event.end));
        format!(" The plan counts on it until detection: {time}.")
    } else {
        String::new()
    };
    format!("Out of service {time}{assumed}: {noun}.{unseen}")
}

/// The sentences of all events that take all of a component in these periods, the plan knowing of it or not.
pub(super) fn sentences<'a>(
    scenario: &Scenario,
    component: ComponentId,
    periods: &(impl Iterator<Item = &'a Period> + Clone),
) -> Vec<String> {
    let is_in = |event: &Event| {
        let mut periods = periods.clone();
        periods.any(|period| event.start < period.end && period.start < event.end)
    };
    let events = taking_all(scenario, component).into_iter();
    let events = events.filter(|event| is_in(event));
    events.map(|event| sentence(scenario, event)).collect()
}

/// `Periods 2 to 3 (…): out of service (failure).`; where no event takes it, that nothing limits it or it is out.
pub(super) fn line<'a>(
    scenario: &Scenario,
    component: ComponentId,
    periods: impl Iterator<Item = &'a Period> + Clone,
) -> String {
    let is_known = |event: &&Event| {
        let mut periods = periods.clone();
        periods.any(|period| in_force(event, scenario, period.start, Knowledge::Believed).is_some())
    };
    let events = taking_all(scenario, component).into_iter();
    let mut nouns: Vec<&str> = events
        .filter(is_known)
        .map(|event| event.kind.event_type().noun())
        .collect();
    nouns.dedup();
    let when = when(scenario, periods);
    if nouns.is_empty() {
        format!("{when}: it is out of service, or limits nothing.")
    } else {
        format!("{when}: out of service ({}).", joined(&nouns))
    }
}
