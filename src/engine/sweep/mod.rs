//! Sweep: every case of some failures at once, on top of a scenario (`model.md` §10).

mod advise;
mod aftermath;
mod base;
mod by_rule;
mod cells;
mod context;
mod replan;
mod survivors;
mod sweeper;

pub(super) use by_rule::{ByRule, in_force};
pub use sweeper::{Begin, CaseStretch, GrayAsked, SweepRequest, SweepRun, Sweeper};
