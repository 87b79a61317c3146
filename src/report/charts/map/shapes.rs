//! Shapes of the map in pixels: rectangles, arrows, and marks that are moved apart.

use crate::report::charts::kit::canvas::whole;

/// A point in pixels.
pub(super) type Spot = (f64, f64);

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    /// Left upper corner.
    pub(super) from: Spot,
    /// Right lower corner.
    pub(super) to: Spot,
}

impl Area {
    /// The rectangle with its left upper corner at a point.
    pub(super) fn at((left, top): Spot, (width, height): (f64, f64)) -> Self {
        Self {
            from: (left, top),
            to: (left + width, top + height),
        }
    }

    /// The rectangle around a point.
    pub(super) fn around((x, y): Spot, half_width: f64, half_height: f64) -> Self {
        let size = (2.0 * half_width, 2.0 * half_height);
        Self::at((x - half_width, y - half_height), size)
    }

    /// The rectangle with so many pixels more on each side.
    pub(super) fn wider(self, pixels: f64) -> Self {
        Self {
            from: (self.from.0 - pixels, self.from.1 - pixels),
            to: (self.to.0 + pixels, self.to.1 + pixels),
        }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.from.0 < other.to.0
            && other.from.0 < self.to.0
            && self.from.1 < other.to.1
            && other.from.1 < self.to.1
    }

    pub(super) fn has(&self, (x, y): Spot) -> bool {
        (self.from.0..=self.to.0).contains(&x) && (self.from.1..=self.to.1).contains(&y)
    }

    pub(super) fn holds(&self, other: &Self) -> bool {
        self.has(other.from) && self.has(other.to)
    }

    /// The point of the rectangle that is nearest to a point.
    pub(super) fn nearest(&self, (x, y): Spot) -> Spot {
        let within = |value: f64, from: f64, to: f64| value.clamp(from, to.max(from));
        (
            within(x, self.from.0, self.to.0),
            within(y, self.from.1, self.to.1),
        )
    }
}

/// Pixels between two points.
fn distance(from: Spot, to: Spot) -> f64 {
    (to.0 - from.0).hypot(to.1 - from.1)
}

/// A mark that takes room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark {
    /// Where it belongs.
    pub(super) home: Spot,
    /// Where it is drawn.
    pub(super) at: Spot,
    /// Half its width with its edge.
    pub(super) radius: f64,
}

impl Mark {
    /// A mark where it belongs.
    pub(super) fn new(home: Spot, radius: f64) -> Self {
        Self {
            home,
            at: home,
            radius,
        }
    }

    /// How far from home it is drawn.
    pub(super) fn shift(&self) -> f64 {
        distance(self.at, self.home)
    }
}

/// Turns by the golden angle, in radians: no two point the same way.
const GOLDEN_ANGLE: f64 = 2.399_963;

/// How many places of a mark are tried; the last is 19 radii from home.
const PLACES: u32 = 1400;

/// More marks than this stay where they are: no picture could part them.
const MOST: usize = 300;

/// Moves each mark to the place nearest to its home that those before it leave free, on a spiral around home.
pub(super) fn spread(marks: &mut [Mark], bounds: Area) {
    let is_parted = marks.len() <= MOST;
    for index in 0..marks.len() {
        let (before, rest) = marks.split_at_mut(index);
        let mark = &mut rest[0];
        let inside = bounds.wider(-mark.radius);
        let place = |step: u32| {
            let away = 0.5 * mark.radius * f64::from(step).sqrt();
            let angle = GOLDEN_ANGLE * f64::from(step);
            let (x, y) = inside.nearest((
                away.mul_add(angle.cos(), mark.home.0),
                away.mul_add(angle.sin(), mark.home.1),
            ));
            (x.round(), y.round())
        };
        let is_free = |at: &Spot| {
            let mut others = before.iter();
            others.all(|other| distance(other.at, *at) > other.radius + mark.radius)
        };
        let mut places = (0..PLACES).map(place);
        let free = places.find(is_free).filter(|_| is_parted);
        mark.at = free.unwrap_or_else(|| place(0));
    }
}

/// Width of the arrow of most users.
const WIDEST: f64 = 9.0;

