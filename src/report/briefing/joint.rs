//! What planning all periods together spares, in a sentence.

use super::Briefing;
use crate::plan::JointPeriods;
use crate::report::numbers;

impl Briefing<'_> {
    /// How many users move in all periods, and how many fewer than period after period; nothing where the plan was made
    /// period after period.
    pub(in crate::report) fn joint(&self) -> Vec<String> {
        let joint = self.plan.joint.filter(JointPeriods::is_joint);
        joint
            .map(|joint| {
                format!(
                    "Planned over all periods together: {} users move, {} fewer than period after period.",
                    numbers::users(joint.moved),
                    numbers::users(joint.sequential - joint.moved)
                )
            })
            .into_iter()
            .collect()
    }
}
