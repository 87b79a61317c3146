//! A replay in sentences and tables for the terminal.

mod finding;
mod run;
mod slow;
mod text;

pub(in crate::report) use finding::{heading, length, share_words, user_minutes_are};
pub(in crate::report) use run::premise;
