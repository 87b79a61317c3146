//! What failures do on top of a scenario: case by case, component by component, tenant by tenant (`model.md` §10).

mod advice;
mod found;
mod gray;
mod recalled;
mod tally;
mod totals;
mod witness;

pub use crate::plan_files::SettledBy;
pub use advice::{Advice, Repair, ServingObstacle, UnservedReason};
pub use found::{CaseResult, Missing};
pub use gray::{GrayLoss, GraySweep, MemberIndex};
pub use recalled::{SweepTables, Unknown};
pub use tally::{Break, MOST_CASES, SiteUse, Sweep, SweepTally, Use};
pub use totals::{CaseInTotals, totals};
pub use witness::{Displacement, Witness};
