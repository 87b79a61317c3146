//! What failures do on top of a scenario: case by case, component by component, tenant by tenant (`model.md` §10).

mod gray;
mod recalled;
mod results;
mod tally;

pub use crate::plan_files::SettledBy;
pub use gray::{GrayLoss, GraySweep, MemberIndex};
pub use results::{
    Advice, CaseInTotals, CaseResult, Displacement, Missing, Repair, ServingObstacle,
    UnservedReason, WholeShards, Witness, totals,
};
pub use tally::{Break, MOST_CASES, SiteUse, Sweep, SweepTally, Use};
