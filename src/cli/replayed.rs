//! Replayed: a scenario played forward with a plan or without action, and what is reported of that.

use super::args::{CarriedOut, Verbosity};
use super::clock::PhaseClock;
use super::commands::plan::{judged, judged_files, read_back, warn};
use super::input::{self, Input};
use super::stored::Stored;
use super::terminal::Terminal;
use crate::diagnostic::{Code, Finding, Place};
use crate::engine::{Options, plan, replay};
use crate::error::{Error, Result};
use crate::model::{Event, EventKind, Scenario};
use crate::plan::{Plan, changes, check};
use crate::plan_files::{
    EventWord, Inputs, PeriodSummary, Row as _, SUMMARY_FILE, SteeringRow, WrittenPlan,
};
use crate::report::grammar::count;
use crate::report::replay::{CarriedPlan, ReplayReport};
use crate::report::written::AboutPlan;
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
    /// Reads the plan that is carried out, or makes it.
    ///
    /// # Errors
    /// What planning and reading return.
    pub(super) fn of(
        read: &'a Input,
        played: &CarriedOut,
        verbosity: Verbosity,
        stop: &Stop,
        terminal: &mut Terminal,
    ) -> Result<Self> {
        let inputs = input::digests(&read.inventory, &read.layers, drop);
        let carried = match played {
            CarriedOut::Nothing => None,
            CarriedOut::Made => Some(made(read, &inputs, verbosity, stop, terminal)?),
            CarriedOut::Written(folder) => {
                let of = (&read.inventory, &read.scenario);
                let (plan, is_steered) = Stored::read_or_steered(folder, of, terminal)?;
                if verbosity == Verbosity::All {
                    terminal.print_findings(&other_inputs(folder, &plan.plan, &inputs), &[]);
                    terminal.print_findings(&is_steered.then(|| steered(folder)), &[]);
                }
                Some(plan.plan)
            }
        };
        Ok(Self {
            read,
            inputs,
            carried,
            is_made_here: *played == CarriedOut::Made,
        })
    }

    /// Plays it, and gives its report to `then`.
    ///
    /// # Errors
    /// What the replay and `then` return, and a finding if the plan cannot be carried out.
    pub(super) fn with_report<T>(
        self,
        stop: &Stop,
        then: impl FnOnce(&ReplayReport<'_>) -> Result<T>,
    ) -> Result<T> {
        let (inventory, scenario) = (&self.read.inventory, &self.read.scenario);
        let played = replay(inventory, scenario, self.carried.as_ref(), true, stop);
        let played = played.map_err(|finding| Error::Unfit(vec![*finding]))??;
        let carried = self.carried.map(|plan| CarriedPlan {
            is_made_here: self.is_made_here,
            refused: (plan.summary.iter())
                .flat_map(|summary| &summary.periods)
                .find_map(PeriodSummary::refused),
            broken: if self.is_made_here {
                0
            } else {
                let verdict = check::check(inventory, &planned_for(scenario, &plan), plan);
                check::rules_broken(&verdict.broken)
            },
        });
        let replay_report = ReplayReport::new(inventory, scenario, &played, self.inputs, carried);
        then(&replay_report)
    }
}

/// The scenario that a plan is checked for: sessions that end are no part of it where the plan says nothing of them, because
/// they were added to see what they do to it.
fn planned_for<'a>(scenario: &'a Scenario, plan: &WrittenPlan) -> Cow<'a, Scenario> {
    let is_added = |event: &Event| matches!(event.kind, EventKind::Disconnect(_));
    let rows = || plan.changes.iter().flatten();
    let is_told = rows().any(|row| row.row.event == Some(EventWord::Disconnect));
    if is_told || !scenario.events.iter().any(is_added) {
        return Cow::Borrowed(scenario);
    }
    let mut planned_for = scenario.clone();
    planned_for.events.retain(|event| !is_added(event));
    Cow::Owned(planned_for)
}

/// A plan of the scenario as it would be written, judged and read back.
fn made(
    read: &Input,
    inputs: &Inputs,
    verbosity: Verbosity,
    stop: &Stop,
    terminal: &mut Terminal,
) -> Result<WrittenPlan> {
    let (inventory, scenario) = (&read.inventory, &read.scenario);
    let clock = PhaseClock::start(verbosity.progress("planning"));
    let watched = Options {
        stop,
        watch: &clock,
    };
    let mut plan = plan(inventory, scenario, &watched)?;
    drop(clock);
    let _progress = verbosity.progress("checking the plan");
    if verbosity == Verbosity::All {
        warn(&plan, terminal);
    }
    let about = AboutPlan {
        inputs: inputs.clone(),
        ..AboutPlan::default()
    };
    let steps = changes(inventory, scenario, &plan);
    let judge = |plan: &Plan| judged(inventory, scenario, plan, &steps, &about, |_| Ok(()));
    judge(&plan)?
        .until_believed(&mut plan, judge)?
        .holds(terminal)?;
    read_back(&judged_files(inventory, scenario, &plan, &steps, &about)?)
}

/// The plan was made from something else, if it says from what.
fn other_inputs(folder: &Path, plan: &WrittenPlan, inputs: &Inputs) -> Option<Finding> {
    let planned = Some(&plan.summary.as_ref()?.inputs).filter(|inputs| !inputs.is_unknown())?;
    let what = match (
        planned.inventory == inputs.inventory,
        planned.scenario == inputs.scenario,
    ) {
        (true, true) => return None,
        (false, true) => "a different inventory",
        (true, false) => "a different scenario",
        (false, false) => "a different inventory and a different scenario",
    };
    Some(warning(
        OTHER_INPUTS,
        &folder.join(SUMMARY_FILE),
        format!("a plan for {what}"),
        "a plan made from the inventory and scenario of the replay",
        "plan again, or replay the plan with its own inputs; this replay is of a plan made for others",
    ))
}

fn steered(folder: &Path) -> Finding {
    let steering = folder.join(SteeringRow::FILE);
    warning(
        STEERED,
        &steering,
        "an assignment.csv and no steering.csv".to_owned(),
        "both",
        "nothing to do if the homes were made by hand: steering is planned for them, as in `plan`",
    )
}

pub(super) fn does_not_hold(folder: &Path, broken: usize) -> Finding {
    let rules = count(broken, "rule");
    warning(
        DOES_NOT_HOLD,
        &folder.join(SUMMARY_FILE),
        format!("a plan that breaks {rules}"),
        "a plan that holds",
        "the plan is replayed as written; `plimsoll verify` lists its broken rules",
    )
}

fn warning(code: Code, file: &Path, found: String, expected: &str, hint: &str) -> Finding {
    let place = Place::whole(file.display().to_string());
    Finding::error(code, place, found, expected, hint).into_warning()
}
