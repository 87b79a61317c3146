//! Replayed: a scenario played forward with a plan, or with nobody doing anything, and what is told of that.

use super::clock::Clock;
use super::commands::plan::{judged, judged_files, read_back};
use super::input::{self, Input, Told};
use super::options::Played;
use super::progress::Progress;
use super::render::{self, Sources};
use super::stored::Stored;
use super::terminal::Terminal;
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::engine::{Options, plan, replay};
use crate::error::{Error, Result};
use crate::model::{Event, EventKind, Scenario};
use crate::plan::{changes, check};
use crate::plan_files::{
    EventWord, Inputs, PeriodSummary, Row as _, SUMMARY_FILE, SteeringRow, WrittenPlan,
};
use crate::report::replay::{Carried, ReplayReport};
use crate::report::written::About;
use crate::solve::Stop;
use std::borrow::Cow;
use std::path::Path;

/// The plan was made from other inputs than it is replayed with (a warning).
const OTHER_INPUTS: Code = Code("P6024");

/// The plan that is replayed does not hold (a warning).
const DOES_NOT_HOLD: Code = Code("P6025");

/// Steering is planned for the plan's homes (a warning).
const STEERED: Code = Code("P6026");

/// What is played forward.
pub(super) struct Playing<'a> {
    read: &'a Input,
    inputs: Inputs,
    /// The plan that is carried out; `None` if nobody does anything.
    carried: Option<WrittenPlan>,
    is_made_here: bool,
}

impl<'a> Playing<'a> {
    /// Reads the plan that is carried out, or makes it; `None` if it cannot be read, which has been told.
    ///
    /// # Errors
    /// What planning and reading return.
    pub(super) fn of(
        read: &'a Input,
        played: &Played,
        told: Told,
        stop: &Stop,
        terminal: &mut Terminal,
    ) -> Result<Option<Self>> {
        let inputs = input::digests(&read.inventory, &read.layers, drop);
        let carried = match played {
            Played::Nothing => None,
            Played::Made => Some(made(read, &inputs, told, stop, terminal)?),
            Played::Written(folder) => {
                let of = (&read.inventory, &read.scenario);
                let Some((plan, is_steered)) = Stored::read_or_steered(folder, of, terminal)?
                else {
                    return Ok(None);
                };
                if told == Told::All {
                    tell(other_inputs(folder, &plan.plan, &inputs).as_ref(), terminal);
                    tell(is_steered.then(|| steered(folder)).as_ref(), terminal);
                }
                Some(plan.plan)
            }
        };
        Ok(Some(Self {
            read,
            inputs,
            carried,
            is_made_here: *played == Played::Made,
        }))
    }

    /// Plays it, and gives what is to be told to `then`; a finding if the plan cannot be carried out.
    ///
    /// # Errors
    /// What the replay and `then` return.
    pub(super) fn told<T>(
        self,
        stop: &Stop,
        then: impl FnOnce(&ReplayReport<'_>) -> Result<T>,
    ) -> Result<std::result::Result<T, Box<Finding>>> {
        let (inventory, scenario) = (&self.read.inventory, &self.read.scenario);
        let played = match replay(inventory, scenario, self.carried.as_ref(), true, stop) {
            Ok(played) => played?,
            Err(finding) => return Ok(Err(finding)),
        };
        let carried = self.carried.map(|plan| Carried {
            is_made_here: self.is_made_here,
            refused: (plan.summary.iter())
                .flat_map(|own| &own.periods)
                .find_map(PeriodSummary::refused),
            broken: if self.is_made_here {
                0
            } else {
                check::check(inventory, &planned_for(scenario, &plan), plan)
                    .broken
                    .len()
            },
        });
        let told = ReplayReport::new(inventory, scenario, &played, self.inputs, carried);
        then(&told).map(Ok)
    }
}

/// The scenario that a plan is checked for: sessions that end are no part of it where the plan says nothing of them, because
/// they were added to see what they do to it.
fn planned_for<'a>(scenario: &'a Scenario, plan: &WrittenPlan) -> Cow<'a, Scenario> {
    let is_added = |own: &Event| matches!(own.kind, EventKind::Disconnect(_));
    let rows = || plan.changes.iter().flatten();
    let is_told = rows().any(|own| own.row.event == Some(EventWord::Disconnect));
    if is_told || !scenario.events.iter().any(is_added) {
        return Cow::Borrowed(scenario);
    }
    let mut planned_for = scenario.clone();
    planned_for.events.retain(|own| !is_added(own));
    Cow::Owned(planned_for)
}

