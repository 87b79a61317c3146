//! Events: a strip for everything that happens, above what it does: when it holds, and from when on it is known.

use super::kit::canvas::Canvas;
use super::kit::frame::{ChartFrame, LegendKey};
use super::kit::marks;
use super::kit::rows::{ChartRow, RowCell};
use super::kit::time::TimeAxis;
use super::palette::Role;
use crate::model::EventType;
use crate::report::span::Clock;
use jiff::Timestamp;

/// Most strips of events.
const MOST_LANES: usize = 8;

/// Half the height of an event's bar.
pub(super) const HALF: i32 = 6;

/// The least width of a bar.
const LEAST: i32 = 4;

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
    pub kind: EventType,
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

    /// The text for the pointer: `Chicago: failure, 08:00 to 10:00, detected at 08:30`.
    fn tip(&self, clock: &Clock) -> String {
        let unknown = match self.known_from() {
            Some(known) if known > self.start => format!(", detected at {}", clock.moment(known)),
            Some(_) => String::new(),
            None => ", never detected".to_owned(),
        };
        let when = if self.start < self.end {
            clock.stretch(self.start, self.end)
        } else {
            clock.moment(self.start)
        };
        format!("{}: {}, {when}{unknown}", self.subject, self.what)
    }

    /// Draws its bar, striped until it is known; what is no loss of capacity has a shape instead.
    fn draw(&self, canvas: &mut Canvas, axis: &TimeAxis, y: i32) -> (i32, i32) {
        let from = axis.pixel(self.start);
        let to = axis.pixel(self.end).max(from + LEAST);
        let known = axis.pixel(self.known).clamp(from, to);
        match self.kind {
            EventType::Surge => {
                // More demand: arrow heads that point upwards.
                let (top, bottom) = (y - HALF, y + HALF - 3);
                canvas.rectangle((from, bottom), (to, y + HALF), Role::Gone);
                let count = ((to - from) / 18).max(1);
                let half = ((to - from) / 2).clamp(1, 5);
                for index in 0..count {
                    let x = from + (to - from) * (2 * index + 1) / (2 * count);
                    let head = [(x, top), (x + half, bottom), (x - half, bottom)];
                    canvas.polygon(head, Role::Gone);
                }
            }
            EventType::Disconnect => {
                // A thin mark where sessions end, and a line until they can come back.
                canvas.rectangle((from, y - HALF), (from + LEAST, y + HALF), Role::Gone);
                if to > from + LEAST {
                    canvas.rectangle((from, y - 1), (to, y + 1), Role::Gone);
                }
            }
            EventType::Maintenance | EventType::Failure | EventType::Gray | EventType::Slow => {
                canvas.rectangle((known, y - HALF), (to, y + HALF), Role::Gone);
                if known > from {
                    marks::hatched(canvas, (from, y - HALF), (known, y + HALF), Role::Gone);
                }
            }
        }
        (from, to)
    }
}

/// The same thing happening once or several times, by time.
type Lane<'a> = Vec<&'a EventSpan>;

/// The strips of events, earliest first, and how many are left out: those that last least.
pub(super) fn lanes(events: &[EventSpan]) -> (Vec<Lane<'_>>, usize) {
    let mut events: Vec<&EventSpan> = events.iter().collect();
    events.sort();
    let mut lanes = Vec::<Lane<'_>>::new();
    for event in events {
        let is_same = |lane: &&mut Lane<'_>| {
            (&lane[0].subject, &lane[0].what) == (&event.subject, &event.what)
        };
        match lanes.iter_mut().find(is_same) {
            Some(lane) => lane.push(event),
            None => lanes.push(vec![event]),
        }
    }
    let length = |lane: &Lane<'_>| -> f64 {
        let lengths = lane
            .iter()
            .map(|event_span| event_span.end.duration_since(event_span.start));
        lengths.map(|length| length.as_secs_f64()).sum()
    };
    let left_out = lanes.len().saturating_sub(MOST_LANES);
    let mut lanes: Vec<_> = lanes.into_iter().enumerate().collect();
    lanes.sort_by(|left, right| length(&right.1).total_cmp(&length(&left.1)));
    lanes.truncate(MOST_LANES);
    lanes.sort_by_key(|(position, _)| *position);
    (lanes.into_iter().map(|(_, lane)| lane).collect(), left_out)
}

/// A row for every strip: subject, effect, and its bars on an axis, with texts for the pointer.
pub(super) fn rows<'a>(
    lanes: &'a [Lane<'_>],
    clock: &'a Clock,
    axis: impl Fn((f64, f64)) -> TimeAxis + Clone + 'a,
) -> impl Iterator<Item = ChartRow<'a>> {
    lanes.iter().map(move |lane| {
        let axis = axis.clone();
        let bars = RowCell::drawing(move |canvas, area| {
            for event in lane {
                let (from, to) = event.draw(canvas, &axis(area.ends), area.y);
                canvas.tip((from, area.y - 12), (to, area.y + 12), &event.tip(clock));
            }
        });
        let words = [
            RowCell::plain(&lane[0].subject),
            RowCell::muted(&lane[0].what),
        ];
        ChartRow::new(words.into_iter().chain([bars]).collect(), "")
    })
}

/// Says how many events have no strip, if any has none.
pub(super) fn note_left_out(frame: &mut ChartFrame, left_out: usize) {
    match left_out {
        0 => {}
        1 => frame.note("1 shorter event is not shown."),
        more => frame.note(&format!("{more} shorter events are not shown.")),
    }
}

/// What stripes mean, if any event is not known from its start on.
pub(super) fn key_of_unknown(events: &[EventSpan]) -> Option<LegendKey<'static>> {
    let is_any = events.iter().any(|event| event.known > event.start);
    is_any.then(|| {
        LegendKey::mark(22.0, "event not detected", |canvas, (x, y)| {
            marks::hatched(canvas, (x - 11, y - 6), (x + 11, y + 6), Role::Gone);
        })
    })
}
