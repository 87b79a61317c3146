//! runbook.sh: the steps of a runbook as a script that shows each, asks, and runs the commands of the scenario's templates.

use super::commands::{FilledCommands, quoted, visible_lines};
use super::in_force::Runbook;
use super::script_back::write_undo;
use super::tasks::{PlannedPiece, RunbookTask, TaskKind, in_order};
use crate::report::span::span;
use crate::report::text::visible;
use std::fmt::Write as _;

/// File name of the script.
pub const SCRIPT_FILE: &str = "runbook.sh";

/// Below the comment at its head: how steps are shown, asked for and run.
const HEAD: &str = include_str!("script_head.sh");

impl Runbook<'_> {
    /// The script of a runbook.
    pub(super) fn script(&self, planned: &[PlannedPiece<'_>]) -> String {
        let tasks = in_order(planned);
        let (scenario, plan) = (self.writer.scenario, self.writer.plan);
        let times = span(scenario, scenario.start, scenario.end);
        let mut text = "#!/bin/sh\n".to_owned();
        let title = format!("Runbook: {}, {times}", scenario.name);
        for line in [
            title.as_str(),
            "Plimsoll filled in the templates of [commands]. Review every line before you run it.",
            "Each step is shown and asked for; then its commands run.",
            "Weights are set only where they change: no later step makes up for one that you skip.",
            "",
            "  sh runbook.sh                      from the first step",
            "  sh runbook.sh --from 12            from step 12",
            "  sh runbook.sh --rollback-from 11   undo step 11 and all before it, the last first",
            "  sh runbook.sh --rollback-from end  the rollback after the last step",
            "  sh runbook.sh --dry-run            show everything, run nothing",
            "",
            "Answers are kept in runbook.log beside this file, or in the file that RUNBOOK_LOG names: time in UTC, step, answer,",
            "and the exit code of a command that ran.",
            "",
            "At every question b rolls back what is done so far. Each step of a rollback is asked for as well.",
            "",
            "Exit codes: 0 all steps were done or skipped, 1 the plan is refused, 2 wrong arguments, 3 stopped,",
            "4 rolled back (every step of the rollback was done or skipped), 5 there is no rollback after the last step,",
            "6 a command failed and was not run again with success.",
        ] {
            let line = format!("# {}", visible(line).replace('\n', " "));
            let _ = writeln!(text, "{}", line.trim_end());
        }
        if plan.is_refused() {
            text.push_str("set -u\n");
            let refused = self.transitions().into_iter();
            let refused = refused.filter_map(|transition| self.writer.refusal(transition));
            let why: Vec<String> = refused.collect();
            for line in [
                "The plan is refused: do not begin any of its waves.".to_owned(),
                why.join("\n"),
                "runbook.md says what you can do now, and what would make the plan safe. Plan again, and use the new runbook.sh."
                    .to_owned(),
            ] {
                if !line.is_empty() {
                    let _ = writeln!(text, "printf '%s\\n' {} >&2", quoted(&visible_lines(&line)));
                }
            }
            text.push_str("exit 1\n");
            return text;
        }
        // Texts have backticks that are no commands.
        let _ = writeln!(text, "# shellcheck disable=SC2016\nsteps={}", tasks.len());
        text.push_str(HEAD);
        let _ = writeln!(text, "\n# All steps.\nforward() {{");
        let _ = writeln!(text, "title {}", quoted(&visible(&title)));
        let mut filled = FilledCommands::new(self);
        for task in tasks {
            self.write_step(task, &mut filled, &mut text);
        }
        text.push_str("}\n");
        write_undo(&self.undo_parts(planned, &filled), &mut text);
        self.write_path_back(&mut filled, &mut text);
        text.push_str("\nmain\n");
        text
    }

    fn write_step(
        &self,
        task: &RunbookTask<'_>,
        filled: &mut FilledCommands<'_>,
        text: &mut String,
    ) {
        let commands = filled.commands(task);
        let clock = self.writer.clock();
        let mut shown = format!("{}: {}", clock.second(task.at), task.sentence);
        for detail in &task.details {
            let _ = write!(shown, "\n  - {detail}");
        }
        let shown = quoted(&visible_lines(&shown));
        let number = task.number;
        if task.kind == TaskKind::Hold {
            let _ = writeln!(text, "\nhold {number} {shown}");
        } else if let Some(commands) = commands.known() {
            let count = commands.len();
            let _ = writeln!(text, "\nif step {number} {count} {shown}; then");
            for command in commands {
                let _ = writeln!(text, "  run {}", quoted(command));
            }
            if commands.is_empty() {
                text.push_str("  :\n");
            }
            text.push_str("fi\n");
        } else {
            let _ = writeln!(text, "\nby_hand {number} {shown}");
        }
    }
}
