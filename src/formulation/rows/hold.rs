//! **Hold rows.** A level that is settled keeps its value while later levels are solved.
//!
//! Inequality, for a settled level `j` with optimum `v_j` (`model.md` §4):
//!
//! ```text
//! Σ κ_j · (columns) ≤ v_j + max(slack · |v_j|, dust)
//! ```
//!
//! A level whose optimum is 0 needs no row: its columns are closed instead, which is exact.
//! Unit: the level's. Dual: the multiplier `μ_j` of the bound (`model.md` §7). Size: one row per level above 0.
//!
//! ```
//! use plimsoll::formulation::rows::hold_limit;
//! assert!((hold_limit(20.0, 1e-8) - 20.0).abs() < 1e-7);
//! assert!(hold_limit(20.0, 0.0) >= 20.0);
//! ```

use crate::units::HELD_SLACK;

/// The right-hand side for a level whose optimum is `value`; `dust` is what tolerances leave of nothing.
pub fn hold_limit(value: f64, dust: f64) -> f64 {
    value + (HELD_SLACK * value.abs()).max(dust)
}
