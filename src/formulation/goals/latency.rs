//! **Latency.** `min Σ latency · z`: the last level, which makes the optimum unique enough that equal plans do
//! not shuffle users (`model.md` §4).
//!
//! Unit: user·milliseconds. Where steering follows the hours it is the mean over their time.

use crate::formulation::Route;

/// What one user on a route adds to the level, in milliseconds.
pub fn latency_per_user(route: &Route) -> f64 {
    route.latency
}
