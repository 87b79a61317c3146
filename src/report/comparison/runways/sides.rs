//! Both sides: two runways with their names.

use crate::plan::compare::{ReadRunway, RunwayComparison};
use crate::report::comparison::facts::ComparedPlan;

/// The report of two runways.
#[derive(Debug, Clone, PartialEq)]
pub struct RunwaysReport {
    /// What the sides are called.
    pub labels: [ComparedPlan; 2],
    /// What differs.
    pub comparison: RunwayComparison,
}

impl RunwaysReport {
    pub(super) fn sides(&self) -> [&ReadRunway; 2] {
        self.comparison.sides.each_ref()
    }
}
