//! What would help: the strongest promises, where somebody is unserved or a target is missed.

use super::Briefing;
use crate::report::explained::{helping, sentence};

/// Most promises that are told.
const MOST: usize = 2;

impl Briefing<'_> {
    /// What would help where somebody is unserved or a headroom target is missed: a sentence for each of the
    /// strongest promises.
    pub(in crate::report) fn help(&self) -> Vec<String> {
        let Some(explanations) = self.explanations.filter(|_| !self.plan.is_good()) else {
            return Vec::new();
        };
        helping(&explanations.bindings)
            .into_iter()
            .take(MOST)
            .map(|binding| {
                let words = sentence(self.inventory, self.plan, binding);
                format!("What would help: {words}")
            })
            .collect()
    }
}
