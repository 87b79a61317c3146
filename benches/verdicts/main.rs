//! Bench: how long one more case on a loaded planner takes, over all single failures of sites and a sample of the others.
//!
//! `cargo bench --bench verdicts -- FOLDER SCENARIO` measures an inventory; without arguments it is data/global.
//! `-- --smoke` asks a few cases of data/tiny. `docs/performance.md` says how to read it.

use plimsoll::engine::Planner;
use plimsoll::ids::ComponentId;
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{ComponentKind, EventKind, Inventory, Reduction, Scenario};
use plimsoll::scenario::{self, ScenarioText};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Components of a kind that are asked about, at most.
const MOST_OF_A_KIND: usize = 120;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        // Cargo says so to every bench.
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["--smoke"] => bench("data/tiny", "data/tiny/drain-chicago.toml", 3),
        [] => bench("data/global", "data/global/drain-lon.toml", MOST_OF_A_KIND),
        [folder, scenario] => bench(folder, scenario, MOST_OF_A_KIND),
        _ => Err("usage: verdicts [--smoke | FOLDER SCENARIO]".into()),
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
fn bench(folder: &str, scenario: &str, most: usize) -> Result<String> {
    let started = Instant::now();
    let (inventory, mut scenario) = read(Path::new(folder), Path::new(scenario))?;
    let read = started.elapsed().as_secs_f64();
    // Questions start from a day without events.
    scenario.events.clear();
    let started = Instant::now();
    let planner = Planner::new(inventory, scenario)?;
    let loaded = started.elapsed().as_secs_f64();
    let inventory = planner.inventory();
    let mut text = format!(
        "{folder}: {} shards, {} components; read {read:.2} s, loaded {loaded:.2} s; milliseconds of one more case\n\n",
        inventory.shards.len(),
        inventory.component_count(),
    );
    let _ = writeln!(
        text,
        "{:<14}{:>6}{:>6}{:>9}{:>9}{:>9}  worst case",
        "away", "cases", "hurt", "median", "p90", "worst"
    );
    for kind in [
        ComponentKind::Site,
        ComponentKind::AccessPoint,
        ComponentKind::Element,
        ComponentKind::Link,
    ] {
        let all: Vec<ComponentId> = (0..inventory.component_count())
            .map(ComponentId::new)
            .filter(|&component| inventory.component_kind(component) == kind)
            .collect();
        let step = all.len().div_ceil(most).max(1);
        let asked: Vec<ComponentId> = all.into_iter().step_by(step).collect();
        let mut times = Vec::new();
        let mut affected = 0;
        for &component in &asked {
            let events = [EventKind::Failure(Reduction::all_of(component))];
            let started = Instant::now();
            let verdict = planner.verdict(&events)?;
            times.push((1e3 * started.elapsed().as_secs_f64(), component));
            affected += usize::from(!verdict.holds());
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let Some(&(worst, component)) = times.last() else {
            continue;
        };
        let _ = writeln!(
            text,
            "{:<14}{:>6}{:>6}{:>9.2}{:>9.2}{:>9.2}  {}",
            kind.word(),
            asked.len(),
            affected,
            times[times.len() / 2].0,
            times[times.len() * 9 / 10].0,
            worst,
            inventory.component_name(component),
        );
    }
    Ok(text)
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
