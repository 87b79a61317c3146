//! What would help: the strongest promises, where somebody is unserved or a target is missed.

use super::Briefing;
use crate::plan::explain::RuleInTheWay;
use crate::report::explained::{helping, rule_sentence, sentence};
use crate::units::NOBODY;

/// Most promises that are told.
const MOST: usize = 2;

impl Briefing<'_> {
    /// What would help where somebody is unserved or a headroom target is missed: a sentence for a rule without which more
    /// users would be served, and for the strongest promises of more capacity, two in all.
    pub(in crate::report) fn help(&self) -> Vec<String> {
        let Some(explanations) = self.explanations.filter(|_| !self.plan.is_good()) else {
            return Vec::new();
        };
        let plan = (self.plan, explanations.is_quick);
        let is_told = |own: &&RuleInTheWay| {
            let change = own.promised.get(own.period);
            change.is_some_and(|own| own.after.unserved < own.before.unserved - NOBODY)
        };
        let rules = explanations.rules.iter().filter(is_told);
        let rules = rules.filter_map(|own| rule_sentence(plan, own));
        let bindings = helping(&explanations.bindings).into_iter();
        let bindings = bindings.map(|own| sentence(self.inventory, plan, own));
        let (rules, bindings): (Vec<String>, Vec<String>) = (rules.collect(), bindings.collect());
        // The strongest of both kinds, where there are both.
        let of_rules = MOST - usize::from(!bindings.is_empty());
        let of_rules = of_rules.min(rules.len());
        let told = rules.into_iter().take(of_rules);
        let told = told.chain(bindings.into_iter().take(MOST - of_rules));
        told.map(|words| format!("What would help: {words}"))
            .collect()
    }
}
