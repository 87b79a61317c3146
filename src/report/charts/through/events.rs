//! Events above the strips: when each holds, from when on it is known, and when the plan does not answer it yet.

use super::EventKind;
use super::layout::Lane;
use super::paint::Painter;
use crate::model::Phase;
use crate::report::charts::canvas::{Anchor, Canvas, whole};
use crate::report::charts::font::Font;
use crate::report::charts::frame::{MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::marks;
use crate::report::charts::palette::Role;
use crate::report::text::visible;

/// Half the height of an event's bar.
const HALF: i32 = 6;

/// Height of a lane in one line.
const WIDE_LANE: f64 = 26.0;

/// Height of a lane with its words above its bar.
const NARROW_LANE: f64 = 40.0;

/// Space between whom something happens to and what.
const BESIDE: f64 = SPACE + 2.0;

/// The least width of a bar.
const LEAST: i32 = 4;

impl Painter<'_> {
    /// A lane for every event, and for the time in which something is not known or not answered.
    pub(super) fn events(&mut self, lanes: &[Lane<'_>], phases: &[Phase]) {
        let height = if self.columns.is_wide {
            WIDE_LANE
        } else {
            NARROW_LANE
        };
        let count = lanes.len() + unknown(phases).len();
        let (top, bottom) = (self.frame.y, self.frame.y + height * count as f64);
        if self.columns.is_wide {
            self.edges(whole(top), whole(bottom));
        }
        for lane in lanes {
            let y = self.lane(lane.subject, lane.what);
            for event in &lane.spans {
                let from = self.timeline.x(event.start);
                let to = self.timeline.x(event.end).max(from + LEAST);
                let known = self.timeline.x(event.known).clamp(from, to);
                let canvas = &mut self.frame.canvas;
                if event.kind == EventKind::Surge {
                    surge(canvas, (from, to), y);
                } else {
                    canvas.rectangle((known, y - HALF), (to, y + HALF), Role::Gone);
                    if known > from {
                        marks::hatched(canvas, (from, y - HALF), (known, y + HALF), Role::Gone);
                    }
                }
                let clock = &self.chart.clock;
                let unknown = if event.known > event.start && event.known < event.end {
                    format!(", known from {}", clock.moment(event.known))
                } else if event.known >= event.end {
                    ", never known".to_owned()
                } else {
                    String::new()
                };
                let words = format!(
                    "{}: {}, {}{unknown}",
                    event.subject,
                    event.what,
                    clock.stretch(event.start, event.end),
                );
                canvas.tip((from, y - 12), (to, y + 12), &words);
            }
        }
        for (phase, words) in unknown(phases) {
            let y = self.lane(words, "");
            for (index, _) in phases.iter().enumerate().filter(|(_, own)| **own == phase) {
                let (from, to) = self.timeline.column(index);
                let canvas = &mut self.frame.canvas;
                canvas.rectangle((from, y - HALF), (to, y + HALF), Role::Ink);
                if phase == Phase::Reacting {
                    let (from, to) = (from + 2, (to - 2).max(from + 3));
                    canvas.rectangle((from, y - HALF + 2), (to, y + HALF - 2), Role::Paper);
                }
                let period = &self.chart.periods[self.rows.order[index]];
                let when = self.chart.clock.stretch(period.start, period.end);
                canvas.tip((from, y - 12), (to, y + 12), &format!("{words}: {when}"));
            }
        }
        if !self.columns.is_wide {
            self.frame.y += 2.0;
        }
    }

    /// The words of a lane; returns how far down its bar stands.
    fn lane(&mut self, subject: &str, what: &str) -> i32 {
        let font = self.frame.font();
        let (left, right) = (self.columns.left, self.columns.words_end());
        let (baseline, centre, height) = if self.columns.is_wide {
            let centre = self.frame.y + WIDE_LANE / 2.0;
            (centre + SIZE * 0.35, centre, WIDE_LANE)
        } else {
            (self.frame.y + 16.0, self.frame.y + 28.0, NARROW_LANE)
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
        let canvas = &mut self.frame.canvas;
        let width = canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &subject);
        canvas.text(left + width + BESIDE, baseline, Anchor::Start, MUTED, &what);
        self.frame.y += height;
        whole(centre)
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

/// The phases that occur in which the plan does not count with all that holds, and how they are called.
pub(super) fn unknown(phases: &[Phase]) -> Vec<(Phase, &'static str)> {
    let mut all = vec![
        (Phase::Blind, "Blind: something is not known"),
        (Phase::Reacting, "Reacting: known, not answered yet"),
    ];
    all.retain(|(phase, _)| phases.contains(phase));
    all
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
