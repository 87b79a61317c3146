//! The referee: whether a written plan holds, recomputed from its files by simple code.
//!
//! It walks shards and steering rows (`model.md` §7) and knows neither the formulation nor the solver, so it
//! judges the engine's plans and those that somebody made by hand alike. One rule, one function, one code;
//! `docs/errors.md` lists the codes. Numbers that no rule of a file can decide (the state before when nobody
//! wrote it down) are not checked, and the verdict says so.
//!
//! `check_plan.rs` goes from period to period, `check_period.rs` through one. `context.rs` holds the inputs, `period.rs` what
//! holds in a period, `load.rs` who loads what. Mathematics is one file a subject: `places.rs`, `path.rs`, `steering.rs`,
//! `assignment.rs`, `stability.rs`. What follows by definition is made by the makers of `plan` from these loads;
//! `judge.rs` compares such rows with the written ones, by the rules that `plan_files` declares column by column.
//! `certificate/` proves bounds, `waves/` judges transitions, `sweep/` the folder of a sweep, `runway/` that
//! of a runway.

mod affected;
mod assignment;
mod before;
mod certificate;
mod changes;
mod check_period;
mod check_plan;
mod clock;
mod context;
mod end_state;
mod error_margin;
mod exposure;
mod headroom;
mod judge;
mod lists;
mod load;
mod members;
mod missed_target;
mod path;
mod period;
mod places;
mod protection;
mod report;
mod runway;
mod slices;
mod stability;
mod stages;
mod steering;
mod step_lists;
mod summary;
mod sweep;
mod tables;
mod tenants;
mod turn;
mod verdict;
mod waves;

pub use certificate::{Proven, ProvenLevel};
pub use check_plan::check;
pub use missed_target::MissedTarget;
pub use runway::{ProofSweep, RunwayVerdict, check_runway};
pub use sweep::{SweepVerdict, check_sweep, check_sweep_sample};
pub use verdict::{
    REPLAY_UNJUDGED, RUNWAY_UNJUDGED, SWEEP_UNJUDGED, UNJUDGED, Unjudged, Verdict, not_played,
    rules_broken,
};
