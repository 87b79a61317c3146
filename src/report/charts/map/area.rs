//! Areas: rectangles in pixels.

use super::arrows::Spot;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    /// Left edge.
    pub(super) left: f64,
    /// Upper edge.
    pub(super) top: f64,
    /// Right edge.
    pub(super) right: f64,
    /// Lower edge.
    pub(super) bottom: f64,
}

impl Area {
    /// The rectangle around a point.
    pub(super) fn around((x, y): Spot, half_width: f64, half_height: f64) -> Self {
        Self {
            left: x - half_width,
            top: y - half_height,
            right: x + half_width,
            bottom: y + half_height,
        }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub(super) fn lies_in(&self, other: &Self) -> bool {
        self.left >= other.left
            && self.right <= other.right
            && self.top >= other.top
            && self.bottom <= other.bottom
    }

    /// The rectangle with so many pixels around it.
    pub(super) fn wider(&self, pixels: f64) -> Self {
        Self {
            left: self.left - pixels,
            top: self.top - pixels,
            right: self.right + pixels,
            bottom: self.bottom + pixels,
        }
    }

    /// `true` if a segment crosses a diagonal, or ends inside.
    pub(super) fn is_crossed(&self, (from, to): (Spot, Spot)) -> bool {
        let down = ((self.left, self.top), (self.right, self.bottom));
        let up = ((self.left, self.bottom), (self.right, self.top));
        self.has(from) || self.has(to) || cross((from, to), down) || cross((from, to), up)
    }

    /// How far a point is outside.
    pub(super) fn apart(&self, (x, y): Spot) -> f64 {
        let across = (self.left - x).max(x - self.right).max(0.0);
        let along = (self.top - y).max(y - self.bottom).max(0.0);
        across.hypot(along)
    }

    pub(super) fn has(&self, (x, y): Spot) -> bool {
        self.left < x && x < self.right && self.top < y && y < self.bottom
    }
}

/// `true` if two segments cross.
pub(super) fn cross((a, b): (Spot, Spot), (c, d): (Spot, Spot)) -> bool {
    let turn = |from: Spot, to: Spot, spot: Spot| {
        (to.0 - from.0) * (spot.1 - from.1) - (to.1 - from.1) * (spot.0 - from.0) > 0.0
    };
    turn(a, b, c) != turn(a, b, d) && turn(c, d, a) != turn(c, d, b)
}
