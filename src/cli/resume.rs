//! Resume: what a plan is made from that goes on from another.

use super::args::{InputArgs, Verbosity, WhatIfArgs};
use super::input::{self, Input};
use super::stored::{Stored, StoredInputs};
use super::terminal::Terminal;
use super::{folder, render};
use crate::engine::{ResumedPlan, WaveOfPlan, resume_after};
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::model::{Inventory, Scenario};
use crate::report::span::moment;
use crate::scenario::ScenarioText;
use crate::solve::Stop;
use jiff::Timestamp;
use std::path::Path;

/// What findings call the layer that says where the plan begins.
const RESUME_FILE: &str = "resume.toml";

/// Reads a plan's folder, and where it has come to after a wave, with the layers and events that arguments add.
pub(super) fn read_resumed(
    (args, what_if): (&InputArgs, &WhatIfArgs),
    (after, out): (WaveOfPlan, &Path),
    terminal: &mut Terminal,
    verbosity: Verbosity,
) -> Result<Input> {
    what_if.check(true)?;
    let folder = &args.inventory;
    let shown = render::path(folder);
    if !folder::has_plan(folder) {
        return Err(Error::Refused(format!(
            "--resume-after: {shown} has no plan: name the folder that `plimsoll plan --out` wrote"
        )));
    }
    if let (Ok(earlier), Ok(out)) = (folder.canonicalize(), out.canonicalize())
        && earlier == out
    {
        return Err(Error::Refused(format!(
            "--out {shown}: this is the plan that the new one goes on from, and its rollback is still needed; name another folder"
        )));
    }
    let stored = Stored::read(folder, terminal)?;
    let inputs = stored.inputs.as_ref();
    let (inputs, inventory, scenario) = inputs.and_then(made_from).ok_or_else(|| {
        Error::Refused(format!(
            "--resume-after: {shown} has no inputs that can be read: plan again"
        ))
    })?;
    let of = (&inventory, &scenario);
    // Layers that are added may have events at any time.
    let has_layers = !args.scenarios.is_empty();
    let events_from = what_if.begins()?.or(has_layers.then_some(Timestamp::MIN));
    let resumed = resume_after(of, &stored.plan, (after, events_from), &Stop::default())?;
    let layers = inputs.layers.iter();
    let mut texts: Vec<SourceFile> = layers
        .map(|scenario_text| layer(scenario_text, &scenario))
        .collect();
    texts.push(begin(&scenario, after, &resumed));
    texts.extend(input::scenario_files(&args.scenarios)?);
    let texts = input::with_what_if(texts, what_if, Some(&resumed.inventory))?;
    let mut read = input::read_written(&resumed.inventory, texts, terminal, verbosity)?;
    let mut sentences = warnings(&resumed);
    sentences.extend(not_in_blind(&read.scenario, &scenario));
    for warning in &sentences {
        terminal.say(&format!("warning: {}\n", render::escaped(warning)));
    }
    read.warnings += sentences.len();
    read.listed.extend(sentences);
    Ok(read)
}

fn made_from(inputs: &StoredInputs) -> Option<(&StoredInputs, Inventory, Scenario)> {
    let inventory = inputs.inventory()?;
    let scenario = inputs.scenario(&inventory)?;
    Some((inputs, inventory, scenario))
}

/// A layer of the earlier plan, in which events that began with its scenario say when that was: this one begins later, or
/// earlier if the wave is one before it.
fn layer(text: &ScenarioText, scenario: &Scenario) -> SourceFile {
    let start = scenario
        .start
        .display_with_offset(scenario.offset)
        .to_string();
    SourceFile {
        name: text.name.clone(),
        bytes: dated(&text.text, &start)
            .unwrap_or_else(|| text.text.clone())
            .into_bytes(),
    }
}

/// The text with a start for every event that has none; `None` if all have one.
fn dated(text: &str, start: &str) -> Option<String> {
    let start: toml::value::Datetime = start.parse().ok()?;
    let mut table: toml::Table = text.parse().ok()?;
    let events = table.get_mut("event")?.as_array_mut()?;
    let mut is_changed = false;
    for event in events.iter_mut().filter_map(toml::Value::as_table_mut) {
        if !event.contains_key("start") {
            event.insert("start".to_owned(), start.into());
            is_changed = true;
        }
    }
    is_changed.then(|| toml::to_string(&table).ok()).flatten()
}

/// The layer that lets the scenario, and its first wave, begin where the earlier plan has come to.
fn begin(scenario: &Scenario, after: WaveOfPlan, resumed: &ResumedPlan) -> SourceFile {
    let at = |at: Timestamp| at.display_with_offset(scenario.offset);
    let (start, now) = (at(resumed.start), at(resumed.now));
    let name = format!("{}, resumed after {after}", scenario.name);
    let name = serde_json::Value::String(name);
    let text = format!(
        "# Made from `--resume-after`: the plan begins where the wave has come to.\n\
         [scenario]\nname = {name}\nstart = {start}\n\n[waves]\nnot_before = {now}\n"
    );
    SourceFile {
        name: RESUME_FILE.to_owned(),
        bytes: text.into_bytes(),
    }
}

/// That faults go on before the plan begins that the earlier one did not know: it begins only once the wave in progress and its
/// hold are over, and blind.csv has no time before that.
fn not_in_blind(now: &Scenario, earlier: &Scenario) -> Option<String> {
    let new = now.events.iter().filter(|event| {
        event.is_reacted_to() && event.start < now.start && !earlier.events.contains(event)
    });
    let first = new.map(|event| event.start).min()?;
    let [from, until] = [first, now.start].map(|at| moment(now, at));
    Some(format!(
        "not checked: {from} to {until}, from the start of a fault to the start of this plan; the users that it affects then are not in blind.csv"
    ))
}

/// What is not as it was after the wave.
fn warnings(resumed: &ResumedPlan) -> Vec<String> {
    let without = resumed.without_weights.iter();
    let without = without.map(|why| {
        format!(
            "the weights in force are not known to this plan: it found {why}; check every weight before the first step"
        )
    });
    without.collect()
}
