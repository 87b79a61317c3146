//! Comparison: two written plans, or a plan and the state before it, side by side.
//!
//! It is made from the files of the output folders, so that hand-made and earlier plans can be compared too.

mod difference;
mod moment;
mod pairs;
mod promises;

pub use difference::{Comparison, HeadroomDifference, HomeDifference, Pair, StageDifference};
pub use moment::{Margin, Moment, Totals, moment_before, moments};
pub use pairs::paired;
pub use promises::{BrokenPromise, Promises};
