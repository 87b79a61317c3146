//! `plimsoll window`: the best time for a maintenance.

use crate::cli::args::{Format, Verbosity, WindowArgs};
use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::Input;
use crate::cli::progress::Progress;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, input, render};
use crate::diagnostic::{Code, Finding, Place};
use crate::engine::{WindowsAsked, WindowsStep, drain_by_peak, drains, ranking, windows, without};
use crate::error::{Error, Result};
use crate::ids::ComponentId;
use crate::inventory::SourceFile;
use crate::model::{FailureSet, Inventory, Reduction};
use crate::report::html::REPORT_FILE;
use crate::report::table::wrapped;
use crate::report::windows::{
    DrainReport, MAINTENANCE_FILE, RankedWindows, WINDOWS_FILE, WINDOWS_TABLE, maintenance_file,
};
use crate::report::written::WrittenFile;
use crate::scenario::titled;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Windows outside of the scenario.
const OUTSIDE: Code = Code("P5002");

/// Starts that are looked at, at most.
const MOST_STARTS: usize = 20_000;

/// Ranks all times at which a maintenance might begin.
pub(crate) fn run(args: &WindowArgs, terminal: &mut Terminal) -> Result<u8> {
    let verbosity = args.output.verbosity();
    run_on(args.threads)?;
    if let Some(out) = &args.out {
        folder::WINDOWS.may_be_written(out)?;
    }
    let starts = starts(args)?;
    let stop = stop_after(None, verbosity)?;
    let read = read(args, terminal, verbosity)?;
    if verbosity == Verbosity::All {
        terminal.print_findings(&outside(args, &read, &starts), &read.layers);
    }
    let (inventory, scenario) = (Arc::new(read.inventory), read.scenario);
    let components = components(&inventory, &args.components)?;
    let over = args.over();
    if let Some(over) = over.filter(|over| over.members(&inventory).is_empty()) {
        let reason = format!("--over {}: the inventory has none", over.word());
        return Err(Error::Refused(reason));
    }
    let subject = subject(&inventory, &args.components);
    let asked = WindowsAsked {
        reduction: Reduction {
            components,
            resources: None,
            capacity: 0.0,
            loss: 0.0,
        },
        duration: args.duration,
        starts,
        over,
    };
    let counting = || Progress::counting("ranking start times", 0, 0);
    let progress = (verbosity == Verbosity::All).then(counting);
    let step = |step: WindowsStep| match (&progress, step) {
        (Some(progress), WindowsStep::All(all)) => progress.of(all as u64),
        (Some(progress), WindowsStep::Done) => progress.step(),
        (None, _) => {}
    };
    let found = windows(&inventory, &scenario, &asked, &stop, &step)?;
    drop(progress);
    let progress = verbosity.progress("planning the drain");
    let best = ranking(&found);
    let in_order = best.order().map(|index| found[index].start);
    let told_drains = drains(
        &inventory,
        &scenario,
        &asked,
        in_order,
        &stop,
        |drain_plan| DrainReport::of(&inventory, &scenario, drain_plan),
    )?;
    let over = over.map(FailureSet::word);
    let ranked = RankedWindows::new(&inventory, &scenario, subject, over, &found);
    let ranked = ranked.with_drains(told_drains);
    let by_peak = match ranked.refused_for_its_hours() {
        Some(start) => drain_by_peak(&inventory, &scenario, &asked, start, &stop)?,
        None => None,
    };
    let ranked = ranked.with_safe_by_peak(by_peak.is_some());
    let start = ranked.recommended().map(|window| window.start);
    let quiet = start.map(|start| without(&inventory, &scenario, &asked, start, &stop));
    let ranked = ranked.with_quiet_hours(quiet.transpose()?);
    drop(progress);
    let json = render::pretty(&ranked.json());
    if let Some(out) = &args.out {
        let mut files = files(&ranked, &json)?;
        files.extend(ranked.drain().map(|drain| {
            let clock = ranked.clock();
            let text = maintenance_file(&inventory, &args.components, clock, drain);
            WrittenFile::text(MAINTENANCE_FILE, text)
        }));
        folder::WINDOWS.write(out, &files)?;
    }
    terminal.print(&match args.output.format() {
        Format::Quiet => String::new(),
        Format::Json => json,
        Format::Text => {
            let has_drain = ranked.drain().is_some();
            ranked.text(terminal.width) + &where_it_is(args, has_drain, terminal.width)
        }
    })?;
    Ok(exit::sound_if(ranked.has_sound_one()))
}

