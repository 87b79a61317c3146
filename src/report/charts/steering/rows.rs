//! Rows of the chart of steering: name, bar and numbers, and the client regions beneath.

use super::layout::{GAP, MARK, Numbers, RowText};
use super::paint::{Painter, is_closed};
use crate::report::charts::canvas::{Anchor, Face, whole};
use crate::report::charts::frame::{MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::marks::{self, HALF_BAR, HALF_TICK};
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::steering::Change;

/// Height of the line of a bar, name and numbers beside it.
const WIDE_LINE: f64 = 28.0;

/// Height of name, numbers and bar one under the other.
const NARROW_LINES: f64 = 65.0;

/// Height of a line of client regions.
const DETAIL: f64 = 17.0;

/// Free space below a row.
const BELOW: f64 = 9.0;

impl Painter {
    /// Height of a row.
    pub(super) fn height(&self, row: &RowText<'_>) -> f64 {
        let lines = row.details.len() as f64 * DETAIL;
        if self.columns.is_wide {
            // The word below the name needs a line.
            let has_word = !row.gauge.change.word().is_empty();
            let least = if has_word { DETAIL } else { 0.0 };
            WIDE_LINE + lines.max(least) + BELOW
        } else {
            NARROW_LINES + lines + BELOW
        }
    }

    /// A row, and what the pointer tells there.
    pub(super) fn row(&mut self, row: &RowText<'_>) {
        let height = self.height(row);
        let top = self.frame.y;
        let details = if self.columns.is_wide {
            self.wide(row);
            (f64::from(self.columns.x(0.0)), top + WIDE_LINE + 11.0)
        } else {
            self.narrow(row);
            (self.columns.left, top + NARROW_LINES + 11.0)
        };
        let (x, mut baseline) = details;
        for line in &row.details {
            if self.columns.is_wide {
                self.paper_behind(line, x, baseline);
            }
            self.frame
                .canvas
                .text(x, baseline, Anchor::Start, MUTED, line);
            baseline += DETAIL;
        }
        self.frame.canvas.tip(
            (whole(self.columns.left), whole(top)),
            (whole(self.columns.right), whole(top + height)),
            &tip(row),
        );
        self.frame.y += height;
    }

    /// Takes away the grid lines behind words.
    fn paper_behind(&mut self, words: &str, x: f64, baseline: f64) {
        let width = self.frame.font().width(words, SMALL);
        self.frame.canvas.rectangle(
            (whole(x), whole(baseline - 13.0)),
            (whole(x + width + 4.0), whole(baseline + 4.0)),
            Role::Paper,
        );
    }

    /// Name, bar and numbers side by side, the word of the access point below its name.
    fn wide(&mut self, row: &RowText<'_>) {
        let columns = self.columns;
        let centre = self.frame.y + WIDE_LINE / 2.0;
        let baseline = centre + SIZE * 0.35;
        let room = columns.axis.0 - MARK - GAP - columns.left;
        let name = self.frame.font().fit(&row.gauge.title, SIZE, room);
        let canvas = &mut self.frame.canvas;
        canvas.text(
            columns.left,
            baseline,
            Anchor::Start,
            ink(SIZE, false),
            &name,
        );
        let word = canvas.font.fit(row.gauge.change.word(), SMALL, room);
        canvas.text(
            columns.left,
            self.frame.y + WIDE_LINE + 11.0,
            Anchor::Start,
            word_face(row.gauge.change),
            &word,
        );
        self.bar(row, whole(centre));
        self.numbers(&row.numbers, baseline);
    }

    /// The numbers of a row in their columns.
    fn numbers(&mut self, numbers: &Numbers, baseline: f64) {
        let columns = self.columns;
        let canvas = &mut self.frame.canvas;
        canvas.text(
            columns.now,
            baseline,
            Anchor::End,
            ink(SIZE, true),
            &numbers.now,
        );
        canvas.text(
            columns.before,
            baseline,
            Anchor::End,
            MUTED,
            &numbers.before,
        );
        let face = change_face(numbers);
        canvas.text(columns.right, baseline, Anchor::End, face, &numbers.change);
    }

    /// Name and users now, word and change, and the bar beneath.
    fn narrow(&mut self, row: &RowText<'_>) {
        let font = self.frame.font();
        let columns = self.columns;
        let first = self.frame.y + 16.0;
        let second = first + 18.0;
        let canvas = &mut self.frame.canvas;
        let Numbers {
            now,
            before,
            change,
        } = &row.numbers;
        let width = canvas.text(columns.right, first, Anchor::End, ink(SIZE, true), now);
        let room = columns.right - columns.left - width - 2.0 * SPACE;
        let name = font.fit(&row.gauge.title, SIZE, room);
        canvas.text(columns.left, first, Anchor::Start, ink(SIZE, false), &name);
        let was = if change == "as before" {
            change.clone()
        } else {
            format!("{change} (was {before})")
        };
        let width = canvas.text(columns.right, second, Anchor::End, MUTED, &was);
        let room = columns.right - columns.left - width - 2.0 * SPACE;
        let word = font.fit(row.gauge.change.word(), SMALL, room);
        let face = word_face(row.gauge.change);
        canvas.text(columns.left, second, Anchor::Start, face, &word);
        let centre = whole(second + 17.0);
        self.grid(centre - HALF_TICK, centre + HALF_TICK);
        self.bar(row, centre);
    }

    /// The access points that are not shown, in one row without a bar.
    pub(super) fn others(&mut self, title: &str, numbers: &Numbers) {
        let columns = self.columns;
        let font = self.frame.font();
        if columns.is_wide {
            let baseline = self.frame.y + WIDE_LINE / 2.0 + SIZE * 0.35;
            let room = columns.axis.1 - columns.left;
            let title = font.fit(title, SIZE, room);
            let face = ink(SIZE, false);
            self.frame
                .canvas
                .text(columns.left, baseline, Anchor::Start, face, &title);
            self.numbers(numbers, baseline);
            self.frame.y += WIDE_LINE;
            return;
        }
        let Numbers {
            now,
            before,
            change,
        } = numbers;
        let first = self.frame.y + 16.0;
        let canvas = &mut self.frame.canvas;
        let width = canvas.text(columns.right, first, Anchor::End, ink(SIZE, true), now);
        let room = columns.right - columns.left - width - 2.0 * SPACE;
        let title = font.fit(title, SIZE, room);
        canvas.text(columns.left, first, Anchor::Start, ink(SIZE, false), &title);
        let was = if change == "as before" {
            change.clone()
        } else {
            format!("{change} (was {before})")
        };
        canvas.text(columns.right, first + 18.0, Anchor::End, MUTED, &was);
        self.frame.y += 44.0;
    }

    /// The bar of those who enter now, the ring of those before, and the line between them.
    fn bar(&mut self, row: &RowText<'_>, y: i32) {
        let columns = self.columns;
        let sums = row.gauge.sums;
        let zero = columns.x(0.0);
        let [kept, now, before] =
            [sums.now - sums.arriving, sums.now, sums.before].map(|users| columns.x(users));
        let canvas = &mut self.frame.canvas;
        let (stays, comes) = match row.gauge.change {
            Change::Opens => (Role::Opened, Role::Opened),
            Change::StaysOpen => (Role::Opened, Role::Moved),
            _ => (Role::Home, Role::Moved),
        };
        canvas.rectangle(
            (now.min(before), y - 1),
            (now.max(before), y + 1),
            Role::Before,
        );
        canvas.rectangle((zero, y - HALF_BAR), (kept, y + HALF_BAR), stays);
        if now > kept {
            canvas.rectangle((kept, y - HALF_BAR), (now, y + HALF_BAR), comes);
            // Neighbours are told apart in grey too, unless an edge would leave nothing of one.
            if kept > zero && now > kept + 2 {
                let bottom = y + HALF_BAR;
                canvas.rectangle((kept, y - HALF_BAR), (kept + 1, bottom), Role::Paper);
            }
        }
        if is_closed(row.gauge.change) {
            marks::state(canvas, (zero, y), State::Gone);
        }
        if sums.before > 0.0 {
            marks::before(canvas, (before, y));
        }
    }
}

/// How the word of an access point looks.
fn word_face(change: Change) -> Face {
    let is_new = change.is_new();
    Face {
        size: SMALL,
        role: if is_new { Role::Ink } else { Role::Muted },
        is_strong: is_new,
    }
}

/// How a difference looks.
fn change_face(numbers: &Numbers) -> Face {
    if numbers.change == "as before" {
        MUTED
    } else {
        ink(SIZE, false)
    }
}

/// `Dallas opens: 15,000 users enter now, 0 before; 15,000 arrive, 0 leave; gains Austin 15,000`.
fn tip(row: &RowText<'_>) -> String {
    let sums = row.gauge.sums;
    let word = match row.gauge.change.word() {
        "" => String::new(),
        word => format!(", {word}"),
    };
    format!(
        "{}{word}: {} users enter now, {} before; {} enter here instead of elsewhere, {} elsewhere instead of here",
        row.gauge.title,
        row.numbers.now,
        row.numbers.before,
        numbers::some_users(sums.arriving),
        numbers::some_users(sums.leaving),
    )
}
