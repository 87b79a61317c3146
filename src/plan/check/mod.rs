//! The referee: whether a written plan holds, recomputed from its files by simple code of its own.
//!
//! It walks shards and steering rows (`model.md` §7) and knows neither the formulation nor the solver, so it
//! judges the engine's plans and those that somebody made by hand alike. One rule, one function, one code;
//! `docs/errors.md` lists the codes. Numbers that no rule of a file can decide (the state before when nobody
//! wrote it down) are not checked, and the verdict says so.

mod access_points;
mod affected;
mod assignment;
mod before;
mod certificate;
mod changes;
mod check_period;
mod check_plan;
mod clock;
mod counted;
mod error_margin;
mod exposure;
mod fixed;
mod ground;
mod headroom;
mod judge;
mod leg;
mod load;
mod members;
mod moves;
mod period;
mod places;
mod pools;
mod protection;
mod report;
mod route;
mod shard_names;
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
mod unserved;
mod verdict;
mod waves;
mod ways;

pub use certificate::{Proven, ProvenLevel};
pub use check_plan::check;
pub use sweep::{SweepVerdict, check_sweep, check_sweep_sample};
pub use verdict::{REPLAY_UNJUDGED, SWEEP_UNJUDGED, UNJUDGED, Unjudged, Verdict, not_played};