/// A plan of the scenario as it would be written, judged and read back.
fn made(
    read: &Input,
    inputs: &Inputs,
    told: Told,
    stop: &Stop,
    terminal: &mut Terminal,
) -> Result<WrittenPlan> {
    let (inventory, scenario) = (&read.inventory, &read.scenario);
    let progress = (told == Told::All).then(|| Progress::start("planning"));
    let clock = Clock::start(progress);
    let mut plan = plan(
        inventory,
        scenario,
        &Options {
            stop,
            watch: &clock,
        },
    )?;
    drop(clock);
    let _progress = (told == Told::All).then(|| Progress::start("checking the plan"));
    for warning in plan.warnings.iter().filter(|_| told == Told::All) {
        let text = format!("warning: {}\n", render::escaped(warning));
        let _ = terminal.err.write_all(text.as_bytes());
    }
    let about = About {
        inputs: inputs.clone(),
        ..About::default()
    };
    let steps = changes(inventory, scenario, &plan);
    let mut verdict = judged(inventory, scenario, &plan, &steps, &about, |_| Ok(()))?.verdict;
    while plan.believe(&verdict.proven) {
        verdict = judged(inventory, scenario, &plan, &steps, &about, |_| Ok(()))?.verdict;
    }
    if !verdict.holds() {
        let text = format!("{verdict}\n");
        let _ = terminal.err.write_all(render::lines(&text).as_bytes());
        return Err(Error::Internal(
            "the plan does not hold by the referee's count; nothing was written".into(),
        ));
    }
    read_back(&judged_files(inventory, scenario, &plan, &steps, &about)?)
}

/// Prints a finding, if there is one.
pub(super) fn tell(finding: Option<&Finding>, terminal: &mut Terminal) {
    let text = render::findings(finding, &Sources::of(&[]), terminal);
    // Nobody is left to be told if standard error is gone.
    let _ = terminal.err.write_all(text.as_bytes());
}

/// The plan was made from something else, if it says from what.
fn other_inputs(folder: &Path, plan: &WrittenPlan, inputs: &Inputs) -> Option<Finding> {
    let planned = Some(&plan.summary.as_ref()?.inputs).filter(|own| !own.is_unknown())?;
    let what = match (
        planned.inventory == inputs.inventory,
        planned.scenario == inputs.scenario,
    ) {
        (true, true) => return None,
        (false, true) => "another inventory",
        (true, false) => "another scenario",
        (false, false) => "another inventory and another scenario",
    };
    Some(warning(
        OTHER_INPUTS,
        folder,
        format!("a plan for {what}"),
        "one made from what it is replayed with",
        "plan again, or replay what it was planned for; until then this tells what a plan for something else comes to",
    ))
}

/// The plan has homes alone.
fn steered(folder: &Path) -> Finding {
    let finding = warning(
        STEERED,
        folder,
        "an assignment.csv and no steering.csv".to_owned(),
        "both",
        "nothing, if the homes were made by hand: steering is planned for them, as `plan` does",
    );
    Finding {
        place: Place {
            file: folder.join(SteeringRow::FILE).display().to_string(),
            ..finding.place
        },
        ..finding
    }
}

/// The plan breaks rules of the referee.
pub(super) fn does_not_hold(folder: &Path, broken: usize) -> Finding {
    let rules = render::counted(broken, "rule");
    warning(
        DOES_NOT_HOLD,
        folder,
        format!("a plan that breaks {rules}"),
        "one that holds",
        "it is replayed as it is written; `plimsoll verify` says what in it does not hold",
    )
}

fn warning(code: Code, folder: &Path, found: String, expected: &str, hint: &str) -> Finding {
    Finding {
        severity: Severity::Warning,
        code,
        place: Place {
            file: folder.join(SUMMARY_FILE).display().to_string(),
            line: None,
            column: None,
        },
        found,
        expected: expected.to_owned(),
        hint: hint.to_owned(),
    }
}
