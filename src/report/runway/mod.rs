//! The report of a runway: its page with the values of its charts, and its tables.
//!
//! `groups.rs` puts rows of the answer together that differ in band or moves only, `charts.rs` finds what pictures show, `lists.rs`
//! has the page's tables, `first.rs` its first screen and `page.rs` all of it; `words.rs` has the sentences, `alarms.rs` those that
//! come first, `text.rs` what the terminal shows, `tables.rs` the files.

mod alarms;
mod charts;
mod first;
mod groups;
mod lists;
mod page;
mod report;
mod tables;
mod text;
mod words;

pub(in crate::report) use groups::{adjustment, band, condition_title, failing_words};
pub use page::{runway_charts, runway_report};
pub use report::RunwayReport;
pub use tables::{AboutRunway, written_date};
pub use words::RunwayWords;
