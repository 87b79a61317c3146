//! The way from state to state walked anew from the written files: who is where, what that loads, who connects anew.
//!
//! It shares nothing with the planner and the referee but the readers of files and the domain types: what holds at an
//! instant and which members of pools carry are the second opinion's.
//!
//! Decisions where the text leaves room stand as comments that begin with "Decision:".

mod clock;
mod coming;
pub(crate) mod conditions;
mod course;
mod people;
pub(crate) mod roads;
mod side;
pub(crate) mod touched;
mod turns;
mod wave;

pub(super) use course::{Course, Found};
pub(super) use turns::Turned;
