//! The comparison of two plans, for people and for programs.
//!
//! `report.rs` puts text and page together, `tables.rs` has the tables, files and chart, `words.rs` the sentences.

mod report;
mod tables;
mod words;

pub use report::{COMPARISON_FILE, COMPARISON_FORMAT, COMPARISON_PAGE, ComparisonReport};
pub use words::{ComparedPlan, Labels};
