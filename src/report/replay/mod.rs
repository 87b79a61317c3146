//! Replay: what users would have felt, as values, files, sentences and charts.

mod again;
mod drawn;
mod files;
mod shortage;
mod told;
mod words;

pub use again::ReplayVerdict;
pub use files::REPLAY_TABLES;
pub(in crate::report) use shortage::Shortage;
pub use told::{Carried, Told};
pub(in crate::report) use told::{RunFacts, share_down};
pub(in crate::report) use words::{heading, length, premise, share_words, user_minutes_are};
