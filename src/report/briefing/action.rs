//! The first action of a plan: what to do first, and when, in the same words in the terminal and on the page.

use super::Briefing;
use crate::report::waves::first_step;

/// The first action, as a sentence with its lead.
pub(in crate::report) struct FirstAction {
    /// `First: do not begin.`, `First, at 09:08: move 1,824,000 users in 68 shards.`
    pub(in crate::report) words: String,
    /// What it takes, where that is a remedy.
    pub(in crate::report) remedy: Option<String>,
    /// Where a page has more about it.
    pub(in crate::report) place: ActionPlace,
}

/// Where a page has more about the first action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum ActionPlace {
    /// All remedies are in the list of the page.
    Remedies,
    /// The runbook begins with it.
    Runbook,
    /// There is no more.
    Nowhere,
}

impl FirstAction {
    /// The whole sentence.
    pub(in crate::report) fn sentence(&self) -> String {
        let remedy = self.remedy.iter().map(String::as_str);
        let parts: Vec<&str> = [self.words.as_str()].into_iter().chain(remedy).collect();
        parts.join(" ")
    }

    /// What is left to say after sentences that may have its remedy already; `None` if they say all of it.
    pub(in crate::report) fn after(self, sentences: &[String]) -> Option<String> {
        let is_said = |remedy: &String| sentences.contains(remedy);
        if !self.remedy.as_ref().is_some_and(is_said) {
            return Some(self.sentence());
        }
        (self.place == ActionPlace::Remedies).then_some(self.words)
    }
}

impl Briefing<'_> {
    /// The first thing to do: of a refused plan the first remedy, else the first step of the runbook with its time.
    pub(in crate::report) fn first_action(&self) -> FirstAction {
        if self.plan.is_refused() {
            let remedy = self.remedies().into_iter().next();
            // A remedy of one refusal leaves the others.
            let none = || {
                let first = "No remedy that was tried makes it safe.".to_owned();
                let all = self.without_fix();
                let to_do = all.into_iter().last();
                [first]
                    .into_iter()
                    .chain(to_do)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            return FirstAction {
                words: "First: do not begin.".to_owned(),
                remedy: Some(remedy.unwrap_or_else(none)),
                place: ActionPlace::Remedies,
            };
        }
        let writer = self.writer();
        if let Some(stays_down) = writer.stays_down() {
            return FirstAction {
                words: "First: decide.".to_owned(),
                remedy: Some(writer.stays_down_remedy(&stays_down)),
                place: ActionPlace::Nowhere,
            };
        }
        let (words, place) = match first_step(&writer, self.steps) {
            None => (
                "First: nothing. The plan has no step.".to_owned(),
                ActionPlace::Nowhere,
            ),
            Some(step) => (
                format!("First, at {}: {}.", step.time, step.words),
                ActionPlace::Runbook,
            ),
        };
        FirstAction {
            words,
            remedy: None,
            place,
        }
    }
}
