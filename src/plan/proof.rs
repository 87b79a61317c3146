//! What the referee could prove of a plan, taken over into the plan.

use super::check::Proven;
use super::plan::{Plan, Status};

/// A gap up to here is what solvers' tolerances leave.
pub const PROVEN: f64 = 1e-6;

impl Plan {
    /// Takes bounds down to what the referee could prove from the prices; a plan with a gap is unproven.
    ///
    /// `true` if some bound had to be taken down by more than tolerances leave.
    pub fn believe(&mut self, proven: &Proven) -> bool {
        let mut is_changed = false;
        for level in &proven.levels {
            let stage = self
                .periods
                .get_mut(level.period)
                .and_then(|period| period.stages.get_mut(level.position));
            let Some(stage) = stage else { continue };
            let scale = stage.value.abs().max(1.0);
            if stage.bound - level.bound > PROVEN * scale {
                stage.bound = level.bound;
                stage.gap = level.gap();
                is_changed = true;
            }
            if level.gap() > PROVEN && self.status == Status::Complete {
                self.status = Status::Unproven;
                is_changed = true;
            }
        }
        is_changed
    }
}
