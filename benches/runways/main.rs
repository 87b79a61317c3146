//! Bench: how long a runway takes, how that grows with days, cases, forecasts and shards, and how much work it is beside
//! asking every date and case one by one.
//!
//! `cargo bench --bench runways` measures data/global and generated shards at 60 sites up to a million; `-- --up-to SHARDS`
//! leaves out the larger ones, and `-- --smoke` asks data/tiny and 300 generated shards. `docs/performance.md` says how to
//! read it.

#[path = "../sweeps/made.rs"]
mod made;
#[path = "../sweeps/processor.rs"]
mod processor;
#[path = "../sweeps/subject.rs"]
mod subject;

use jiff::{SignedDuration, Timestamp};
use plimsoll::engine::{NoWatch, Options, RunwayRequest, SweepRequest, Sweeper, runway};
use plimsoll::model::{Band, GrowthRate, Recovery, Scenario};
use plimsoll::plan::runway::{Runway, SampleStep};
use plimsoll::solve::Stop;
use processor::Processor;
use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;
use subject::{Subject, shipped, swept};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Days of the horizon that the targets are of.
const TWO_YEARS: i64 = 731;

/// Days between the dates that are asked one by one.
const A_WEEK: i64 = 7;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        // Cargo says so to every bench.
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match bench(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if this cannot be written.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures what is asked for, one inventory at a time.
fn bench(words: &[&str]) -> Result<()> {
    match *words {
        ["--smoke"] => {
            let tiny = shipped("data/tiny", "data/tiny/drain-chicago.toml", "sites")?;
            one_by_one(&grown(tiny, 0.02), 60)?;
            let made = grown(made::generated(300, 6)?, 0.02);
            measure(&made, "a generated one", &asked(&made, 60, 1, 1))
        }
        [] => all(1_000_000),
        ["--up-to", shards] => all(shards.parse()?),
        _ => Err("usage: runways [--smoke | --up-to SHARDS]".into()),
    }
}

fn all(most: usize) -> Result<()> {
    let global = from_the_year(shipped(
        "data/global",
        "data/global/drain-lon.toml",
        "sites",
    )?)?;
    for (name, days, failures, bands) in [
        ("6 months", 181, 1, 3),
        ("12 months", 365, 1, 3),
        ("24 months", TWO_YEARS, 1, 3),
        ("48 months", 1_461, 1, 3),
        ("no failures", TWO_YEARS, 0, 3),
        ("pairs", TWO_YEARS, 2, 3),
        ("expected only", TWO_YEARS, 1, 1),
    ] {
        measure(&global, name, &asked(&global, days, failures, bands))?;
    }
    one_by_one(&global, TWO_YEARS)?;
    for shards in [10_000, 100_000, 1_000_000] {
        if shards <= most {
            let made = grown(made::generated(shards, 60)?, 0.01);
            measure(&made, "24 months", &asked(&made, TWO_YEARS, 1, 1))?;
        }
    }
    Ok(())
}

/// The same without events, from 1 January 2027 on: the first day of data/global's growth.
fn from_the_year(mut subject: Subject) -> Result<Subject> {
    subject.scenario.start = "2027-01-01T00:00:00Z".parse()?;
    subject.scenario.end = "2027-01-02T00:00:00Z".parse()?;
    subject.scenario.events.clear();
    Ok(subject)
}

/// The same without events, where everybody's users grow by this share a month.
fn grown(mut subject: Subject, monthly: f64) -> Subject {
    subject.scenario.events.clear();
    subject.inventory.growth.push(GrowthRate {
        start: subject.scenario.start,
        end: None,
        tenant: None,
        client_region: None,
        profile: None,
        tier: None,
        monthly,
        low: monthly,
        high: monthly,
    });
    subject
}

fn asked(subject: &Subject, days: i64, failures: usize, bands: usize) -> RunwayRequest {
    let from = subject.scenario.start;
    let all = [Band::Expected, Band::Low, Band::High];
    RunwayRequest {
        from,
        until: later(from, days),
        over: subject.over,
        failures,
        bands: all.into_iter().take(bands).collect(),
        recoveries: vec![Recovery::Replan],
        step: SampleStep::Week,
        with_components: false,
    }
}

fn later(from: Timestamp, days: i64) -> Timestamp {
    from + SignedDuration::from_hours(24 * days)
}

/// Asks a runway, and says what it took and what came of it.
fn measure(subject: &Subject, name: &str, asked: &RunwayRequest) -> Result<()> {
    let since = Processor::now();
    let found = runway(
        &subject.inventory,
        &subject.scenario,
        asked,
        &Stop::default(),
    )?;
    line(subject, name, &since)?;
    writeln!(stdout(), "  {}", first_dates(&found))?;
    Ok(())
}

fn line(subject: &Subject, name: &str, since: &Processor) -> Result<()> {
    write!(
        stdout(),
        "{:<24}{:>9} shards  {name:<28}{since}",
        subject.name,
        subject.inventory.shards.len(),
    )?;
    Ok(())
}

/// The day from which on every condition fails, as expected and as is.
fn first_dates(found: &Runway) -> String {
    let rows = found.rows.iter().filter(|row| row.band == Band::Expected);
    let days = rows.map(|row| {
        row.fails_from()
            .map_or("-".to_owned(), |day| day.to_string())
    });
    days.collect::<Vec<_>>().join(" ")
}

/// A runway as expected, all its conditions to the day, beside one condition where a planner is loaded for every week and asked
/// about every case.
fn one_by_one(subject: &Subject, days: i64) -> Result<()> {
    let asked = asked(subject, days, 1, 1);
    let since = Processor::now();
    let found = runway(
        &subject.inventory,
        &subject.scenario,
        &asked,
        &Stop::default(),
    )?;
    line(subject, "all conditions, to the day", &since)?;
    writeln!(stdout(), "  {}", first_dates(&found))?;
    let since = Processor::now();
    let (mut asks, mut weeks) = (0, 0);
    for day in (0..days).step_by(usize::try_from(A_WEEK)?) {
        let start = later(asked.from, day);
        let scenario = Scenario {
            start,
            end: start + SignedDuration::from_secs(1),
            ..subject.scenario.clone()
        };
        let one = SweepRequest::new(subject.over, 1);
        let options = Options {
            stop: &Stop::default(),
            watch: &NoWatch,
        };
        let sweeper = Sweeper::new(subject.inventory.clone(), scenario, one, &options)?;
        let cases = 0..sweeper.contingencies().count();
        asks += cases.len();
        weeks += 1;
        swept(&sweeper, cases)?;
    }
    line(subject, "one condition, every week", &since)?;
    writeln!(stdout(), "  {weeks} weeks, {asks} cases")?;
    Ok(())
}
