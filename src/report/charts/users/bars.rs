//! Strip and bar of a period.

use super::UsersPeriod;
use super::layout::Columns;
use crate::report::charts::canvas::{Canvas, whole};
use crate::report::charts::marks;
use crate::report::charts::palette::Role;
use crate::units::NOBODY;

/// Height of the strip of all users.
pub(super) const STRIP: i32 = 5;

/// Height of the bar of those who are not at home.
pub(super) const BAR: i32 = 13;

/// Height of the bar of those who are hurt in truth.
pub(super) const HURT: i32 = 7;

/// Free space between them.
pub(super) const BETWEEN: i32 = 3;

/// The least width of somebody in a bar.
const LEAST: f64 = 4.0;

/// The least width of somebody in a strip.
const LEAST_OF_STRIP: i32 = 2;

/// The strip of all users, its top at `y`: those at home, and at its right end whoever is not.
pub(super) fn strip(canvas: &mut Canvas, columns: &Columns, period: &UsersPeriod, y: i32) {
    let (from, to) = (whole(columns.bars.0), columns.strip_x(period.users));
    let mut x = to;
    for (role, users) in parts(period) {
        let width = columns.strip_x(users) - from;
        let left = (x - width.max(LEAST_OF_STRIP)).max(from);
        canvas.rectangle((left, y), (x, y + STRIP), role);
        x = left;
    }
    if period.at_home > NOBODY {
        let x = x.max(from + LEAST_OF_STRIP);
        canvas.rectangle((from, y), (x, y + STRIP), Role::Home);
    }
}

/// The bar of those who are not at home, its top at `y`: unserved, away, new.
pub(super) fn bar(canvas: &mut Canvas, columns: &Columns, period: &UsersPeriod, y: i32) {
    let start = columns.bars.0;
    let mut x = start;
    for (role, users) in parts(period) {
        let width = (columns.x(users) - start).max(LEAST);
        let (from, to) = (whole(x), whole(x + width));
        canvas.rectangle((from, y), (to, y + BAR), role);
        let copied = period.copied.min(users);
        if role == Role::Moved && copied > NOBODY {
            let width = (columns.x(copied) - start).clamp(LEAST, width);
            let striped = whole(x + (columns.x(users) - start).max(LEAST) - width);
            marks::hatched(canvas, (striped, y), (to, y + BAR), role);
        }
        // Neighbours are told apart in grey too.
        if x > start {
            canvas.rectangle((from, y), (from + 1, y + BAR), Role::Paper);
        }
        x += width;
    }
}

/// The bar of those who are hurt in truth, its top at `y`: an outline, since they are counted above too.
pub(super) fn hurt(canvas: &mut Canvas, columns: &Columns, period: &UsersPeriod, y: i32) {
    if period.hurt > NOBODY {
        let from = whole(columns.bars.0);
        let to = whole(columns.x(period.hurt)).max(from + 5);
        outline(canvas, (from, y), (to, y + HURT));
    }
}

/// An outline in the colour of what is lost.
pub(super) fn outline(canvas: &mut Canvas, from: (i32, i32), to: (i32, i32)) {
    canvas.rectangle(from, to, Role::Full);
    canvas.rectangle((from.0 + 2, from.1 + 2), (to.0 - 2, to.1 - 2), Role::Paper);
}

/// Who is not at home, in the order of the bar; nobody is left out.
fn parts(period: &UsersPeriod) -> impl Iterator<Item = (Role, f64)> {
    [
        (Role::Full, period.unserved),
        (Role::Moved, period.away),
        (Role::Opened, period.new),
    ]
    .into_iter()
    .filter(|(_, users)| *users > NOBODY)
}
