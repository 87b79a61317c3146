//! What each of two plans was planned for: times and events. Only plans of the same are better or worse than each other.

use crate::model::{Event, Inventory, Scenario};
use crate::report::span::spoken;
use crate::report::through::event_span;
use jiff::Timestamp;
use jiff::tz::Offset;

/// The time and the events that a plan is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFor {
    pub(super) span: (Timestamp, Timestamp),
    offset: Offset,
    /// In the order of the scenario, ids and instants, which are the same of the same event whatever else the inventories have;
    /// and the words for it.
    events: Vec<(String, String)>,
}

impl PlannedFor {
    /// What a scenario asks to plan for.
    pub fn of(inventory: &Inventory, scenario: &Scenario) -> Self {
        let events = scenario.events.iter();
        let happening = |event| happening(inventory, scenario, event);
        Self {
            span: (scenario.start, scenario.end),
            offset: scenario.offset,
            events: events.map(happening).collect(),
        }
    }

    pub(super) fn time(&self) -> String {
        spoken(self.offset, self.span.0, self.span.1)
    }

    /// The events that another task does not have.
    pub(super) fn only_here(&self, other: &Self) -> Vec<String> {
        let mut left: Vec<&str> = other.events.iter().map(|event| event.0.as_str()).collect();
        let mut only = Vec::new();
        for (event, words) in &self.events {
            match left.iter().position(|key| key == event) {
                Some(at) => {
                    left.swap_remove(at);
                }
                None => only.push(words.clone()),
            }
        }
        only
    }
}

fn happening(inventory: &Inventory, scenario: &Scenario, event: &Event) -> (String, String) {
    // Events are compared as they are, not as far as they lie in either scenario.
    let whole = Scenario {
        start: scenario.start.min(event.start),
        end: scenario.end.max(event.end),
        ..scenario.clone()
    };
    let span = event_span(inventory, &whole, event);
    let components = event.kind.components().iter();
    let ids: Vec<&str> = components
        .map(|component| inventory.component_name(*component))
        .collect();
    let resources = event
        .reduction()
        .and_then(|reduction| reduction.resources.as_ref());
    let resources = resources.into_iter().flatten();
    let resources: Vec<&str> = resources
        .map(|resource| inventory.resource_name(*resource))
        .collect();
    let left = event
        .reduction()
        .map(|reduction| [reduction.capacity, reduction.loss]);
    let surge = event.surge().map(|surge| surge.factor);
    let slow = event.slow().map(|slow| [slow.share, slow.factor]);
    let (subject, what) = (&span.subject, &span.what);
    // A component may have another name; users are distinguished by that of their region, profile and tenant.
    let users = event.surge().map(|_| subject);
    let key = format!(
        "{:?} {users:?} {ids:?} {resources:?} {left:?} {surge:?} {slow:?} {} {} {}",
        span.kind, event.start, event.end, event.detected
    );
    let times = spoken(scenario.offset, event.start, event.end);
    (key, format!("{subject} ({what}), {times}"))
}
