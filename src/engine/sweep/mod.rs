//! Sweep: every case of some failures at once, on top of a scenario (`model.md` §10).

mod advise;
mod aftermath;
mod base;
mod carried;
mod cells;
mod context;
mod hops;
mod hourly;
mod replan;
mod shares;
mod statics;
mod survivors;
mod sweeper;
mod takeovers;

pub(super) use hourly::{ByRule, in_force};
pub use sweeper::{Asked, Begin, Course, GrayAsked, Stretch, Sweeper};
