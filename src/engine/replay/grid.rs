//! Grid: the steps of a replay.

use crate::model::{Inventory, Scenario};
use crate::scenario::{acted_on, even_spans};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Instants at which something changes that every step has to end at: the first of the replay, those of events, of the
/// hours and of months, `others`, and the last.
pub(super) fn changes(
    inventory: &Inventory,
    scenario: &Scenario,
    start: Timestamp,
    others: impl Iterator<Item = Timestamp>,
) -> Vec<Timestamp> {
    let end = scenario.end;
    let mut all: BTreeSet<Timestamp> = others.collect();
    for event in &scenario.events {
        all.extend([
            event.start,
            event.end,
            event.detected,
            acted_on(event, &scenario.policy),
        ]);
    }
    let spans = even_spans(inventory, start, end);
    all.extend(spans.into_iter().map(|(start, _)| start));
    let dated = inventory.capacity_changes.iter().map(|own| own.date);
    all.extend(dated);
    all.extend(months(scenario, start));
    all.insert(scenario.start);
    all.retain(|at| start < *at && *at < end);
    all.insert(start);
    all.insert(end);
    all.into_iter().collect()
}

/// The instants at which months begin in the scenario's offset.
fn months(scenario: &Scenario, start: Timestamp) -> Vec<Timestamp> {
    let mut all = Vec::new();
    let mut day = scenario.offset.to_datetime(start).date().first_of_month();
    while let Ok(next) = day.checked_add(jiff::Span::new().months(1)) {
        day = next;
        match scenario.offset.to_timestamp(day.at(0, 0, 0, 0)) {
            Ok(at) if at < scenario.end => all.push(at),
            _ => break,
        }
    }
    all
}

/// The steps between two changes, none longer than so many seconds, all of one length.
pub(super) fn steps(start: Timestamp, end: Timestamp, longest: f64) -> Vec<(Timestamp, Timestamp)> {
    let whole = end.duration_since(start).as_secs_f64();
    let count = (whole / longest).ceil().max(1.0);
    let at = |number: f64| {
        let part = SignedDuration::try_from_secs_f64(whole * number / count).ok();
        part.and_then(|own| start.checked_add(own).ok())
            .unwrap_or(end)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 1, and no more than there is memory for is asked"
    )]
    let count_whole = count as u64;
    let bounds = (0..count_whole).map(|number| number as f64);
    let mut steps: Vec<(Timestamp, Timestamp)> = bounds
        .map(|number| (at(number), at(number + 1.0)))
        .collect();
    if let Some(last) = steps.last_mut() {
        last.1 = end;
    }
    steps
}
