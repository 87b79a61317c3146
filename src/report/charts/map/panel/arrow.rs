//! Arrow of a move on the map: its curve, its head, and where a number stands beside it.

use super::{MapExtent, MapMark, distance};
use crate::report::charts::kit::canvas::{Canvas, Point, whole};
use crate::report::charts::map::globe::Spot;
use crate::report::charts::palette::Role;

/// Width of the arrow of most users, and of the thinnest.
const WIDEST: f64 = 9.0;
const THINNEST: f64 = 1.4;

/// Free space between an arrow and the marks at its ends.
const GAP: f64 = 2.0;

/// An arrow: a quadratic Bézier curve and its head.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report::charts::map) struct MoveArrow {
    /// The position of its move.
    pub(in crate::report::charts::map) position: usize,
    width: f64,
    /// Start, control point and end of the curve, which reaches into the head.
    pub(super) curve: [Spot; 3],
    /// Tip and both corners of the foot.
    pub(in crate::report::charts::map) head: [Spot; 3],
}

impl MoveArrow {
    /// An arrow between two marks as wide as its share of most users; `None` if it does not fit between them.
    pub(in crate::report::charts::map) fn new(
        position: usize,
        (from, to): (MapMark, MapMark),
        share: f64,
        bend: f64,
    ) -> Option<Self> {
        let width = (WIDEST * share).max(THINNEST);
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
        let start = towards(start, from.radius + GAP);
        Some(Self {
            position,
            width,
            // A little into the head, so that no gap shows.
            curve: [start, control, towards(tip, 0.7 * long)],
            head: [tip, (foot.0 - y, foot.1 + x), (foot.0 + y, foot.1 - x)],
        })
    }

    /// The point at a share of the curve.
    pub(in crate::report::charts::map) fn at(&self, share: f64) -> Spot {
        let [a, b, c] = self.curve;
        let back = 1.0 - share;
        let mix =
            |a: f64, b: f64, c: f64| back * back * a + 2.0 * share * back * b + share * share * c;
        (mix(a.0, b.0, c.0), mix(a.1, b.1, c.1))
    }

    /// Points along the curve, and those of the head.
    pub(in crate::report::charts::map) fn spots(&self) -> impl Iterator<Item = Spot> {
        let shaft = (0..=24).map(|part| self.at(f64::from(part) / 24.0));
        shaft.chain(self.head)
    }

    /// Rectangles of half this size that touch it on one side, the best first.
    pub(super) fn beside(&self, half: (f64, f64)) -> Vec<MapExtent> {
        let [start, _, end] = self.curve;
        let long = distance(start, end).max(1e-9);
        let across = ((end.1 - start.1) / long, (start.0 - end.0) / long);
        let far = half.0 * across.0.abs() + half.1 * across.1.abs() + self.width / 2.0 + 2.0;
        let shares = [0.5, 0.35, 0.65, 0.2, 0.8].into_iter();
        // The outside of the bend first.
        let places = shares.flat_map(|share| [far, -far].map(|far| (self.at(share), far)));
        let places = places.map(|((x, y), far)| (x + far * across.0, y + far * across.1));
        places
            .map(|middle| MapExtent::around(middle, half))
            .collect()
    }

    /// `true` if it runs through a rectangle.
    pub(super) fn crosses(&self, area: &MapExtent) -> bool {
        let area = area.wider(self.width / 2.0);
        self.spots().any(|spot| area.has(spot))
    }

    /// Draws it with a rim of paper, so that arrows that cross stay apart, and tells the pointer who moves.
    pub(super) fn draw(&self, canvas: &mut Canvas, words: &str) {
        let [start, control, end, tip, second, third] = [&self.curve, &self.head]
            .into_iter()
            .flatten()
            .map(|(x, y)| format!("{x:.1} {y:.1}"))
            .collect::<Vec<_>>()
            .try_into()
            .unwrap_or_default();
        let shaft = format!("M{start}Q{control} {end}");
        canvas.curve(&shaft, self.width + 2.0, Role::Paper);
        canvas.curve(&shaft, self.width, Role::Moved);
        canvas.fill_path(&format!("M{tip}L{second}L{third}z"), Role::Moved);
        // The pointer needs something to hit.
        let half = (self.width / 2.0).max(4.0) / distance(self.curve[0], self.curve[2]);
        let (x, y) = (
            half * (self.curve[2].0 - self.curve[0].0),
            half * (self.curve[2].1 - self.curve[0].1),
        );
        let shares = || (0..=6).map(|part| self.at(f64::from(part) / 6.0));
        let there = shares().map(|spot| (whole(spot.0 - y), whole(spot.1 + x)));
        let back = shares().map(|spot| (whole(spot.0 + y), whole(spot.1 - x)));
        let back: Vec<Point> = back.collect();
        let tip = (whole(self.head[0].0), whole(self.head[0].1));
        let around = there.chain([tip]).chain(back.into_iter().rev());
        canvas.tip_within(&around.collect::<Vec<_>>(), words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_wider_than_half_of_its_arrow_fits_beside_it() {
        let [from, to] = [(0.0, 0.0), (100.0, 0.0)].map(|home| MapMark::new(home, 5.0));
        let arrow = MoveArrow::new(0, (from, to), 0.5, 0.16).expect("there is space");
        let places = arrow.beside((30.0, 8.0));
        assert!(places.iter().any(|area| !arrow.crosses(area)), "{places:?}");
    }
}
