//! A stored plan: the output folder read back, with what the plan was made from.

use super::folder::INPUTS;
use super::render::{self, Sources};
use super::terminal::Terminal;
use super::{files, for_homes, input};
use crate::diagnostic::{Code, Finding, Place, Severity, has_errors};
use crate::error::Result;
use crate::inventory::{self, SourceFile};
use crate::model::{Inventory, Scenario};
use crate::plan_files::explanations::{EXPLANATIONS_FILE, Explanations, read_explanations};
use crate::plan_files::{self, Inputs, PlanFile, SUMMARY_FILE, WrittenPlan};
use crate::scenario::{self, ScenarioText};
use crate::solve::Stop;
use std::path::{Path, PathBuf};

/// Most layers of a scenario that are looked for.
const MOST_LAYERS: u32 = 1_000_000;

/// The carried inputs are not those of the plan (a warning).
const CHANGED_INPUTS: Code = Code("P6019");

/// An output folder read back.
pub(super) struct Stored {
    /// Its tables.
    pub(super) plan: WrittenPlan,
    /// explanations.json, if the folder has it and it can be read.
    pub(super) explanations: Option<Explanations>,
    /// What it was made from, if the folder carries it.
    pub(super) inputs: Option<StoredInputs>,
}

/// What a plan was made from.
pub(super) struct StoredInputs {
    /// The inventory's tables.
    pub(super) tables: Vec<SourceFile>,
    /// The scenario's layers.
    pub(super) layers: Vec<ScenarioText>,
}

impl Stored {
    /// Reads a folder; findings go to standard error, and `None` means that one of them is an error.
    pub(super) fn read(folder: &Path, terminal: &mut Terminal) -> Result<Option<Self>> {
        Self::of_files(folder, &files::plan(folder)?, terminal)
    }

    /// The same, with steering that is planned for its homes where a folder that was made by hand has none; the flag says so.
    pub(super) fn read_or_steered(
        folder: &Path,
        of: (&Inventory, &Scenario),
        terminal: &mut Terminal,
    ) -> Result<Option<(Self, bool)>> {
        let mut plan = files::plan(folder)?;
        // Of a folder that was planned steering.csv is lost.
        let is_by_hand = !plan.iter().any(|file| file.name == SUMMARY_FILE);
        let steered = if is_by_hand {
            for_homes::steering_of(&plan, of, &Stop::default())?
        } else {
            None
        };
        let is_steered = steered.is_some();
        plan.extend(steered);
        let read = Self::of_files(folder, &plan, terminal)?;
        Ok(read.map(|own| (own, is_steered)))
    }

    fn of_files(
        folder: &Path,
        plan: &[SourceFile],
        terminal: &mut Terminal,
    ) -> Result<Option<Self>> {
        let read: Vec<PlanFile<'_>> = plan.iter().map(PlanFile::from).collect();
        let (written_plan, findings) = plan_files::read(&read);
        if has_errors(&findings) {
            let faults = render::findings(findings.iter(), &Sources::of(plan), terminal);
            // Nobody is left to be told if standard error is gone.
            let _ = terminal.err.write_all(faults.as_bytes());
        }
        let Some(plan) = written_plan else {
            return Ok(None);
        };
        let explanations = read
            .iter()
            .find(|file| file.name == EXPLANATIONS_FILE)
            .and_then(|file| read_explanations(file.bytes, &mut Vec::new()));
        let inputs = StoredInputs::read(&folder.join(INPUTS))?;
        let planned = plan.summary.as_ref().map(|summary| &summary.inputs);
        let planned = planned.filter(|own| !own.is_unknown());
        if let (Some(inputs), Some(planned)) = (&inputs, planned)
            && inputs.digests().is_some_and(|digests| digests != *planned)
        {
            let faults = render::findings([&changed()], &Sources::of(&[]), terminal);
            let _ = terminal.err.write_all(faults.as_bytes());
        }
        Ok(Some(Self {
            plan,
            explanations,
            inputs,
        }))
    }
}

/// The carried inputs are not those of the plan.
fn changed() -> Finding {
    Finding {
        severity: Severity::Warning,
        code: CHANGED_INPUTS,
        place: Place {
            file: INPUTS.to_owned(),
            line: None,
            column: None,
        },
        found: "other contents than summary.json names".to_owned(),
        expected: "the inputs that the plan was made from".to_owned(),
        hint: "plan again; until then answers mix the old plan with the new inputs".to_owned(),
    }
}

impl StoredInputs {
    /// Reads the folder of the inputs, if it is there.
    fn read(folder: &Path) -> Result<Option<Self>> {
        if !folder.is_dir() {
            return Ok(None);
        }
        let paths: Vec<PathBuf> = (1..=MOST_LAYERS)
            .map(|number| folder.join(format!("scenario-{number}.toml")))
            .take_while(|path| path.exists())
            .collect();
        let layers = input::scenario_files(&paths)?
            .into_iter()
            .map(|file| ScenarioText {
                name: file.name,
                text: String::from_utf8_lossy(&file.bytes).into_owned(),
            })
            .collect();
        let mut tables = files::inventory(folder)?;
        tables.retain(|file| inventory::is_known_file(&file.name));
        Ok(Some(Self { tables, layers }))
    }

    /// What summary.json should name them by; `None` if the inventory cannot be read.
    fn digests(&self) -> Option<Inputs> {
        let layers: Vec<SourceFile> = self
            .layers
            .iter()
            .map(|layer| SourceFile {
                name: layer.name.clone(),
                bytes: layer.text.clone().into_bytes(),
            })
            .collect();
        Some(input::digests(&self.inventory()?, &layers, drop))
    }

    /// The inventory, if it can be read.
    pub(super) fn inventory(&self) -> Option<Inventory> {
        inventory::read(&self.tables).inventory
    }

    /// The scenario for an inventory, if it can be read.
    pub(super) fn scenario(&self, inventory: &Inventory) -> Option<Scenario> {
        scenario::read(&self.layers, inventory).scenario
    }
}
