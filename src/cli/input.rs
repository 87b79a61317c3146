//! Input: an inventory folder and scenario files, read, with everything that is wrong with them printed.

use super::files;
use super::progress::Progress;
use super::render::{self, Sources};
use super::terminal::Terminal;
use crate::diagnostic::{Finding, Severity};
use crate::error::Result;
use crate::inventory::{self, SourceFile};
use crate::model::{Inventory, Scenario};
use crate::plan_files::Inputs;
use crate::scenario::{self, ScenarioText};
use std::path::{Path, PathBuf};

/// What was read.
pub(super) struct Input {
    /// The inventory.
    pub(super) inventory: Inventory,
    /// The layered scenario.
    pub(super) scenario: Scenario,
    /// Hashes of both.
    pub(super) inputs: Inputs,
    /// How many warnings there are.
    pub(super) warnings: usize,
}

/// Reads both. Findings go to standard error, warnings only if `tells_warnings`; `None` if there is an error.
pub(super) fn read(
    folder: &Path,
    scenarios: &[PathBuf],
    terminal: &mut Terminal,
    tells_warnings: bool,
) -> Result<Option<Input>> {
    let progress = Progress::start("reading the inventory");
    let files = files::inventory(folder)?;
    let texts = scenario_files(scenarios)?;
    let reading = inventory::read(&files);
    drop(progress);
    let mut warnings = reading.warnings;
    let mut findings = reading.findings;
    let mut scenario = None;
    if let Some(inventory) = &reading.inventory {
        let reading = read_scenario(&texts, inventory);
        scenario = reading.scenario;
        warnings += reading
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Warning)
            .count();
        findings.extend(reading.findings);
    }
    tell(&findings, &files, &texts, terminal, tells_warnings);
    let (Some(inventory), Some(scenario)) = (reading.inventory, scenario) else {
        return Ok(None);
    };
    let inputs = Inputs {
        inventory: hash(&inventory::write(&inventory)),
        scenario: hash(&texts),
    };
    Ok(Some(Input {
        inventory,
        scenario,
        inputs,
        warnings,
    }))
}

/// The files of a scenario's layers.
pub(super) fn scenario_files(scenarios: &[PathBuf]) -> Result<Vec<SourceFile>> {
    scenarios.iter().map(|path| files::file(path)).collect()
}

/// The scenario of these layers.
pub(super) fn read_scenario(texts: &[SourceFile], inventory: &Inventory) -> scenario::Reading {
    let layers: Vec<ScenarioText> = texts
        .iter()
        .map(|file| ScenarioText {
            name: file.name.clone(),
            text: String::from_utf8_lossy(&file.bytes).into_owned(),
        })
        .collect();
    scenario::read(&layers, inventory)
}

fn tell(
    findings: &[Finding],
    files: &[SourceFile],
    texts: &[SourceFile],
    terminal: &mut Terminal,
    tells_warnings: bool,
) {
    let all: Vec<SourceFile> = files.iter().chain(texts).cloned().collect();
    let sources = Sources::of(&all);
    for finding in findings {
        if tells_warnings || finding.severity == Severity::Error {
            let text = render::finding(finding, &sources, terminal.style);
            let _ = terminal.err.write_all(text.as_bytes());
        }
    }
}

/// The hash of files by name and content.
fn hash(files: &[SourceFile]) -> String {
    let mut hasher = blake3::Hasher::new();
    for file in files {
        for part in [file.name.as_bytes(), file.bytes.as_slice()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    format!("blake3:{}", hasher.finalize().to_hex())
}
