//! Sweep: every case of some failures at once, on top of a scenario (`model.md` §10).

mod advise;
mod aftermath;
mod base;
mod carried;
mod cells;
mod ground;
mod hops;
mod of_kinds;
mod owners;
mod reached;
mod replan;
mod replicas;
mod rescale;
mod shares;
mod statics;
mod survivors;
mod sweeper;
mod takeovers;

pub use sweeper::{Asked, Course, GrayAsked, Stretch, Sweeper};
