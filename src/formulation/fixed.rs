//! Load that no decision changes: copies and background (`model.md` §1, `F`).

use super::folded::Folded;
use crate::model::{Case, Inventory};
use ndarray::Array2;

/// Load that no decision changes. Arrays are components × resources.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedLoads {
    /// By slice: load, cut to what is left of the capacity.
    pub load: Vec<Array2<f64>>,
    /// By slice: `true` where it had to be cut: nothing more fits there.
    pub is_cut: Vec<Array2<bool>>,
    /// The part that is background, uncut: it does not grow with demand.
    pub background: Array2<f64>,
}

impl FixedLoads {
    /// Copies and background in a case: nothing of them is at what is gone.
    pub fn new(inventory: &Inventory, case: &Case, folded: &Folded) -> Self {
        let background = background_in(inventory, case);
        let slices = 0..case.hours.slice_count();
        let (load, is_cut) = slices
            .map(|slice| {
                let mut load = background.clone();
                add_copies(inventory, case, folded, slice, &mut load);
                let is_cut = cut(case, &mut load);
                (load, is_cut)
            })
            .unzip();
        Self {
            load,
            is_cut,
            background,
        }
    }
}

/// Components × resources: background in a case, uncut; none at what is gone.
pub fn background_in(inventory: &Inventory, case: &Case) -> Array2<f64> {
    let mut background = Array2::zeros(case.nominal.dim());
    for row in &inventory.background {
        if !case.gone[row.component.index()] {
            background[[row.component.index(), row.resource.index()]] += row.load;
        }
    }
    background
}

/// Adds what copies load in a slice at sites that are not gone.
fn add_copies(
    inventory: &Inventory,
    case: &Case,
    folded: &Folded,
    slice: usize,
    load: &mut Array2<f64>,
) {
    for (rhythm, copies) in folded.copies.iter().enumerate() {
        let factor = case.hours.factors()[[slice, rhythm]];
        for ((site, resource), at_peak) in copies.indexed_iter() {
            if !case.gone[site] {
                let factor = if inventory.resources[resource].varies {
                    factor
                } else {
                    1.0
                };
                load[[site, resource]] += at_peak * factor;
            }
        }
    }
}

/// Cuts loads to what is left of capacities; where that was needed.
fn cut(case: &Case, load: &mut Array2<f64>) -> Array2<bool> {
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
    is_cut
}
