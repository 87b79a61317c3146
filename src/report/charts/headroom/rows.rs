//! Rows of the headroom chart: words and gauge, on one line or on three.

use super::layout::{Columns, GAP, MARK, RowText};
use super::paint::{Painter, WIDE_ROW};
use crate::report::charts::canvas::{Anchor, Face, whole};
use crate::report::charts::frame::{MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::marks::{self, HALF_BAR, HALF_TICK};
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;

impl Painter {
    /// One line: name, resource, gauge, value, room.
    pub(super) fn wide_row(&mut self, row: &RowText<'_>) {
        let centre = self.frame.y + WIDE_ROW / 2.0;
        let baseline = centre + SIZE * 0.35;
        let font = self.frame.canvas.font;
        let Columns {
            left,
            right,
            what,
            during,
            axis,
            ..
        } = self.columns;
        let name = font.fit(&row.name, SIZE, what - left - GAP);
        self.frame
            .canvas
            .text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
        let words = font.fit(&row.what, SMALL, axis.0 - MARK - GAP - what);
        self.frame
            .canvas
            .text(what, baseline, Anchor::Start, MUTED, &words);
        self.gauge(row, whole(centre));
        self.frame
            .canvas
            .text(during, baseline, Anchor::End, value_face(row), &row.during);
        self.frame
            .canvas
            .text(during + SPACE, baseline, Anchor::Start, MUTED, &row.was);
        let was_end = during + SPACE + font.width(&row.was, SMALL);
        let room = font.fit(&row.room, SMALL, right - was_end - SPACE);
        self.frame
            .canvas
            .text(right, baseline, Anchor::End, MUTED, &room);
    }

    /// Name and value, resource and room, and the gauge beneath.
    pub(super) fn narrow_row(&mut self, row: &RowText<'_>) {
        let font = self.frame.canvas.font;
        let Columns { left, right, .. } = self.columns;
        let first = self.frame.y + 20.0;
        let second = first + 17.0;
        let was = self
            .frame
            .canvas
            .text(right, first, Anchor::End, MUTED, &row.was);
        let gap = if was > 0.0 { SPACE } else { 0.0 };
        let face = value_face(row);
        let value =
            self.frame
                .canvas
                .text(right - was - gap, first, Anchor::End, face, &row.during);
        let room = right - left - was - gap - value - 12.0;
        let name = font.fit(&row.name, SIZE, room);
        self.frame
            .canvas
            .text(left, first, Anchor::Start, ink(SIZE, false), &name);
        let half = (right - left) / 2.0;
        let words = font.fit(&row.what, SMALL, half - SPACE);
        self.frame
            .canvas
            .text(left, second, Anchor::Start, MUTED, &words);
        let room = font.fit(&row.room, SMALL, half - SPACE);
        self.frame
            .canvas
            .text(right, second, Anchor::End, MUTED, &room);
        let centre = whole(second + 18.0);
        self.grid(centre - HALF_TICK, centre + HALF_TICK);
        self.gauge(row, centre);
    }

    /// What the pointer tells on a row that reaches from `y` on down.
    pub(super) fn row_tip(&mut self, row: &RowText<'_>, height: f64) {
        let (top, left, right) = (self.frame.y, self.columns.left, self.columns.right);
        self.frame.canvas.tip(
            (whole(left), whole(top)),
            (whole(right), whole(top + height)),
            &tip(row),
        );
    }

    /// Track, bar, target, before and during.
    fn gauge(&mut self, row: &RowText<'_>, y: i32) {
        let columns = self.columns;
        let (zero, full) = (columns.x(0.0), columns.x(1.0));
        let canvas = &mut self.frame.canvas;
        canvas.rectangle((zero + 1, y - HALF_BAR), (full, y + HALF_BAR), Role::Track);
        let (before, during) = (row.row.headroom_before(), row.row.headroom_during());
        let end = during.map_or(zero, |headroom| columns.x(headroom));
        if let Some(before) = before {
            let x = columns.x(before);
            canvas.rectangle((x.min(end), y - 1), (x.max(end), y + 1), Role::Before);
        }
        let bar = (zero.min(end), zero.max(end));
        let role = marks::role(row.state);
        canvas.rectangle((bar.0, y - HALF_BAR), (bar.1, y + HALF_BAR), role);
        let target = row.row.target.filter(|target| *target > 0.0);
        if let Some(target) = target.filter(|_| row.state != State::Gone) {
            marks::target(canvas, (columns.x(target), y));
        }
        if let Some(before) = before {
            marks::before(canvas, (columns.x(before), y));
        }
        if during.is_some_and(|headroom| headroom < columns.least - 1e-9) {
            marks::beyond(canvas, (end, y));
        } else {
            marks::state(canvas, (end, y), row.state);
        }
    }
}

/// `San Antonio, cpu: headroom 12.0 % (was 41.0 %), target 10.0 %, load 3,520 of 4,000 vCPU`.
fn tip(row: &RowText<'_>) -> String {
    let was = if row.was.is_empty() {
        String::new()
    } else {
        format!(" {}", row.was)
    };
    let target = row.row.target.map_or_else(String::new, |target| {
        format!(", target {}", numbers::percent(target))
    });
    let headroom = match row.row.headroom_during() {
        Some(_) => "headroom ",
        None => "",
    };
    format!(
        "{}, {}: {headroom}{}{was}{target}, load {} of {} {}",
        row.name,
        row.what,
        row.during,
        numbers::amount(row.row.load),
        numbers::amount(row.row.capacity),
        row.row.unit,
    )
}

/// The value in the row's own rank: red where nothing is left, grey where nothing is asked.
fn value_face(row: &RowText<'_>) -> Face {
    match row.state {
        State::Full => Face {
            role: Role::Full,
            ..ink(SIZE, true)
        },
        State::Gone => Face {
            size: SIZE,
            ..MUTED
        },
        State::Fine | State::BelowTarget => ink(SIZE, true),
    }
}
