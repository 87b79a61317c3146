//! Replay: what users would have felt, as values, files, sentences and charts.

mod again;
mod drawn;
mod files;
mod report;
mod shortage;
mod words;

pub use again::ReplayVerdict;
pub use files::REPLAY_TABLES;
pub use report::{Carried, ReplayReport};
pub(in crate::report) use report::{RunFacts, share_down};
pub(in crate::report) use shortage::Shortage;
pub(in crate::report) use words::{heading, length, premise, share_words, user_minutes_are};
