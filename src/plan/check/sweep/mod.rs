//! The referee of sweeps: whether what a sweep's folder says of every case holds, recomputed from its files
//! (`docs/model.md` §7).

mod asked;
mod basis;
mod by_rule;
mod by_tenant;
mod case;
mod case_rows;
mod folded_plan;
mod referee;
mod start;
mod survived;
mod tables;
mod traffic;
mod witness;
mod worst_cases;

pub use referee::{SweepVerdict, check_sweep, check_sweep_sample};
pub(super) use survived::{InForceAt, lost_cases, unserved_by_rule};
