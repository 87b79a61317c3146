//! The comparison of two runways: which dates move, and by how many days.
//!
//! `asked.rs` says what cannot be compared, `words.rs` which dates move, `names.rs` what rows and dates are called, `why.rs` what
//! changed and what to do. `tables.rs` has the tables, `chart.rs` the picture, `report.rs` text and page, `files.rs` the files.

mod asked;
mod chart;
mod files;
mod names;
mod report;
mod tables;
mod why;
mod words;

use super::facts::ComparedPlan;
use crate::plan::compare::{ReadRunway, RunwayComparison};
pub use files::{RUNWAY_COMPARISON_FORMAT, RUNWAY_COMPARISON_TABLES};

/// The report of two runways.
#[derive(Debug, Clone, PartialEq)]
pub struct RunwaysReport {
    /// What the sides are called.
    pub labels: [ComparedPlan; 2],
    /// What differs.
    pub comparison: RunwayComparison,
}

impl RunwaysReport {
    fn sides(&self) -> [&ReadRunway; 2] {
        self.comparison.sides.each_ref()
    }
}
