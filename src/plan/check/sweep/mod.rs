//! The referee of sweeps: whether what a sweep's folder says of every case holds, recomputed from its files
//! (`docs/model.md` §7).

mod asked;
mod basis;
mod by_rule;
mod case;
mod components;
mod defaults;
mod failures;
mod gray;
mod homes;
mod in_force;
mod judge;
mod outcome;
mod proofs;
mod sites;
mod survivable;
mod survived;
mod tables;
mod traffic;
mod verdict;
mod witness;

pub use judge::{check_sweep, check_sweep_sample};
pub(super) use survived::{InForceAt, lost_cases, unserved_by_rule};
pub use verdict::SweepVerdict;
