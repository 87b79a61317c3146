//! Cells: the headroom of a component in a period, told by colour, by shape and by number.

use crate::report::charts::kit::canvas::{Anchor, Canvas, Face, Point};
use crate::report::charts::kit::frame::SMALL;
use crate::report::charts::kit::grid::{cross, white_mark};
use crate::report::charts::palette::Role;
use crate::report::headroom::{HeadroomRow, State};
use crate::report::numbers;

/// Half the height of a cell.
pub(super) const HALF: i32 = 12;

/// Height of the foot of a cell that is at or above its target.
const FOOT: i32 = 5;

/// Height of the lid of a cell that tells what the plan does not believe.
const LID: i32 = 3;

/// Free space beside the words of a cell.
const INSET: f64 = 3.0;

/// The ground of a cell between two corners.
fn ground(canvas: &mut Canvas, from: Point, to: Point, state: State) {
    match state {
        State::Fine => {
            canvas.rectangle(from, to, Role::Track);
            canvas.rectangle((from.0, to.1 - FOOT), to, Role::Fine);
        }
        State::BelowTarget => canvas.rectangle(from, to, Role::BelowTarget),
        State::Full => canvas.rectangle(from, to, Role::Full),
        State::Gone => {}
    }
}

/// The shape of a state, where no words have room: as large in every cell, and left out where it has no room.
fn shape(canvas: &mut Canvas, from: i32, to: i32, y: i32, state: State) {
    const WHITE: i32 = 4;
    let x = i32::midpoint(from, to);
    let has_room = to - from >= 2 * WHITE + 2;
    match state {
        State::Gone if has_room => cross(canvas, (x, y), WHITE),
        _ if has_room => white_mark(canvas, (x, y), WHITE, Some(state)),
        State::Gone => canvas.rectangle((from, y - 1), (to, y + 1), Role::Gone),
        State::Fine | State::BelowTarget | State::Full => {}
    }
}

/// The lid of a cell that tells what the plan does not believe, on its top edge.
pub(super) fn lid(canvas: &mut Canvas, from: i32, to: i32, top: i32) {
    canvas.rectangle((from, top - 1), (to, top + LID), Role::Paper);
    canvas.rectangle((from, top - 1), (to, top + LID - 1), Role::Ink);
}

/// Half the height of a mark of the legend, so that marks of two lines stay apart.
const HALF_KEY: i32 = 9;

/// A mark of the legend.
pub(super) fn key(canvas: &mut Canvas, (x, y): Point, state: State) {
    let corners = ((x - 11, y - HALF_KEY), (x + 11, y + HALF_KEY));
    ground(canvas, corners.0, corners.1, state);
    shape(canvas, x - 11, x + 11, y, state);
}

/// The mark of the legend for what the plan does not believe.
pub(super) fn key_of_truth(canvas: &mut Canvas, (x, y): Point) {
    let top = y - HALF_KEY;
    canvas.rectangle((x - 11, top), (x + 11, y + HALF_KEY), Role::Track);
    lid(canvas, x - 11, x + 11, top);
}

/// A cell with its words where they have room, else its shape.
pub(super) fn cell(canvas: &mut Canvas, (from, to): (i32, i32), y: i32, row: &HeadroomRow) {
    let state = row.state();
    ground(canvas, (from, y - HALF), (to, y + HALF), state);
    let room = f64::from(to - from) - 2.0 * INSET;
    let font = canvas.font;
    let words = words(row)
        .into_iter()
        .find(|words| font.width(words, SMALL) <= room);
    let Some(words) = words else {
        shape(canvas, from, to, y, state);
        return;
    };
    let (role, is_strong) = match state {
        State::Fine => (Role::Ink, false),
        State::BelowTarget => (Role::OnBright, true),
        State::Full => (Role::Paper, true),
        State::Gone => (Role::Muted, false),
    };
    let face = Face {
        size: SMALL,
        role,
        is_strong,
    };
    let lift = if state == State::Fine { 1.0 } else { -0.5 };
    let middle = f64::midpoint(f64::from(from), f64::from(to));
    let baseline = f64::from(y) + SMALL * 0.35 - lift;
    canvas.text(middle, baseline, Anchor::Middle, face, &words);
}

/// What a cell says, the longest first.
fn words(row: &HeadroomRow) -> Vec<String> {
    match row.headroom_during() {
        Some(headroom) => {
            let words = numbers::short_headroom(headroom);
            let number = words.trim_end_matches(" %").to_owned();
            vec![words, number]
        }
        None if row.state() == State::Gone => vec![row.standing.word().to_owned()],
        None => vec!["no capacity".to_owned(), "none".to_owned()],
    }
}
