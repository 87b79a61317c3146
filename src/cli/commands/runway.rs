//! `plimsoll runway`: when do we run out?

use crate::cli::args::{Format, RunwayArgs, Verbosity};
use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::Input;
use crate::cli::runway_folder::FoundRunway;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, input};
use crate::diagnostic::{Code, Finding, Place};
use crate::engine::{RunwayRequest, runway};
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::model::{Band, Inventory};
use crate::plan_files::RUNWAY_SCENARIO;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The scenario's freeze of onboarding is left out (a warning).
const FREEZE_LEFT_OUT: Code = Code("P5003");

/// Longest horizon: so far rates of growth are checked to be within reason.
const TEN_YEARS: SignedDuration = SignedDuration::from_hours(24 * 36_525 / 10);

/// Asks until when conditions hold, and writes what was found.
pub(crate) fn run(args: &RunwayArgs, terminal: &mut Terminal) -> Result<u8> {
    let output = args.run.output;
    let verbosity = output.verbosity();
    run_on(args.run.threads)?;
    if let Some(out) = &args.out {
        folder::RUNWAY.may_be_written(out)?;
    }
    let stop = stop_after(None, verbosity)?;
    let input = read(args, terminal, verbosity)?;
    if verbosity == Verbosity::All {
        terminal.print_findings(&left_out(&input), &input.layers);
    }
    let asked = asked(args, &input)?;
    let progress = verbosity.progress("asking day by day");
    let found = runway(&input.inventory, &input.scenario, &asked, &stop)?;
    drop(progress);
    let found = FoundRunway {
        input: &input,
        asked: &asked,
        runway: &found,
        out: args.out.as_deref(),
    };
    let progress = verbosity.progress("proving the dates");
    let (document, lacks_proofs) = found.write(args.run, &stop)?;
    drop(progress);
    terminal.print(&match output.format() {
        Format::Quiet => String::new(),
        Format::Json => document,
        Format::Text => found.text(lacks_proofs, terminal.width),
    })?;
    Ok(exit::sound_if(found.is_sound()))
}

/// The inventory and the scenario. Without scenario files the policy is the default one.
fn read(args: &RunwayArgs, terminal: &mut Terminal, verbosity: Verbosity) -> Result<Input> {
    let mut layers = input::scenario_files(&args.scenarios)?;
    if !layers.iter().any(input::has_span) {
        let Some(from) = args.from else {
            let reason = "--from DATE is needed: the scenario has no start";
            return Err(Error::Refused(reason.to_owned()));
        };
        let offset = from.offset.unwrap_or(Offset::UTC);
        let at = |at: Timestamp| at.display_with_offset(offset).to_string();
        if args.until.at <= from.at {
            return Err(no_time(from.at, args.until.at));
        }
        let text = format!(
            "[scenario]\nname = \"runway\"\nstart = {}\nend = {}\n",
            at(from.at),
            at(args.until.at)
        );
        let span = SourceFile {
            name: RUNWAY_SCENARIO.to_owned(),
            bytes: text.into_bytes(),
        };
        layers.insert(0, span);
    }
    let texts = |_: Option<&Inventory>| Ok(layers);
    input::read_with(&args.inventory, texts, terminal, verbosity)
}

/// What is asked: days from the first midnight on, in UTC.
fn asked(args: &RunwayArgs, input: &Input) -> Result<RunwayRequest> {
    let from = midnight(args.from.map_or(input.scenario.start, |from| from.at))?;
    let until = midnight(args.until.at)?;
    if until <= from {
        return Err(no_time(from, until));
    }
    if until.duration_since(from) > TEN_YEARS {
        let reason = "--until: expected a horizon of at most ten years";
        return Err(Error::Refused(reason.to_owned()));
    }
    if args.failures > 0 && args.over.members(&input.inventory).is_empty() {
        let reason = format!("--over {}: the inventory has none", args.over.word());
        return Err(Error::Refused(reason));
    }
    Ok(RunwayRequest {
        from,
        until,
        over: args.over,
        failures: args.failures as usize,
        bands: bands(&input.inventory),
        recoveries: args.recoveries(),
        step: args.step,
        with_components: args.out.is_some(),
    })
}

fn no_time(from: Timestamp, until: Timestamp) -> Error {
    let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    Error::Refused(format!(
        "--until {}: expected a date after the first day, {}",
        date(until),
        date(from)
    ))
}

/// The first midnight at an instant or after it, in UTC.
fn midnight(at: Timestamp) -> Result<Timestamp> {
    let beyond = || Error::Refused("--until: expected a date within the calendar".to_owned());
    let date = at.to_zoned(TimeZone::UTC).date();
    let start = Offset::UTC
        .to_timestamp(date.at(0, 0, 0, 0))
        .map_err(|_| beyond())?;
    if start == at {
        return Ok(start);
    }
    start
        .checked_add(SignedDuration::from_hours(24))
        .map_err(|_| beyond())
}

/// The ends of the forecast: only what is expected where the files have no range.
fn bands(inventory: &Inventory) -> Vec<Band> {
    let all = [Band::Expected, Band::Low, Band::High];
    let has_range = all.iter().any(|band| inventory.has_end_of_forecast(*band));
    all.into_iter()
        .take(if has_range { 3 } else { 1 })
        .collect()
}

/// That a policy of the scenario is left out here.
fn left_out(input: &Input) -> Option<Finding> {
    let layer = input.layers.last()?;
    let place = Place {
        column: Some("policy.freeze_onboarding".to_owned()),
        ..Place::whole(&layer.name)
    };
    let finding = Finding::error(
        FREEZE_LEFT_OUT,
        place,
        "`freeze_onboarding = true`, which `runway` leaves out",
        "a policy for the whole horizon",
        "nothing to do: users are onboarded and grow on every day that is asked about",
    );
    let is_frozen = input.scenario.policy.freeze_onboarding;
    is_frozen.then(|| finding.into_warning())
}
