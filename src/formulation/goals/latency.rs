//! **Latency.** `min Σ latency · z`: the last level, which makes the optimum unique enough that equal plans do
//! not shuffle users (`model.md` §4).
//!
//! Unit: user·milliseconds.

use crate::graph::Path;

/// What one user on a path adds to the level, in milliseconds.
pub fn latency_per_user(path: &Path) -> f64 {
    path.latency
}
