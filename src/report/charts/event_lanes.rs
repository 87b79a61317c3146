//! Event lanes: a strip for everything that happens, above what it does: when it holds, and from when on it is known.

use super::canvas::{Anchor, Canvas, whole};
use super::font::Font;
use super::frame::{Frame, Key, MUTED, SIZE, SMALL, SPACE, ink};
use super::marks;
use super::palette::Role;
use super::through::{EventKind, EventSpan};
use crate::report::span::Clock;
use crate::report::text::visible;
use jiff::Timestamp;

/// Most strips of events.
const MOST_LANES: usize = 8;

/// Half the height of an event's bar.
pub(super) const HALF: i32 = 6;

/// Height of a lane in one line.
const WIDE_LANE: f64 = 26.0;

/// Height of a lane with its words above its bar.
const NARROW_LANE: f64 = 40.0;

/// Space between whom something happens to and what.
const BESIDE: f64 = SPACE + 2.0;

/// The least width of a bar.
const LEAST: i32 = 4;

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
    is_any.then(|| Key {
        width: 22.0,
        words: "event not known",
        mark: Box::new(|canvas, (x, y)| {
            marks::hatched(canvas, (x - 11, y - 6), (x + 11, y + 6), Role::Gone);
        }),
    })
}

/// Where strips stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LanePlace {
    /// `true` if words and bar stand in one line.
    pub(super) is_wide: bool,
    /// Left end of the words.
    pub(super) left: f64,
    /// Their right end.
    pub(super) words_end: f64,
}

impl LanePlace {
    /// Height of a strip.
    pub(super) const fn height(&self) -> f64 {
        if self.is_wide { WIDE_LANE } else { NARROW_LANE }
    }

    /// Writes the words of a strip and goes on to the next; returns how far down its bar stands.
    pub(super) fn words(&self, frame: &mut Frame, subject: &str, what: &str) -> i32 {
        let font = frame.font();
        let (left, right) = (self.left, self.words_end);
        let (baseline, centre) = if self.is_wide {
            let centre = frame.y + WIDE_LANE / 2.0;
            (centre + SIZE * 0.35, centre)
        } else {
            (frame.y + 16.0, frame.y + 28.0)
        };
        let room = right - left;
        let own = font.width(&visible(subject), SIZE) + BESIDE;
        // What happens gives way to the name down to half of the room.
        let what = font.fit(what, SMALL, (room - own).max(room / 2.0));
        let beside = if what.is_empty() {
            0.0
        } else {
            BESIDE + font.width(&what, SMALL)
        };
        let subject = font.fit(subject, SIZE, room - beside);
        let canvas = &mut frame.canvas;
        let width = canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &subject);
        canvas.text(left + width + BESIDE, baseline, Anchor::Start, MUTED, &what);
        frame.y += self.height();
        whole(centre)
    }
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

/// Width of the words of a lane.
pub(super) fn label_width(font: Font, (subject, what): &(&str, &str)) -> f64 {
    let subject = font.width(&visible(subject), SIZE);
    if what.is_empty() {
        subject
    } else {
        subject + BESIDE + font.width(&visible(what), SMALL)
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
