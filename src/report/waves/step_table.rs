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
        let clock = self.teller.clock();
        let mut section = Section::titled("Steps");
        let table = Listing::of(tasks.iter().copied())
            .words("done", |_| "☐")
            .right("step", |own| own.number.to_string())
            .whole("time", |own| clock.second(own.at))
            .words("action", |own| own.kind.words())
            .words("component", |own| own.component.as_str())
            .words("amount", |own| own.amount.as_str())
            .words("expected after it", |own| own.expected.as_str())
            .table("steps", "Steps");
        section.blocks.push(Block::Table(table));
        Some(section)
    }

    /// The rows of runbook.csv.
    pub(super) fn rows(&self, tasks: &[&RunbookTask<'_>]) -> Vec<RunbookRow> {
        let scenario = self.teller.scenario;
        let rows = tasks.iter().map(|own| {
            let holds = |words: &str| (!words.is_empty()).then(|| words.to_owned());
            let details = own.details.iter().map(|detail| format!(" {detail}"));
            RunbookRow {
                step: number(own.number),
                start: instant(scenario, own.at),
                end: instant(scenario, own.until),
                period: number(own.period),
                wave: own.wave,
                action: own.kind.words().to_owned(),
                component: holds(&own.component),
                amount: holds(&own.amount),
                expected: holds(&own.expected),
                rows: holds(&own.rows),
                instruction: if own.kind == TaskKind::Hold {
                    own.sentence.clone() + &details.collect::<String>()
                } else {
                    own.sentence.clone()
                },
            }
        });
        rows.collect()
    }
}
