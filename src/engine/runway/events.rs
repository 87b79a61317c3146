//! Events: which of a scenario's are in force together at some instant.

use crate::model::Scenario;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Sets of events, by position, that are in force together at some instant of their scenario, in the order of their first
/// instants; none first. What only ends sessions does not count, and every event counts as known from its start.
pub(super) fn event_sets(scenario: &Scenario) -> Vec<Vec<usize>> {
    let events = scenario.events.iter().enumerate();
    let counted: Vec<(usize, Timestamp, Timestamp)> = events
        .filter(|(_, event)| event.is_planned_for())
        .map(|(index, event)| {
            let start = event.start.max(scenario.start);
            (index, start, event.end.min(scenario.end))
        })
        .filter(|(_, start, end)| start < end)
        .collect();
    let changes = counted.iter();
    let changes: BTreeSet<Timestamp> = changes.flat_map(|(_, start, end)| [*start, *end]).collect();
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    for at in changes {
        let in_force = counted.iter();
        let in_force = in_force.filter(|(_, start, end)| *start <= at && at < *end);
        let set: Vec<usize> = in_force.map(|(index, ..)| *index).collect();
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}
