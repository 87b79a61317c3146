//! How many cases hold, and how many do not.

use super::told::Told;
use crate::model::Recovery;
use crate::plan::sweep::Found;
use crate::units::NOBODY;

/// How many cases of a recovery hold, and how many do not; each case is one of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Everybody is served, and every target is met.
    pub hold: usize,
    /// Somebody is unserved.
    pub unserved: usize,
    /// Everybody is served, and a target is missed.
    pub missed: usize,
    /// Of all of them, those whose values are not proven.
    pub unproven: usize,
}

impl Counts {
    /// Those of some cases.
    pub fn of<'a>(cases: impl Iterator<Item = &'a Found>) -> Self {
        let mut counts = Self::default();
        for found in cases {
            let count = if found.unserved_users() > NOBODY {
                &mut counts.unserved
            } else if found.missing.is_some() {
                &mut counts.missed
            } else {
                &mut counts.hold
            };
            *count += 1;
            counts.unproven += usize::from(!found.is_proven);
        }
        counts
    }

    /// How many cases there are.
    pub fn all(&self) -> usize {
        self.hold + self.unserved + self.missed
    }
}

impl Told<'_> {
    /// How many cases of a recovery hold, and how many do not.
    pub fn counts(&self, recovery: Recovery) -> Counts {
        Counts::of(self.sweep.tally.of(recovery))
    }
}
