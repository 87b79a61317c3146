//! The comparison of two plans, for people and for programs.
//!
//! `facts.rs` is what is compared, `words.rs` has the sentences, `tables.rs` the tables; `report.rs` puts text and page
//! together, `files.rs` the files.

mod facts;
mod files;
mod first;
mod report;
mod tables;
mod words;

pub use facts::{ComparedPlan, ComparisonReport, Labels};
pub use files::{COMPARISON_FILE, COMPARISON_FORMAT};
pub use report::COMPARISON_PAGE;
