//! What failures do on top of a scenario: case by case, component by component, tenant by tenant (`model.md` §10).

mod advice;
mod gray;
mod recalled;
mod results;
mod tally;

pub use crate::plan_files::SettledBy;
pub use advice::{Advice, Repair, ServingObstacle, UnservedReason};
pub use gray::{GrayLoss, GraySweep, MemberIndex};
pub use recalled::SweepTables;
pub use results::{CaseInTotals, CaseResult, Displacement, Missing, Witness, totals};
pub use tally::{Break, MOST_CASES, SiteUse, Sweep, SweepTally, Use};
