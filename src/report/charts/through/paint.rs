//! Painting of the chart of headroom through the periods, from top to bottom.

use super::HeadroomThroughChart;
use super::cells;
use super::events::unknown;
use super::layout::{Rows, Strip};
use super::painter::{Columns, GAP, Painter};
use super::rows::{Tightest, what};
use crate::error::Result;
use crate::model::Phase;
use crate::report::charts::canvas::Anchor;
use crate::report::charts::chart::Chart;
use crate::report::charts::event_lanes::{key_of_unknown, label_width, lanes, note_left_out};
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE};
use crate::report::charts::palette::Role;
use crate::report::charts::timeline::Timeline;
use crate::report::headroom::State;
use crate::report::numbers;

/// The least width of a period, unless there are too many of them.
const LEAST_COLUMN: f64 = 44.0;

/// Share of the width that is handed out to all periods alike, at most.
const ALIKE: f64 = 0.75;

/// From this many strips on a block has its times below as well.
const TALL: usize = 16;

/// What the value at the right end of a strip is.
const TIGHTEST: &str = "tightest";

impl Columns {
    /// Where columns stand in a picture of these strips.
    fn new(
        frame: &Frame,
        chart: &HeadroomThroughChart,
        rows: &Rows<'_>,
        labels: &[(&str, &str)],
    ) -> Self {
        let font = frame.font();
        let (left, right) = (frame.left, frame.right);
        let mut columns = Self {
            is_wide: frame.is_wide,
            left,
            right,
            what: left,
            axis: (left, right),
            value: right,
        };
        if frame.is_wide {
            let inner = right - left;
            let widest = |words: &dyn Fn(&Strip<'_>) -> String, size: f64| {
                let widths = rows.strips().map(|strip| font.width(&words(strip), size));
                widths.fold(0.0, f64::max)
            };
            let name = widest(&|strip| strip.title.clone(), SIZE).clamp(90.0, inner * 0.21);
            let what = widest(&what, SMALL).clamp(40.0, inner * 0.15);
            let value = widest(&|strip| Tightest::of(strip, chart, rows).value, SIZE);
            // No narrower than its heading.
            let value = value.max(font.width(TIGHTEST, SMALL)) + 1.0;
            let when = widest(&|strip| Tightest::of(strip, chart, rows).when, SMALL);
            columns.what = left + name + GAP;
            columns.value = right - when - SPACE;
            let labels = labels.iter().map(|label| label_width(font, label));
            let label = labels.fold(0.0, f64::max).min(inner * 0.34);
            let words = (name + GAP + what).max(label);
            // Half of the last time stands out.
            columns.axis = (left + words + GAP, columns.value - value - 2.0 * GAP);
        }
        columns
    }
}

impl Chart for HeadroomThroughChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, &Rows::new(self), width)
    }
}

/// The SVG of the chart.
fn svg(chart: &HeadroomThroughChart, rows: &Rows<'_>, width: u32) -> Result<String> {
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &chart.span],
        },
    )?;
    let (lanes, left_out) = lanes(&chart.events);
    let phases: Vec<Phase> = rows
        .order
        .iter()
        .map(|&index| chart.periods[index].phase)
        .collect();
    frame.legend(&keys(chart, rows));
    let of_events = lanes.iter().map(|lane| (lane.subject, lane.what));
    let of_phases = unknown(&phases).into_iter().map(|(_, words)| (words, ""));
    let labels: Vec<_> = of_events.chain(of_phases).collect();
    let columns = Columns::new(&frame, chart, rows, &labels);
    let timeline = timeline(&columns, chart, rows);
    let mut painter = Painter {
        frame,
        columns,
        timeline,
        chart,
        rows,
    };
    if !lanes.is_empty() || !unknown(&phases).is_empty() {
        painter.heading("Events", true);
        painter.events(&lanes, &phases);
    }
    painter.block("Sites", &rows.sites);
    painter.block("Tightest of the network", &rows.others);
    painter.foot(left_out);
    painter.frame.finish()
}

