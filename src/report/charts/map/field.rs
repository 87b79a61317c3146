//! Field: what arrows should keep clear of, and the bend that does.

use super::arrows::{Arrow, Spot};

/// How far the middle of an arrow may be bent aside, to the left of whoever travels, as a share of its length;
/// best first. The last is straight and stays between its ends.
const BENDS: [f64; 7] = [0.16, 0.25, 0.08, -0.1, -0.2, 0.04, 0.0];

/// What an arrow should keep clear of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// Left upper and right lower corner of what it may not leave.
    pub(super) bounds: (Spot, Spot),
    /// Marks with their radius.
    pub(super) marks: Vec<(Spot, f64)>,
    /// Points of arrows drawn before, with half the width of each.
    shafts: Vec<(Spot, f64)>,
}

impl Field {
    /// A field without arrows.
    pub(super) fn new(bounds: (Spot, Spot), marks: Vec<(Spot, f64)>) -> Self {
        Self {
            bounds,
            marks,
            shafts: Vec::new(),
        }
    }

    /// The arrow that is bent so that it covers least, which is then in the field.
    pub(super) fn arrow(
        &mut self,
        moved: usize,
        from: (Spot, f64),
        to: (Spot, f64),
        width: f64,
    ) -> Option<Arrow> {
        let arrow = BENDS
            .iter()
            .enumerate()
            .filter_map(|(rank, &bend)| {
                let arrow = Arrow::between(moved, from, to, width, bend)?;
                let is_last = rank + 1 == BENDS.len();
                (is_last || self.has(&arrow)).then(|| {
                    // Rather another bend than a touch of another arrow on a quarter of the way.
                    let cost = self.touched(&arrow, (from.0, to.0)) + 0.06 * rank as f64;
                    (cost, arrow)
                })
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))?
            .1;
        let few = arrow.shaft.iter().step_by(2);
        self.shafts.extend(few.map(|&spot| (spot, width / 2.0)));
        Some(arrow)
    }

    /// `true` if the arrow stays within the bounds.
    fn has(&self, arrow: &Arrow) -> bool {
        let ((left, top), (right, bottom)) = self.bounds;
        let rim = arrow.width / 2.0 + 3.0;
        arrow.shaft.iter().all(|&(x, y)| {
            (left + rim..=right - rim).contains(&x) && (top + rim..=bottom - rim).contains(&y)
        })
    }

    /// The share of an arrow that lies on others, and more for every mark that it crosses but those at its ends.
    fn touched(&self, arrow: &Arrow, (from, to): (Spot, Spot)) -> f64 {
        let reach = arrow.width / 2.0 + 2.0;
        let touches = |spot: Spot, other: Spot, room: f64| {
            (spot.0 - other.0).hypot(spot.1 - other.1) < room + reach
        };
        let marks = || {
            let others = self.marks.iter();
            others.filter(|(mark, _)| !touches(*mark, from, 0.0) && !touches(*mark, to, 0.0))
        };
        let spots = || arrow.shaft.iter().step_by(3);
        let covered = spots().filter(|&&spot| {
            let mut others = self.shafts.iter();
            others.any(|&(other, half)| touches(spot, other, half))
        });
        let share = covered.count() as f64 / spots().count() as f64;
        // Under a mark an arrow seems to end there.
        let crossed = marks()
            .filter(|&&(mark, radius)| arrow.shaft.iter().any(|&spot| touches(spot, mark, radius)));
        share + 0.3 * crossed.count() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field() -> Field {
        Field::new(((0.0, 0.0), (300.0, 300.0)), Vec::new())
    }

    #[test]
    fn an_arrow_at_the_edge_does_not_leave_the_picture() {
        let mut field = field();
        let ends = (((20.0, 15.0), 8.0), ((280.0, 15.0), 8.0));
        let arrow = field.arrow(0, ends.0, ends.1, 4.0).expect("there is room");
        assert!(arrow.shaft.iter().all(|spot| spot.1 > 5.0), "{arrow:?}");
    }

    #[test]
    fn arrows_to_neighbours_part() {
        let mut field = field();
        let from = ((150.0, 280.0), 8.0);
        let first = field.arrow(0, from, ((150.0, 40.0), 8.0), 8.0);
        let second = field.arrow(1, from, ((152.0, 20.0), 8.0), 2.0);
        let (first, second) = first.zip(second).expect("there is room");
        let (one, other) = (first.at(50), second.at(50));
        assert!(
            (one.0 - other.0).hypot(one.1 - other.1) > 10.0,
            "{one:?} {other:?}"
        );
    }

    #[test]
    fn an_arrow_goes_around_a_mark() {
        let mut field = field();
        let (from, to) = (((20.0, 150.0), 8.0), ((280.0, 150.0), 8.0));
        let plain = field
            .clone()
            .arrow(0, from, to, 4.0)
            .expect("there is room");
        field.marks.push((plain.at(50), 8.0));
        let arrow = field.arrow(0, from, to, 4.0).expect("there is room");
        let mark = plain.at(50);
        let near = |spot: &Spot| (spot.0 - mark.0).hypot(spot.1 - mark.1) < 10.0;
        assert!(!arrow.shaft.iter().any(near));
    }
}
