//! What planning all periods together spares, in a sentence.

use super::Briefing;
use crate::model::PlannedPeriods;
use crate::plan::JointPeriods;
use crate::report::numbers;
use crate::units::NOBODY;

impl Briefing<'_> {
    /// How many users move in all periods, and how many fewer than period after period; where they move in two periods or
    /// more and these were not planned together, why not, if it is for what the scenario asks besides.
    pub(in crate::report) fn joint(&self) -> Vec<String> {
        let joint = self.plan.joint.filter(JointPeriods::is_joint);
        let together = joint.map(|joint| {
            if joint.moved > joint.sequential {
                return format!(
                    "Planned over all periods together, with what is known at each time: {} users move, {} more than period after period, \
                     because of what was learnt of later.",
                    numbers::users(joint.moved),
                    numbers::users(joint.moved - joint.sequential)
                );
            }
            format!(
                "Planned over all periods together: {} users move, {} fewer than period after period.",
                numbers::users(joint.moved),
                numbers::users(joint.sequential - joint.moved)
            )
        });
        together.or_else(|| self.not_joint()).into_iter().collect()
    }

    fn not_joint(&self) -> Option<String> {
        let scenario = self.scenario;
        let periods = self.plan.periods.iter();
        let moving = periods.filter(|own| own.totals.moved > NOBODY).count();
        if scenario.policy.periods != PlannedPeriods::Joint || moving < 2 {
            return None;
        }
        let why = if scenario.protect.is_some() {
            "homes that survive what [protect] asks are sought for each period alone"
        } else if scenario.policy.split_shards {
            "split shards have no home to keep"
        } else {
            return None;
        };
        Some(format!("Planned period after period, not together: {why}."))
    }
}
