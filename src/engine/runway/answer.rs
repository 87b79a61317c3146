//! Answer: what a condition comes to in a case on a day.

use crate::plan::runway::FirstFailure;
use crate::solve::Proof;
use crate::units::NOBODY;

/// What a condition comes to in a case on a day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CaseOnDay {
    pub(super) failure: FirstFailure,
    /// Users who have no site in it, even with unlimited capacity.
    pub(super) trapped: f64,
    pub(super) proof: Proof,
    pub(super) fails: bool,
}

impl CaseOnDay {
    /// The same where as many users have no site even with unlimited capacity. All others that no path serves are unserved,
    /// such as those whose site has a capacity of 0.
    pub(super) fn with_trapped(mut self, trapped: f64) -> Self {
        self.failure.unserved += (self.trapped - trapped).max(0.0);
        self.trapped = trapped;
        self.fails |= self.failure.unserved > NOBODY;
        self
    }
}
