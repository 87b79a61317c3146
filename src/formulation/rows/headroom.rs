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

use crate::model::ExistingShortfall;
use crate::units::ROUNDING;

/// The share of the target `h` that was missing before, `s⁰`: `min(1, max(0, 1 − (1 − load before ÷ capacity before) ÷ h))`,
/// or 0 where it is to be repaired; 1, so that the row is `L ≤ A`, where the capacity before was 0.
///
/// ```
/// use plimsoll::formulation::rows::kept_share;
/// use plimsoll::model::ExistingShortfall::{Keep, Repair};
/// // 10 of 100 were free, 20 are wished for: half of the target was missing.
/// assert!((kept_share(0.2, Some(100.0), 90.0, Keep) - 0.5).abs() < 1e-9);
/// assert_eq!(kept_share(0.2, Some(100.0), 90.0, Repair), 0.0);
/// ```
pub fn kept_share(
    target: f64,
    capacity_before: Option<f64>,
    load_before: f64,
    policy: ExistingShortfall,
) -> f64 {
    match capacity_before {
        Some(capacity) if capacity <= 0.0 => 1.0,
        Some(capacity) if target > 0.0 && policy == ExistingShortfall::Keep => {
            let free = 1.0 - load_before / capacity;
            snapped((1.0 - free / target).clamp(0.0, 1.0))
        }
        _ => 0.0,
    }
}

/// What floating-point arithmetic leaves of 0 and of 1 is 0 and 1.
fn snapped(share: f64) -> f64 {
    if share < ROUNDING {
        0.0
    } else if share > 1.0 - ROUNDING {
        1.0
    } else {
        share
    }
}

/// The share of `A` that may be used while the target `h` is kept up to `s⁰`.
pub fn target_limit(target: f64, kept: f64) -> f64 {
    1.0 - target * (1.0 - kept)
}

/// The share of `A` that may be used at all.
pub fn hard_limit() -> f64 {
    1.0
}
