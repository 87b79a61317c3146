//! Events above the strips: when each holds, from when on it is known, and when the plan does not answer it yet.

use super::painter::Painter;
use crate::model::Phase;
use crate::report::charts::canvas::whole;
use crate::report::charts::event_lanes::{HALF, Lane, LanePlace, bars};
use crate::report::charts::palette::Role;

impl Painter<'_> {
    /// A lane for every event, and for the time in which something is not known or not answered.
    pub(super) fn events(&mut self, lanes: &[Lane<'_>], phases: &[Phase]) {
        let place = LanePlace {
            is_wide: self.columns.is_wide,
            left: self.columns.left,
            words_end: self.columns.words_end(),
        };
        let count = lanes.len() + unknown(phases).len();
        let (top, bottom) = (self.frame.y, self.frame.y + place.height() * count as f64);
        if self.columns.is_wide {
            self.edges(whole(top), whole(bottom));
        }
        for lane in lanes {
            let y = place.words(&mut self.frame, lane.subject, lane.what);
            let timeline = &self.timeline;
            let canvas = &mut self.frame.canvas;
            bars(canvas, lane, y, &self.chart.clock, |at| timeline.x(at));
        }
        for (phase, words) in unknown(phases) {
            let y = place.words(&mut self.frame, words, "");
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
