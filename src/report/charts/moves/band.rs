//! A band of the chart of moves: its edges, its stripes, and what the pointer tells on it.

use super::flow::{Band, Flow};
use super::layout::{BAR, Course, Layout};
use crate::report::Fate;
use crate::report::charts::canvas::{Canvas, Point, whole};
use crate::report::charts::palette::Role;
use crate::report::numbers;

/// Width of the stripes of a band whose data must travel, and of what is between them, in pixels.
const STRIPE: (i32, i32) = (15, 6);

/// Pieces of the outline that the pointer feels.
const ROUGHLY: i32 = 12;

/// From one stripe to the next.
const STRIPE_STEP: usize = 21;

/// The colour of a fate.
pub(super) fn role(fate: Fate) -> Role {
    match fate {
        Fate::Unserved => Role::Full,
        Fate::Moved => Role::Moved,
        Fate::Returned => Role::Home,
        Fate::Placed => Role::Opened,
    }
}

/// A band, kept apart from others by an edge of paper; in stripes where data must travel.
pub(super) fn draw(
    canvas: &mut Canvas,
    flow: &Flow<'_>,
    band: &Band,
    layout: &Layout,
    course: Course,
) {
    let ends = (whole(layout.bars.0 + BAR), whole(layout.bars.1));
    let edge = |left: f64, right: f64| Edge {
        from: (ends.0, whole(left)),
        to: (ends.1, whole(right)),
    };
    let upper = edge(course.from.0, course.to.0);
    let lower = edge(course.from.1, course.to.1);
    let outline = |rim: i32| -> Vec<Point> {
        let above = upper.points().into_iter().map(|(x, y)| (x, y - rim));
        let below = lower.points().into_iter().rev().map(|(x, y)| (x, y + rim));
        above.chain(below).collect()
    };
    canvas.polygon(outline(1), Role::Paper);
    canvas.polygon(outline(0), role(band.fate));
    if band.is_copied {
        for gap in gaps(&upper, &lower) {
            canvas.polygon(gap, Role::Paper);
        }
    }
    // The pointer needs something to hit, and not more than a rough outline.
    let rough = |edge: &Edge, rim: i32| -> Vec<Point> {
        let wide = ends.1 - ends.0;
        let places = (0..=ROUGHLY).map(|piece| ends.0 + wide * piece / ROUGHLY);
        places.map(|x| (x, whole(edge.y(x)) + rim)).collect()
    };
    let mut felt = rough(&upper, -2);
    felt.extend(rough(&lower, 2).into_iter().rev());
    canvas.tip_within(&felt, &band_tip(flow, band));
}

/// An edge of a band: level at both ends, steepest in the middle.
struct Edge {
    from: Point,
    to: Point,
}

impl Edge {
    /// Its height at a place between its ends.
    fn y(&self, x: i32) -> f64 {
        let share = f64::from(x - self.from.0) / f64::from((self.to.0 - self.from.0).max(1));
        let eased = share * share * (3.0 - 2.0 * share);
        f64::from(self.to.1 - self.from.1).mul_add(eased, f64::from(self.from.1))
    }

    /// The place where it has a height; its end where it never has.
    fn x(&self, y: i32) -> i32 {
        let rise = f64::from(self.to.1 - self.from.1);
        let risen = f64::from(y - self.from.1);
        let eased = if rise.abs() < 1.0 {
            0.0
        } else {
            (risen / rise).clamp(0.0, 1.0)
        };
        // The inverse of `3 s² - 2 s³` between 0 and 1.
        let share = 0.5 - ((1.0 - 2.0 * eased).asin() / 3.0).sin();
        whole(f64::from(self.to.0 - self.from.0).mul_add(share, f64::from(self.from.0)))
    }

    /// `true` if it climbs or falls by more than it is wide.
    fn is_steep(&self) -> bool {
        (self.to.1 - self.from.1).abs() > self.to.0 - self.from.0
    }

    /// Points on it from left to right. Shapes stand on whole pixels; so that it looks smooth all the same,
    /// points are taken where its height is whole, or, where it is steep, where its place is.
    fn points(&self) -> Vec<Point> {
        let rise = self.to.1 - self.from.1;
        let between: Vec<Point> = if self.is_steep() {
            let places = (self.from.0..self.to.0).step_by(4);
            places.map(|x| (x, whole(self.y(x)))).collect()
        } else {
            let heights = (0..=rise.abs()).map(|step| self.from.1 + step * rise.signum());
            heights.map(|y| (self.x(y), y)).collect()
        };
        between.into_iter().chain([self.to]).collect()
    }
}

/// What is taken away from a band between two edges to leave stripes across its course. It reaches into the
/// edge of paper, and no further.
fn gaps(upper: &Edge, lower: &Edge) -> Vec<Vec<Point>> {
    let along = |from: i32, to: i32| {
        let starts = (from + STRIPE.0..to).step_by(STRIPE_STEP);
        starts.map(move |start| (start, (start + STRIPE.1).min(to)))
    };
    if upper.is_steep() {
        let top = upper.from.1.min(upper.to.1);
        let bottom = lower.from.1.max(lower.to.1);
        // The upper edge of a band that falls is its right one.
        let falls = i32::from(upper.to.1 > upper.from.1) * 2 - 1;
        along(top, bottom)
            .map(|(start, end)| {
                let at = |edge: &Edge, y: i32, out: i32| {
                    (edge.x(y).clamp(edge.from.0, edge.to.0) + out, y)
                };
                vec![
                    at(upper, start, falls),
                    at(upper, end, falls),
                    at(lower, end, -falls),
                    at(lower, start, -falls),
                ]
            })
            .collect()
    } else {
        along(upper.from.0, upper.to.0)
            .map(|(start, end)| {
                let above = |x: i32| (x, whole(upper.y(x).floor()) - 1);
                let below = |x: i32| (x, whole(lower.y(x).ceil()) + 1);
                vec![above(start), above(end), below(end), below(start)]
            })
            .collect()
    }
}

/// `Chicago to Ashburn: 381,000 users of 30 shards move, data must travel`.
fn band_tip(flow: &Flow<'_>, band: &Band) -> String {
    let (from, to) = (&flow.left[band.left].title, &flow.right[band.right].title);
    let shards = if band.shards == 1 { "shard" } else { "shards" };
    let what = match band.fate {
        Fate::Unserved => "",
        Fate::Moved => " move",
        Fate::Returned => " go home",
        Fate::Placed => " get a first home",
    };
    let how = match (band.fate, band.is_copied) {
        (Fate::Unserved, _) => "",
        (_, true) => ", data must travel",
        (_, false) => ", a copy takes over",
    };
    format!(
        "{from} to {to}: {} users of {} {shards}{what}{how}",
        numbers::some_users(band.users),
        numbers::users(band.shards as f64),
    )
}
