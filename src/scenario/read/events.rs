//! `[[event]]`: kinds, keys and times.

use super::effects::{multiply_in_range, read_disconnect, read_reduction, read_slow, read_surge};
use super::findings::Findings;
use super::layer::OF_USERS;
use super::names::{Names, known};
use super::policy::Span;
use super::schema::keys_of;
use super::table::{Table, require_keys};
use crate::diagnostic::Code;
use crate::model::{Event, EventKind, EventType, Inventory, Word as _};
use jiff::Timestamp;

/// A key that another kind of event has.
pub(crate) const KEY_OF_OTHER_KIND: Code = Code("P5302");
/// An event ends before it starts.
pub(crate) const EVENT_ENDS_TOO_EARLY: Code = Code("P5303");
/// Detection lies outside the event.
pub(crate) const DETECTED_OUTSIDE: Code = Code("P5304");
/// An event lies wholly outside the scenario.
pub(crate) const EVENT_OUTSIDE: Code = Code("P5305");

/// From when to when an event holds, and when it is known.
#[derive(Debug, Clone, Copy)]
struct Times {
    start: Timestamp,
    end: Timestamp,
    detected: Timestamp,
    /// `true` if it may end at the instant at which it starts.
    may_be_empty: bool,
}

impl Times {
    /// `true` if it ends after it starts, or may end there and does.
    fn is_span(&self) -> bool {
        self.start < self.end || (self.may_be_empty && self.start == self.end)
    }

    /// `true` if all of it is over when a scenario starts: what ends just then matters if all that it does is end.
    fn is_over(&self, span: Span) -> bool {
        self.end < span.start || (self.end == span.start && !self.may_be_empty)
    }
}

/// The events without errors, in their order.
pub(super) fn read_events(
    tables: &[Table],
    (inventory, names): (&Inventory, &Names<'_>),
    span: Option<Span>,
    findings: &mut Findings,
) -> Vec<Event> {
    let read = tables.iter().filter_map(|table| {
        let event = read_event(table, names, span, findings)?;
        Some((table, event))
    });
    let events: Vec<(&Table, Event)> = read.collect();
    multiply_in_range(inventory, span, &events, findings);
    events.into_iter().map(|(_, event)| event).collect()
}

fn read_event(
    table: &Table,
    names: &Names<'_>,
    span: Option<Span>,
    findings: &mut Findings,
) -> Option<Event> {
    require_keys("event", table, findings);
    let known = known(table, names, findings);
    let kind = table.name("kind").and_then(EventType::of_word);
    let times = read_times(kind, table, span, findings);
    let kind = kind?;
    has_only_keys_of_its_kind(table, findings);
    let reduction = |findings| read_reduction(kind, table, &known, names, findings);
    let kind = match kind {
        EventType::Surge => EventKind::Surge(read_surge(table, &known, findings)?),
        EventType::Maintenance => EventKind::Maintenance(reduction(findings)?),
        EventType::Failure => EventKind::Failure(reduction(findings)?),
        EventType::Gray => EventKind::Gray(reduction(findings)?),
        EventType::Slow => EventKind::Slow(read_slow(table, &known, names, findings)?),
        EventType::Disconnect => EventKind::Disconnect(read_disconnect(table, &known, findings)?),
    };
    let times = times?;
    Some(Event {
        kind,
        start: times.start,
        end: times.end,
        detected: times.detected,
        drain_minutes: table.number("drain_minutes"),
        is_end_assumed: table.flag("end_assumed").unwrap_or(false),
    })
}

/// Rule: an event has keys of its own kind only.
fn has_only_keys_of_its_kind(table: &Table, findings: &mut Findings) {
    let kind = table.name("kind").unwrap_or_default();
    for key in keys_of("event").filter(|key| !key.is_for(kind)) {
        if let Some(field) = table.field(&key.name) {
            let kinds = key.kinds.replace(' ', ", ");
            let is_place = ["component", "risk_group"].contains(&key.name.as_str());
            let hint = if kind == "surge" && is_place {
                OF_USERS.to_owned()
            } else {
                format!("remove `{}`, or change the kind", key.name)
            };
            findings.error(
                KEY_OF_OTHER_KIND,
                &field.spot,
                format!("a key for {kinds}"),
                format!("a key of a {kind} event"),
                hint,
            );
        }
    }
}

/// Start, end and detection; `None` after a finding or without a scenario's span to fall back on.
fn read_times(
    kind: Option<EventType>,
    table: &Table,
    span: Option<Span>,
    findings: &mut Findings,
) -> Option<Times> {
    let is_disconnect = kind == Some(EventType::Disconnect);
    let or = |key, otherwise: Option<Timestamp>| match table.instant(key) {
        Some((instant, _)) => Some(instant),
        None if table.is_written(key) => None,
        None => otherwise,
    };
    let start = or("start", span.map(|span| span.start))?;
    // Sessions that were ended can come back at once, unless it is said when.
    let last = if is_disconnect {
        Some(start)
    } else {
        span.map(|span| span.end)
    };
    let end = or("end", last)?;
    let detected = match table.instant("detected") {
        // A disconnect has no such key, which is said already.
        Some((instant, _)) if !is_disconnect => instant,
        None if table.is_broken("detected") => return None,
        _ => start,
    };
    let times = Times {
        start,
        end,
        detected,
        may_be_empty: is_disconnect,
    };
    let has_both = table.is_written("start") && table.is_written("end");
    if has_both && !ends_after_start(times, table, findings) {
        return None;
    }
    warn_if_outside(times, table, span, findings);
    // With one end taken from the scenario, what begins after it or ends before it has no length and is left out.
    (times.is_span() && is_detected_within(times, table, findings)).then_some(times)
}

/// Rule: an event ends after it starts, a disconnect not before.
fn ends_after_start(times: Times, table: &Table, findings: &mut Findings) -> bool {
    let is_span = times.is_span();
    if let Some(field) = table.field("end").filter(|_| !is_span) {
        let (relation, hint) = if times.may_be_empty {
            (
                "at or after",
                "the end is the first instant at which sessions can come back",
            )
        } else {
            (
                "after",
                "the end is the first instant at which the event no longer holds",
            )
        };
        findings.error(
            EVENT_ENDS_TOO_EARLY,
            &field.spot,
            format!("`{}`", field.quote),
            format!("an instant {relation} the event's start, {}", times.start),
            hint,
        );
    }
    is_span
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
            "for a fault known beforehand write its start, for a fault never noticed its end",
        );
    }
    is_within
}

/// Rule: an event that never holds within the scenario is said to be without effect.
fn warn_if_outside(times: Times, table: &Table, span: Option<Span>, findings: &mut Findings) {
    let Some(span) = span else { return };
    let (key, side) = if times.start >= span.end {
        ("start", format!("from {} on", times.start))
    } else if times.is_over(span) {
        ("end", format!("up to {}", times.end))
    } else {
        return;
    };
    // The end of a disconnect that says none is its start.
    if let Some(field) = table.field(key).or(table.field("start")) {
        findings.warning(
            EVENT_OUTSIDE,
            &field.spot,
            format!("an event {side}"),
            format!("one that holds between {} and {}", span.start, span.end),
            "it changes nothing in this scenario: check the date, or remove the event",
        );
    }
}
