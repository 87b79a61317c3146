//! Arrows: who moves from site to site, as curves that bend so that there and back do not cover each other.

use crate::report::charts::canvas::{Point, whole};

/// A point in pixels.
pub(super) type Spot = (f64, f64);

/// Width of the arrow of most users.
const WIDEST: f64 = 9.0;

/// Width of the thinnest arrow.
const THINNEST: f64 = 1.4;

/// Free space between an arrow and the marks at its ends.
const GAP: f64 = 2.0;

/// Pixels between the points that stand for a curve.
const STEP: f64 = 4.0;

/// An arrow: a quadratic Bézier curve and its head.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arrow {
    /// Its move, by position.
    pub(super) moved: usize,
    /// Width of the shaft.
    pub(super) width: f64,
    /// Start, control point and end of the curve, which reaches the foot of the head.
    pub(super) curve: [Spot; 3],
    /// Points along the curve.
    pub(super) shaft: Vec<Spot>,
    /// Tip and both corners of the foot.
    pub(super) head: [Spot; 3],
}

/// Width of an arrow, in proportion to users.
pub(super) fn width(users: f64, most: f64) -> f64 {
    (WIDEST * users / most).max(THINNEST)
}

impl Arrow {
    /// The arrow between two marks, given by centre and radius; `None` if they leave no room for it.
    pub(super) fn between(
        moved: usize,
        (from, from_radius): (Spot, f64),
        (to, to_radius): (Spot, f64),
        width: f64,
        bend: f64,
    ) -> Option<Self> {
        let (x, y) = (to.0 - from.0, to.1 - from.1);
        // A curve bends half as far as its control point.
        let control = (
            f64::midpoint(from.0, to.0) + 2.0 * bend * y,
            f64::midpoint(from.1, to.1) - 2.0 * bend * x,
        );
        let at = |share: f64| {
            let back = 1.0 - share;
            let mix = |a: f64, b: f64, c: f64| {
                back * back * a + 2.0 * share * back * b + share * share * c
            };
            (mix(from.0, control.0, to.0), mix(from.1, control.1, to.1))
        };
        let long = 5.0 + 1.1 * width;
        let half = 3.0 + 0.75 * width;
        let first = crossing(&at, from, from_radius + GAP, false)?;
        let tip = crossing(&at, to, to_radius + GAP, true)?;
        let foot = crossing(&at, to, to_radius + GAP + long, true)?;
        if first >= foot {
            return None;
        }
        let (tip, middle) = (at(tip), at(foot));
        let length = (tip.0 - middle.0).hypot(tip.1 - middle.1).max(1e-9);
        let along = ((tip.0 - middle.0) / length, (tip.1 - middle.1) / length);
        let corner = |side: f64| {
            (
                middle.0 - side * half * along.1,
                middle.1 + side * half * along.0,
            )
        };
        // A little into the head, so that no gap shows.
        let last = crossing(&at, to, to_radius + GAP + 0.7 * long, true)?;
        let steps = whole((last - first) * x.hypot(y) / STEP).max(8);
        let shaft = (0..=steps)
            .map(|step| f64::from(step) / f64::from(steps))
            .map(|share| at((last - first).mul_add(share, first)))
            .collect();
        // The part of a curve is a curve: its control point is the blossom of both ends.
        let blossom = |a: fn(Spot) -> f64| {
            (1.0 - first) * (1.0 - last) * a(from)
                + (first * (1.0 - last) + last * (1.0 - first)) * a(control)
                + first * last * a(to)
        };
        Some(Self {
            moved,
            width,
            curve: [
                at(first),
                (blossom(|spot| spot.0), blossom(|spot| spot.1)),
                at(last),
            ],
            shaft,
            head: [tip, corner(1.0), corner(-1.0)],
        })
    }

    /// Length of the shaft in pixels.
    pub(super) fn length(&self) -> f64 {
        let steps = self.shaft.iter().zip(&self.shaft[1..]);
        steps
            .map(|(from, to)| (to.0 - from.0).hypot(to.1 - from.1))
            .sum()
    }

