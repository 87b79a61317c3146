//! By rule: what a plan comes to in cases that nobody plans again, asked of any plan.

use super::context::SweepContext;
use super::hourly::Hourly;
use crate::formulation::Setting;
use crate::model::{Contingencies, Homes, Recovery};
use crate::plan::{Flow, Part};

/// A plan, and the recovery by which its failures are answered.
pub(in crate::engine) struct ByRule {
    context: SweepContext,
    base: Hourly,
    recovery: Recovery,
}

/// The parts of a plan once it is in force: users are where it has brought them.
pub(in crate::engine) fn in_force(mut parts: Vec<Part>, homes: &Homes) -> Vec<Part> {
    for part in &mut parts {
        part.current = part.site.or(homes.main(part.shard));
    }
    parts
}

impl ByRule {
    /// A plan of a setting, by its assignment and its steering.
    pub(in crate::engine) fn new(
        setting: &Setting<'_>,
        (contingencies, recovery): (&Contingencies, Recovery),
        parts: &[Part],
        flows: &[Flow],
    ) -> Self {
        let from = (setting.inventory, setting.current);
        let context = SweepContext::new(from, &setting.folded.kinds, contingencies.clone());
        Self {
            base: Hourly::new(setting, &context, parts, flows),
            context,
            recovery,
        }
    }

    /// Unserved users in a case, by rank; everybody is affected in its setting.
    pub(in crate::engine) fn unserved(&self, setting: Setting<'_>) -> Vec<f64> {
        let answers = self.base.told(&setting, &self.context, 0, &[self.recovery]);
        let first = answers.into_iter().next();
        first.map_or_else(Vec::new, |answer| answer.found.unserved)
    }
}
