//! report.html of a replay.

mod page;
mod tables;

pub use page::replay_report;
