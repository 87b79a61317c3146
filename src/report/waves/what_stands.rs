//! What can be done now where a plan is refused: steps that no wave does and that a failed component needs, and what an earlier plan
//! leaves.

use super::in_force::Runbook;
use super::instants::StepsAt;
use crate::model::EventKind;
use crate::plan::{Change, Step};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::capital;

impl Runbook<'_> {
    /// What can be done now of a refused plan; `None` where that is nothing.
    pub(super) fn what_stands(&self) -> Option<Section> {
        let writer = self.writer;
        let is_resumed = !writer.inventory.resumed.is_empty();
        let outs = self.failed_members();
        if outs.is_empty() && !is_resumed {
            return None;
        }
        let mut section = Section::titled("What you can do now");
        let mut items = Vec::new();
        if is_resumed {
            items.push("Do not go on with the earlier runbook: its waves were not checked against what has happened since.".to_owned());
            items.push("Move no user and set no weight until a plan is accepted. What the earlier waves have done stands: inputs/ has it.".to_owned());
        }
        for sentence in outs {
            items.push(format!(
                "{} This needs no wave: it has failed, and loses what it is sent. Watch the other members: no wave was checked with it.",
                capital(&sentence)
            ));
        }
        if is_resumed {
            items.push("Stay where users are: postpone what has not begun. Plan the fault alone, from inputs/ of this folder as the inventory.".to_owned());
            items.push("Or roll back by the earlier runbook, from its last step that is done. Its loads were not checked against what has happened since.".to_owned());
        }
        section.items(items);
        section.say("");
        Some(section)
    }

    /// The steps without a wave that take a failed member out of a pool at the start of the plan.
    fn failed_members(&self) -> Vec<String> {
        let writer = self.writer;
        let start = writer.scenario.start;
        let is_out = |step: &&Step| {
            let Change::Member { member, .. } = step.change else {
                return false;
            };
            let component = writer.inventory.element_component(member);
            let has_failed = writer.scenario.events.iter().any(|event| {
                let EventKind::Failure(failure) = &event.kind else {
                    return false;
                };
                failure.capacity <= 0.0
                    && failure.components.contains(&component)
                    && event.detected <= start
                    && start < event.end
            });
            let is_at_once = step.wave.is_none() && step.at.is_some_and(|at| at <= start);
            step.action == Action::TakeOut && is_at_once && has_failed
        };
        let steps: Vec<Step> = self.steps.iter().filter(is_out).copied().collect();
        let Some(first) = steps.first() else {
            return Vec::new();
        };
        let at = StepsAt {
            at: start,
            period: first.period,
            closes: false,
            stays_open: Vec::new(),
            steps,
        };
        let tasks = writer.tasks_at(&at);
        tasks.into_iter().map(|task| task.sentence).collect()
    }
}
