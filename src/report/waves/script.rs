//! runbook.sh: the steps of a runbook as a script that shows each, asks, and runs the commands of the scenario's templates.

use super::commands::{FilledCommands, quoted, visible_lines};
use super::in_force::Runbook;
use super::script_back::write_undo;
use super::tasks::{PlannedPiece, RunbookTask, TaskKind, Work, in_order};
use crate::plan::{Change, Move};
use crate::report::span::span;
use crate::report::text::visible;
use jiff::tz::Offset;
use std::fmt::Write as _;

/// File name of the script.
pub const SCRIPT_FILE: &str = "runbook.sh";

/// Below the comment at its head: how steps are shown, asked for and run, when, and what a journal says of them.
const HEAD: [&str; 3] = [
    include_str!("script_head.sh"),
    include_str!("script_clock.sh"),
    include_str!("script_journal.sh"),
];

/// A time zone of one offset as POSIX has it, with the sign reversed.
fn posix_zone(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '+' } else { '-' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("RUN{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

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
            "exit code of a command that ran, and its number in the step. After a stop, what ran is not run again, and what did not",
            "run is not undone.",
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
                self.refused_script().to_owned(),
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
        let offset = scenario.offset;
        let _ = writeln!(
            text,
            "zone={}\noffset={}",
            posix_zone(offset),
            offset.seconds()
        );
        text.push_str("# Holds: step, wave, and the first step of the wave.\n");
        let _ = writeln!(text, "holds='{}'", holds(&tasks));
        text.push_str(&HEAD.concat());
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
        let [at, until] = [task.at, task.until].map(jiff::Timestamp::as_second);
        let pace = paces(task);
        let is_paced = if pace.is_empty() { "" } else { " yes" };
        let planned = quoted(&clock.second(task.at));
        let _ = writeln!(text, "\nplanned {at} {until} {planned}{is_paced}");
        if task.is_idle {
            let _ = writeln!(text, "idle {number} {shown}");
        } else if task.kind == TaskKind::Hold {
            let watched = until - at;
            let _ = writeln!(text, "hold {number} {watched} {shown}");
        } else if let Some(commands) = commands.known() {
            let count = commands.len();
            let _ = writeln!(text, "if step {number} {count} {shown}; then");
            for (position, command) in commands.iter().enumerate() {
                let pace = pace.get(position).map(|seconds| format!(" {seconds}"));
                let pace = pace.unwrap_or_default();
                let _ = writeln!(text, "  run {}{pace}", quoted(command));
            }
            if commands.is_empty() {
                text.push_str("  :\n");
            }
            text.push_str("fi\n");
        } else {
            let _ = writeln!(text, "by_hand {number} {shown}");
        }
    }
}

/// `3:0/1:2`: the step of each hold, its wave, and the first step of that wave.
fn holds(tasks: &[&RunbookTask<'_>]) -> String {
    let holds = tasks.iter().filter(|task| task.kind == TaskKind::Hold);
    let words = holds.filter_map(|hold| {
        let wave = hold.wave?;
        let its = tasks
            .iter()
            .filter(|task| (task.period, task.wave) == (hold.period, hold.wave) && !task.is_idle);
        let first = its.map(|task| task.number).min()?;
        Some(format!("{}:{}/{wave}:{first}", hold.number, hold.period))
    });
    words.collect::<Vec<String>>().join(" ")
}

/// For each command of a step that moves users over some time, how many seconds its users have; nothing where none has a pace.
fn paces(task: &RunbookTask<'_>) -> Vec<i64> {
    let seconds = task.until.duration_since(task.at).as_secs_f64();
    let users: Vec<f64> = match (&task.work, task.kind) {
        (Work::Moves(moves), TaskKind::Move) => {
            let moves: &[&Move] = moves;
            moves.iter().map(|moved| moved.users).collect()
        }
        (Work::Steps(steps, _), TaskKind::LetIn) => {
            let of = |step: &crate::plan::Step| match step.change {
                Change::Home { users, .. } => users,
                _ => 0.0,
            };
            steps.iter().map(of).collect()
        }
        _ => Vec::new(),
    };
    let all: f64 = users.iter().sum();
    if seconds <= 0.0 || all <= 0.0 {
        return Vec::new();
    }
    let pace = users.iter().map(|users| (seconds * users / all).ceil());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no wave lasts as many seconds"
    )]
    pace.map(|seconds| seconds as i64).collect()
}
