//! Input: an inventory folder and scenario files, read, with everything that is wrong with them printed.

use super::args::{InputArgs, Verbosity, WhatIfArgs};
use super::files::{self, FileKind};
use super::folder::INPUTS;
use super::render::{self, Sources};
use super::terminal::Terminal;
use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::engine::{Missed, missed_before};
use crate::error::Result;
use crate::inventory::{self, SourceFile};
use crate::model::{Inventory, Scenario};
use crate::plan_files::Inputs;
use crate::report::words::missed_already;
use crate::report::written::WrittenFile;
use crate::scenario::{self, ScenarioText};
use crate::solve::Stop;
use std::path::{Path, PathBuf};

/// What was read.
pub(super) struct Input {
    pub(super) inventory: Inventory,
    pub(super) scenario: Scenario,
    pub(super) layers: Vec<SourceFile>,
    /// How many warnings there are.
    pub(super) warnings: usize,
    /// Those that are listed, each in a sentence.
    pub(super) listed: Vec<String>,
}

/// An inventory and a scenario with what is wrong with them.
pub(super) struct CheckedInput {
    pub(super) inventory: inventory::Reading,
    /// `None` if there are no scenario files, and while the inventory has errors: the names in them mean nothing then.
    pub(super) scenario: Option<scenario::Reading>,
}

impl CheckedInput {
    /// Reads the files of a folder, and of a scenario if there are any.
    pub(super) fn of(folder: &[SourceFile], texts: &[SourceFile]) -> Self {
        Self::with(inventory::read(folder), texts)
    }

    /// The same of a folder that is read.
    fn with(inventory: inventory::Reading, texts: &[SourceFile]) -> Self {
        let read = inventory.inventory.as_ref().filter(|_| !texts.is_empty());
        let scenario = read.map(|inventory| read_scenario(texts, inventory));
        Self {
            inventory,
            scenario,
        }
    }

    /// Adds what is missed before the scenario begins, if nothing is wrong with either.
    ///
    /// # Errors
    /// What planning the state before fails with.
    pub(super) fn add_missed(&mut self, names: &str) -> Result<()> {
        if let (Some(inventory), Some(reading)) = (&self.inventory.inventory, &mut self.scenario)
            && let Some(scenario) = &reading.scenario
        {
            let missed = missed_before_scenario(inventory, scenario, names)?;
            reading.findings.extend(missed);
        }
        Ok(())
    }

    /// Everything that is wrong: first the inventory's, then the scenario's.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        let of_scenario = self.scenario.iter().flat_map(|reading| &reading.findings);
        self.inventory.findings.iter().chain(of_scenario)
    }

    /// How many errors and warnings the scenario has.
    pub(super) fn of_scenario(&self) -> [usize; 2] {
        [Severity::Error, Severity::Warning].map(|severity| {
            let findings = self.scenario.iter().flat_map(|reading| &reading.findings);
            findings
                .filter(|finding| finding.severity == severity)
                .count()
        })
    }

    /// How many errors and warnings there are, listed or not.
    pub(super) fn counts(&self) -> [usize; 2] {
        let [errors, warnings] = self.of_scenario();
        [
            self.inventory.errors + errors,
            self.inventory.warnings + warnings,
        ]
    }
}

/// Reads what arguments name, as [`read`] does.
pub(super) fn read_all(
    args: &InputArgs,
    terminal: &mut Terminal,
    verbosity: Verbosity,
) -> Result<Input> {
    read(&args.inventory, &args.scenarios, terminal, verbosity)
}

/// Reads an inventory and the layers of a scenario. Findings go to standard error; one that is an error ends it.
pub(super) fn read(
    folder: &Path,
    scenarios: &[PathBuf],
    terminal: &mut Terminal,
    verbosity: Verbosity,
) -> Result<Input> {
    let texts = |_: Option<&Inventory>| scenario_files(scenarios);
    read_with(folder, texts, terminal, verbosity)
}

/// Reads what arguments name, with the events that options ask for as one more layer.
pub(super) fn read_what_if(
    args: &InputArgs,
    what_if: &WhatIfArgs,
    terminal: &mut Terminal,
    verbosity: Verbosity,
) -> Result<Input> {
    what_if.check(!args.scenarios.is_empty())?;
    let texts = |inventory: Option<&Inventory>| {
        with_what_if(scenario_files(&args.scenarios)?, what_if, inventory)
    };
    read_with(&args.inventory, texts, terminal, verbosity)
}

