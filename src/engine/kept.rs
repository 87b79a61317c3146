//! The share of each headroom target that was missing before, `s⁰` (`model.md` §4).

use crate::formulation::rows::kept_share;
use crate::model::{Case, ExistingShortfall};
use ndarray::Array2;

/// Components × resources: the [`kept_share`] of each.
pub(super) fn kept_shortfall(
    case: &Case,
    before: &Case,
    load_before: &Array2<f64>,
    policy: ExistingShortfall,
) -> Array2<f64> {
    let before = before.nominal.iter().zip(load_before);
    let all = case.target.iter().zip(before);
    let all = all.map(|(&target, (&capacity, &load))| kept_share(target, capacity, load, policy));
    Array2::from_shape_vec(case.target.dim(), all.collect())
        .expect("invariant: one value for every target")
}
