//! The ways from state to state: what is refused first, then how long each takes.

use super::Briefing;
use crate::plan::{Refusal, Transition};
use crate::report::text::visible;
use crate::report::waves::Teller;

/// Transitions that are told of.
const MOST: usize = 6;

impl Briefing<'_> {
    fn teller(&self) -> Teller<'_> {
        Teller {
            inventory: self.inventory,
            scenario: self.scenario,
            plan: self.plan,
        }
    }

    /// What is refused and why, with what would make it safe; nothing if nothing is.
    pub(in crate::report) fn refused(&self) -> Vec<String> {
        let teller = self.teller();
        let refused = |own: &&Transition| own.refusal.is_some();
        let mut sentences = Vec::new();
        for transition in self.plan.transitions.iter().filter(refused) {
            if let Some(words) = teller.refusal(transition) {
                sentences.push(format!("Refused: {words}."));
            }
            if matches!(transition.refusal, Some(Refusal::TooLong)) {
                sentences.push("What holds at the end does not hold on the way.".to_owned());
            }
            sentences.extend(teller.remedies(transition));
        }
        sentences
            .iter()
            .map(|own| visible(own).into_owned())
            .collect()
    }

    /// How long the ways take that are not refused.
    pub(in crate::report) fn ways(&self) -> Vec<String> {
        let teller = self.teller();
        let all: Vec<&Transition> = self
            .plan
            .transitions
            .iter()
            .filter(|own| own.refusal.is_none())
            .collect();
        let mut sentences: Vec<String> = all
            .iter()
            .take(MOST)
            .map(|own| teller.sentence(own))
            .collect();
        let stops = all.iter().flat_map(|own| teller.stops(own));
        sentences.extend(stops.take(MOST));
        if all.len() > MOST {
            let more = all.len() - MOST;
            sentences.push(format!("{more} more ways are in waves.csv."));
        }
        if !sentences.is_empty() {
            sentences.push("What to do wave by wave is in runbook.md.".to_owned());
        }
        sentences
            .iter()
            .map(|own| visible(own).into_owned())
            .collect()
    }
}
