//! `plimsoll window`: the best time for a maintenance.

use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::{Input, Told};
use crate::cli::options::{Format, WindowOptions};
use crate::cli::progress::Progress;
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, input, render, swept};
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::engine::{WindowsAsked, WindowsStep, drains, ranking, windows, without};
use crate::error::{Error, Result};
use crate::ids::ComponentId;
use crate::inventory::SourceFile;
use crate::model::{Inventory, Reduction};
use crate::report::charts::Chart;
use crate::report::table::wrapped;
use crate::report::text;
use crate::report::windows::{
    DrainReport, MAINTENANCE_FILE, RankedWindows, WINDOWS_FILE, WINDOWS_TABLE, maintenance_file,
};
use crate::report::written::WrittenFile;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Windows outside of the scenario.
const OUTSIDE: Code = Code("P5002");

/// Starts that are looked at, at most.
const MOST_STARTS: usize = 20_000;

/// Width of the chart in the folder, in pixels.
const WIDTH: u32 = 1200;

/// Ranks all times at which a maintenance might begin.
pub(crate) fn run(options: &WindowOptions, terminal: &mut Terminal) -> Result<u8> {
    let is_quiet = options.format == Format::Quiet;
    let told = if is_quiet { Told::Errors } else { Told::All };
    run_on(options.threads)?;
    if let Some(out) = &options.out {
        folder::WINDOWS.may_be_written(out)?;
    }
    let starts = match starts(options) {
        Ok(starts) => starts,
        Err(reason) => return Ok(swept::refuse(&reason, terminal)),
    };
    let stop = stop_after(None, told)?;
    let Some(read) = read(options, terminal, told)? else {
        return Ok(exit::BAD_INPUT);
    };
    let outside = outside(options, &read, &starts);
    if told == Told::All {
        let findings: Vec<Finding> = outside.into_iter().collect();
        swept::tell(&findings, &read.layers, terminal);
    }
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
    let progress = (!is_quiet).then(|| Progress::start("planning the drain"));
    let best = ranking(&found);
    let in_order = best.order().map(|own| found[own].start);
    let told_drains = drains(&inventory, &scenario, &asked, in_order, &stop, |own| {
        DrainReport::of(&inventory, &scenario, own)
    })?;
    let over = options.over.map(crate::model::FailureSet::word);
    let ranked = RankedWindows::new(&inventory, &scenario, subject, over, &found);
    let ranked = ranked.with_drains(told_drains);
    let start = ranked.told().map(|own| own.start);
    let quiet = start.map(|start| without(&inventory, &scenario, &asked, start, &stop));
    let ranked = ranked.with_quiet_hours(quiet.transpose()?);
    drop(progress);
    let json = serde_json::to_string_pretty(&ranked.json())
        .map_err(|error| Error::Internal(error.to_string()))?;
    let json = text::json(&json).into_owned() + "\n";
    if let Some(out) = &options.out {
        let mut files = files(&ranked, &json)?;
        files.extend(ranked.drain().map(|drain| {
            WrittenFile {
                name: MAINTENANCE_FILE.to_owned(),
                bytes: maintenance_file(&inventory, &options.components, ranked.clock(), drain)
                    .into_bytes(),
            }
        }));
        folder::WINDOWS.write(out, &files)?;
    }
    let text = match options.format {
        Format::Quiet => String::new(),
        Format::Json => json,
        Format::Text => {
            let has_drain = ranked.drain().is_some();
            ranked.text(terminal.width) + &where_it_is(options, has_drain, terminal.width)
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
    ])
}

/// Where table, chart and runbook are, or how to have them.
fn where_it_is(options: &WindowOptions, has_drain: bool, width: Option<u16>) -> String {
    let path = |path: &Path| render::escaped(&path.display().to_string());
    let Some(out) = &options.out else {
        return "\n".to_owned()
            + &wrapped(
                "With --out DIR all of them are written, a chart, and the scenario with which `plan` makes the runbook of the drain.",
                width,
            );
    };
    let folder = path(out);
    let mut words = vec![format!(
        "All of them are in {folder}/{WINDOWS_TABLE}; the chart is {folder}/charts/windows.svg."
    )];
    if has_drain {
        let layers = options.scenarios.iter();
        let layers = layers.map(|own| format!("--scenario {} ", path(own)));
        words.push(format!(
            "For the runbook: plimsoll plan {} {}--scenario {folder}/{MAINTENANCE_FILE} --out plan",
            path(&options.inventory),
            layers.collect::<String>()
        ));
    }
    let lines = words.iter().map(|own| wrapped(own, width));
    format!("\n{}", lines.collect::<String>())
}

/// A maintenance might begin before the scenario does or end after it, in which nothing else is known to happen.
fn outside(options: &WindowOptions, read: &Input, starts: &[Timestamp]) -> Option<Finding> {
    let layer = read
        .layers
        .last()
        .filter(|_| !options.scenarios.is_empty())?;
    let scenario = &read.scenario;
    let at = |at: Timestamp| at.display_with_offset(scenario.offset).to_string();
    let is_outside = |start: &&Timestamp| {
        let end = start.checked_add(options.duration);
        **start < scenario.start || end.is_ok_and(|end| end > scenario.end)
    };
    let count = starts.iter().filter(is_outside).count();
    (count > 0).then(|| Finding {
        severity: Severity::Warning,
        code: OUTSIDE,
        place: Place {
            file: layer.name.clone(),
            line: None,
            column: Some("scenario".to_owned()),
        },
        found: format!(
            "a scenario from {} to {}, and {count} of {} windows not within it",
            at(scenario.start),
            at(scenario.end),
            starts.len()
        ),
        expected: "a scenario that lasts as long as all windows".to_owned(),
        hint: "what happens outside of it is not known to the ranking; give the scenario other times, or --between and --and"
            .to_owned(),
    })
}
