//! The comparison of two plans, or of two runways, for people and for programs.
//!
//! `facts.rs` is what is compared, `gaps.rs` what is not, `tasks.rs` what the plans are for. `verdict.rs` and `words.rs` have the sentences,
//! `amounts.rs` their numbers, `tables.rs` the tables, `totals.rs` one of them. `report.rs` puts text and page together,
//! `files.rs` the files. `runways/` has all of this for two runways.

mod amounts;
mod facts;
mod files;
mod first;
mod gaps;
mod lost;
mod report;
mod runways;
mod tables;
mod tasks;
mod totals;
mod verdict;
mod words;

pub use facts::{ComparedPlan, ComparisonReport, Labels};
pub use files::{COMPARISON_FILE, COMPARISON_FORMAT};
pub use gaps::absent_files;
pub use report::COMPARISON_PAGE;
pub use runways::{RUNWAY_COMPARISON_FORMAT, RUNWAY_COMPARISON_TABLES, RunwaysReport};
pub use tasks::PlannedFor;