fn starts(args: &WindowArgs) -> Result<Vec<Timestamp>> {
    let refused = |reason: &str| Err(Error::Refused(reason.to_owned()));
    let (first, end) = (args.between.at, args.and.at);
    if end <= first {
        return refused("--and: expected a time after that of --between");
    }
    let mut starts = Vec::new();
    let mut next = Some(first);
    while let Some(start) = next.filter(|start| *start < end) {
        if start.checked_add(args.duration).is_err() {
            return refused("--duration: the maintenance would end beyond the calendar");
        }
        if starts.len() == MOST_STARTS {
            return refused(&format!(
                "--step: expected at most {MOST_STARTS} starts between the two times; choose a longer step"
            ));
        }
        starts.push(start);
        next = start.checked_add(args.step).ok();
    }
    Ok(starts)
}

/// The inventory and the scenario; without scenario files one with the default policy, in which nothing else happens.
fn read(args: &WindowArgs, terminal: &mut Terminal, verbosity: Verbosity) -> Result<Input> {
    if !args.scenarios.is_empty() {
        return input::read(&args.inventory, &args.scenarios, terminal, verbosity);
    }
    let offset = args.between.offset.unwrap_or(Offset::UTC);
    let at = |at: Timestamp| at.display_with_offset(offset).to_string();
    let text = format!(
        "[scenario]\nname = \"windows\"\nstart = {}\nend = {}\n",
        at(args.between.at),
        at(args.and.at)
    );
    let layer = SourceFile {
        name: "windows.toml".to_owned(),
        bytes: text.into_bytes(),
    };
    let texts = |_: Option<&Inventory>| Ok(vec![layer]);
    input::read_with(&args.inventory, texts, terminal, verbosity)
}

/// The components of these ids, ascending.
fn components(inventory: &Inventory, ids: &[String]) -> Result<Vec<ComponentId>> {
    let mut all: Vec<ComponentId> = Vec::new();
    for id in ids {
        if let Some(component) = inventory.component_named(id) {
            all.push(component);
        } else if let Some(pool) = inventory.pools.iter().find(|pool| pool.id == *id) {
            let members = pool.members.iter();
            all.extend(members.map(|member| inventory.element_component(*member)));
        } else if let Some(group) = inventory
            .risk_groups
            .iter()
            .find(|risk_group| risk_group.id == *id)
        {
            all.extend(&group.components);
        } else {
            return Err(Error::Refused(format!(
                "--component {}: the inventory has no component, pool or risk group with this id{}",
                render::escaped(id),
                titled(inventory, id)
                    .map_or_else(String::new, |hint| format!("; {}", render::escaped(&hint)))
            )));
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
            .map_or(id.as_str(), |component| {
                inventory.component_title(component)
            })
    });
    names.collect::<Vec<_>>().join(" and ")
}

fn files(ranked: &RankedWindows<'_>, json: &str) -> Result<Vec<WrittenFile>> {
    let figure = ranked.drawing()?;
    let mut files = vec![
        WrittenFile::text(WINDOWS_FILE, json),
        WrittenFile::text(WINDOWS_TABLE, ranked.csv()?),
        ranked.page(figure.clone())?,
    ];
    files.extend(figure.files());
    Ok(files)
}

/// Where table, chart and runbook are, or how to have them.
fn where_it_is(args: &WindowArgs, has_drain: bool, width: Option<u16>) -> String {
    let Some(out) = &args.out else {
        return "\n".to_owned()
            + &wrapped(
                "--out DIR writes all windows, a page with a chart, and the scenario from which `plan` makes the drain's runbook.",
                width,
            );
    };
    let folder = render::path(out);
    let mut words = vec![format!(
        "All windows are in {folder}/{WINDOWS_TABLE}; open {folder}/{REPORT_FILE}."
    )];
    if has_drain {
        words.push(format!(
            "For the runbook: plimsoll plan {} {}--scenario {folder}/{MAINTENANCE_FILE} --out plan",
            render::path(&args.inventory),
            render::layers(&args.scenarios)
        ));
    }
    let lines = words.iter().map(|word| wrapped(word, width));
    format!("\n{}", lines.collect::<String>())
}

/// A maintenance might begin before the scenario does or end after it, in which nothing else is known to happen.
fn outside(args: &WindowArgs, read: &Input, starts: &[Timestamp]) -> Option<Finding> {
    let layer = read.layers.last().filter(|_| !args.scenarios.is_empty())?;
    let scenario = &read.scenario;
    let at = |at: Timestamp| at.display_with_offset(scenario.offset).to_string();
    let is_outside = |start: &&Timestamp| {
        let end = start.checked_add(args.duration);
        **start < scenario.start || end.is_ok_and(|end| end > scenario.end)
    };
    let count = starts.iter().filter(is_outside).count();
    let place = Place {
        column: Some("scenario".to_owned()),
        ..Place::whole(&layer.name)
    };
    let found = format!(
        "a scenario from {} to {}, and {count} of {} windows outside of it",
        at(scenario.start),
        at(scenario.end),
        starts.len()
    );
    let expected = "a scenario that covers all windows";
    let hint = "the ranking knows no events outside of it; change the times of the scenario, or --between and --and";
    (count > 0).then(|| Finding::error(OUTSIDE, place, found, expected, hint).into_warning())
}
