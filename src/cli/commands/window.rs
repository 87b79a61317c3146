//! `plimsoll window`: the best time for a maintenance.

use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::{Input, Told};
use crate::cli::options::{Format, WindowOptions};
use crate::cli::progress::Progress;
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, input, render, swept};
use crate::engine::{WindowsAsked, WindowsStep, windows};
use crate::error::{Error, Result};
use crate::ids::ComponentId;
use crate::inventory::SourceFile;
use crate::model::{Inventory, Reduction};
use crate::report::charts::Chart;
use crate::report::table::wrapped;
use crate::report::text;
use crate::report::windows::{RankedWindows, WINDOWS_FILE, WINDOWS_TABLE};
use crate::report::written::WrittenFile;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Starts that are looked at, at most.
const MOST_STARTS: usize = 20_000;

/// Width of the chart in the folder, in pixels.
const WIDTH: u32 = 1200;

/// Ranks all times at which a maintenance might begin.
pub(crate) fn run(options: &WindowOptions, terminal: &mut Terminal) -> Result<u8> {
    let is_quiet = options.format == Format::Quiet;
    let told = if is_quiet { Told::Errors } else { Told::All };
    run_on(options.threads);
    if let Some(out) = &options.out {
        folder::windows_may_be_written(out)?;
    }
    let starts = match starts(options) {
        Ok(starts) => starts,
        Err(reason) => return Ok(swept::refuse(&reason, terminal)),
    };
    let stop = stop_after(None, told)?;
    let Some(read) = read(options, terminal, told)? else {
        return Ok(exit::BAD_INPUT);
    };
    let (inventory, scenario) = (Arc::new(read.inventory), read.scenario);
    let components = match components(&inventory, &options.components) {
        Ok(components) => components,
        Err(reason) => return Ok(swept::refuse(&reason, terminal)),
    };
    if let Some(over) = options.over
        && over.members(&inventory).is_empty()
    {
        let reason = format!("--over {}: the inventory has none", over.word());
        return Ok(swept::refuse(&reason, terminal));
    }
    let subject = subject(&inventory, &options.components);
    let asked = WindowsAsked {
        reduction: Reduction {
            components,
            resources: None,
            capacity: 0.0,
            loss: 0.0,
        },
        duration: options.duration,
        starts,
        over: options.over,
    };
    let progress = (!is_quiet).then(|| Progress::counting("looking at starts", 0, 0));
    let step = |step: WindowsStep| match (&progress, step) {
        (Some(progress), WindowsStep::All(all)) => progress.of(all as u64),
        (Some(progress), WindowsStep::Done) => progress.step(),
        (None, _) => {}
    };
    let found = windows(&inventory, &scenario, &asked, &stop, &step)?;
    drop(progress);
    let over = options.over.map(crate::model::FailureSet::word);
    let ranked = RankedWindows::new(&inventory, &scenario, subject, over, &found);
    let json = serde_json::to_string_pretty(&ranked.json())
        .map_err(|error| Error::Internal(error.to_string()))?;
    let json = text::json(&json).into_owned() + "\n";
    if let Some(out) = &options.out {
        folder::write_windows(out, &files(&ranked, &json)?)?;
    }
    let text = match options.format {
        Format::Quiet => String::new(),
        Format::Json => json,
        Format::Text => {
            ranked.text(terminal.width) + &where_it_is(options.out.as_deref(), terminal.width)
        }
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(if ranked.has_sound_one() {
        exit::SOUND
    } else {
        exit::SHORT
    })
}

/// The times at which it might begin; else what is wrong with them.
fn starts(options: &WindowOptions) -> std::result::Result<Vec<Timestamp>, String> {
    let (first, end) = (options.between.at, options.and.at);
    if end <= first {
        return Err("--and: expected a time after that of --between".to_owned());
    }
    let mut starts = Vec::new();
    let mut next = Some(first);
    while let Some(start) = next.filter(|start| *start < end) {
        if start.checked_add(options.duration).is_err() {
            return Err("--duration: the maintenance would end after the calendar does".to_owned());
        }
        if starts.len() == MOST_STARTS {
            return Err(format!(
                "--step: expected at most {MOST_STARTS} starts between the two times; take a longer step"
            ));
        }
        starts.push(start);
        next = start.checked_add(options.step).ok();
    }
    Ok(starts)
}

/// The inventory and the scenario; without scenario files one with the default policy, in which nothing else happens.
fn read(options: &WindowOptions, terminal: &mut Terminal, told: Told) -> Result<Option<Input>> {
    if !options.scenarios.is_empty() {
        return input::read(&options.inventory, &options.scenarios, terminal, told);
    }
    let offset = options.between.offset.unwrap_or(Offset::UTC);
    let at = |at: Timestamp| at.display_with_offset(offset).to_string();
    let text = format!(
        "[scenario]\nname = \"windows\"\nstart = {}\nend = {}\n",
        at(options.between.at),
        at(options.and.at)
    );
    let layer = SourceFile {
        name: "windows.toml".to_owned(),
        bytes: text.into_bytes(),
    };
    input::read_with(&options.inventory, || Ok(vec![layer]), terminal, told)
}

/// The components of these ids, ascending; else which id there is not.
fn components(
    inventory: &Inventory,
    ids: &[String],
) -> std::result::Result<Vec<ComponentId>, String> {
    let mut all: Vec<ComponentId> = Vec::new();
    for id in ids {
        if let Some(component) = inventory.component_named(id) {
            all.push(component);
        } else if let Some(pool) = inventory.pools.iter().find(|own| own.id == *id) {
            let members = pool.members.iter();
            all.extend(members.map(|member| inventory.element_component(*member)));
        } else if let Some(group) = inventory.risk_groups.iter().find(|own| own.id == *id) {
            all.extend(&group.components);
        } else {
            return Err(format!(
                "--component {}: the inventory has no site, access point, element, link, pool or risk group of this id",
                render::escaped(id)
            ));
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// What people call what is maintained, each once.
fn subject(inventory: &Inventory, ids: &[String]) -> String {
    let mut known = BTreeSet::new();
    let once = ids.iter().filter(|id| known.insert(id.as_str()));
    let names = once.map(|id| {
        inventory
            .component_named(id)
            .map_or(id.as_str(), |own| inventory.component_title(own))
    });
    names.collect::<Vec<_>>().join(" and ")
}

/// The files of the folder.
fn files(ranked: &RankedWindows<'_>, json: &str) -> Result<Vec<WrittenFile>> {
    let picture = ranked.chart().picture(WIDTH)?;
    let file = |name: &str, bytes: Vec<u8>| WrittenFile {
        name: name.to_owned(),
        bytes,
    };
    Ok(vec![
        file(WINDOWS_FILE, json.as_bytes().to_vec()),
        file(WINDOWS_TABLE, ranked.csv()?),
        file("charts/windows.svg", picture.svg.into_bytes()),
        file("charts/windows.png", picture.png),
        file("charts/windows.csv", picture.csv),
    ])
}

fn where_it_is(out: Option<&Path>, width: Option<u16>) -> String {
    out.map_or_else(String::new, |out| {
        let folder = render::escaped(&out.display().to_string());
        let words = format!(
            "All of them are in {folder}/{WINDOWS_TABLE}; the chart is {folder}/charts/windows.svg."
        );
        format!("\n{}", wrapped(&words, width))
    })
}
