//! `plimsoll replay`: what users would have felt, with a plan and with nobody doing anything.

use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::{Input, Told};
use crate::cli::options::{Charts, Format, Played, ReplayOptions};
use crate::cli::progress::Progress;
use crate::cli::replayed::{self, Playing};
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, input, render, swept};
use crate::error::Result;
use crate::report::drawn::Drawing;
use crate::report::html::{Figure, REPORT_FILE, replay_report};
use crate::report::table::wrapped;
use std::path::Path;

/// Steps of a replay, at most.
const MOST_STEPS: f64 = 2e6;

/// Plays a scenario forward and writes what comes of it.
pub(crate) fn run(options: &ReplayOptions, terminal: &mut Terminal) -> Result<u8> {
    folder::REPLAY.may_be_written(&options.out)?;
    run_on(options.threads)?;
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
    let Some(playing) = Playing::of(&read, &options.played, told, &stop, terminal)? else {
        return Ok(exit::BAD_INPUT);
    };
    let progress = (!is_quiet).then(|| Progress::start("playing the scenario forward"));
    let told_of = playing.told(&stop, |told_of| {
        drop(progress);
        let broken = told_of.carried.as_ref().map_or(0, |own| own.broken);
        if let Played::Written(folder) = &options.played
            && broken > 0
            && told == Told::All
        {
            replayed::tell(Some(&replayed::does_not_hold(folder, broken)), terminal);
        }
        let drawings = match options.charts {
            Charts::Drawn => told_of.drawings()?,
            Charts::None => Vec::new(),
        };
        let mut files = told_of.files()?;
        let figures = drawings.iter().map(Figure::from).collect();
        files.push(replay_report(told_of, figures)?);
        files.extend(drawings.into_iter().flat_map(Drawing::files));
        folder::REPLAY.write(&options.out, &files)?;
        let text = match options.format {
            Format::Quiet => String::new(),
            Format::Json => told_of.json()?,
            Format::Text => told_of.text(terminal.width) + &where_it_is(options, terminal.width),
        };
        Ok((text, told_of.is_anybody_down()))
    })?;
    let (text, is_anybody_down) = match told_of {
        Ok(told) => told,
        Err(finding) => {
            replayed::tell(Some(&*finding), terminal);
            return Ok(exit::BAD_INPUT);
        }
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(if is_anybody_down {
        exit::SHORT
    } else {
        exit::SOUND
    })
}

/// Why a replay cannot be made in steps so short, if it cannot.
pub(in crate::cli) fn too_many_steps(read: &Input) -> Option<String> {
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
