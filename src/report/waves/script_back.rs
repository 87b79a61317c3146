//! The rollbacks of runbook.sh: of what is done so far, and after the last step.

use super::back::{BackPart, BackStep, BackWork};
use super::commands::{CommandStep, FilledCommands, StepCommands, quoted, visible_lines};
use super::in_force::Runbook;
use super::path_back::PathBack;
use super::script_undo::{UndoPart, UndoParts};
use std::fmt::Write as _;

/// Writes what undoes each step as a function of the script, and what is said before.
pub(super) fn write_undo(parts: &UndoParts, text: &mut String) {
    text.push_str("\n# undo STEP: what undoes it. Steps without an entry have nothing to undo.\nundo() {\ncase $1 in\n");
    for (number, undo_parts) in parts.by_step.iter().rev() {
        let _ = writeln!(text, "\n{number})");
        if let Some(name) = parts.limit_of.get(number) {
            let _ = writeln!(text, "before {name}");
        }
        write_parts(undo_parts, text);
        text.push_str(";;\n");
    }
    text.push_str("\nesac\n}\n\n# limits NAME: what is said before the first step of a wave or an instant is undone.\nlimits() {\ncase $1 in\n");
    for (name, undo_parts) in parts.limits.iter().rev() {
        if !undo_parts.is_empty() {
            let _ = writeln!(text, "\n{name})");
            write_parts(undo_parts, text);
            text.push_str(";;\n");
        }
    }
    text.push_str("\nesac\n}\n");
}

fn write_parts(parts: &[UndoPart], text: &mut String) {
    for part in parts {
        match part {
            UndoPart::Check(words) => say("check", words, text),
            UndoPart::Note(words) => say("note", words, text),
            UndoPart::Wave(words) => say("wave_back", words, text),
            UndoPart::Barred(words) => say("no_back", words, text),
            UndoPart::Undone {
                words,
                is_weights,
                commands,
                undoes,
            } => write_part(("", *is_weights), words, (commands, undoes), text),
        }
    }
}

/// A function of the script that is called with a text.
fn say(function: &str, words: &str, text: &mut String) {
    let _ = writeln!(text, "{function} {}", quoted(&visible_lines(words)));
}

/// What is undone: its words, and its commands where they are known. `when` is a condition of the script.
fn write_part(
    (when, is_weights): (&str, bool),
    words: &str,
    (commands, undoes): (&StepCommands, &[usize]),
    text: &mut String,
) {
    let kind = if is_weights { "weights" } else { "other" };
    let words = quoted(&visible_lines(words));
    let Some(commands) = commands.known() else {
        let _ = writeln!(text, "{when}back_by_hand {kind} {words}");
        return;
    };
    let count = commands.len();
    let _ = writeln!(text, "if {when}back_step {kind} {count} {words}; then");
    for (position, command) in commands.iter().enumerate() {
        let undone = undoes.get(position).filter(|number| **number > 0);
        let undone = undone.map_or_else(String::new, |number| format!(" 0 {number}"));
        let _ = writeln!(text, "  run {}{undone}", quoted(command));
    }
    if commands.is_empty() {
        text.push_str("  :\n");
    }
    text.push_str("fi\n");
}

impl Runbook<'_> {
    /// Writes the rollback after the last step as a function of the script.
    pub(super) fn write_path_back(&self, filled: &mut FilledCommands<'_>, text: &mut String) {
        let back = self.path_back();
        let kind = match back {
            PathBack {
                is_barred: true, ..
            } => "none",
            PathBack { ref steps, .. } if steps.is_empty() => "nothing",
            _ => "some",
        };
        let parts = back
            .steps
            .iter()
            .flat_map(|step| step.parts.iter().map(move |part| (step, part)));
        let parts: Vec<(&BackStep, &BackPart)> = parts.collect();
        let _ = writeln!(
            text,
            "\n# Whether there is a rollback after the last step: some, none, or nothing where nothing is left to undo."
        );
        let _ = writeln!(text, "rollback={kind}\nrollback_steps={}", parts.len());
        text.push_str("said_of_rollback() {\n");
        for one_text in &back.said {
            say("  printf '%s\\n'", one_text, text);
        }
        text.push_str("}\n\n# The rollback after the last step.\nrollback_after_end() {\n");
        let at = self.writer.back_begins();
        for (position, (step, part)) in parts.into_iter().enumerate() {
            let number = position + 1;
            let mut words = step.words_of(part);
            let place = CommandStep {
                step: format!("end-{number}"),
                period: self.writer.plan.periods.len().saturating_sub(1),
                wave: None,
            };
            let when = format!("at_end {number} && ");
            let commands = match &part.work {
                BackWork::Note => {
                    say(&format!("{when}note"), &words, text);
                    continue;
                }
                BackWork::ByHand => StepCommands::ByHand,
                BackWork::Steps(steps) => {
                    let place = CommandStep {
                        wave: steps.first().and_then(|step| step.wave),
                        period: steps.first().map_or(place.period, |step| step.period),
                        ..place
                    };
                    filled.of_steps(steps, 0.0, &place)
                }
                BackWork::Weights(rows) => {
                    words += &self.hour_of_weights(place.period, at);
                    filled.go_back(*rows, at, &place)
                }
            };
            let is_weights = matches!(part.work, BackWork::Weights(_));
            write_part((&when, is_weights), &words, (&commands, &[]), text);
            text.push('\n');
        }
        text.push_str(":\n}\n");
    }
}
