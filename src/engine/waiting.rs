//! Waiting: the times in which a plan names that users wait for waves.

use super::naming::{Naming, Who, before};
use super::replay::Passed;
use crate::model::Inventory;
use crate::plan::{Plan, waiting};

/// Who waits for waves.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) users: f64,
    /// By component: it is out, and who passes it is cut off.
    gone: Vec<bool>,
}

impl Waiting {
    /// `true` if who passes this is cut off.
    pub(super) fn is_cut_off(&self, passed: &Passed) -> bool {
        passed.components().any(|own| self.gone[own.index()])
    }
}

/// From the beginning of a period until its waves are done.
pub(super) fn times_of_waiting(inventory: &Inventory, plan: &Plan) -> Vec<Naming> {
    let all = waiting(inventory, plan).into_iter().map(|waits| {
        let period = &plan.periods[waits.period];
        Naming {
            span: [period.period.start, before(waits.until)],
            who: Who::Waiting(Waiting {
                users: waits.users,
                gone: period.case.gone.clone(),
            }),
        }
    });
    all.collect()
}
