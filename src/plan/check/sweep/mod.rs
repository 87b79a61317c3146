//! The referee of sweeps: whether what a sweep's folder says of every case holds, recomputed from its files
//! (`docs/model.md` §7).

mod asked;
mod basis;
mod by_rule;
mod case;
mod cells;
mod components;
mod failures;
mod gray;
mod judge;
mod sent;
mod start;
mod survivable;
mod survived;
mod tables;
mod traffic;
mod witness;

pub use judge::{SweepVerdict, check_sweep, check_sweep_sample};
pub(super) use survived::{InForceAt, lost_cases, unserved_by_rule};
