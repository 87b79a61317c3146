//! Heat: cells of maps whose rows and columns are things, told by shade, by shape and by number.

use super::canvas::{Anchor, Canvas, Face, Point, whole};
use super::frame::{Key, SMALL};
use super::marks;
use super::palette::Role;
use crate::report::headroom::State;

/// Free space beside the words of a cell.
const INSET: f64 = 2.0;

/// Size of numbers in narrow cells.
const TINY: f64 = 11.0;

/// Least width of a cell: its shape is still told.
pub(super) const LEAST_CELL: f64 = 13.0;

/// The colour of what is full to so much and to be judged so.
pub(super) fn shade(utilization: f64, state: State) -> Role {
    match state {
        State::Fine if utilization <= 0.25 => Role::Quarter,
        State::Fine if utilization <= 0.5 => Role::Half,
        State::Fine if utilization <= 0.75 => Role::ThreeQuarters,
        other => marks::role(other),
    }
}

/// The colour of words on a colour.
fn on(role: Role) -> Role {
    match role {
        Role::Fine | Role::Full => Role::Paper,
        Role::BelowTarget => Role::OnBright,
        _ => Role::Ink,
    }
}

/// A cell of a state, filled with a colour, and the words that stand in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filled {
    /// Its colour.
    pub(super) role: Role,
    /// Its words, if they have room.
    pub(super) words: String,
    /// A white mark where its words have none.
    pub(super) mark: Option<State>,
}

/// Size of the words of cells of a width: that at which all of them have room; `None` if none is.
pub(super) fn size_of_words<'a>(
    canvas: &Canvas,
    width: f64,
    words: &(impl Iterator<Item = &'a str> + Clone),
) -> Option<f64> {
    let font = canvas.font;
    [SMALL, TINY].into_iter().find(|size| {
        words
            .clone()
            .all(|words| font.width(words, *size) <= width - 2.0 * INSET)
    })
}

/// Paints a cell between two corners, with words of a size or its mark.
pub(super) fn filled(
    canvas: &mut Canvas,
    from: Point,
    to: Point,
    cell: &Filled,
    size: Option<f64>,
) {
    canvas.rectangle(from, to, cell.role);
    let (x, y) = (i32::midpoint(from.0, to.0), i32::midpoint(from.1, to.1));
    match size {
        Some(size) if !cell.words.is_empty() => {
            let role = on(cell.role);
            let face = Face {
                size,
                role,
                is_strong: role != Role::Ink,
            };
            let middle = f64::midpoint(f64::from(from.0), f64::from(to.0));
            let baseline = f64::midpoint(f64::from(from.1), f64::from(to.1)) + size * 0.35;
            canvas.text(middle, baseline, Anchor::Middle, face, &cell.words);
        }
        _ => {
            let half = ((to.0 - from.0).min(to.1 - from.1) / 2 - 3).clamp(2, 4);
            white_mark(canvas, (x, y), half, cell.mark);
        }
    }
}

/// A diamond or a square of paper.
fn white_mark(canvas: &mut Canvas, (x, y): Point, half: i32, mark: Option<State>) {
    match mark {
        Some(State::BelowTarget) => canvas.polygon(
            vec![(x, y - half), (x + half, y), (x, y + half), (x - half, y)],
            Role::Paper,
        ),
        Some(State::Full) => {
            canvas.rectangle(
                (x - half + 1, y - half + 1),
                (x + half - 1, y + half - 1),
                Role::Paper,
            );
        }
        _ => {}
    }
}

/// A small cross: what is out of service.
pub(super) fn gone(canvas: &mut Canvas, from: Point, to: Point) {
    let (x, y) = (i32::midpoint(from.0, to.0), i32::midpoint(from.1, to.1));
    let half = ((to.0 - from.0).min(to.1 - from.1) / 2 - 3).clamp(2, 4);
    canvas.line((x - half, y - half), (x + half, y + half), 2, Role::Gone);
    canvas.line((x - half, y + half), (x + half, y - half), 2, Role::Gone);
}

/// A patch of the legend, with the mark of its cells.
pub(super) fn key(role: Role, mark: Option<State>, words: &str) -> Key<'_> {
    Key {
        width: 18.0,
        words,
        mark: Box::new(move |canvas, (x, y)| {
            canvas.rectangle((x - 9, y - 8), (x + 9, y + 8), role);
            white_mark(canvas, (x, y), 4, mark);
        }),
    }
}

/// The cross of the legend.
pub(super) fn key_of_gone(words: &str) -> Key<'_> {
    Key {
        width: 12.0,
        words,
        mark: Box::new(|canvas, (x, y)| gone(canvas, (x - 8, y - 8), (x + 8, y + 8))),
    }
}

/// Ends of the cells of one row or column: so many of a width from a position on, with a pixel of paper between them.
pub(super) fn ends(from: f64, width: f64, index: usize) -> (i32, i32) {
    let left = whole(width.mul_add(index as f64, from));
    let right = whole(width.mul_add(index as f64 + 1.0, from));
    (left, (right - 1).max(left + 1))
}
