//! Bench: how long each phase of a plan takes, in this process, with the input in memory.
//!
//! `cargo bench --bench phases` measures; `-- --smoke` runs everything once and checks that every phase made
//! something; `-- --runs N` measures N times after a warm-up; `-- --sizes` measures generated inventories of 2,400,
//! 100,000 and 1,000,000 shards instead, and `-- --up-to SHARDS` leaves out the larger ones. `docs/performance.md`
//! says how to read it.

mod input;
mod sizes;
mod stages;
mod times;

use input::{folder_files, million};
use plimsoll::engine::{NoWatch, Options, plan};
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, check};
use plimsoll::plan_files::{self, PlanFile};
use plimsoll::report::drawn::drawings;
use plimsoll::report::written::{AboutPlan, WrittenFile, document_file, summary, tables};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use sizes::{SIZES, Size};
use stages::Stages;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use times::{Times, table};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What is planned: folder below `data/`, scenario file.
const CASES: [(&str, &str); 5] = [
    ("tiny", "drain-chicago.toml"),
    ("americas-2012", "13-november-2012.toml"),
    ("americas-2012", "drain-sat.toml"),
    ("global", "drain-iad.toml"),
    ("global", "gray-frankfurt.toml"),
];

/// Rows of the generated shards.csv.
const ROWS: usize = 1_000_000;
const SMOKE_ROWS: usize = 10_000;

/// What is asked for.
struct Ask {
    warm_ups: usize,
    runs: usize,
    rows: usize,
    /// Generated inventories of so many shards at most, and whether nothing else is measured.
    up_to: usize,
    only_sizes: bool,
}

fn main() -> ExitCode {
    let outcome = ask(std::env::args().skip(1)).and_then(|ask| bench(&ask));
    // Nobody is left to be told if this cannot be written.
    match outcome {
        Ok(text) => {
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ask(mut args: impl Iterator<Item = String>) -> Result<Ask> {
    let mut ask = Ask {
        warm_ups: 1,
        runs: 7,
        rows: ROWS,
        up_to: 0,
        only_sizes: false,
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // Cargo says so to every bench.
            "--bench" => {}
            "--smoke" => {
                (ask.warm_ups, ask.runs, ask.rows) = (0, 1, SMOKE_ROWS);
                ask.up_to = SIZES[0].shards;
            }
            "--sizes" => (ask.only_sizes, ask.up_to) = (true, usize::MAX),
            "--up-to" => {
                let shards = args.next().ok_or("--up-to asks for a number of shards")?;
                ask.up_to = shards.parse::<usize>()?;
            }
            "--runs" => {
                let runs = args.next().ok_or("--runs asks for a number")?;
                ask.runs = runs.parse::<usize>()?.max(1);
            }
            other => return Err(format!("unknown argument `{other}`").into()),
        }
    }
    Ok(ask)
}

/// Everything measured, as text.
fn bench(ask: &Ask) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let build = if cfg!(debug_assertions) {
        "with debug assertions, own code at the dev profile's opt-level"
    } else {
        "optimised"
    };
    let mut text = format!(
        "plimsoll {}, {cores} cores, {build}; milliseconds of {} runs after {} warm-up\n\n",
        env!("CARGO_PKG_VERSION"),
        ask.runs,
        ask.warm_ups
    );
    for size in SIZES.iter().filter(|size| size.shards <= ask.up_to) {
        text.push_str(&of_size(ask, size)?);
    }
    if !ask.only_sizes {
        text.push_str(&of_shipped(ask)?);
        text.push_str(&of_rows(ask)?);
    }
    Ok(text)
}

/// The cases of a generated inventory.
fn of_size(ask: &Ask, size: &Size) -> Result<String> {
    let files = size.files()?;
    let mut text = String::new();
    for scenario in sizes::CASES {
        let mut times = Times::default();
        for run in 0..ask.warm_ups + ask.runs {
            if run == ask.warm_ups {
                times = Times::default();
            }
            phases(&files, scenario, Part::WithoutCharts, &mut times)?;
        }
        let table = table(&times, &Times::default());
        let _ = writeln!(text, "{}, {scenario}\n{table}", size.name);
    }
    Ok(text)
}

/// The shipped cases, on all threads and on one.
fn of_shipped(ask: &Ask) -> Result<String> {
    let mut text = String::new();
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    for (folder, scenario) in CASES {
        let files = folder_files(folder)?;
        let mut times = Times::default();
        let mut on_one = Times::default();
        for run in 0..ask.warm_ups + ask.runs {
            if run == ask.warm_ups {
                (times, on_one) = (Times::default(), Times::default());
            }
            phases(&files, scenario, Part::All, &mut times)?;
            let mut alone = Times::default();
            one_thread.install(|| {
                phases(&files, scenario, Part::All, &mut alone).map_err(|e| e.to_string())
            })?;
            for (name, all) in alone.0 {
                for time in all {
                    on_one.add(&name, time);
                }
            }
        }
        let _ = write!(text, "data/{folder} {scenario}\n{}", table(&times, &on_one));
        let ratio = times.median("plan") / times.median("plan, no range");
        let _ = writeln!(text, "plan ÷ plan, no range: {ratio:.2}\n");
    }
    Ok(text)
}

/// Reading alone, of many rows.
fn of_rows(ask: &Ask) -> Result<String> {
    let files = million(ask.rows)?;
    let mut times = Times::default();
    for run in 0..ask.warm_ups + ask.runs {
        if run == ask.warm_ups {
            times = Times::default();
        }
        let reading = times.time("read", || inventory::read(&files));
        let inventory = reading
            .inventory
            .ok_or("the generated inventory has errors")?;
        made("shards", inventory.shards.len(), ask.rows)?;
    }
    Ok(format!(
        "shards.csv of {} rows in data/americas-2012\n{}\n",
        ask.rows,
        table(&times, &Times::default())
    ))
}

/// Which phases are measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    WithoutCharts,
}

