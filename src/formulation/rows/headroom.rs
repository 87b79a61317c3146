//! **Headroom rows.** A component keeps its headroom target, or the missing share is counted.
//!
//! Inequality (`model.md` §3, family 3), for every load row:
//!
//! ```text
//! L ≤ A · (1 − h·(1 − s⁰ − s))      0 ≤ s ≤ 1 − s⁰      s ≤ t
//! ```
//!
//! With `s = 0` the target is met, or nothing is missing beyond what was missing before; with `s⁰ + s = 1`
//! the component is full. The linear program uses either one `t` for all rows (the worst level, with a second,
//! hard row `L ≤ A` where `0 < s⁰ < 1`) or one `s` per row, never both at once.
//! Unit: rows are divided by `A`, so 1 is full. Dual: see the load family.
//!
//! ```
//! use plimsoll::formulation::rows::{hard_limit, target_limit};
//! // A site with 130 left, a target of 0.2 and nothing missing before may be loaded to 104.
//! assert!((130.0 * target_limit(0.2, 0.0) - 104.0).abs() < 1e-9);
//! // All of the target was missing before: it may be full.
//! assert_eq!(target_limit(0.2, 1.0), hard_limit());
//! ```

/// The share of `A` that may be used while the target `h` is kept up to `s⁰`.
pub fn target_limit(target: f64, kept: f64) -> f64 {
    1.0 - target * (1.0 - kept)
}

/// The share of `A` that may be used at all.
pub fn hard_limit() -> f64 {
    1.0
}
