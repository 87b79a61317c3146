//! What the referee could prove of a plan, taken over into the plan.

use super::check::{Proven, ProvenLevel};
use super::plan::{Plan, Status};
use crate::units::PROVEN;

impl Plan {
    /// `true` if [`believe`](Self::believe) would change anything.
    pub fn would_believe(&self, proven: &Proven) -> bool {
        let mut levels = proven.levels.iter();
        levels.any(|level| self.is_less_proven(level))
    }

    /// `true` if a level is proven less than the plan says.
    fn is_less_proven(&self, level: &ProvenLevel) -> bool {
        let period = self.periods.get(level.period);
        let stage = period.and_then(|period_plan| period_plan.stages.get(level.position));
        stage.is_some_and(|stage| {
            let scale = stage.value.abs().max(1.0);
            stage.bound - level.bound > PROVEN * scale
                || level.gap() > PROVEN && self.status == Status::Complete
        })
    }

    /// Takes bounds down to what the referee could prove from the prices; a plan with a gap is unproven.
    ///
    /// `true` if some bound had to be taken down by more than tolerances leave.
    pub fn believe(&mut self, proven: &Proven) -> bool {
        let is_changed = self.would_believe(proven);
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
            }
            if level.gap() > PROVEN && self.status == Status::Complete {
                self.status = Status::Unproven;
            }
        }
        is_changed
    }
}
