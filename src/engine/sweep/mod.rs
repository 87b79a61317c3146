//! Sweep: every case of some failures at once, on top of a scenario (`model.md` §10).

mod advise;
mod ground;
mod of_kinds;
mod replan;
mod sweeper;

pub use sweeper::{Asked, Course, GrayAsked, Stretch, Sweeper};
