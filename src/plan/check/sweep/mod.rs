//! The referee of sweeps: whether what a sweep's folder says of every case holds, recomputed from its files
//! (`docs/model.md` §7).
//!
//! `referee.rs` goes from case to case. `start.rs` and `basis.rs` are what a case begins at, `traffic.rs` says who loads what
//! in it, `by_rule.rs` where rules send users, `witness.rs` what a plan of it says. `case_rows.rs`, `worst_cases.rs` and
//! `by_tenant.rs` compare rows.

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
