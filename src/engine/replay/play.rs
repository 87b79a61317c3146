//! Play: how far a run is played, and how finely it is told of.

/// About so many pieces of work are there for exact parts of a whole run; what is beyond them is a part or two for every step.
pub(super) const WHOLE: f64 = 40e6;

/// So many times as much as it would be if all steps took the same may a step take of the work that is left.
const UNEVEN: f64 = 2.0;

/// How far a run is played, and how finely it is told of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) enum Play {
    /// To its end, step by step; in longer parts where [`WHOLE`] pieces of work would not go so far.
    Whole,
    /// As far as so many pieces of work go; where nothing goes on it is told of in one step until something does.
    Within(f64),
    /// The same in longer parts where clients try again soon.
    Roughly(f64),
}

impl Play {
    /// Pieces of work that are spent at most.
    pub(super) fn most_work(self) -> Option<f64> {
        match self {
            Self::Whole => None,
            Self::Within(most) | Self::Roughly(most) => Some(most),
        }
    }

    /// Pieces of work that a step is played with, of so many that are left, once so much is done.
    pub(super) fn of_step(self, done: f64, steps_left: usize) -> f64 {
        match self {
            Self::Whole => {
                let share = (UNEVEN / steps_left.max(1) as f64).min(1.0);
                (WHOLE - done).max(0.0) * share
            }
            Self::Within(_) | Self::Roughly(_) => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Play, WHOLE};

    #[test]
    fn steps_take_no_more_than_there_is() {
        for steps in [1, 2, 480, 100_000] {
            let mut done = 0.0;
            for left in (1..=steps).rev() {
                let most = Play::Whole.of_step(done, left);
                assert!(most >= 0.0 && done + most <= WHOLE * (1.0 + 1e-9));
                // The last ones still have a part of what is even.
                assert!(left == 1 || most > 0.0, "{left} of {steps}");
                done += most;
            }
        }
        let even = WHOLE / 480.0;
        assert!((Play::Whole.of_step(0.0, 480) - 2.0 * even).abs() < 1.0);
        assert!(Play::Whole.of_step(2.0 * WHOLE, 480) <= 0.0);
        assert!(Play::Within(1.0).of_step(5.0, 2).is_infinite());
    }
}
