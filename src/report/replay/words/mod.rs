//! A replay in sentences and tables for the terminal.

mod assumed;
mod finding;
mod of_run;
mod of_slow;
mod of_turns;
mod paid_back;
mod tables;
mod text;

pub(in crate::report) use finding::{length, share_words, user_minutes_are};
pub(in crate::report) use of_run::premise;
pub(in crate::report) use tables::heading;
