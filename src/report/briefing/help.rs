//! What would help: the strongest promises, where somebody is unserved or a target is missed.

use super::Briefing;
use crate::plan::explain::RuleInTheWay;
use crate::report::explained::{helping, rule_sentence, sentence};
use crate::units::NOBODY;

/// Most promises that are told.
const MOST: usize = 2;

impl Briefing<'_> {
    /// What would help where somebody is unserved or a headroom target is missed: a sentence for each rule without which more
    /// users would be served, and for each of the strongest promises of more capacity.
    pub(in crate::report) fn help(&self) -> Vec<String> {
        let Some(explanations) = self.explanations.filter(|_| !self.plan.is_good()) else {
            return Vec::new();
        };
        let is_told = |own: &&RuleInTheWay| {
            let change = own.promised.get(own.period);
            change.is_some_and(|own| own.after.unserved < own.before.unserved - NOBODY)
        };
        let rules = explanations.rules.iter().filter(is_told);
        let rules = rules.filter_map(|own| rule_sentence(self.plan, own));
        let bindings = helping(&explanations.bindings).into_iter();
        let bindings = bindings.map(|own| sentence(self.inventory, self.plan, own));
        let told = rules.take(MOST).chain(bindings.take(MOST));
        told.map(|words| format!("What would help: {words}"))
            .collect()
    }
}