/// Every phase once; an error if one of them makes nothing.
fn phases(files: &[SourceFile], scenario: &str, part: Part, times: &mut Times) -> Result<()> {
    let (inventory, scenario) = times.time("read", || read(files, scenario))?;
    made("shards", inventory.shards.len(), 1)?;

    let stop = Stop::default();
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let stages = Stages::start();
    let watched = Options {
        stop: &stop,
        watch: &stages,
    };
    let made_plan = if part == Part::All {
        let both_ends = times.time("plan", || plan(&inventory, &scenario, &options))?;
        // Without a range of the forecast, so that nothing runs beside the stages that are measured.
        let certain = without_range(&inventory);
        times.time("plan, no range", || plan(&certain, &scenario, &watched))?;
        both_ends
    } else {
        // Nothing that is generated has a range.
        times.time("plan", || plan(&inventory, &scenario, &watched))?
    };
    made("periods", made_plan.periods.len(), 1)?;
    for (name, sum) in Stages::NAMES.iter().zip(stages.sums()) {
        made(name, usize::from(sum > 0.0), 1)?;
        times.add(name, sum);
    }

    let written = times.time("write", || write(&inventory, &scenario, &made_plan))?;
    made(
        "files",
        written.iter().filter(|file| !file.bytes.is_empty()).count(),
        9,
    )?;
    let verdict = times.time("verify", || verify(&inventory, &scenario, &written))?;
    made(
        "rules of a plan that holds",
        usize::from(verdict.holds()),
        1,
    )?;
    if part == Part::WithoutCharts {
        return Ok(());
    }
    let drawn = times.time("charts", || drawings(&inventory, &scenario, &made_plan))?;
    made("charts", drawn.len(), made_plan.periods.len())
}

/// The same inventory with the expected forecast only.
fn without_range(inventory: &Inventory) -> Inventory {
    let mut certain = inventory.clone();
    for row in &mut certain.onboarding {
        (row.low, row.high) = (row.users, row.users);
    }
    certain
}

/// An error unless there are at least so many.
fn made(what: &str, count: usize, least: usize) -> Result<()> {
    if count < least {
        return Err(format!("{what}: {count} made, at least {least} expected").into());
    }
    Ok(())
}

fn read(files: &[SourceFile], scenario: &str) -> Result<(Inventory, Scenario)> {
    let reading = inventory::read(files);
    let first = reading.findings.first().map(ToString::to_string);
    let inventory = reading.inventory.ok_or(first.unwrap_or_default())?;
    let layer = files.iter().find(|file| file.name == scenario);
    let layer = layer.ok_or("the scenario file is not there")?;
    let text = ScenarioText {
        name: layer.name.clone(),
        text: String::from_utf8(layer.bytes.clone())?,
    };
    let reading = scenario::read(&[text], &inventory);
    let first = reading.findings.first().map(ToString::to_string);
    let scenario = reading.scenario.ok_or(first.unwrap_or_default())?;
    Ok((inventory, scenario))
}

fn write(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Result<Vec<WrittenFile>> {
    let mut files = tables(
        inventory,
        scenario,
        plan,
        &plimsoll::plan::changes(inventory, scenario, plan),
    )?;
    let about = AboutPlan::default();
    files.push(document_file(&summary(inventory, scenario, plan, &about))?);
    Ok(files)
}

fn verify(
    inventory: &Inventory,
    scenario: &Scenario,
    files: &[WrittenFile],
) -> Result<check::Verdict> {
    let files: Vec<PlanFile<'_>> = files.iter().map(PlanFile::from).collect();
    let (written, findings) = plan_files::read(&files);
    let first = findings.first().map(ToString::to_string);
    let written = written.ok_or(first.unwrap_or_default())?;
    Ok(check::check(inventory, scenario, written))
}