/// What the cells mean: those of the states that occur.
fn keys(chart: &HeadroomThroughChart, rows: &Rows<'_>) -> Vec<Key<'static>> {
    let mut keys = Vec::new();
    for state in [State::Full, State::BelowTarget, State::Fine, State::Gone] {
        if rows.has(state) {
            keys.push(Key {
                width: 22.0,
                words: state.words(),
                mark: Box::new(move |canvas, at| cells::key(canvas, at, state)),
            });
        }
    }
    if rows.has_truth() {
        keys.push(Key {
            width: 22.0,
            words: "in truth; the plan believes otherwise",
            mark: Box::new(cells::key_of_truth),
        });
    }
    keys.extend(key_of_unknown(&chart.events));
    keys
}

/// The periods as columns.
fn timeline(columns: &Columns, chart: &HeadroomThroughChart, rows: &Rows<'_>) -> Timeline {
    let periods = || rows.order.iter().map(|&index| &chart.periods[index]);
    let last = periods().next_back().map(|period| period.end);
    let times: Vec<_> = periods().map(|period| period.start).chain(last).collect();
    let (from, to) = columns.axis;
    let alike = ALIKE * (to - from) / periods().count().max(1) as f64;
    Timeline::new(times, (from, to), LEAST_COLUMN.min(alike))
}

impl Painter<'_> {
    /// A heading with the times of the boundaries, on one line in the wide form.
    fn heading(&mut self, words: &str, is_first: bool) {
        self.frame.y += if is_first { 6.0 } else { 14.0 };
        let baseline = self.frame.y + SIZE * ASCENT;
        self.frame.heading(words);
        if self.columns.is_wide && words != "Events" {
            let end = self.columns.value;
            let canvas = &mut self.frame.canvas;
            canvas.text(end, baseline, Anchor::End, MUTED, TIGHTEST);
        }
        if !self.columns.is_wide {
            self.frame.y += SIZE * 1.5;
        }
        self.times();
    }

    /// The times of the boundaries, and the dates below them where there is more than one.
    fn times(&mut self) {
        let ticks = if self.rows.order.is_empty() {
            Vec::new()
        } else {
            let room = (self.frame.left, self.frame.right);
            self.timeline
                .ticks(self.frame.font(), &self.chart.clock, room)
        };
        for line in [0, 1] {
            let words = |tick: &crate::report::charts::timeline::Tick| match line {
                0 => tick.time.clone(),
                _ => tick.date.clone(),
            };
            if ticks.iter().all(|tick| words(tick).is_empty()) {
                continue;
            }
            let baseline = self.frame.y + SIZE * ASCENT;
            for tick in &ticks {
                let x = f64::from(tick.x);
                let canvas = &mut self.frame.canvas;
                canvas.text(x, baseline, Anchor::Middle, MUTED, &words(tick));
            }
            self.frame.y += SIZE * 1.25;
        }
        self.frame.y += 3.0;
    }

    /// Lines at the boundaries of periods.
    pub(super) fn edges(&mut self, top: i32, bottom: i32) {
        let edges: Vec<i32> = self.timeline.edges().collect();
        for x in edges {
            let canvas = &mut self.frame.canvas;
            canvas.rectangle((x, top), (x + 1, bottom), Role::Grid);
        }
    }

    /// A heading, the strips, and the times again where they would be out of sight.
    fn block(&mut self, heading: &str, strips: &[Strip<'_>]) {
        if strips.is_empty() {
            return;
        }
        self.heading(heading, false);
        for strip in strips {
            self.strip(strip);
        }
        if strips.len() >= TALL {
            self.frame.y += 4.0;
            self.times();
        }
    }

    /// What cells say, what is not to scale, and what is left out.
    fn foot(&mut self, events_left_out: usize) {
        self.frame.y += 12.0;
        self.frame.note(
            "Numbers are headroom in % of capacity, of each component's tightest resource in the period.",
        );
        if !self.timeline.is_to_scale {
            self.frame
                .note("Time is not to scale: short periods are drawn wider.");
        }
        let shown = self.rows.others.len();
        if shown < self.rows.others_in_all {
            let all = numbers::users(self.rows.others_in_all as f64);
            self.frame.note(&format!(
                "Of {all} access points, elements and links the {shown} tightest are shown."
            ));
        }
        note_left_out(&mut self.frame, events_left_out);
    }
}
