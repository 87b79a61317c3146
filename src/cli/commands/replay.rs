//! `plimsoll replay`: what users would have felt, with a plan and with nobody doing anything.

use crate::cli::args::{CarriedOut, Format, ReplayArgs, Verbosity};
use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::{self, Input};
use crate::cli::replayed::{self, Playing};
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, render};
use crate::error::{Error, Result};
use crate::report::html::{Figure, REPORT_FILE};
use crate::report::table::wrapped;

/// Steps of a replay, at most.
const MOST_STEPS: f64 = 2e6;

/// Plays a scenario forward and writes what comes of it.
pub(crate) fn run(args: &ReplayArgs, terminal: &mut Terminal) -> Result<u8> {
    let output = args.run.output;
    let verbosity = output.verbosity();
    let played = args.played();
    folder::REPLAY.may_be_written(&args.out)?;
    run_on(args.run.threads)?;
    let stop = stop_after(None, verbosity)?;
    let mut read = input::read_all(&args.input, terminal, verbosity)?;
    if let Some(step) = args.step {
        read.scenario.replay.step_seconds = step;
    }
    has_few_steps(&read)?;
    let playing = Playing::of(&read, &played, verbosity, &stop, terminal)?;
    let progress = verbosity.progress("playing the scenario forward");
    let (text, may_be_down) = playing.with_report(&stop, |replay_report| {
        drop(progress);
        let broken = replay_report
            .carried
            .as_ref()
            .map_or(0, |carried_plan| carried_plan.broken);
        if let CarriedOut::Written(folder) = &played
            && broken > 0
            && verbosity == Verbosity::All
        {
            terminal.print_findings([&replayed::does_not_hold(folder, broken)], &[]);
        }
        let drawings = if args.run.no_charts {
            Vec::new()
        } else {
            replay_report.drawings()?
        };
        let mut files = replay_report.files()?;
        files.push(replay_report.page(drawings.clone())?);
        files.extend(drawings.into_iter().flat_map(Figure::files));
        folder::REPLAY.write(&args.out, &files)?;
        let text = match output.format() {
            Format::Quiet => String::new(),
            Format::Json => replay_report.json()?,
            Format::Text => {
                replay_report.text(terminal.width) + &where_it_is(args, &played, terminal.width)
            }
        };
        Ok((text, replay_report.may_be_down()))
    })?;
    terminal.print(&text)?;
    Ok(exit::sound_if(!may_be_down))
}

/// Rule: a replay is not made in steps so short that it never ends.
pub(in crate::cli) fn has_few_steps(read: &Input) -> Result<()> {
    let scenario = &read.scenario;
    let seconds = scenario.end.duration_since(scenario.start).as_secs_f64();
    let step = scenario.replay.step_seconds;
    let steps = seconds / step;
    if steps <= MOST_STEPS {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "steps of {step} s: expected at most {MOST_STEPS} of them in the scenario, found {}; choose a longer --step",
        steps.ceil()
    )))
}

/// Where the replay is, and how to have the plan that was made for it.
fn where_it_is(args: &ReplayArgs, played: &CarriedOut, width: Option<u16>) -> String {
    let folder = render::path(&args.out);
    let mut words = vec![format!(
        "The replay is in {folder}; open {folder}/{REPORT_FILE}"
    )];
    if *played == CarriedOut::Made {
        words.push(format!(
            "The plan was made for this replay and is not kept; to write it: plimsoll plan {} {}--out plan",
            render::path(&args.input.inventory),
            render::layers(&args.input.scenarios)
        ));
    }
    let lines = words.iter().map(|word| wrapped(word, width));
    format!("\n{}", lines.collect::<String>())
}
