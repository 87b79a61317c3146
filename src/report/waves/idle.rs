//! Idle steps: those that set weights to what they are already.

use super::in_force::Runbook;
use super::tasks::{PlannedPiece, RunbookTask, TaskKind, Work};
use super::weights::HeldWeights;
use crate::model::CommandKind;

impl Runbook<'_> {
    /// Steps that set weights to what they are change nothing: one line says so. Weights that change by the hour stay steps.
    pub(super) fn mark_idle(&self, planned: &mut [PlannedPiece<'_>]) {
        let plan = self.writer.plan;
        let mut periods = plan.periods.iter();
        let has_hours = periods.any(|period| period.case.hours.slice_count() > 1);
        if has_hours || !plan.hour_turns.is_empty() {
            return;
        }
        let tasks = planned
            .iter_mut()
            .flat_map(|planned_piece| &mut planned_piece.tasks);
        let is_of_weights = |task: &&mut RunbookTask<'_>| matches!(task.work, Work::Weights { .. });
        let mut tasks: Vec<&mut RunbookTask<'_>> = tasks.filter(is_of_weights).collect();
        if tasks.is_empty() {
            return;
        }
        tasks.sort_by_key(|task| task.number);
        let template = self.writer.scenario.commands.get(&CommandKind::Weight);
        let mut held = HeldWeights::new(self.writer, template);
        for task in tasks {
            // Rows that change while the step holds have something to do later.
            let changes_later = task.rows.contains(", from ");
            // What no wave does may come while weights still turn.
            if held.is_changed_by(task) || changes_later || task.wave.is_none() {
                continue;
            }
            task.is_idle = true;
            task.details.clear();
            task.expected.clear();
            let why = if task.kind == TaskKind::LeaveWeights {
                "no group is new at a site"
            } else {
                "no weight changes"
            };
            "nothing to do".clone_into(&mut task.amount);
            task.sentence = format!("Nothing to do: {why}. The rows are {}.", task.rows);
        }
    }
}
