//! Painting of the chart of waves, from top to bottom.

use super::{WaveBar, WavesChart};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::palette::Role;
use crate::report::charts::time_axis::TimeAxis;
use crate::report::span::spoken;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;

/// Height of a row in the wide form, and of its bar.
const ROW: f64 = 30.0;
const BAR: f64 = 14.0;

/// Height of a line of words in the narrow form, and beside a bar.
const LINE: f64 = 18.0;

/// Lines of words beside a bar, and below one, at most.
const BESIDE: usize = 2;
const BELOW: usize = 3;

/// Free space between columns, and between labels of the axis.
const GAP: f64 = 16.0;

/// Waves that are shown at most; all are in waves.csv.
const MOST: usize = 24;

impl Chart for WavesChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, width)
    }
}

/// The SVG of the chart.
fn svg(chart: &WavesChart, width: u32) -> Result<String> {
    let shown: Vec<&WaveBar> = chart.waves.iter().take(MOST).collect();
    let instants = || {
        let of_waves = shown.iter().flat_map(|own| [own.start, own.gate_end]);
        of_waves.chain([chart.period_start])
    };
    let from = instants().min().unwrap_or(chart.period_start);
    let to = instants().max().unwrap_or(chart.period_start);
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &spoken(chart.clock.offset, from, to)],
        },
    )?;
    frame.legend(&keys(&shown, frame.is_wide));
    let font = frame.font();
    let name = |own: &WaveBar| format!("Wave {}", own.number);
    let ends = if frame.is_wide {
        let names = shown.iter().map(|own| font.width(&name(own), SIZE));
        let left = frame.left + names.fold(0.0, f64::max) + GAP;
        (left, left + (frame.right - left) * 0.5)
    } else {
        (frame.left, frame.right)
    };
    let axis = TimeAxis { from, to, ends };
    let label = axis.label_width(&frame.canvas, &chart.clock);
    let ticks = axis.ticks(chart.clock.offset, label);
    frame.y += 6.0;
    let baseline = frame.y + SMALL * ASCENT;
    let room = (baseline, label, frame.right);
    axis.label(&mut frame.canvas, &chart.clock, &ticks, room);
    frame.y += SMALL * 1.6;
    let top = frame.y;
    for own in &shown {
        if frame.is_wide {
            wide_row(&mut frame, &axis, &ticks, own);
        } else {
            narrow_row(&mut frame, &axis, &ticks, own);
        }
    }
    let x = whole(axis.x(chart.period_start));
    if frame.is_wide {
        let (top, bottom) = (whole(top), whole(frame.y));
        frame
            .canvas
            .rectangle((x - 1, top), (x + 1, bottom), Role::Ink);
    }
    frame.y += 8.0;
    let more = chart.waves.len() - shown.len();
    let begins = chart.clock.moment(chart.period_start);
    let mut note = format!("The period begins at {begins}. {}", chart.stops);
    if more > 0 {
        let _ = write!(note, " {more} more waves are in waves.csv.");
    }
    frame.note(&note);
    frame.finish()
}

/// What the legend explains: only what is drawn.
fn keys(shown: &[&WaveBar], has_line: bool) -> Vec<Key<'static>> {
    let mut keys = vec![Key::patch(Role::Moved, "users move")];
    if shown.iter().any(|own| own.gate_end > own.end) {
        keys.push(Key::patch(Role::Grid, "gate: watch before the next"));
    }
    if has_line {
        keys.push(Key {
            width: 6.0,
            words: "the period begins",
            mark: Box::new(|canvas, (x, y)| {
                canvas.rectangle((x - 1, y - 8), (x + 1, y + 8), Role::Ink);
            }),
        });
    }
    keys
}

/// Bar and gate of a wave, with the lines of the axis behind them.
fn bars(
    frame: &mut Frame,
    axis: &TimeAxis,
    ticks: &[Timestamp],
    own: &WaveBar,
    top: f64,
    height: f64,
) {
    for tick in ticks {
        let x = whole(axis.x(*tick));
        let line = ((x, whole(top)), (x + 1, whole(top + height)));
        frame.canvas.rectangle(line.0, line.1, Role::Grid);
    }
    let y = top + (height - BAR) / 2.0;
    let (start, end, gate) = (axis.x(own.start), axis.x(own.end), axis.x(own.gate_end));
    let corner = |x: f64, y: f64| (whole(x), whole(y));
    if gate > end + 0.5 {
        frame.canvas.rectangle(
            corner(end, y + 3.0),
            corner(gate, y + BAR - 3.0),
            Role::Grid,
        );
    }
    let end = end.max(start + 2.0);
    frame
        .canvas
        .rectangle(corner(start, y), corner(end, y + BAR), Role::Moved);
}

fn wide_row(frame: &mut Frame, axis: &TimeAxis, ticks: &[Timestamp], own: &WaveBar) {
    let top = frame.y;
    let (left, right) = (frame.left, frame.right);
    let from = axis.ends.1 + GAP;
    let lines = own.lines(frame.font(), SMALL, right - from, BESIDE);
    let more = lines.len().saturating_sub(1) as f64 * LINE;
    let height = ROW + more;
    let baseline = top + height / 2.0 + SIZE * 0.35;
    let name = format!("Wave {}", own.number);
    frame
        .canvas
        .text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
    bars(frame, axis, ticks, own, top, height);
    for (index, line) in lines.iter().enumerate() {
        let y = (index as f64).mul_add(LINE, baseline - more / 2.0);
        frame.canvas.text(from, y, Anchor::Start, MUTED, line);
    }
    feel(frame, own, top, top + height);
    frame.y += height;
}

fn narrow_row(frame: &mut Frame, axis: &TimeAxis, ticks: &[Timestamp], own: &WaveBar) {
    let top = frame.y;
    let (left, right) = (frame.left, frame.right);
    let name = format!("Wave {}", own.number);
    let baseline = top + LINE;
    frame
        .canvas
        .text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
    bars(frame, axis, ticks, own, top + LINE + SPACE, BAR + 6.0);
    frame.y = top + LINE + SPACE + BAR + 6.0;
    for line in own.lines(frame.font(), SMALL, right - left, BELOW) {
        frame.y += LINE;
        let y = frame.y - 3.0;
        frame.canvas.text(left, y, Anchor::Start, MUTED, &line);
    }
    feel(frame, own, top, frame.y);
    frame.y += 10.0;
}

/// Tells the numbers of a wave to the pointer.
fn feel(frame: &mut Frame, own: &WaveBar, top: f64, bottom: f64) {
    let minutes = |from: Timestamp, to: Timestamp| -> SignedDuration { to.duration_since(from) };
    let words = format!(
        "Wave {}: {} minutes, then {} minutes of watching; {}",
        own.number,
        minutes(own.start, own.end).as_mins(),
        minutes(own.end, own.gate_end).as_mins(),
        own.traffic()
    );
    let (left, right) = (frame.left, frame.right);
    let from = (whole(left), whole(top));
    frame
        .canvas
        .tip(from, (whole(right), whole(bottom)), &words);
}
