//! Sweep: every case of some failures at once, on top of a scenario (`model.md` §10).
//!
//! `sweeper.rs` asks case after case. `replan.rs` plans a case again; `by_rule.rs` answers it by a rule that decides nothing
//! (rescale, replicas). `base.rs`, `cells.rs`, `survivors.rs` and `aftermath.rs` say who loads what then; `advise.rs` says
//! why users stay unserved, `whole.rs` what whole shards do.

mod advise;
mod aftermath;
mod asked;
mod base;
mod by_rule;
mod cells;
mod replan;
mod survivors;
mod sweeper;
mod whole;

pub use asked::{Begin, GrayAsked, SweepRequest};
pub(super) use by_rule::{ByRule, in_force};
pub(super) use replan::priced;
pub(in crate::engine) use sweeper::CaseUses;
pub use sweeper::{CaseStretch, SweepRun, Sweeper};
pub(super) use whole::WholeSearch;
