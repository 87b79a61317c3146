//! Replay: what users would have felt, as values, files, sentences, tables and charts.
//!
//! `facts.rs` is what it finds in each run, `shortage.rs` of what was short; `document.rs` puts text, page and charts
//! together, `curve_titles.rs` has the titles of load and queue, `independent.rs` finds retries that are not checked, `tables.rs` has the tables, for terminal, page and files, `words.rs` and `run_words.rs` the sentences.

mod again;
mod curve_titles;
mod document;
mod facts;
mod files;
mod first;
mod independent;
mod run_words;
mod shortage;
mod tables;
mod words;

pub use again::ReplayVerdict;
pub use facts::{CarriedPlan, ReplayReport};
pub use files::REPLAY_TABLES;
pub(in crate::report) use words::user_minutes_are;
