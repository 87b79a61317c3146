//! The table of steps: in the runbook, to tick off, and as runbook.csv.

use super::in_force::Runbook;
use super::tasks::{RunbookTask, TaskKind};
use crate::plan_files::RunbookRow;
use crate::report::document::{Block, Listing, Section};
use crate::report::written::{instant, number};

impl Runbook<'_> {
    /// All steps in a table with a box to tick; none where there is no step.
    pub(super) fn step_table(&self, tasks: &[&RunbookTask<'_>]) -> Option<Section> {
        if tasks.is_empty() {
            return None;
        }
        let clock = self.writer.clock();
        let mut section = Section::titled("Steps");
        let table = Listing::of(tasks.iter().copied())
            .words("done", |task| if task.is_idle { "–" } else { "☐" })
            .right("step", |runbook_task| runbook_task.number.to_string())
            .whole("time", |runbook_task| clock.second(runbook_task.at))
            .words("action", |runbook_task| runbook_task.kind.words())
            .words("component", |runbook_task| runbook_task.component.as_str())
            .words("amount", |runbook_task| runbook_task.amount.as_str())
            .words("expected after it", |runbook_task| {
                runbook_task.expected.as_str()
            })
            .table("steps", "Steps");
        section.blocks.push(Block::Table(table));
        Some(section)
    }

    /// The rows of runbook.csv.
    pub(super) fn rows(&self, tasks: &[&RunbookTask<'_>]) -> Vec<RunbookRow> {
        let scenario = self.writer.scenario;
        let rows = tasks.iter().map(|task| {
            let holds = |words: &str| (!words.is_empty()).then(|| words.to_owned());
            let details = task.details.iter().map(|detail| format!(" {detail}"));
            RunbookRow {
                step: number(task.number),
                start: instant(scenario, task.at),
                end: instant(scenario, task.until),
                period: number(task.period),
                wave: task.wave,
                action: task.kind.words().to_owned(),
                component: holds(&task.component),
                amount: holds(&task.amount),
                expected: holds(&task.expected),
                rows: holds(&task.rows),
                instruction: if task.kind == TaskKind::Hold {
                    task.sentence.clone() + &details.collect::<String>()
                } else {
                    task.sentence.clone()
                },
                idle: task.is_idle,
            }
        });
        rows.collect()
    }
}
