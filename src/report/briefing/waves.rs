//! The ways from state to state: what is refused first, then how long each takes.

use super::Briefing;
use crate::plan::{Refusal, Transition};
use crate::report::grammar::counted_with;
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
        let mut sentences = Vec::new();
        for transition in self.all_refused() {
            if let Some(words) = teller.refusal(transition) {
                sentences.push(format!("Refused: {words}."));
            }
            if matches!(transition.refusal, Some(Refusal::TooLong)) {
                sentences.push(
                    "Everything fits once all have moved; the way there is what is not safe."
                        .to_owned(),
                );
            }
            sentences.extend(teller.remedies(transition));
        }
        let turns = || self.plan.hour_turns.iter();
        let refused = teller.refused_turns(turns());
        if !refused.is_empty() {
            sentences.push(format!("Refused: {}.", refused.join("; ")));
        }
        sentences.extend(teller.remedies_of_turns(turns()));
        harmless(&sentences)
    }

    /// What would make safe what is refused, a sentence each.
    pub(in crate::report) fn remedies(&self) -> Vec<String> {
        let teller = self.teller();
        let ways = self.all_refused().flat_map(|own| teller.remedies(own));
        let turns = teller.remedies_of_turns(self.plan.hour_turns.iter());
        harmless(&ways.chain(turns).collect::<Vec<_>>())
    }

    fn all_refused(&self) -> impl Iterator<Item = &Transition> {
        let ways = self.plan.transitions.iter();
        ways.filter(|own| own.refusal.is_some())
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
            let more = (all.len() - MOST).to_string();
            let more = counted_with(&more, "more transition", ["is", "are"]);
            sentences.push(format!("{more} in waves.csv."));
        }
        if !sentences.is_empty() && self.not_to_be_begun().is_none() {
            sentences.push("What to do wave by wave is in runbook.md.".to_owned());
        }
        sentences.extend(teller.hours());
        harmless(&sentences)
    }
}

/// The same without anything that a terminal would obey.
fn harmless(sentences: &[String]) -> Vec<String> {
    let shown = sentences.iter().map(|own| visible(own).into_owned());
    shown.collect()
}
