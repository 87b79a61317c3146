//! The share of each headroom target that was missing before, `s⁰` (`model.md` §4).

use crate::model::{Case, ExistingShortfall};
use ndarray::{Array2, Zip};

/// Components × resources: `min(1, max(0, 1 − (1 − load before / capacity before) / h))`, or 0 under "repair".
///
/// 1, so that the row is `L ≤ A`, where the capacity before was 0.
pub(super) fn kept_shortfall(
    case: &Case,
    before: &Case,
    load_before: &Array2<f64>,
    policy: ExistingShortfall,
) -> Array2<f64> {
    let capacity_and_load = Zip::from(&case.target)
        .and(&before.nominal)
        .and(load_before);
    capacity_and_load.map_collect(|&target, &capacity, &load| match capacity {
        Some(capacity) if capacity <= 0.0 => 1.0,
        Some(capacity) if target > 0.0 && policy == ExistingShortfall::Keep => {
            let free = 1.0 - load / capacity;
            snapped((1.0 - free / target).clamp(0.0, 1.0))
        }
        _ => 0.0,
    })
}

/// What floating-point arithmetic leaves of 0 and of 1 is 0 and 1.
fn snapped(share: f64) -> f64 {
    const DUST: f64 = 1e-12;
    if share < DUST {
        0.0
    } else if share > 1.0 - DUST {
        1.0
    } else {
        share
    }
}
