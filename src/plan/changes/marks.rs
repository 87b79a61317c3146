//! Marks: works and faults that begin, become known and end, between the steps.

use super::step::{Change, Step};
use crate::model::{Scenario, Word as _};
use crate::plan_files::{Action, EventWord};
use jiff::Timestamp;

/// The marks of a scenario from its start to its end, in order of time, with the periods that begin at these instants.
pub(in crate::plan) fn marks(scenario: &Scenario, periods: &[Timestamp]) -> Vec<Step> {
    let mut all = Vec::new();
    for event in &scenario.events {
        let word = event.kind.event_type().word();
        // Surges are at no component, and have no marks.
        let Some(kind) = EventWord::ALL
            .iter()
            .find(|event_word| event_word.word() == word)
        else {
            continue;
        };
        let is_known_later = event.start < event.detected && event.detected < event.end;
        let instants = [
            (Action::Begins, event.start, true),
            (Action::Detected, event.detected, is_known_later),
            (Action::Ends, event.end, true),
        ];
        for (action, at, is_one) in instants {
            if !is_one || at < scenario.start || at > scenario.end {
                continue;
            }
            let begun = periods.iter().rposition(|start| *start <= at);
            let period = begun.unwrap_or_default();
            all.extend(event.kind.components().iter().map(|component| Step {
                period,
                number: 0,
                action,
                change: Change::Mark {
                    component: *component,
                    kind: *kind,
                },
                at: Some(at),
                wave: None,
            }));
        }
    }
    // What ends is listed before what begins at the same instant.
    let rank = |step: &Step| match step.action {
        Action::Ends => 0,
        Action::Begins => 1,
        _ => 2,
    };
    all.sort_by_key(|step| (step.at, rank(step)));
    all
}
