//! Dodge: marks that would cover each other are moved apart, no further than needed.

/// A mark that takes room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark {
    /// Where it belongs, in pixels.
    pub(super) home: (f64, f64),
    /// Where it is drawn.
    pub(super) at: (f64, f64),
    /// Half its width with its edge.
    pub(super) radius: f64,
    /// How hard it is to push, against 1.
    pub(super) weight: f64,
}

impl Mark {
    /// A mark where it belongs.
    pub(super) fn new(home: (f64, f64), radius: f64, weight: f64) -> Self {
        Self {
            home,
            at: home,
            radius,
            weight,
        }
    }

    /// How far from home it is drawn.
    pub(super) fn shift(&self) -> f64 {
        (self.at.0 - self.home.0).hypot(self.at.1 - self.home.1)
    }
}

/// How often all pairs are looked at.
const PASSES: usize = 120;

/// In the last passes nothing is drawn home, so that what was pushed apart stays apart.
const SETTLING: usize = 40;

/// Share of the way home that a mark goes in each pass.
const PULL: f64 = 0.03;

/// More marks than this stay where they are: no picture could part them.
const MOST: usize = 500;

/// Moves marks apart within a rectangle given by its left upper and right lower corner.
pub(super) fn part(marks: &mut [Mark], (least, most): ((f64, f64), (f64, f64))) {
    if marks.len() <= MOST {
        for pass in 0..PASSES {
            if pass + SETTLING < PASSES {
                for mark in marks.iter_mut() {
                    mark.at.0 += (mark.home.0 - mark.at.0) * PULL;
                    mark.at.1 += (mark.home.1 - mark.at.1) * PULL;
                }
            }
            for first in 0..marks.len() {
                for second in first + 1..marks.len() {
                    push(marks, first, second);
                }
            }
        }
    }
    for mark in marks {
        let inside = |value: f64, from: f64, to: f64| {
            value.clamp(
                from + mark.radius,
                (to - mark.radius).max(from + mark.radius),
            )
        };
        mark.at = (
            inside(mark.at.0, least.0, most.0).round(),
            inside(mark.at.1, least.1, most.1).round(),
        );
    }
}

/// Pushes two marks apart if they overlap.
fn push(marks: &mut [Mark], first: usize, second: usize) {
    let (one, other) = (marks[first], marks[second]);
    let (x, y) = (other.at.0 - one.at.0, other.at.1 - one.at.1);
    let apart = x.hypot(y);
    let missing = one.radius + other.radius + 1.0 - apart;
    if missing <= 0.0 {
        return;
    }
    let (x, y) = if apart > 1e-6 {
        (x / apart, y / apart)
    } else {
        // Marks of one place go in all directions: turns by the golden angle never meet.
        let angle = 2.399_963 * (first * 31 + second) as f64;
        (angle.cos(), angle.sin())
    };
    let share = other.weight / (one.weight + other.weight);
    marks[first].at.0 -= x * missing * share;
    marks[first].at.1 -= y * missing * share;
    marks[second].at.0 += x * missing * (1.0 - share);
    marks[second].at.1 += y * missing * (1.0 - share);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: ((f64, f64), (f64, f64)) = ((0.0, 0.0), (400.0, 300.0));

    #[test]
    fn marks_of_one_place_end_apart_and_near() {
        let mut marks = vec![Mark::new((200.0, 150.0), 7.0, 1.0); 43];
        part(&mut marks, ROOM);
        for (index, mark) in marks.iter().enumerate() {
            // 43 discs of radius 7.5 in a disc of radius 70 cover half of it.
            assert!(mark.shift() < 70.0, "{mark:?}");
            for other in &marks[index + 1..] {
                let apart = (mark.at.0 - other.at.0).hypot(mark.at.1 - other.at.1);
                // Whole pixels take up to √2.
                assert!(apart > 14.0 - 1.5, "{mark:?} {other:?}");
            }
        }
    }

    #[test]
    fn marks_that_do_not_meet_stay_where_they_are() {
        let mut marks = vec![
            Mark::new((50.0, 50.0), 7.0, 1.0),
            Mark::new((80.0, 50.0), 7.0, 1.0),
        ];
        let before = marks.clone();
        part(&mut marks, ROOM);
        assert_eq!(marks, before);
    }

    #[test]
    fn the_lighter_mark_gives_way_and_none_leaves_the_room() {
        let mut marks = vec![
            Mark::new((2.0, 2.0), 7.0, 9.0),
            Mark::new((3.0, 2.0), 4.0, 1.0),
        ];
        part(&mut marks, ROOM);
        assert!(marks[0].shift() < marks[1].shift(), "{marks:?}");
        assert!(marks.iter().all(|mark| mark.at.0 >= mark.radius));
    }
}