/// Width of the thinnest arrow.
const THINNEST: f64 = 1.4;

/// Free space between an arrow and the marks at its ends.
const GAP: f64 = 2.0;

/// How far the middle of an arrow is bent to the left of whoever travels, as a share of its length; best first.
/// The last is straight and stays between its ends.
const BENDS: [f64; 3] = [0.16, -0.1, 0.0];

/// Pixels between the points of a curve that are looked at.
const STEP: f64 = 6.0;

/// An arrow: a quadratic Bézier curve and its head.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arrow {
    /// Its move, by position.
    pub(super) moved: usize,
    /// Width of the shaft.
    pub(super) width: f64,
    /// Start, control point and end of the curve, which reaches into the head.
    pub(super) curve: [Spot; 3],
    /// Tip and both corners of the foot.
    pub(super) head: [Spot; 3],
}

/// Width of an arrow, in proportion to users.
pub(super) fn width(users: f64, most: f64) -> f64 {
    (WIDEST * users / most).max(THINNEST)
}

impl Arrow {
    /// The arrow from mark to mark whose bend stays within bounds and crosses fewest other marks.
    ///
    /// `None` if the marks leave no room for it.
    pub(super) fn new(
        moved: usize,
        (from, to): (Mark, Mark),
        width: f64,
        bounds: Area,
        marks: &[Mark],
    ) -> Option<Self> {
        let bent = |bend| Self::between(moved, (from, to), width, bend);
        let crossed = |arrow: &Self| {
            let shaft = arrow.shaft();
            let is_inside = shaft.iter().all(|&spot| bounds.has(spot));
            let others = marks.iter().filter(|mark| **mark != from && **mark != to);
            let touches = |mark: &&Mark| {
                let near = mark.radius + width / 2.0;
                shaft.iter().any(|&spot| distance(spot, mark.at) < near)
            };
            (!is_inside, others.filter(touches).count())
        };
        BENDS.into_iter().filter_map(bent).min_by_key(crossed)
    }

    /// The arrow between two marks with the bend; `None` if they leave no room for it.
    fn between(moved: usize, (from, to): (Mark, Mark), width: f64, bend: f64) -> Option<Self> {
        let (start, end) = (from.at, to.at);
        let long = 5.0 + 1.1 * width;
        if distance(start, end) <= from.radius + to.radius + 2.0 * GAP + long {
            return None;
        }
        // A curve bends half as far as its control point, and both its ends point there.
        let control = (
            f64::midpoint(start.0, end.0) + 2.0 * bend * (end.1 - start.1),
            f64::midpoint(start.1, end.1) - 2.0 * bend * (end.0 - start.0),
        );
        let towards = |spot: Spot, pixels: f64| {
            let share = pixels / distance(spot, control).max(1e-9);
            (
                share.mul_add(control.0 - spot.0, spot.0),
                share.mul_add(control.1 - spot.1, spot.1),
            )
        };
        let tip = towards(end, to.radius + GAP);
        let foot = towards(tip, long);
        let half = (3.0 + 0.75 * width) / long;
        let (x, y) = (half * (tip.0 - foot.0), half * (tip.1 - foot.1));
        Some(Self {
            moved,
            width,
            // A little into the head, so that no gap shows.
            curve: [
                towards(start, from.radius + GAP),
                control,
                towards(tip, 0.7 * long),
            ],
            head: [tip, (foot.0 - y, foot.1 + x), (foot.0 + y, foot.1 - x)],
        })
    }

    /// The point at a share of the curve.
    pub(super) fn at(&self, share: f64) -> Spot {
        let [a, b, c] = self.curve;
        let back = 1.0 - share;
        let mix =
            |a: f64, b: f64, c: f64| back * back * a + 2.0 * share * back * b + share * share * c;
        (mix(a.0, b.0, c.0), mix(a.1, b.1, c.1))
    }

    /// Points along the curve.
    pub(super) fn shaft(&self) -> Vec<Spot> {
        let parts = whole(distance(self.curve[0], self.curve[2]) / STEP).max(8);
        (0..=parts)
            .map(|part| self.at(f64::from(part) / f64::from(parts)))
            .collect()
    }

