//! The way from state to state walked anew from the written files: who is where, what that loads, who connects anew.
//!
//! It shares nothing with the planner and the referee but the readers of files and the domain types: what holds at an
//! instant and which members of pools carry are the second opinion's.
//!
//! Decisions where the text leaves room stand as comments that begin with "Decision:".

mod clock;
mod coming;
mod course;
mod ground;
mod people;
mod roads;
mod touched;
mod wave;

pub(super) use course::{Course, Found};

/// What is found in one draw, and is so: an access point is back when a period begins, ahead of which steering is said to
/// have turned to it, so that all who were elsewhere come at once, and it accepts 59 in a thousand seconds.
pub(super) const UNPACED: &str =
    "seed 11 period 2: 43 newly connect when it begins, and no wave follows";