/// Layers with one more for the events that options ask for, if they ask for any.
pub(super) fn with_what_if(
    mut texts: Vec<SourceFile>,
    what_if: &WhatIfArgs,
    inventory: Option<&Inventory>,
) -> Result<Vec<SourceFile>> {
    if what_if.is_asked() {
        // Layers of a policy or of commands alone leave the span to the options.
        let has_scenario = !texts.is_empty();
        let has_span = has_scenario && (texts.iter().any(has_span) || !what_if.has_start());
        let read = inventory.filter(|_| has_span);
        let base = read.and_then(|inventory| read_scenario(&texts, inventory).scenario);
        let base = base.map(|scenario| scenario.name);
        let limits_waves = !texts
            .iter()
            .any(|source_file| has_key(source_file, "waves", &["not_before"]));
        let layer = what_if.layer(has_span, base.as_deref(), inventory, limits_waves)?;
        texts.push(layer);
    }
    Ok(texts)
}

/// Whether a scenario file has a start or an end.
pub(super) fn has_span(file: &SourceFile) -> bool {
    has_key(file, "scenario", &["start", "end"])
}

/// Whether a table of a scenario file has one of some keys; text that is no TOML is found out by its reader.
fn has_key(file: &SourceFile, table: &str, keys: &[&str]) -> bool {
    let text = std::str::from_utf8(&file.bytes).unwrap_or_default();
    let Ok(all) = text.parse::<toml::Table>() else {
        return true;
    };
    let table = all.get(table).and_then(toml::Value::as_table);
    table.is_some_and(|map| keys.iter().any(|key| map.contains_key(*key)))
}

/// The same with a scenario of the layers that are given back for the inventory, if that can be read.
pub(super) fn read_with(
    folder: &Path,
    texts: impl FnOnce(Option<&Inventory>) -> Result<Vec<SourceFile>>,
    terminal: &mut Terminal,
    verbosity: Verbosity,
) -> Result<Input> {
    let progress = verbosity.progress("reading the input");
    let files = files::inventory(folder)?;
    let of_folder = inventory::read(&files);
    let texts = texts(of_folder.inventory.as_ref())?;
    let checked = CheckedInput::with(of_folder, &texts);
    drop(progress);
    checked.finished(folder, (&files, texts), terminal, verbosity)
}

/// The same of an inventory at hand, as its tables are written.
pub(super) fn read_written(
    inventory: &Inventory,
    texts: Vec<SourceFile>,
    terminal: &mut Terminal,
    verbosity: Verbosity,
) -> Result<Input> {
    let files = inventory::write(inventory);
    let checked = CheckedInput::of(&files, &texts);
    checked.finished(Path::new(INPUTS), (&files, texts), terminal, verbosity)
}

impl CheckedInput {
    /// What was read, once everything that is wrong with it is printed.
    fn finished(
        self,
        folder: &Path,
        (files, texts): (&[SourceFile], Vec<SourceFile>),
        terminal: &mut Terminal,
        verbosity: Verbosity,
    ) -> Result<Input> {
        let sources = Sources::of(files.iter().chain(&texts));
        let is_told =
            |finding: &&Finding| verbosity == Verbosity::All || finding.severity == Severity::Error;
        let findings = self.findings().filter(is_told);
        let mut text = render::findings(findings, &sources, terminal);
        let (of_folder, [errors, warnings]) = (&self.inventory, self.of_scenario());
        if of_folder.errors > 0 {
            let folder = folder.display().to_string();
            text += &render::refusal(&folder, of_folder.errors, of_folder.warnings);
        } else if errors > 0 {
            text += &render::refusal(&file_names(&texts), errors, warnings);
        }
        terminal.say(&text);
        let [_, warnings] = self.counts();
        let listed = self
            .findings()
            .filter(|finding| finding.severity == Severity::Warning);
        let sentences = listed.map(sentence).collect();
        let scenario = self.scenario.and_then(|reading| reading.scenario);
        let read = self.inventory.inventory.zip(scenario);
        let (inventory, scenario) = read.ok_or_else(render::refused)?;
        Ok(Input {
            inventory,
            scenario,
            layers: texts,
            warnings,
            listed: sentences,
        })
    }
}

