//! The runbook: what an operator does by hand at night, step by step.

use super::how_to_work::how_to_work;
use super::in_force::{Runbook, WeightsInForce};
use super::instants::StepsAt;
use super::page::{RUNBOOK_PAGE, page};
use super::pieces::RunbookPiece;
use super::script::SCRIPT_FILE;
use super::tasks::{PlannedPiece, RunbookTask, in_order};
use super::wave::heading;
use super::writer::TransitionWriter;
use crate::error::Result;
use crate::model::After;
use crate::plan::{Change, PeriodPlan, Step, changes};
use crate::plan_files::{Action, EventWord};
use crate::report::assumed::assumed_ends;
use crate::report::briefing::Briefing;
use crate::report::document::{Document, Section};
use crate::report::period::happening;
use crate::report::span::span;
use crate::report::text::visible;
use crate::report::written::{WrittenFile, file};
use crate::report::{markdown, numbers};
use crate::units::NOBODY;

/// File name of the runbook.
pub const RUNBOOK_FILE: &str = "runbook.md";

/// The runbook of a plan as Markdown.
pub fn runbook(writer: &TransitionWriter<'_>) -> String {
    runbook_of(
        writer,
        &changes(writer.inventory, writer.scenario, writer.plan),
    )
}

/// The runbook of a plan whose steps are known: names show as they are, whatever letters they have.
pub fn runbook_of(transition_writer: &TransitionWriter<'_>, steps: &[Step]) -> String {
    let inventory = markdown::named(transition_writer.inventory);
    let scenario = markdown::titled(transition_writer.scenario);
    let transition_writer = &TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: transition_writer.plan,
    };
    let runbook = Runbook {
        writer: transition_writer,
        steps,
        in_force: &WeightsInForce::new(transition_writer, steps),
    };
    let text = runbook.document().markdown();
    let lines = text.split('\n').map(|line| visible(line).into_owned());
    let mut lines: Vec<String> = lines.collect();
    // One empty line parts sections and what stands apart in them.
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n")
}

/// Why no user returns though maintenance ends: an event without a stated end is still in force. `None` if none is.
fn no_return(writer: &TransitionWriter<'_>, steps_at: &StepsAt) -> Option<String> {
    let scenario = writer.scenario;
    let is_end = |step: &Step| step.number == 0 && step.action == Action::Ends;
    let returns = scenario.policy.after == After::Return;
    if !returns || !steps_at.steps.iter().any(is_end) {
        return None;
    }
    let mut events = scenario.events.iter().filter(|event| {
        event.is_end_assumed && event.start <= steps_at.at && steps_at.at < event.end
    });
    let event = events.next()?;
    let noun = event.kind.event_type().noun();
    let subject = happening(writer.inventory, event).subject;
    Some(format!(
        "No return is planned while the {noun} of {subject} lasts: its end is assumed. State its end with --to, and plan again."
    ))
}

/// What there is to say of an instant without a step: whether maintenance may begin.
fn nothing_to_do(steps_at: &StepsAt) -> &'static str {
    let begins = |step: &Step| {
        step.action == Action::Begins
            && matches!(
                step.change,
                Change::Mark {
                    kind: EventWord::Maintenance,
                    ..
                }
            )
    };
    if steps_at.steps.iter().any(begins) {
        "Nothing to do if all steps before it are done. If one is not, postpone the maintenance."
    } else {
        "Nothing to do at this instant."
    }
}

/// `true` of an instant at which nothing is known to happen: only ends that nobody stated are there.
fn is_only_assumed(writer: &TransitionWriter<'_>, piece: &RunbookPiece<'_>) -> bool {
    match piece {
        RunbookPiece::Instant(steps_at) | RunbookPiece::Between(steps_at) => {
            let mut steps = steps_at.steps.iter();
            steps.all(|step| step.number == 0 && writer.is_assumed_end(step))
        }
        _ => false,
    }
}

/// The files of a runbook: as Markdown, as a page, as a table, and, where the scenario has commands, as a script.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn runbook_files(
    transition_writer: &TransitionWriter<'_>,
    steps: &[Step],
) -> Result<Vec<WrittenFile>> {
    let markdown = runbook_of(transition_writer, steps);
    let title = format!("Runbook: {}", transition_writer.scenario.name);
    let page = page(&title, &markdown);
    let runbook = Runbook {
        writer: transition_writer,
        steps,
        in_force: &WeightsInForce::new(transition_writer, steps),
    };
    let planned = if transition_writer.plan.is_refused() {
        Vec::new()
    } else {
        runbook.planned()
    };
    let tasks = in_order(&planned);
    let mut files = vec![
        WrittenFile::new(RUNBOOK_FILE, markdown.into_bytes()),
        WrittenFile::new(RUNBOOK_PAGE, page.into_bytes()),
        file(&runbook.rows(&tasks))?,
    ];
    if !transition_writer.scenario.commands.is_empty() {
        files.push(WrittenFile::new(
            SCRIPT_FILE,
            runbook.script(&planned).into_bytes(),
        ));
    }
    Ok(files)
}

