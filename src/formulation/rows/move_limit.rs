//! **Move limit.** At most `max_moved_users` users move in a period.
//!
//! Inequality (`model.md` §3, family 5), in force at every level:
//!
//! ```text
//! Σ_c Σ_{p→d≠current} z[c,p] ≤ max_moved_users
//! ```
//!
//! Unserved users are not moved users. Unit: users. Dual: what one more permitted move gains. Size: one row.
//!
//! ```
//! use plimsoll::formulation::rows::move_limit;
//! // 500 may move, the default paths of drained classes move 200 already, columns count 100 users each.
//! assert_eq!(move_limit(500.0, 200.0, 100.0), 3.0);
//! ```

/// The right-hand side: what the default paths leave of the limit, in units of the program's columns.
pub fn move_limit(limit: f64, moved_by_default: f64, unit: f64) -> f64 {
    (limit - moved_by_default) / unit
}
