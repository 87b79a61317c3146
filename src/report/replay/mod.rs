//! Replay: what users would have felt, as values, files, sentences, tables and charts.
//!
//! `report.rs` puts text and page together from what it finds in each run; `tables.rs` has the tables, for terminal, page
//! and files, `words.rs` and `run_words.rs` the sentences.

mod again;
mod drawn;
mod report;
mod run_words;
mod shortage;
mod tables;
mod words;

pub use again::ReplayVerdict;
pub use report::{CarriedPlan, ReplayReport};
pub use tables::REPLAY_TABLES;
pub(in crate::report) use words::user_minutes_are;
