//! The comparison of two runways: which dates move, and by how many days.
//!
//! `asked.rs` says what cannot be compared, `words.rs` which dates move, `names.rs` what rows and dates are called, `why.rs` what
//! changed and what to do; `sides.rs` has both runways. `tables.rs` has the tables, `chart.rs` the picture, `report.rs` text and page, `files.rs` the files.

mod asked;
mod chart;
mod files;
mod names;
mod report;
mod sides;
mod tables;
mod why;
mod words;

pub use files::{RUNWAY_COMPARISON_FORMAT, RUNWAY_COMPARISON_TABLES};
pub use sides::RunwaysReport;
