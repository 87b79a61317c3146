//! Bench: how long playing a day forward takes, by the length of a step, and what the length changes.
//!
//! `cargo bench --bench replays -- FOLDER START` plays 24 hours of an inventory from a time on; without arguments it is
//! data/global on 10 October 2026. `-- --smoke` plays data/tiny once. `docs/performance.md` says how to read it.

use plimsoll::engine::replay;
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{Event, EventKind, Inventory, Reduction, Scenario};
use plimsoll::plan::replay::Run;
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        // Cargo says so to every bench.
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["--smoke"] => bench("data/tiny", "2030-03-01T00:00:00Z", 1),
        [] => bench("data/global", "2026-10-10T00:00:00Z", 5),
        [folder, start] => bench(folder, start, 5),
        _ => Err("usage: replays [--smoke | FOLDER START]".into()),
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
fn bench(folder: &str, start: &str, runs: usize) -> Result<String> {
    let (inventory, quiet) = read(Path::new(folder), start)?;
    let mut text = format!(
        "{folder}: {} shards, 24 hours, nobody does anything; seconds, state before included\n\n",
        inventory.shards.len()
    );
    let _ = writeln!(
        text,
        "{:<22}{:>8}{:>8}{:>9}{:>9}{:>9}{:>18}",
        "what happens", "step s", "steps", "min", "median", "max", "user minutes down"
    );
    for (name, scenario) in [
        ("nothing", quiet.clone()),
        (
            "a site at 30 % for 4 h",
            with_less_of_a_site(&inventory, &quiet, 0.3)?,
        ),
        (
            "a site out for 4 h",
            with_less_of_a_site(&inventory, &quiet, 0.0)?,
        ),
    ] {
        for step in [60.0, 30.0] {
            let mut scenario = scenario.clone();
            scenario.replay.step_seconds = step;
            let mut times = Vec::new();
            let mut last = None;
            for _ in 0..runs {
                let started = Instant::now();
                last = Some(played(&inventory, &scenario)?);
                times.push(started.elapsed().as_secs_f64());
            }
            times.sort_by(f64::total_cmp);
            let run = last.ok_or("no run")?;
            let _ = writeln!(
                text,
                "{name:<22}{step:>8}{:>8}{:>9.2}{:>9.2}{:>9.2}{:>18.0}",
                run.moments.len(),
                times[0],
                times[times.len() / 2],
                times[times.len() - 1],
                run.totals.down_minutes(),
            );
        }
    }
    Ok(text)
}

/// A day in which nobody does anything.
fn played(inventory: &Inventory, scenario: &Scenario) -> Result<Run> {
    let replay = replay(inventory, scenario, None, true, &Stop::default());
    let replay = replay.map_err(|finding| finding.to_string())??;
    replay
        .runs
        .into_iter()
        .next()
        .ok_or_else(|| "no run".into())
}

/// The site with most users keeps so much of everything from the tenth hour to the fourteenth.
fn with_less_of_a_site(inventory: &Inventory, quiet: &Scenario, capacity: f64) -> Result<Scenario> {
    let mut users = vec![0; inventory.sites.len()];
    for shard in &inventory.shards {
        if let Some(site) = shard.site {
            users[site.index()] += shard.users;
        }
    }
    let sites = (0..users.len()).map(plimsoll::ids::SiteId::new);
    let site = sites
        .max_by_key(|site| users[site.index()])
        .ok_or("no site")?;
    let start = quiet.start + jiff::SignedDuration::from_hours(10);
    let end = start + jiff::SignedDuration::from_hours(4);
    let mut scenario = quiet.clone();
    scenario.events.push(Event {
        kind: EventKind::Failure(Reduction {
            capacity,
            ..Reduction::all_of(inventory.site_component(site))
        }),
        start,
        end,
        detected: end,
        drain_minutes: None,
        is_end_assumed: false,
    });
    Ok(scenario)
}

/// The inventory of a folder, and a day of it in which nothing happens.
fn read(folder: &Path, start: &str) -> Result<(Inventory, Scenario)> {
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
    let end: jiff::Timestamp = start.parse()?;
    let end = end + jiff::SignedDuration::from_hours(24);
    let layer = ScenarioText {
        name: "day.toml".to_owned(),
        text: format!(
            "[scenario]\nstart = {start}\nend = {end}\n[policy]\nfreeze_onboarding = true\n"
        ),
    };
    let reading = scenario::read(&[layer], &inventory);
    let scenario = reading.scenario.ok_or("the scenario has errors")?;
    Ok((inventory, scenario))
}
