//! `[[event]]`: kinds, keys and times.

use super::findings::Findings;
use super::known::known;
use super::names::Names;
use super::reduction::read_reduction;
use super::schema::keys_of;
use super::span::Span;
use super::surge::read_surge;
use super::table::{Table, require_keys};
use crate::diagnostic::Code;
use crate::model::{Event, EventKind};
use jiff::Timestamp;

/// A kind of event that comes in a later version.
pub(crate) const KIND_COMES_LATER: Code = Code("P5301");
/// A key that another kind of event has.
pub(crate) const KEY_OF_OTHER_KIND: Code = Code("P5302");
/// An event ends before it starts.
pub(crate) const EVENT_ENDS_TOO_EARLY: Code = Code("P5303");
/// Detection lies outside the event.
pub(crate) const DETECTED_OUTSIDE: Code = Code("P5304");
/// An event lies wholly outside the scenario.
pub(crate) const EVENT_OUTSIDE: Code = Code("P5305");

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Maintenance,
    Failure,
    Gray,
    Surge,
}

const KINDS: [(&str, Kind); 4] = [
    ("maintenance", Kind::Maintenance),
    ("failure", Kind::Failure),
    ("gray", Kind::Gray),
    ("surge", Kind::Surge),
];

/// From when to when an event holds, and when it is known.
#[derive(Debug, Clone, Copy)]
struct Times {
    start: Timestamp,
    end: Timestamp,
    detected: Timestamp,
}

/// The events without errors, in their order.
pub(super) fn read_events(
    tables: &[Table],
    names: &Names<'_>,
    span: Option<Span>,
    findings: &mut Findings,
) -> Vec<Event> {
    tables
        .iter()
        .filter_map(|table| read_event(table, names, span, findings))
        .collect()
}

fn read_event(
    table: &Table,
    names: &Names<'_>,
    span: Option<Span>,
    findings: &mut Findings,
) -> Option<Event> {
    require_keys("event", table, findings);
    comes_now(table, findings);
    let known = known(table, names, findings);
    let times = read_times(table, span, findings);
    let kind = table.word("kind", &KINDS)?;
    has_only_own_keys(table, findings);
    let reduction = |findings| read_reduction(kind, table, &known, names, findings);
    let kind = match kind {
        Kind::Surge => EventKind::Surge(read_surge(table, &known, findings)?),
        Kind::Maintenance => EventKind::Maintenance(reduction(findings)?),
        Kind::Failure => EventKind::Failure(reduction(findings)?),
        Kind::Gray => EventKind::Gray(reduction(findings)?),
    };
    let times = times?;
    Some(Event {
        kind,
        start: times.start,
        end: times.end,
        detected: times.detected,
        drain_minutes: table.number("drain_minutes"),
    })
}

/// Rule: `slow` and `disconnect` are known words, not events yet.
fn comes_now(table: &Table, findings: &mut Findings) {
    let Some((word, field)) = table.name("kind").zip(table.field("kind")) else {
        return;
    };
    if !KINDS.iter().any(|(known, _)| *known == word) {
        findings.error(
            KIND_COMES_LATER,
            &field.spot,
            format!("`\"{word}\"`, a kind that comes in a later version"),
            "maintenance, failure, gray or surge",
            "leave the event out, or write a gray event with the capacity or loss that it means",
        );
    }
}

/// Rule: an event has keys of its own kind only.
fn has_only_own_keys(table: &Table, findings: &mut Findings) {
    let kind = table.name("kind").unwrap_or_default();
    for key in keys_of("event").filter(|key| !key.is_for(kind)) {
        if let Some(field) = table.field(&key.name) {
            let kinds = key.kinds.replace(' ', ", ");
            findings.error(
                KEY_OF_OTHER_KIND,
                &field.spot,
                format!("a key for {kinds}"),
                format!("a key of a {kind} event"),
                format!("remove `{}`, or change the kind", key.name),
            );
        }
    }
}

/// Start, end and detection; `None` after a finding or without a scenario's span to fall back on.
fn read_times(table: &Table, span: Option<Span>, findings: &mut Findings) -> Option<Times> {
    let or_span = |key, of_span: fn(Span) -> Timestamp| match table.instant(key) {
        Some((instant, _)) => Some(instant),
        None if table.is_written(key) => None,
        None => span.map(of_span),
    };
    let start = or_span("start", |span| span.start)?;
    let end = or_span("end", |span| span.end)?;
    let detected = match table.instant("detected") {
        Some((instant, _)) => instant,
        None if table.is_broken("detected") => return None,
        None => start,
    };
    let times = Times {
        start,
        end,
        detected,
    };
    let has_both = table.is_written("start") && table.is_written("end");
    if has_both && !ends_after_start(times, table, findings) {
        return None;
    }
    warn_if_outside(times, table, span, findings);
    // With one end taken from the scenario, what begins after it or ends before it has no length and is left out.
    let has_length = times.start < times.end;
    (has_length && is_detected_within(times, table, findings)).then_some(times)
}

/// Rule: an event ends after it starts.
fn ends_after_start(times: Times, table: &Table, findings: &mut Findings) -> bool {
    let is_later = times.start < times.end;
    if let Some(field) = table.field("end").filter(|_| !is_later) {
        findings.error(
            EVENT_ENDS_TOO_EARLY,
            &field.spot,
            format!("`{}`", field.quote),
            format!("an instant after the event's start, {}", times.start),
            "the end is the first instant at which the event no longer holds",
        );
    }
    is_later
}

/// Rule: a fault is detected while it lasts, or just when it ends.
fn is_detected_within(times: Times, table: &Table, findings: &mut Findings) -> bool {
    let is_within = times.start <= times.detected && times.detected <= times.end;
    if let Some(field) = table.field("detected").filter(|_| !is_within) {
        findings.error(
            DETECTED_OUTSIDE,
            &field.spot,
            format!("`{}`", field.quote),
            format!("an instant from {} to {}", times.start, times.end),
            "a fault known beforehand is detected at its start; one never noticed, at its end",
        );
    }
    is_within
}

/// Rule: an event that never holds within the scenario is said to be without effect.
fn warn_if_outside(times: Times, table: &Table, span: Option<Span>, findings: &mut Findings) {
    let Some(span) = span else { return };
    let (key, side) = if times.start >= span.end {
        ("start", format!("from {} on", times.start))
    } else if times.end <= span.start {
        ("end", format!("up to {}", times.end))
    } else {
        return;
    };
    if let Some(field) = table.field(key) {
        findings.warning(
            EVENT_OUTSIDE,
            &field.spot,
            format!("an event {side}"),
            format!("one that holds between {} and {}", span.start, span.end),
            "it changes nothing in this scenario: check the date, or remove the event",
        );
    }
}
