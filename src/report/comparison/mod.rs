//! The comparison of two plans, for people and for programs.
//!
//! `facts.rs` is what is compared, `gaps.rs` what is not, `tasks.rs` what the plans are for. `verdict.rs` and `words.rs` have the sentences,
//! `amounts.rs` their numbers, `tables.rs` the tables, `totals.rs` one of them. `report.rs` puts text and page together,
//! `files.rs` the files.

mod amounts;
mod facts;
mod files;
mod first;
mod gaps;
mod lost;
mod report;
mod tables;
mod tasks;
mod totals;
mod verdict;
mod words;

pub use facts::{ComparedPlan, ComparisonReport, Labels};
pub use files::{COMPARISON_FILE, COMPARISON_FORMAT};
pub use gaps::absent_files;
pub use report::COMPARISON_PAGE;
pub use tasks::PlannedFor;
