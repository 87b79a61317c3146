//! Comparison: two written plans, a plan and the state before it, or two runways side by side.
//!
//! It is made from the files of the output folders, so that hand-made and earlier plans can be compared too.

mod comparison;
mod moment;
mod played;
mod promises;
mod runway_dates;
mod runways;

pub use comparison::{
    Comparison, Difference, HeadroomDifference, HomeDifference, PeriodPair, StageDifference, paired,
};
pub use moment::{ComparedMoment, HeadroomKey, UsersBySite, moment_before, moments};
pub use played::PlayedPlan;
pub use promises::{BrokenPromise, below_promise, broken_promises};
pub use runway_dates::{ReachedKey, ReadRunway, RunwayDates, RunwayRowKey};
pub use runways::{
    ChangedCapacity, DateChange, DateDifference, ReachedDifference, RowDifference, RunwayComparison,
};
