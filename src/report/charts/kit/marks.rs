//! Marks: shapes that mean the same in every chart and in its legend.

use super::canvas::{Canvas, Point};
use crate::report::charts::palette::Role;
use crate::report::headroom::State;

/// Half the height of a bar.
pub(crate) const HALF_BAR: i32 = 6;

/// Half the height of a target's tick.
pub(crate) const HALF_TICK: i32 = 12;

/// The states in the order of legends, the worst first.
pub(crate) const STATES: [State; 4] = [State::Full, State::BelowTarget, State::Fine, State::Gone];

/// The colour of a state.
pub(crate) fn role(state: State) -> Role {
    match state {
        State::Fine => Role::Fine,
        State::BelowTarget => Role::BelowTarget,
        State::Full => Role::Full,
        State::Gone => Role::Gone,
    }
}

/// Half the width of a state's mark by default.
const RADIUS: i32 = 7;

/// The mark of a state, a shape of its own each: disc, diamond, square, cross; edged with paper.
pub(crate) fn state(canvas: &mut Canvas, at: Point, state: State) {
    sized_state(canvas, at, state, RADIUS);
}

/// The mark of a state, about twice `radius` wide without its edge of two pixels.
pub(crate) fn sized_state(canvas: &mut Canvas, (x, y): Point, state: State, radius: i32) {
    let role = role(state);
    let edged = radius + 2;
    match state {
        State::Fine => {
            canvas.disc((x, y), edged.unsigned_abs(), Role::Paper);
            canvas.disc((x, y), radius.unsigned_abs(), role);
        }
        State::BelowTarget => {
            // As large an area as the disc.
            let half = radius * 10 / 7;
            canvas.polygon(diamond((x, y), half + 2), Role::Paper);
            canvas.polygon(diamond((x, y), half), role);
        }
        State::Full => {
            canvas.rectangle((x - edged, y - edged), (x + edged, y + edged), Role::Paper);
            canvas.rectangle((x - radius, y - radius), (x + radius, y + radius), role);
        }
        State::Gone => {
            let half = radius * 6 / 7;
            canvas.line((x - half, y - half), (x + half, y + half), 3, role);
            canvas.line((x - half, y + half), (x + half, y - half), 3, role);
        }
    }
}

/// The ring of the state before.
pub(crate) fn before(canvas: &mut Canvas, centre: Point) {
    ring_before(canvas, centre, Role::Before);
}

/// The same ring in another colour.
pub(crate) fn ring_before(canvas: &mut Canvas, centre: Point, role: Role) {
    canvas.disc(centre, 6, Role::Paper);
    canvas.ring(centre, 5, 2, role);
}

/// The tick of a target.
pub(crate) fn target(canvas: &mut Canvas, (x, y): Point) {
    canvas.rectangle((x - 2, y - HALF_TICK), (x + 2, y + HALF_TICK), Role::Paper);
    canvas.rectangle((x - 1, y - HALF_TICK), (x + 1, y + HALF_TICK), Role::Ink);
}

/// The line of a limit.
pub(crate) fn limit(canvas: &mut Canvas, x: i32, top: i32, bottom: i32) {
    canvas.rectangle((x - 2, top), (x + 1, bottom), Role::Full);
}

/// An arrow head that says that a bar goes on to the left.
pub(crate) fn beyond(canvas: &mut Canvas, (x, y): Point) {
    canvas.polygon(vec![(x - 9, y), (x + 3, y - 9), (x + 3, y + 9)], Role::Full);
}

/// A rectangle of stripes: what is only a part of the same colour in full, or not known.
pub(crate) fn hatched(canvas: &mut Canvas, from: Point, to: Point, role: Role) {
    const STEP: usize = 6;
    let ((left, top), (right, bottom)) = (from, to);
    canvas.rectangle(from, to, Role::Paper);
    let height = bottom - top - 2;
    for start in (left - height..right).step_by(STEP) {
        // From the lower left to the upper right, cut to the rectangle less the width of its edge.
        let low = start.max(left + 1);
        let high = (start + height).min(right - 1);
        if high > low {
            let y = |x: i32| bottom - 1 - (x - start);
            canvas.line((low, y(low)), (high, y(high)), 2, role);
        }
    }
    for (from, to) in [
        ((left, top), (right, top + 1)),
        ((left, bottom - 1), (right, bottom)),
        ((left, top), (left + 1, bottom)),
        ((right - 1, top), (right, bottom)),
    ] {
        canvas.rectangle(from, to, role);
    }
}

/// A small cross: what is out of service.
pub(crate) fn cross(canvas: &mut Canvas, (x, y): Point, half: i32) {
    canvas.line((x - half, y - half), (x + half, y + half), 2, Role::Gone);
    canvas.line((x - half, y + half), (x + half, y - half), 2, Role::Gone);
}

/// The corners of a triangle that points up, its middle in its centre of gravity.
pub(crate) fn triangle((x, y): Point, half: i32) -> [Point; 3] {
    [
        (x, y - half - 1),
        (x + half + 1, y + half - 1),
        (x - half - 1, y + half - 1),
    ]
}

/// The corners of a diamond.
pub(crate) fn diamond((x, y): Point, radius: i32) -> Vec<Point> {
    vec![
        (x, y - radius),
        (x + radius, y),
        (x, y + radius),
        (x - radius, y),
    ]
}
