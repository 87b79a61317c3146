//! The runbook: what an operator does by hand at night, step by step.

use super::how_to_work::how_to_work;
use super::in_force::{Runbook, WeightsInForce};
use super::instants::StepsAt;
use super::page::{RUNBOOK_PAGE, page};
use super::pieces::RunbookPiece;
use super::script::SCRIPT_FILE;
use super::tasks::{PlannedPiece, RunbookTask, in_order};
use super::teller::WayTeller;
use super::wave::heading;
use crate::error::Result;
use crate::plan::{Change, PeriodPlan, Step, changes};
use crate::plan_files::{Action, EventWord};
use crate::report::assumed::assumed_ends;
use crate::report::briefing::Briefing;
use crate::report::document::{Document, Section};
use crate::report::span::span;
use crate::report::text::visible;
use crate::report::written::{WrittenFile, file};
use crate::report::{markdown, numbers};
use crate::units::NOBODY;

/// File name of the runbook.
pub const RUNBOOK_FILE: &str = "runbook.md";

const REFUSED: &str = "**The plan is refused: do not begin any of its waves.** Each refused transition below gives the reason and a fix. Apply a fix, plan again, and work by the new runbook. Start times are left out on purpose.";

/// The runbook of a plan as Markdown.
pub fn runbook(teller: &WayTeller<'_>) -> String {
    runbook_of(
        teller,
        &changes(teller.inventory, teller.scenario, teller.plan),
    )
}

/// The runbook of a plan whose steps are known: names show as they are, whatever letters they have.
pub fn runbook_of(teller: &WayTeller<'_>, steps: &[Step]) -> String {
    let inventory = markdown::named(teller.inventory);
    let scenario = markdown::titled(teller.scenario);
    let teller = &WayTeller {
        inventory: &inventory,
        scenario: &scenario,
        plan: teller.plan,
    };
    let runbook = Runbook {
        teller,
        steps,
        in_force: &WeightsInForce::new(teller, steps),
    };
    let text = runbook.document().markdown();
    let lines = text.split('\n').map(|line| visible(line).into_owned());
    let mut lines: Vec<String> = lines.collect();
    // One empty line parts sections and what stands apart in them.
    lines.dedup_by(|own, before| own.is_empty() && before.is_empty());
    lines.join("\n")
}

/// What there is to say of an instant without a step: whether maintenance may begin.
fn nothing_to_do(own: &StepsAt) -> &'static str {
    let begins = |own: &Step| {
        own.action == Action::Begins
            && matches!(
                own.change,
                Change::Mark {
                    kind: EventWord::Maintenance,
                    ..
                }
            )
    };
    if own.steps.iter().any(begins) {
        "Nothing to do if all steps before it are done. If one is not, postpone the maintenance."
    } else {
        "Nothing to do at this instant."
    }
}

/// `true` of an instant at which nothing is known to happen: only ends that nobody stated are there.
fn is_only_assumed(teller: &WayTeller<'_>, piece: &RunbookPiece<'_>) -> bool {
    match piece {
        RunbookPiece::Instant(own) | RunbookPiece::Between(own) => {
            let mut steps = own.steps.iter();
            steps.all(|own| own.number == 0 && teller.is_assumed_end(own))
        }
        _ => false,
    }
}

/// The files of a runbook: as Markdown, as a page, as a table, and, where the scenario has commands, as a script.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn runbook_files(teller: &WayTeller<'_>, steps: &[Step]) -> Result<Vec<WrittenFile>> {
    let markdown = runbook_of(teller, steps);
    let title = format!("Runbook: {}", teller.scenario.name);
    let page = page(&title, &markdown);
    let runbook = Runbook {
        teller,
        steps,
        in_force: &WeightsInForce::new(teller, steps),
    };
    let planned = if teller.plan.is_refused() {
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
    if !teller.scenario.commands.is_empty() {
        files.push(WrittenFile::new(
            SCRIPT_FILE,
            runbook.script(&planned).into_bytes(),
        ));
    }
    Ok(files)
}