    /// Length of the curve in pixels.
    pub(super) fn length(&self) -> f64 {
        let shaft = self.shaft();
        shaft.windows(2).map(|two| distance(two[0], two[1])).sum()
    }

    /// A polygon around the arrow that a pointer finds.
    pub(super) fn around(&self) -> Vec<Spot> {
        let half = (self.width / 2.0).max(4.0);
        let side = |share: f64, sign: f64| {
            let (from, to) = (self.at(share - 0.01), self.at(share + 0.01));
            let long = distance(from, to).max(1e-9);
            let (x, y) = self.at(share);
            (
                x - sign * half * (to.1 - from.1) / long,
                y + sign * half * (to.0 - from.0) / long,
            )
        };
        let shares = || (0..=6).map(|part| f64::from(part) / 6.0);
        let there = shares().map(|share| side(share, 1.0));
        let back = shares().rev().map(|share| side(share, -1.0));
        there.chain([self.head[0]]).chain(back).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds() -> Area {
        Area::at((0.0, 0.0), (400.0, 300.0))
    }

    fn arrow(from: Spot, to: Spot, others: &[Mark]) -> Option<Arrow> {
        let ends = (Mark::new(from, 8.0), Mark::new(to, 8.0));
        Arrow::new(0, ends, 4.0, bounds(), others)
    }

    #[test]
    fn marks_of_one_place_end_apart_and_near() {
        let mut marks = vec![Mark::new((200.0, 150.0), 7.0); 43];
        spread(&mut marks, bounds());
        for (index, mark) in marks.iter().enumerate() {
            assert!(mark.shift() < 80.0, "{mark:?}");
            for other in &marks[index + 1..] {
                assert!(distance(mark.at, other.at) > 14.0, "{mark:?} {other:?}");
            }
        }
    }

    #[test]
    fn marks_that_do_not_meet_stay_and_none_leaves_the_room() {
        let mut marks =
            [(50.0, 50.0), (80.0, 50.0), (2.0, 2.0), (3.0, 2.0)].map(|home| Mark::new(home, 7.0));
        spread(&mut marks, bounds());
        assert!(marks[..2].iter().all(|mark| mark.at == mark.home));
        let inside = bounds().wider(-7.0);
        assert!(marks.iter().all(|mark| inside.has(mark.at)), "{marks:?}");
    }

    #[test]
    fn an_arrow_touches_neither_mark_and_there_and_back_bend_apart() {
        let there = arrow((20.0, 150.0), (320.0, 150.0), &[]).expect("there is room");
        let back = arrow((320.0, 150.0), (20.0, 150.0), &[]).expect("there is room");
        for spot in there.shaft().iter().chain(&there.head) {
            assert!(distance(*spot, (20.0, 150.0)) > 8.0);
            assert!(distance(*spot, (320.0, 150.0)) > 8.0);
        }
        // Y goes down: who travels east has north on the left.
        assert!(there.at(0.5).1 < 140.0 && back.at(0.5).1 > 160.0);
    }

    #[test]
    fn an_arrow_stays_in_the_picture_and_goes_around_a_mark() {
        let edge = arrow((20.0, 15.0), (280.0, 15.0), &[]).expect("there is room");
        assert!(edge.shaft().iter().all(|&spot| bounds().has(spot)));
        let plain = arrow((20.0, 150.0), (320.0, 150.0), &[]).expect("there is room");
        let mark = Mark::new(plain.at(0.5), 8.0);
        let around = arrow((20.0, 150.0), (320.0, 150.0), &[mark]).expect("there is room");
        let spots = around.shaft();
        assert!(spots.iter().all(|&spot| distance(spot, mark.at) > 8.0));
    }

    #[test]
    fn marks_that_touch_have_no_arrow_and_twice_the_users_are_twice_the_width() {
        assert_eq!(arrow((10.0, 10.0), (27.0, 10.0), &[]), None);
        assert_eq!(arrow((15.0, 15.0), (15.0, 15.0), &[]), None);
        assert!((width(50.0, 100.0) * 2.0 - width(100.0, 100.0)).abs() < 1e-12);
        assert!(width(0.001, 100.0) >= 1.0);
    }
}
