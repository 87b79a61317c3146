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

    /// `true` if it has looked at every case that there is.
    pub fn is_whole(&self, all: usize) -> bool {
        self.first == 0 && self.done == all
    }

    /// `true` if a case is among those that were looked at.
    pub fn has(&self, case: usize) -> bool {
        (self.first..self.first + self.done).contains(&case)
    }

    /// `so far, 1,200 of 1,771 cases`, `cases 200 to 399 of 1,771`; nothing if every case was looked at.
    pub(super) fn words(&self, all: usize) -> Option<String> {
        let count = |cases: usize| numbers::users(cases as f64);
        if self.is_whole(all) {
            return None;
        }
        let part = if self.asked < all && self.asked > 0 {
            let last = self.first + self.asked - 1;
            format!(
                "cases {} to {} of {}",
                count(self.first),
                count(last),
                count(all)
            )
        } else {
            format!("{} cases", count(all))
        };
        Some(match (self.is_stopped(), self.asked < all) {
            (true, false) => format!("so far, {} of {part}", count(self.done)),
            (true, true) => format!(
                "so far, {} of {} of {part}",
                count(self.done),
                count(self.asked)
            ),
            (false, _) => part,
        })
    }
}
