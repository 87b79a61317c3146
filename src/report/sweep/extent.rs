//! Extent: which of its cases a sweep has looked at.

use crate::plan::sweep::Sweep;
use crate::report::numbers;

/// Which of its cases a sweep has looked at: some, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The first case that it was asked for: 0 but for parts.
    pub first: usize,
    /// How many it was asked for from there on: all, or those of a part.
    pub asked: usize,
    /// How many of these were looked at; fewer where it was stopped.
    pub done: usize,
}

impl Extent {
    /// That of a sweep that looked at all of its cases.
    pub fn whole(sweep: &Sweep) -> Self {
        let all = sweep.contingencies.count();
        Self {
            first: 0,
            asked: all,
            done: all,
        }
    }

    /// `true` if it was stopped before it was done.
    pub fn is_stopped(&self) -> bool {
        self.done < self.asked
    }

    /// `so far 1,200 of 1,771 cases`, `cases 200 to 399 of 1,771`; nothing if every case was looked at.
    pub(super) fn words(&self, all: usize) -> Option<String> {
        let done = count(self.done);
        match (self.part(all), self.is_stopped()) {
            (None, false) => None,
            (None, true) => Some(format!("so far {done} of {} cases", count(all))),
            (Some(part), false) => Some(part),
            (Some(part), true) => Some(format!("so far {done} of {part}")),
        }
    }

    /// What is not told of, in a sentence; nothing if every case was looked at.
    pub(super) fn sentence(&self, all: usize) -> Option<String> {
        let left = self.asked - self.done.min(self.asked);
        let others = if left == 1 {
            "the other one".to_owned()
        } else {
            format!("the other {}", count(left))
        };
        let of_asked = format!("{} of {}", count(self.done), count(self.asked));
        match (self.part(all), self.is_stopped()) {
            (None, false) => None,
            (None, true) => Some(format!(
                "It was stopped: {of_asked} cases were looked at so far; {others} may be worse."
            )),
            (Some(part), false) => {
                Some(format!("This is a part, {part}: the others may be worse."))
            }
            (Some(part), true) => Some(format!(
                "This is a part, {part}, and was stopped: {of_asked} were looked at so far; {others} may be worse."
            )),
        }
    }

    /// `cases 200 to 399 of 1,771`; nothing if it was asked for all of them.
    fn part(&self, all: usize) -> Option<String> {
        let last = (self.first + self.asked).checked_sub(1)?;
        (self.asked < all).then(|| {
            format!(
                "cases {} to {} of {}",
                count(self.first),
                count(last),
                count(all)
            )
        })
    }
}

fn count(cases: usize) -> String {
    numbers::users(cases as f64)
}
