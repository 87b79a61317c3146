//! Marks: shapes that mean the same in every chart and in its legend.

use super::canvas::{Canvas, Point};
use super::palette::Role;
use crate::report::headroom::State;

/// Half the height of a bar.
pub(super) const HALF_BAR: i32 = 6;

/// Half the height of a target's tick.
pub(super) const HALF_TICK: i32 = 12;

/// The colour of a state.
pub(super) fn role(state: State) -> Role {
    match state {
        State::Fine => Role::Fine,
        State::BelowTarget => Role::BelowTarget,
        State::Full => Role::Full,
        State::Gone => Role::Gone,
    }
}

/// The mark of a state, a shape of its own each: disc, diamond, square, cross; edged with paper.
pub(super) fn state(canvas: &mut Canvas, (x, y): Point, state: State) {
    let role = role(state);
    match state {
        State::Fine => {
            canvas.disc((x, y), 9, Role::Paper);
            canvas.disc((x, y), 7, role);
        }
        State::BelowTarget => {
            canvas.polygon(diamond((x, y), 12), Role::Paper);
            canvas.polygon(diamond((x, y), 10), role);
        }
        State::Full => {
            canvas.rectangle((x - 9, y - 9), (x + 9, y + 9), Role::Paper);
            canvas.rectangle((x - 7, y - 7), (x + 7, y + 7), role);
        }
        State::Gone => {
            canvas.line((x - 6, y - 6), (x + 6, y + 6), 3, role);
            canvas.line((x - 6, y + 6), (x + 6, y - 6), 3, role);
        }
    }
}

/// The ring of the state before.
pub(super) fn before(canvas: &mut Canvas, centre: Point) {
    canvas.disc(centre, 6, Role::Paper);
    canvas.ring(centre, 5, 2, Role::Before);
}

/// The tick of a target.
pub(super) fn target(canvas: &mut Canvas, (x, y): Point) {
    canvas.rectangle((x - 2, y - HALF_TICK), (x + 2, y + HALF_TICK), Role::Paper);
    canvas.rectangle((x - 1, y - HALF_TICK), (x + 1, y + HALF_TICK), Role::Ink);
}

/// An arrow head that says that a bar goes on to the left.
pub(super) fn beyond(canvas: &mut Canvas, (x, y): Point) {
    canvas.polygon(vec![(x - 9, y), (x + 3, y - 9), (x + 3, y + 9)], Role::Full);
}

/// The corners of a diamond.
fn diamond((x, y): Point, radius: i32) -> Vec<Point> {
    vec![
        (x, y - radius),
        (x + radius, y),
        (x, y + radius),
        (x - radius, y),
    ]
}
