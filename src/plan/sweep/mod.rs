//! What failures do on top of a scenario: case by case, component by component, tenant by tenant (`model.md` §10).

mod advice;
mod found;
mod gray;
mod recalled;
mod tally;
mod totals;
mod witness;

pub use crate::plan_files::SettledBy;
pub use advice::{Advice, Because, Obstacle, Repair};
pub use found::{Found, Missing};
pub use gray::{GrayLoss, GraySweep, Members};
pub use recalled::{SweepTables, Unknown};
pub use tally::{Break, MOST_CASES, SiteUse, Sweep, Tally, Use};
pub use totals::{CaseInTotals, totals};
pub use witness::{Displacement, Witness};
