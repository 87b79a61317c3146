//! The share of each headroom target that was missing before, `s⁰` (`model.md` §4).

use crate::formulation::rows::kept_share;
use crate::model::{Case, ExistingShortfall};
use ndarray::{Array2, Zip};

/// Components × resources: the [`kept_share`] of each.
pub(super) fn kept_shortfall(
    case: &Case,
    before: &Case,
    load_before: &Array2<f64>,
    policy: ExistingShortfall,
) -> Array2<f64> {
    let capacity_and_load = Zip::from(&case.target)
        .and(&before.nominal)
        .and(load_before);
    capacity_and_load
        .map_collect(|&target, &capacity, &load| kept_share(target, capacity, load, policy))
}