impl Runbook<'_> {
    fn document(&self) -> Document {
        let (teller, plan) = (self.teller, self.teller.plan);
        let title = format!("Runbook: {}", teller.scenario.name);
        let mut document = Document::page("Runbook", &title, "");
        if plan.is_refused() {
            document.sections.push(self.preface(&[]));
            document.sections.extend(self.what_stands());
            let refused = self.transitions().into_iter();
            document
                .sections
                .extend(refused.map(|own| teller.not_begun(own)));
            document.sections.extend(teller.hours_refused());
            return document;
        }
        let planned = self.planned();
        let tasks = in_order(&planned);
        document.sections.push(self.preface(&tasks));
        document.sections.extend(self.step_table(&tasks));
        document.sections.extend(how_to_work(self, &tasks));
        for PlannedPiece { piece, tasks } in &planned {
            if tasks.is_empty() && is_only_assumed(teller, piece) {
                continue;
            }
            let mut section = match piece {
                RunbookPiece::Instant(own) | RunbookPiece::Between(own) => teller.instant(own),
                RunbookPiece::Transition(way) => teller.way(way),
                RunbookPiece::Wave(at) => heading(*at),
                RunbookPiece::Hours => teller.hours_of_day(),
            };
            for task in tasks {
                task.write(&mut section);
            }
            match piece {
                RunbookPiece::Instant(own) | RunbookPiece::Between(own) if tasks.is_empty() => {
                    section.say(nothing_to_do(own));
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
        let (teller, plan) = (self.teller, self.teller.plan);
        let scenario = teller.scenario;
        let mut section = Section::default();
        let mut warnings = teller.warnings();
        warnings.extend(self.unknown());
        warnings.extend(teller.missing());
        warnings.extend(teller.triggers_not_played());
        // Users who are down or unserved come before what was not checked.
        let is_alarm = |own: &String| own.starts_with("WARNING") || own.starts_with("Unserved");
        warnings.sort_by_key(|own| !is_alarm(own));
        for warning in warnings {
            section.apart(format!("**{warning}**"));
        }
        let times = span(scenario, scenario.start, scenario.end);
        let zone = teller.clock().zone();
        if plan.is_refused() {
            section.apart(format!("When: {times}; all times are {zone}."));
            section.say(REFUSED);
            return section;
        }
        let ways = &plan.transitions;
        if ways.is_empty() && plan.hour_turns.is_empty() && tasks.is_empty() {
            section.say(match teller.stays_down() {
                Some(_) => "No user has to move. The plan has no step against the warning above.",
                None => "No user has to move: there is nothing to do.",
            });
            return section;
        }
        let what = self.transitions().into_iter();
        let what: Vec<String> = what.map(|own| teller.sentence(own)).collect();
        if !what.is_empty() {
            section.apart("What is done:");
            section.items(what);
            section.say("");
        }
        let steps = tasks.first().zip(tasks.iter().map(|own| own.until).max());
        let steps = steps.map_or_else(String::new, |(first, last)| {
            let clock = teller.clock();
            let [first, last] = [first.at, last].map(|at| clock.second(at));
            format!(" The first step begins at {first}, the last is done by {last}.")
        });
        section.apart(format!("When: {times}; all times are {zone}.{steps}"));
        if let Some(assumed) = assumed_ends(teller.inventory, scenario) {
            section.apart(assumed);
        }
        self.add_contacts(&mut section);
        section
    }

    fn unknown(&self) -> Vec<String> {
        let WayTeller {
            inventory,
            scenario,
            plan,
        } = *self.teller;
        let briefing = Briefing {
            inventory,
            scenario,
            plan,
            steps: &[],
            explanations: None,
            proven: None,
        };
        let short = plan.periods.iter();
        let short: Vec<&PeriodPlan> = short.filter(|own| own.totals.unserved > NOBODY).collect();
        let most = short.iter().map(|own| own.totals.unserved).reduce(f64::max);
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
