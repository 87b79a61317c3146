//! Event lanes: a strip for everything that happens, above what it does: when it holds, and from when on it is known.

use super::kit::canvas::Canvas;
use super::kit::frame::{Frame, Key};
use super::kit::marks;
use super::kit::rows::{Area, Cell, Row};
use super::palette::Role;
use crate::report::span::Clock;
use jiff::Timestamp;

/// Most strips of events.
const MOST_LANES: usize = 8;

/// Half the height of an event's bar.
pub(super) const HALF: i32 = 6;

/// The least width of a bar.
const LEAST: i32 = 4;

/// What an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Planned, known from its start.
    Maintenance,
    /// A fault.
    Failure,
    /// A fault that nobody notices at first.
    Gray,
    /// More demand.
    Surge,
    /// A share of the work takes longer.
    Slow,
    /// Sessions end.
    Disconnect,
}

/// An event, clipped to the scenario.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventSpan {
    /// First instant in force.
    pub start: Timestamp,
    /// First instant no longer in force.
    pub end: Timestamp,
    /// When it is known, from `start` to `end`.
    pub known: Timestamp,
    /// What it is.
    pub kind: EventKind,
    /// What reports call the component, or who asks for more.
    pub subject: String,
    /// What becomes of it, such as `gray fault, 35 % left`.
    pub what: String,
}

impl EventSpan {
    /// When it is known; `None` if it ends before. Of a moment everybody knows at once.
    pub(in crate::report) fn known_from(&self) -> Option<Timestamp> {
        (self.known < self.end || self.start == self.end).then_some(self.known)
    }
}

/// The same thing happening once or several times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lane<'a> {
    /// To whom.
    pub(super) subject: &'a str,
    /// What.
    pub(super) what: &'a str,
    /// When, by time.
    pub(super) spans: Vec<&'a EventSpan>,
}

/// The strips of events, earliest first, and how many are left out: those that last least.
pub(super) fn lanes(events: &[EventSpan]) -> (Vec<Lane<'_>>, usize) {
    let mut events: Vec<&EventSpan> = events.iter().collect();
    events.sort();
    let mut lanes = Vec::<Lane<'_>>::new();
    for event in events {
        let same = lanes
            .iter_mut()
            .find(|lane| lane.subject == event.subject && lane.what == event.what);
        match same {
            Some(lane) => lane.spans.push(event),
            None => lanes.push(Lane {
                subject: &event.subject,
                what: &event.what,
                spans: vec![event],
            }),
        }
    }
    let length = |lane: &Lane<'_>| -> f64 {
        let spans = lane.spans.iter();
        spans
            .map(|event| event.end.duration_since(event.start).as_secs_f64())
            .sum()
    };
    let left_out = lanes.len().saturating_sub(MOST_LANES);
    let mut lanes: Vec<_> = lanes.into_iter().enumerate().collect();
    lanes.sort_by(|left, right| length(&right.1).total_cmp(&length(&left.1)));
    lanes.truncate(MOST_LANES);
    lanes.sort_by_key(|(position, _)| *position);
    (lanes.into_iter().map(|(_, lane)| lane).collect(), left_out)
}

/// Says how many events have no strip, if any has none.
pub(super) fn note_left_out(frame: &mut Frame, left_out: usize) {
    match left_out {
        0 => {}
        1 => frame.note("1 shorter event is not shown."),
        more => frame.note(&format!("{more} shorter events are not shown.")),
    }
}

/// What stripes mean, if any event is not known from its start on.
pub(super) fn key_of_unknown(events: &[EventSpan]) -> Option<Key<'static>> {
    let is_any = events.iter().any(|event| event.known > event.start);
    is_any.then(|| {
        Key::mark(22.0, "event not known", |canvas, (x, y)| {
            marks::hatched(canvas, (x - 11, y - 6), (x + 11, y + 6), Role::Gone);
        })
    })
}

/// A row of the kit for a strip: to whom, what, and its bars, which `draw` draws.
pub(super) fn row<'a>(lane: &Lane<'_>, draw: impl Fn(&mut Canvas, Area) + 'a) -> Row<'a> {
    let cells = vec![
        Cell::plain(lane.subject),
        Cell::muted(lane.what),
        Cell::drawing(draw),
    ];
    Row::new(cells, "")
}

/// Draws the bars of a strip, where `x` has instants, and tells the pointer what they are.
pub(super) fn bars(
    canvas: &mut Canvas,
    lane: &Lane<'_>,
    y: i32,
    clock: &Clock,
    x: impl Fn(Timestamp) -> i32,
) {
    for event in &lane.spans {
        let from = x(event.start);
        let to = x(event.end).max(from + LEAST);
        let known = x(event.known).clamp(from, to);
        if event.kind == EventKind::Surge {
            surge(canvas, (from, to), y);
        } else if event.kind == EventKind::Disconnect {
            disconnect(canvas, (from, to), y);
        } else {
            canvas.rectangle((known, y - HALF), (to, y + HALF), Role::Gone);
            if known > from {
                marks::hatched(canvas, (from, y - HALF), (known, y + HALF), Role::Gone);
            }
        }
        let unknown = match event.known_from() {
            Some(known) if known > event.start => {
                format!(", known from {}", clock.moment(known))
            }
            Some(_) => String::new(),
            None => ", never known".to_owned(),
        };
        let when = if event.start < event.end {
            clock.stretch(event.start, event.end)
        } else {
            clock.moment(event.start)
        };
        let words = format!("{}: {}, {when}{unknown}", event.subject, event.what);
        canvas.tip((from, y - 12), (to, y + 12), &words);
    }
}

/// More demand: arrow heads that point upwards.
fn surge(canvas: &mut Canvas, (from, to): (i32, i32), y: i32) {
    canvas.rectangle((from, y + HALF - 3), (to, y + HALF), Role::Gone);
    let count = ((to - from) / 18).max(1);
    for index in 0..count {
        let x = from + (to - from) * (2 * index + 1) / (2 * count);
        let half = ((to - from) / 2).clamp(1, 5);
        let (top, bottom) = (y - HALF, y + HALF - 3);
        canvas.polygon(
            vec![(x, top), (x + half, bottom), (x - half, bottom)],
            Role::Gone,
        );
    }
}

/// Sessions that end: a thin mark where they do, and a line until they can come back.
fn disconnect(canvas: &mut Canvas, (from, to): (i32, i32), y: i32) {
    canvas.rectangle((from, y - HALF), (from + LEAST, y + HALF), Role::Gone);
    if to > from + LEAST {
        canvas.rectangle((from, y - 1), (to, y + 1), Role::Gone);
    }
}