    /// The point at a share of the shaft, in percent.
    pub(super) fn at(&self, percent: usize) -> Spot {
        self.shaft[(self.shaft.len() - 1) * percent.min(100) / 100]
    }

    /// A polygon around the shaft that a pointer finds.
    pub(super) fn around(&self) -> Vec<Spot> {
        let half = (self.width / 2.0).max(4.0);
        let count = self.shaft.len();
        let side = |sign: f64| {
            let few = (0..count).filter(|index| index * 6 % count < 6);
            few.map(move |index| {
                let (before, after) = (
                    self.shaft[index.saturating_sub(1)],
                    self.shaft[(index + 1).min(count - 1)],
                );
                let (x, y) = (after.0 - before.0, after.1 - before.1);
                let length = x.hypot(y).max(1e-9);
                let (at_x, at_y) = self.shaft[index];
                (
                    at_x - sign * half * y / length,
                    at_y + sign * half * x / length,
                )
            })
        };
        let mut corners: Vec<Spot> = side(1.0).collect();
        corners.push(self.head[0]);
        let mut back: Vec<Spot> = side(-1.0).collect();
        back.reverse();
        corners.extend(back);
        corners
    }
}

/// The share of a curve at which it leaves (or, backwards, last enters) a circle around one of its ends.
fn crossing(at: &impl Fn(f64) -> Spot, centre: Spot, radius: f64, is_at_end: bool) -> Option<f64> {
    const PARTS: usize = 400;
    (0..=PARTS)
        .map(|part| {
            let share = part as f64 / PARTS as f64;
            if is_at_end { 1.0 - share } else { share }
        })
        .find(|&share| {
            let (x, y) = at(share);
            (x - centre.0).hypot(y - centre.1) >= radius
        })
}

/// The pixel that a position falls on.
pub(super) fn point((x, y): Spot) -> Point {
    (whole(x), whole(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(from: Spot, to: Spot) -> Option<Arrow> {
        Arrow::between(0, (from, 8.0), (to, 8.0), 4.0, 0.16)
    }

    #[test]
    fn an_arrow_touches_neither_mark() {
        let arrow = arrow((0.0, 0.0), (200.0, 100.0)).expect("there is room");
        for spot in arrow.shaft.iter().chain(&arrow.head) {
            assert!(spot.0.hypot(spot.1) > 8.0);
            assert!((spot.0 - 200.0).hypot(spot.1 - 100.0) > 8.0);
        }
    }

    #[test]
    fn the_curve_goes_through_the_points_that_stand_for_it() {
        let arrow = arrow((0.0, 0.0), (200.0, 100.0)).expect("there is room");
        let [start, control, end] = arrow.curve;
        let middle = |a: f64, b: f64, c: f64| 0.25 * a + 0.5 * b + 0.25 * c;
        let spot = (
            middle(start.0, control.0, end.0),
            middle(start.1, control.1, end.1),
        );
        let near = |other: &Spot| (spot.0 - other.0).hypot(spot.1 - other.1) < STEP;
        assert!(arrow.shaft.iter().any(near), "{spot:?}");
        assert_eq!(Some(&start), arrow.shaft.first());
    }

    #[test]
    fn there_and_back_bend_apart() {
        let there = arrow((0.0, 0.0), (200.0, 0.0)).expect("there is room");
        let back = arrow((200.0, 0.0), (0.0, 0.0)).expect("there is room");
        // Y goes down: who travels east has north on the left.
        assert!(there.at(50).1 < -10.0 && back.at(50).1 > 10.0);
    }

    #[test]
    fn marks_that_touch_have_no_arrow_between_them() {
        assert_eq!(arrow((0.0, 0.0), (17.0, 0.0)), None);
        assert_eq!(arrow((5.0, 5.0), (5.0, 5.0)), None);
    }

    #[test]
    fn twice_the_users_are_twice_the_width() {
        assert!((width(50.0, 100.0) * 2.0 - width(100.0, 100.0)).abs() < 1e-12);
        assert!(width(0.001, 100.0) >= 1.0);
    }
}
