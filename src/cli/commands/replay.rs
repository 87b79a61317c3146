//! `plimsoll replay`: what users would have felt, with a plan and with nobody doing anything.

use super::plan::{judged, judged_files, read_back};
use crate::cli::clock::{Clock, run_on, stop_after};
use crate::cli::input::{Input, Told};
use crate::cli::options::{Charts, Format, Played, ReplayOptions};
use crate::cli::progress::Progress;
use crate::cli::render::Sources;
use crate::cli::run::written;
use crate::cli::stored::Stored;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, input, render, swept};
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::engine::{Options, plan, replay};
use crate::error::{Error, Result};
use crate::model::{Event, EventKind, Scenario};
use crate::plan::{changes, check};
use crate::plan_files::{EventWord, Inputs, PeriodSummary, SUMMARY_FILE, WrittenPlan};
use crate::report::drawn::Drawing;
use crate::report::html::{Figure, REPORT_FILE, replay_report};
use crate::report::replay::{Carried, REPLAY_FILE, Told as ReplayTold};
use crate::report::table::wrapped;
use crate::report::written::{About, WrittenFile};
use crate::solve::Stop;
use std::borrow::Cow;
use std::path::Path;

/// The plan was made from other inputs than it is replayed with (a warning).
const OTHER_INPUTS: Code = Code("P6024");

/// The plan that is replayed does not hold (a warning).
const DOES_NOT_HOLD: Code = Code("P6025");

/// Steering is planned for the plan's homes (a warning).
const STEERED: Code = Code("P6026");

/// Steps of a replay, at most.
const MOST_STEPS: f64 = 2e6;

/// Plays a scenario forward and writes what comes of it.
pub(crate) fn run(options: &ReplayOptions, terminal: &mut Terminal) -> Result<u8> {
    folder::replay_may_be_written(&options.out)?;
    run_on(options.threads);
    let is_quiet = options.format == Format::Quiet;
    let told = if is_quiet { Told::Errors } else { Told::All };
    let stop = stop_after(None, told)?;
    let Some(mut read) = input::read(&options.inventory, &options.scenarios, terminal, told)?
    else {
        return Ok(exit::BAD_INPUT);
    };
    if let Some(step) = options.step {
        read.scenario.replay.step_seconds = step;
    }
    if let Some(reason) = too_many_steps(&read) {
        return Ok(swept::refuse(&reason, terminal));
    }
    let inputs = input::digests(&read.inventory, &read.layers, drop);
    let carried = match &options.played {
        Played::Nothing => None,
        Played::Made => Some(made(&read, &inputs, told, &stop, terminal)?),
        Played::Written(folder) => {
            let of = (&read.inventory, &read.scenario);
            let Some((plan, is_steered)) = Stored::read_or_steered(folder, of, terminal)? else {
                return Ok(exit::BAD_INPUT);
            };
            if told == Told::All {
                tell(other_inputs(folder, &plan.plan, &inputs).as_ref(), terminal);
                tell(is_steered.then(|| steered(folder)).as_ref(), terminal);
            }
            Some(plan.plan)
        }
    };
    let progress = (!is_quiet).then(|| Progress::start("playing the scenario forward"));
    let (inventory, scenario) = (&read.inventory, &read.scenario);
    let played = match replay(inventory, scenario, carried.as_ref(), true, &stop) {
        Ok(played) => played?,
        Err(finding) => {
            drop(progress);
            tell(Some(&*finding), terminal);
            return Ok(exit::BAD_INPUT);
        }
    };
    let is_made_here = options.played == Played::Made;
    let carried = carried.map(|plan| Carried {
        is_made_here,
        refused: (plan.summary.iter())
            .flat_map(|own| &own.periods)
            .find_map(PeriodSummary::refused),
        broken: if is_made_here {
            0
        } else {
            check::check(inventory, &planned_for(scenario, &plan), plan)
                .broken
                .len()
        },
    });
    drop(progress);
    if let (Played::Written(folder), Some(broken)) =
        (&options.played, carried.as_ref().map(|own| own.broken))
        && broken > 0
        && told == Told::All
    {
        tell(Some(&does_not_hold(folder, broken)), terminal);
    }
    let told_of = ReplayTold::new(inventory, scenario, &played, inputs, carried);
    let json = told_of.json()?;
    let mut files = vec![WrittenFile {
        name: REPLAY_FILE.to_owned(),
        bytes: json.as_bytes().to_vec(),
    }];
    files.extend(told_of.tables()?);
    let drawings = match options.charts {
        Charts::Drawn => told_of.drawings()?,
        Charts::None => Vec::new(),
    };
    let figures = drawings.iter().map(Figure::from).collect();
    files.push(replay_report(&told_of, figures)?);
    files.extend(drawings.into_iter().flat_map(Drawing::files));
    folder::write_replay(&options.out, &files)?;
    let text = match options.format {
        Format::Quiet => String::new(),
        Format::Json => json,
        Format::Text => told_of.text(terminal.width) + &where_it_is(options, terminal.width),
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(if told_of.is_anybody_down() {
        exit::SHORT
    } else {
        exit::SOUND
    })
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

/// Why a replay cannot be made in steps so short, if it cannot.
fn too_many_steps(read: &Input) -> Option<String> {
    let scenario = &read.scenario;
    let seconds = scenario.end.duration_since(scenario.start).as_secs_f64();
    let step = scenario.replay.step_seconds;
    let steps = seconds / step;
    (steps > MOST_STEPS).then(|| {
        format!(
            "steps of {step} s: expected at most {MOST_STEPS} of them in the scenario, found {}; take a longer --step",
            steps.ceil()
        )
    })
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
fn tell(finding: Option<&Finding>, terminal: &mut Terminal) {
    let text = render::findings(finding, &Sources::of(&[]), terminal);
    // Nobody is left to be told if standard error is gone.
    let _ = terminal.err.write_all(text.as_bytes());
}

/// The plan was made from something else, if it says from what.
fn other_inputs(folder: &Path, plan: &WrittenPlan, inputs: &Inputs) -> Option<Finding> {
    let planned = &plan.summary.as_ref()?.inputs;
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
    warning(
        STEERED,
        folder,
        "an assignment.csv and no steering.csv".to_owned(),
        "both",
        "nothing, if the homes were made by hand: steering is planned for them, as `plan` does",
    )
}

/// The plan breaks rules of the referee.
fn does_not_hold(folder: &Path, broken: usize) -> Finding {
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

/// Where the replay is, and how to have the plan that was made for it.
fn where_it_is(options: &ReplayOptions, width: Option<u16>) -> String {
    let path = |path: &Path| render::escaped(&path.display().to_string());
    let folder = path(&options.out);
    let mut words = vec![format!(
        "The replay is in {folder}; open {folder}/{REPORT_FILE}"
    )];
    if options.played == Played::Made {
        let layers = options.scenarios.iter();
        let layers = layers.map(|own| format!("--scenario {} ", path(own)));
        words.push(format!(
            "The plan was made for this and is not kept; to have it: plimsoll plan {} {}--out plan",
            path(&options.inventory),
            layers.collect::<String>()
        ));
    }
    let lines = words.iter().map(|own| wrapped(own, width));
    format!("\n{}", lines.collect::<String>())
}
