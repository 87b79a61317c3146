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
mod order;
mod outcome;
mod planned_again;
mod proofs;
mod sites;
mod survivable;
mod tables;
mod totals;
mod traffic;
mod verdict;
mod witness;

pub(super) use by_rule::{InForceAt, unserved_by_rule};
pub use judge::{check_sweep, check_sweep_sample};
pub(super) use planned_again::lost_cases;
pub use verdict::SweepVerdict;