impl Runbook<'_> {
    fn document(&self) -> Document {
        let (writer, plan) = (self.writer, self.writer.plan);
        let title = format!("Runbook: {}", writer.scenario.name);
        let mut document = Document::page("Runbook", &title, "");
        if plan.is_refused() {
            document.sections.push(self.preface(&[]));
            document.sections.extend(self.what_stands());
            let refused = self.transitions().into_iter();
            document
                .sections
                .extend(refused.map(|transition| writer.not_begun(transition)));
            document.sections.extend(writer.hours_refused());
            return document;
        }
        let planned = self.planned();
        let tasks = in_order(&planned);
        document.sections.push(self.preface(&tasks));
        document.sections.extend(self.step_table(&tasks));
        document.sections.extend(how_to_work(self, &tasks));
        for PlannedPiece { piece, tasks } in &planned {
            if tasks.is_empty() && is_only_assumed(writer, piece) {
                continue;
            }
            let mut section = match piece {
                RunbookPiece::Instant(steps_at) | RunbookPiece::Between(steps_at) => {
                    writer.instant(steps_at)
                }
                RunbookPiece::Transition(transition) => writer.section(transition),
                RunbookPiece::Wave(at) => heading(*at),
                RunbookPiece::Hours => writer.hours_of_day(),
            };
            for task in tasks {
                task.write(&mut section);
            }
            match piece {
                RunbookPiece::Instant(steps_at) | RunbookPiece::Between(steps_at)
                    if tasks.is_empty() =>
                {
                    section.say(nothing_to_do(steps_at));
                    if let Some(why) = no_return(writer, steps_at) {
                        section.say(why);
                    }
                }
                RunbookPiece::Wave(at) => self.add_undo(*at, &mut section),
                _ => {}
            }
            let last = document.sections.last_mut();
            match (piece, last) {
                (RunbookPiece::Between(_) | RunbookPiece::Wave(_), Some(last)) => {
                    last.part(section);
                }
                _ => document.sections.push(section),
            }
        }
        if !planned.is_empty() {
            document.sections.push(self.path_back().section());
        }
        document
    }

    /// What is done, when, and who has to know; what is wrong comes first.
    fn preface(&self, tasks: &[&RunbookTask<'_>]) -> Section {
        let (writer, plan) = (self.writer, self.writer.plan);
        let scenario = writer.scenario;
        let mut section = Section::default();
        let mut warnings = writer.warnings();
        warnings.extend(self.unknown());
        warnings.extend(writer.missing());
        warnings.extend(writer.triggers_not_played());
        // Users who are down or unserved come before what was not checked.
        let is_alarm = |text: &String| text.starts_with("WARNING") || text.starts_with("Unserved");
        warnings.sort_by_key(|warning| !is_alarm(warning));
        for warning in warnings {
            section.apart(format!("**{warning}**"));
        }
        let times = span(scenario, scenario.start, scenario.end);
        let zone = writer.clock().zone();
        if plan.is_refused() {
            section.apart(format!("When: {times}; all times are {zone}."));
            section.apart(self.refused());
            self.add_contacts(&mut section, "");
            return section;
        }
        let transitions = &plan.transitions;
        if transitions.is_empty() && plan.hour_turns.is_empty() && tasks.is_empty() {
            section.say(match writer.stays_down() {
                Some(_) => "No user has to move. The plan has no step against the warning above.",
                None => "No user has to move: there is nothing to do.",
            });
            self.add_contacts(&mut section, "");
            return section;
        }
        let what = self.transitions().into_iter();
        let what: Vec<String> = what.map(|transition| writer.sentence(transition)).collect();
        if !what.is_empty() {
            section.apart("What is done:");
            section.items(what);
            section.say("");
        }
        let steps = tasks.first().zip(tasks.iter().map(|task| task.until).max());
        let steps = steps.map_or_else(String::new, |(first, last)| {
            let clock = writer.clock();
            let [first, last] = [first.at, last].map(|at| clock.second(at));
            format!(" The first step begins at {first}, the last is done by {last}.")
        });
        section.apart(format!("When: {times}; all times are {zone}.{steps}"));
        if let Some(assumed) = assumed_ends(writer.inventory, scenario) {
            section.apart(assumed);
        }
        self.add_contacts(&mut section, ", before the first step and after the last");
        section
    }

    fn unknown(&self) -> Vec<String> {
        let TransitionWriter {
            inventory,
            scenario,
            plan,
        } = *self.writer;
        let briefing = Briefing {
            inventory,
            scenario,
            plan,
            steps: &[],
            explanations: None,
            proven: None,
        };
        let short = plan.periods.iter();
        let short: Vec<&PeriodPlan> = short
            .filter(|period_plan| period_plan.totals.unserved > NOBODY)
            .collect();
        let most = short
            .iter()
            .map(|period_plan| period_plan.totals.unserved)
            .reduce(f64::max);
        let unserved = most.map(|most| {
            let users = numbers::lost_users(most);
            match short[..] {
                [only] => format!("Unserved in period {}: {users}.", only.period.index),
                _ => format!("Unserved in {} periods: up to {users}.", short.len()),
            }
        });
        let truth = briefing.truth().filter(|_| !briefing.wounds().is_empty());
        unserved.into_iter().chain(truth).collect()
    }
}