impl Input {
    /// Hands over what the plan was made from, file by file of its output folder, so that the folder can be asked
    /// about later and elsewhere. Gives back the hashes of both.
    ///
    /// The inventory stands there as it was understood, one row per line in the order of ids.
    pub(super) fn each_file(&self, mut take: impl FnMut(WrittenFile)) -> Inputs {
        let mut put = |name: &str, bytes| {
            take(WrittenFile::text(format!("{INPUTS}/{name}"), bytes));
        };
        for (index, file) in self.layers.iter().enumerate() {
            let name = format!("scenario-{}.toml", index + 1);
            put(&name, file.bytes.clone());
        }
        digests(&self.inventory, &self.layers, |file| {
            put(&file.name, file.bytes);
        })
    }
}

/// A finding in one sentence, with what to do.
fn sentence(finding: &Finding) -> String {
    format!(
        "{}: found {}, expected {} [{}]; {}",
        finding.place, finding.found, finding.expected, finding.code.0, finding.hint
    )
}

/// The files of a scenario's layers, by file name; by path where two layers share a name.
pub(super) fn scenario_files(scenarios: &[PathBuf]) -> Result<Vec<SourceFile>> {
    let mut texts = Vec::with_capacity(scenarios.len());
    for path in scenarios {
        let mut text = files::file(path, FileKind::Scenario)?;
        let others = scenarios.iter().filter(|other| *other != path);
        if others
            .map(|other| other.file_name())
            .any(|name| name == path.file_name())
        {
            text.name = path.display().to_string();
        }
        texts.push(text);
    }
    Ok(texts)
}

/// The names of files, joined.
pub(super) fn file_names(files: &[SourceFile]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    names.join(", ")
}

fn read_scenario(texts: &[SourceFile], inventory: &Inventory) -> scenario::Reading {
    let layers: Vec<ScenarioText> = texts.iter().map(scenario_text).collect();
    scenario::read(&layers, inventory)
}

pub(super) fn scenario_text(file: &SourceFile) -> ScenarioText {
    ScenarioText {
        name: file.name.clone(),
        text: String::from_utf8_lossy(&file.bytes).into_owned(),
    }
}

/// The digests of an inventory's tables, which are handed over one by one, and of a scenario's layers.
pub(super) fn digests(
    inventory: &Inventory,
    layers: &[SourceFile],
    mut take: impl FnMut(SourceFile),
) -> Inputs {
    let mut of_inventory = blake3::Hasher::new();
    inventory::write_each(inventory, |file| {
        add_file(&mut of_inventory, file.name.as_bytes(), &file.bytes);
        take(file);
    });
    let mut of_scenario = blake3::Hasher::new();
    for file in layers {
        // A layer is what it says and where it stands, under whatever name.
        add_file(&mut of_scenario, b"", &file.bytes);
    }
    let text = |hasher: &blake3::Hasher| format!("blake3:{}", hasher.finalize().to_hex());
    Inputs {
        inventory: text(&of_inventory),
        scenario: text(&of_scenario),
    }
}

/// Adds a file to a hash of files by name and content.
fn add_file(hasher: &mut blake3::Hasher, name: &[u8], bytes: &[u8]) {
    for part in [name, bytes] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
}

/// Targets of network components, or as a scenario sets them, that the state before misses (a warning).
const MISSED_BEFORE: Code = Code("P3409");

/// What is missed before a scenario and no line of sites.csv is warned of (`P3408`): at network components, and where the
/// scenario sets another target than the inventory; `None` if nothing is.
fn missed_before_scenario(
    inventory: &Inventory,
    scenario: &Scenario,
    file: &str,
) -> Result<Option<Finding>> {
    let missed = missed_before(inventory, scenario, &Stop::default())?;
    let is_warned_of = |missed: &Missed| {
        let written = inventory.headroom_target(missed.component);
        let written =
            written.unwrap_or_else(|| inventory.resources[missed.resource.index()].headroom);
        missed.component.index() < inventory.sites.len() && missed.target <= written
    };
    let missed = missed.into_iter().filter(|missed| !is_warned_of(missed));
    let missed = missed.map(|missed| {
        (
            (missed.component, missed.resource),
            [missed.headroom, missed.target],
        )
    });
    let words = missed_already(inventory, missed.collect());
    Ok(words.map(|found| {
        let found = format!("a headroom deficit before any event: {found}");
        let expected = "no headroom deficit";
        let hint = "a plan leaves this deficit (`existing_shortfall = \"keep\"`): add capacity, lower the target, or \
                    plan with \"repair\"";
        Finding::error(MISSED_BEFORE, Place::whole(file), found, expected, hint).into_warning()
    }))
}
