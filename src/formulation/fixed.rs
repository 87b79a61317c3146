//! Load that no decision changes: copies and background (`model.md` §1, `F`).

use super::folded::Folded;
use crate::model::{Case, Inventory};
use ndarray::Array2;

/// Load that no decision changes. Arrays are components × resources.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedLoads {
    /// Load, cut to what is left of the capacity.
    pub load: Array2<f64>,
    /// `true` where it had to be cut: nothing more fits there.
    pub is_cut: Array2<bool>,
    /// The part that is background, uncut: it does not grow with demand.
    pub background: Array2<f64>,
}

impl FixedLoads {
    /// Copies and background in a case: nothing of them is at what is gone.
    pub fn new(inventory: &Inventory, case: &Case, folded: &Folded) -> Self {
        let mut load = Array2::clone(&folded.fixed);
        for component in (0..load.nrows()).filter(|&component| case.gone[component]) {
            load.row_mut(component).fill(0.0);
        }
        let mut background = Array2::zeros(load.dim());
        for row in &inventory.background {
            if !case.gone[row.component.index()] {
                background[[row.component.index(), row.resource.index()]] += row.load;
            }
        }
        let mut is_cut = Array2::from_elem(load.dim(), false);
        let capacities = case.nominal.iter().zip(&case.available);
        let loads = load.iter_mut().zip(&mut is_cut);
        for ((load, is_cut), (nominal, available)) in loads.zip(capacities) {
            if let Some(capacity) = nominal.map(|nominal| nominal * available)
                && *load > capacity
            {
                *load = capacity;
                *is_cut = true;
            }
        }
        Self {
            load,
            is_cut,
            background,
        }
    }
}
