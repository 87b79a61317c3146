//! Ramp: a value that goes from 0 to 1 over time, in straight lines and jumps.

use jiff::Timestamp;

/// From the first instant to the second it goes evenly from one value to the other.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    instants: [Timestamp; 2],
    values: [f64; 2],
}

impl Stretch {
    fn has_begun(&self, at: Timestamp, side: Side) -> bool {
        match side {
            Side::Before => self.instants[0] < at,
            Side::From => self.instants[0] <= at,
        }
    }
}

/// A value over time: 0 before the first stretch, constant between stretches.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ramp {
    stretches: Vec<Stretch>,
}

/// From which side a jump is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// What holds up to an instant.
    Before,
    /// What holds from it on.
    From,
}

impl Ramp {
    /// All of it at once.
    pub(super) fn jump(at: Timestamp) -> Self {
        let mut ramp = Self::default();
        ramp.go([at, at], 1.0);
        ramp
    }

    /// Goes on evenly to a value; between the same two instants it jumps.
    pub(super) fn go(&mut self, instants: [Timestamp; 2], value: f64) {
        let last = self.stretches.last().map_or(0.0, |own| own.values[1]);
        self.stretches.push(Stretch {
            instants,
            values: [last, value],
        });
    }

    /// The last value.
    pub(super) fn end(&self) -> f64 {
        self.stretches.last().map_or(0.0, |own| own.values[1])
    }

    /// `true` once its first stretch has begun.
    pub(super) fn has_begun(&self, at: Timestamp, side: Side) -> bool {
        let first = self.stretches.first();
        first.is_some_and(|own| own.has_begun(at, side))
    }

    /// The value at an instant.
    pub(super) fn at(&self, at: Timestamp, side: Side) -> f64 {
        let mut value = 0.0;
        for own in &self.stretches {
            let [start, end] = own.instants;
            if !own.has_begun(at, side) {
                break;
            }
            let whole = end.duration_since(start).as_secs_f64();
            value = if at >= end || whole <= 0.0 {
                own.values[1]
            } else {
                let share = at.duration_since(start).as_secs_f64() / whole;
                own.values[0] + share * (own.values[1] - own.values[0])
            };
        }
        value
    }

    /// Where its slope changes.
    pub(super) fn instants(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.stretches.iter().flat_map(|own| own.instants)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ramp, Side};
    use jiff::Timestamp;

    fn second(at: i64) -> Timestamp {
        Timestamp::from_second(at).expect("within the calendar")
    }

    #[test]
    fn it_goes_in_straight_lines_and_jumps() {
        let mut ramp = Ramp::default();
        ramp.go([second(10), second(20)], 0.5);
        ramp.go([second(30), second(30)], 1.0);
        let values = [
            (5, 0.0),
            (10, 0.0),
            (15, 0.25),
            (20, 0.5),
            (29, 0.5),
            (31, 1.0),
        ];
        for (at, value) in values {
            for side in [Side::Before, Side::From] {
                assert!((ramp.at(second(at), side) - value).abs() < 1e-12, "at {at}");
            }
        }
        assert!((ramp.at(second(30), Side::Before) - 0.5).abs() < 1e-12);
        assert!((ramp.at(second(30), Side::From) - 1.0).abs() < 1e-12);
    }
}
