//! Shapes of a runway's bars: arrow heads of what goes on, and the mark of capacity that arrives.

use crate::report::charts::kit::canvas::{Canvas, Face, Point};
use crate::report::charts::kit::frame::{SIZE, ink};
use crate::report::charts::kit::marks;
use crate::report::charts::palette::Role;

/// Half the height of a bar that holds again, and of a bar of a component.
pub(super) const HALF_THIN: i32 = 3;

/// Half the side of the mark of the first day that fails.
pub(super) const MARK: i32 = 5;

/// How a value that is bad looks.
pub(super) fn red() -> Face {
    Face {
        role: Role::Full,
        ..ink(SIZE, true)
    }
}

/// An arrow head whose tip stands at a point, in place of the end of a bar: what goes on to the right.
pub(super) fn beyond(canvas: &mut Canvas, at: Point) {
    head(canvas, at, (12, 9), Role::Fine);
}

/// The same of a bar of a component.
pub(super) fn small_beyond(canvas: &mut Canvas, at: Point, role: Role) {
    head(canvas, at, (8, HALF_THIN + 2), role);
}

fn head(canvas: &mut Canvas, (x, y): Point, (length, half): (i32, i32), role: Role) {
    let from = x - length;
    canvas.rectangle((from, y - half), (x, y + half), Role::Paper);
    canvas.polygon([(x, y), (from, y - half), (from, y + half)], role);
}

/// The mark of capacity that arrives.
pub(super) fn arrival(canvas: &mut Canvas, at: Point) {
    canvas.polygon(marks::triangle(at, 6), Role::Opened);
}
