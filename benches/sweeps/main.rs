//! Bench: how long a sweep of single failures and of pairs takes on all cores, and what settles its cases.
//!
//! `cargo bench --bench sweeps -- FOLDER SCENARIO [OVER]` measures an inventory; without arguments it is data/global.
//! `-- --smoke` sweeps data/tiny. `docs/performance.md` says how to read it.

use plimsoll::engine::{Asked, Begin, NoWatch, Options, Sweeper};
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::sweep::Tally;
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Cases that are handed to the threads at once, as the program does it.
const CASES_AT_ONCE: usize = 64;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        // Cargo says so to every bench.
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["--smoke"] => bench("data/tiny", "data/tiny/drain-chicago.toml", "components"),
        [] => bench("data/global", "data/global/drain-lon.toml", "sites"),
        [folder, scenario] => bench(folder, scenario, "sites"),
        [folder, scenario, over] => bench(folder, scenario, over),
        _ => Err("usage: sweeps [--smoke | FOLDER SCENARIO [OVER]]".into()),
    };
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

/// Everything measured, as text.
fn bench(folder: &str, scenario: &str, over: &str) -> Result<String> {
    let (inventory, scenario) = read(Path::new(folder), Path::new(scenario))?;
    let mut sets = FailureSet::ALL.into_iter();
    let over = sets.find(|set| set.word() == over).ok_or("no such set")?;
    let mut quiet = scenario.clone();
    quiet.events.clear();
    let mut text = format!(
        "{folder}: {} shards; failures of {}; seconds by the clock, {} threads\n\n{:<24}{:>8}{:>9}{:>9}  settled by\n",
        inventory.shards.len(),
        over.word(),
        rayon::current_num_threads(),
        "scenario",
        "cases",
        "seconds",
        "ms each",
    );
    for scenario in [quiet, scenario] {
        let name = match scenario.events.len() {
            0 => "no event".to_owned(),
            _ => scenario.name.clone(),
        };
        let started = Instant::now();
        let asked = Asked {
            over,
            failures: 2,
            recoveries: vec![Recovery::Replan],
            period: None,
            begin: Begin::Start,
            is_full: false,
            gray: None,
        };
        let options = Options {
            stop: &Stop::default(),
            watch: &NoWatch,
        };
        let sweeper = Sweeper::new(inventory.clone(), scenario, asked, &options)?;
        let loaded = started.elapsed().as_secs_f64();
        let _ = writeln!(text, "{name:<24}{:>8}{loaded:>9.2}{:>9}  loading", "", "");
        let cases = sweeper.contingencies();
        for (what, range) in [
            ("singles", 0..cases.of_size(1).end),
            ("pairs", cases.of_size(2)),
        ] {
            if range.is_empty() {
                continue;
            }
            let count = range.len();
            let started = Instant::now();
            let tally = swept(&sweeper, range)?;
            let seconds = started.elapsed().as_secs_f64();
            let settled = tally.settled(Recovery::Replan).into_iter();
            let settled = settled.map(|(way, cases)| {
                let share = 100.0 * cases as f64 / count as f64;
                format!("{} {share:.1} %", way.word())
            });
            let _ = writeln!(
                text,
                "  {what:<22}{count:>8}{seconds:>9.2}{:>9.2}  {}",
                1e3 * seconds / count as f64,
                settled.collect::<Vec<_>>().join(", ")
            );
        }
    }
    Ok(text)
}

/// What some cases come to.
fn swept(sweeper: &Sweeper, cases: Range<usize>) -> Result<Tally> {
    let mut course = sweeper.course();
    let mut all = Tally::default();
    let mut next = cases.start;
    while next < cases.end {
        let end = (next + CASES_AT_ONCE).min(cases.end);
        let stretch = course.tally(next..end, &Stop::default(), &|| ())?;
        all.add(stretch.tally);
        next = end;
    }
    Ok(all)
}

/// The inventory of a folder and a scenario.
fn read(folder: &Path, scenario: &Path) -> Result<(Inventory, Scenario)> {
    let files: Vec<SourceFile> = std::fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            Ok(SourceFile {
                name: entry.file_name().to_string_lossy().into_owned(),
                bytes: std::fs::read(entry.path()).unwrap_or_default(),
            })
        })
        .collect::<std::io::Result<_>>()?;
    let reading = inventory::read(&files);
    let inventory = reading.inventory.ok_or("the inventory has errors")?;
    let layer = ScenarioText {
        name: scenario.to_string_lossy().into_owned(),
        text: std::fs::read_to_string(scenario)?,
    };
    let reading = scenario::read(&[layer], &inventory);
    let scenario = reading.scenario.ok_or("the scenario has errors")?;
    Ok((inventory, scenario))
}
