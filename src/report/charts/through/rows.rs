//! Strips of the chart of headroom through the periods: words, cells and the tightest of them.

use super::HeadroomThroughChart;
use super::cells::{self, HALF_CELL};
use super::layout::{Cell, Rows, Strip};
use super::painter::{NARROW_ROW, Painter, WIDE_ROW};
use crate::model::ComponentKind;
use crate::report::charts::canvas::{Anchor, Face, whole};
use crate::report::charts::frame::{MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;

impl Painter<'_> {
    /// Name, resource, cells, the tightest of them and when it is.
    pub(super) fn strip(&mut self, strip: &Strip<'_>) {
        let font = self.frame.font();
        let is_wide = self.columns.is_wide;
        let (left, right) = (self.columns.left, self.columns.right);
        let (baseline, centre) = if is_wide {
            let centre = self.frame.y + WIDE_ROW / 2.0;
            (centre + SIZE * 0.35, centre)
        } else {
            (self.frame.y + 18.0, self.frame.y + 38.0)
        };
        let mut tightest = Tightest::of(strip, self.chart, self.rows);
        if !is_wide {
            // The strip says when it is, and nothing else says the name.
            let words = font.width(&strip.title, SIZE) + font.width(&tightest.value, SIZE);
            let when = font.width(&tightest.when, SMALL);
            if words + when + SPACE + 12.0 > right - left {
                tightest.when.clear();
            }
        }
        let canvas = &mut self.frame.canvas;
        let when = font.width(&tightest.when, SMALL);
        let mut value_end = right - when;
        if is_wide {
            value_end = self.columns.value;
            canvas.text(
                value_end + SPACE,
                baseline,
                Anchor::Start,
                MUTED,
                &tightest.when,
            );
        } else {
            canvas.text(right, baseline, Anchor::End, MUTED, &tightest.when);
            value_end -= if when > 0.0 { SPACE } else { 0.0 };
        }
        let value = canvas.text(
            value_end,
            baseline,
            Anchor::End,
            tightest.face,
            &tightest.value,
        );
        let what = what(strip);
        if is_wide {
            let name = font.fit(&strip.title, SIZE, self.columns.what - left - SPACE);
            canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
            let room = self.columns.words_end() - self.columns.what;
            let what = font.fit(&what, SMALL, room);
            canvas.text(self.columns.what, baseline, Anchor::Start, MUTED, &what);
        } else {
            let room = value_end - value - 12.0 - left;
            let name = font.fit(&strip.title, SIZE, room);
            let width = canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
            let room = room - width - SPACE - 2.0;
            if font.width(&what, SMALL) <= room {
                let x = left + width + SPACE + 2.0;
                canvas.text(x, baseline, Anchor::Start, MUTED, &what);
            }
        }
        let y = whole(centre);
        self.cells(strip, y);
        self.frame.y += if is_wide { WIDE_ROW } else { NARROW_ROW };
    }

    fn cells(&mut self, strip: &Strip<'_>, y: i32) {
        let mut felt: Option<(usize, usize, String)> = None;
        for (index, cell) in strip.cells.iter().enumerate() {
            let (from, to) = self.timeline.column(index);
            // A pixel of paper parts a cell from the next.
            let ends = (from, (to - 1).max(from + 1));
            if let Some(cell) = cell {
                cells::cell(&mut self.frame.canvas, ends, y, cell.shown);
                if cell.believed.is_some() {
                    let top = y - HALF_CELL;
                    cells::lid(&mut self.frame.canvas, ends.0, ends.1, top);
                }
            }
            let numbers = cell.as_ref().map_or_else(String::new, tip);
            // Equal neighbours are told of at once.
            match &mut felt {
                Some((_, last, words)) if *words == numbers => *last = index,
                _ => {
                    self.feel(strip, felt.take(), y);
                    felt = Some((index, index, numbers));
                }
            }
        }
        self.feel(strip, felt, y);
    }

    /// Tells the numbers of cells to the pointer.
    fn feel(&mut self, strip: &Strip<'_>, cells: Option<(usize, usize, String)>, y: i32) {
        let Some((first, last, numbers)) = cells.filter(|(_, _, numbers)| !numbers.is_empty())
        else {
            return;
        };
        let periods = &self.chart.periods;
        let start = periods[self.rows.order[first]].start;
        let end = periods[self.rows.order[last]].end;
        let when = self.chart.clock.stretch(start, end);
        let (from, _) = self.timeline.column(first);
        let (_, to) = self.timeline.column(last);
        self.frame.canvas.tip(
            (from, y - HALF_CELL - 2),
            (to, y + HALF_CELL + 2),
            &format!("{}, {when}: {numbers}", strip.title),
        );
    }
}

/// The tightest of a strip in words.
pub(super) struct Tightest {
    /// `12.0 %`, `drained`.
    pub(super) value: String,
    /// `from 10:42`, `in truth, from 09:30`; empty where there is one period.
    pub(super) when: String,
    face: Face,
}

impl Tightest {
    /// What a strip is called at its right end.
    pub(super) fn of(strip: &Strip<'_>, chart: &HeadroomThroughChart, rows: &Rows<'_>) -> Self {
        let order = &rows.order;
        let Some((index, cell)) = strip.tightest() else {
            return Self {
                value: String::new(),
                when: String::new(),
                face: MUTED,
            };
        };
        let start = chart.periods[order[index]].start;
        let when = if order.len() > 1 {
            format!("from {}", chart.clock.moment(start))
        } else {
            String::new()
        };
        let face = match cell.shown.state() {
            State::Full => Face {
                role: Role::Full,
                ..ink(SIZE, true)
            },
            State::Gone => Face {
                size: SIZE,
                ..MUTED
            },
            State::Fine | State::BelowTarget => ink(SIZE, true),
        };
        Self {
            value: value(&cell),
            when,
            face,
        }
    }
}

/// The headroom of a cell, or the word in its place.
fn value(cell: &Cell<'_>) -> String {
    match cell.shown.headroom_during() {
        Some(headroom) => numbers::headroom(headroom),
        None if cell.shown.state() == State::Gone => cell.shown.standing.word().to_owned(),
        None => "no capacity".to_owned(),
    }
}

/// Kind and resource: that of the tightest period.
pub(super) fn what(strip: &Strip<'_>) -> String {
    strip.tightest().map_or_else(String::new, |(_, cell)| {
        let kind = match cell.shown.kind {
            ComponentKind::Site => "",
            other => other.word(),
        };
        let comma = if kind.is_empty() { "" } else { ", " };
        format!("{}{comma}{}", kind.replace('_', " "), cell.shown.resource)
    })
}

/// `cpu, headroom 12.0 % in truth, the plan believes 31.0 %, target 10.0 %, load 3,520 of 4,000 vCPU`.
fn tip(cell: &Cell<'_>) -> String {
    let row = cell.shown;
    let headroom = if row.headroom_during().is_some() {
        "headroom "
    } else {
        ""
    };
    let truth = cell.believed.map_or_else(String::new, |believed| {
        let believed = Cell {
            shown: believed,
            believed: None,
        };
        format!(" in truth, the plan believes {}", value(&believed))
    });
    let target = row.target.map_or_else(String::new, |target| {
        format!(", target {}", numbers::percent(target))
    });
    format!(
        "{}, {headroom}{}{truth}{target}, load {} of {}",
        row.resource,
        value(cell),
        numbers::amount(row.load),
        numbers::quantity(row.capacity, &row.unit),
    )
}
