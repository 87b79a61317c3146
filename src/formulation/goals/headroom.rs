//! **Headroom.** First `min t`, the worst missing share of any target; then `min Σ s[e,r]·h·A[e,r] / q̄_r`,
//! all that is missing, in users (`model.md` §4).
//!
//! Unit: a share, then users. Rows of a resource that nobody uses (`q̄ = 0`) are left out of the total.

use crate::formulation::rows::LoadRow;

/// What a missing share of 1 on a row adds to the total, in users.
pub fn users_missing(row: &LoadRow) -> f64 {
    row.users_of_target()
}
