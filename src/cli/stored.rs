//! A stored plan: the output folder read back, with what the plan was made from.

use super::folder::INPUTS;
use super::terminal::Terminal;
use super::{files, input, render};
use crate::diagnostic::{Code, Finding, Place, has_errors};
use crate::engine::steering_for;
use crate::error::Result;
use crate::inventory::{self, SourceFile};
use crate::model::{Inventory, Scenario};
use crate::plan_files::explanations::{EXPLANATIONS_FILE, Explanations};
use crate::plan_files::read_json;
use crate::plan_files::{
    self, AssignmentRow, Inputs, PlanFile, Row as _, SUMMARY_FILE, SWEEP_FILE, SteeringRow,
    WrittenPlan,
};
use crate::report::written::tables;
use crate::scenario::{self, ScenarioText};
use crate::solve::Stop;
use std::path::{Path, PathBuf};

/// Most layers of a scenario that are looked for.
const MOST_LAYERS: u32 = 1_000_000;

/// The carried inputs are not those of the plan (a warning).
const CHANGED_INPUTS: Code = Code("P6019");

pub(super) struct Stored {
    pub(super) plan: WrittenPlan,
    /// explanations.json, if the folder has it and it can be read.
    pub(super) explanations: Option<Explanations>,
    /// What it was made from, if the folder carries it.
    pub(super) inputs: Option<StoredInputs>,
}

/// What a plan was made from.
pub(super) struct StoredInputs {
    pub(super) tables: Vec<SourceFile>,
    pub(super) layers: Vec<ScenarioText>,
}

impl Stored {
    /// Reads a folder; findings go to standard error, and one that is an error ends it.
    pub(super) fn read(folder: &Path, terminal: &mut Terminal) -> Result<Self> {
        Self::of_files(folder, &files::plan(folder)?, terminal)
    }

    /// The same, with steering that is planned for its homes where a folder that was made by hand has none; the flag says so.
    pub(super) fn read_or_steered(
        folder: &Path,
        of: (&Inventory, &Scenario),
        terminal: &mut Terminal,
    ) -> Result<(Self, bool)> {
        let mut plan = files::plan(folder)?;
        // Of a folder that was planned steering.csv is lost.
        let is_by_hand = !plan.iter().any(|file| file.name == SUMMARY_FILE);
        let steered = if is_by_hand {
            steering_of(&plan, of, &Stop::default())?
        } else {
            None
        };
        let is_steered = steered.is_some();
        plan.extend(steered);
        Ok((Self::of_files(folder, &plan, terminal)?, is_steered))
    }

    /// Files of a folder, read or made for it.
    pub(super) fn of_files(
        folder: &Path,
        plan: &[SourceFile],
        terminal: &mut Terminal,
    ) -> Result<Self> {
        let read = files::as_plan_files(plan);
        let (written_plan, findings) = plan_files::read(&read);
        if has_errors(&findings) {
            terminal.print_findings(&findings, plan);
        }
        let plan = written_plan.ok_or_else(render::refused)?;
        let explanations = read
            .iter()
            .find(|file| file.name == EXPLANATIONS_FILE)
            .and_then(|file| read_json(file.bytes, &mut Vec::new()));
        let inputs = StoredInputs::read(&folder.join(INPUTS))?;
        let planned = plan.summary.as_ref().map(|summary| &summary.inputs);
        let planned = planned.filter(|inputs| !inputs.is_unknown());
        if let (Some(inputs), Some(planned)) = (&inputs, planned)
            && inputs.digests().is_some_and(|digests| digests != *planned)
        {
            let found = "contents other than those named in summary.json";
            let expected = "the inputs of the plan";
            let hint = "plan again; until then answers mix the old plan with new inputs";
            let changed =
                Finding::error(CHANGED_INPUTS, Place::whole(INPUTS), found, expected, hint);
            terminal.print_findings([&changed.into_warning()], &[]);
        }
        Ok(Self {
            plan,
            explanations,
            inputs,
        })
    }
}

impl StoredInputs {
    /// Reads the folder of the inputs, if it is there.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        if !folder.is_dir() {
            return Ok(None);
        }
        let paths: Vec<PathBuf> = (1..=MOST_LAYERS)
            .map(|number| folder.join(format!("scenario-{number}.toml")))
            .take_while(|path| path.exists())
            .collect();
        let layers = input::scenario_files(&paths)?;
        let layers = layers.iter().map(input::scenario_text).collect();
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

/// steering.csv for the homes of a folder that has an assignment.csv and no steering, without rows where the homes cannot be read;
/// `None` where it has one, or no homes.
///
/// # Errors
/// Those of [`steering_for`], and [`Error::Internal`](crate::error::Error::Internal) if the table cannot be written.
pub(super) fn steering_of(
    files: &[SourceFile],
    (inventory, scenario): (&Inventory, &Scenario),
    stop: &Stop,
) -> Result<Option<SourceFile>> {
    let file = |name: &str| files.iter().find(|file| file.name == name);
    let is_complete = file(SteeringRow::FILE).or(file(SWEEP_FILE)).is_some();
    let Some(homes) = file(AssignmentRow::FILE).filter(|_| !is_complete) else {
        return Ok(None);
    };
    let header = format!("{}\n", SteeringRow::COLUMNS.join(","));
    let steering = PlanFile {
        name: SteeringRow::FILE,
        bytes: header.as_bytes(),
    };
    // What is wrong with the homes is reported where all files are read.
    let (Some(written), _) = plan_files::read(&[PlanFile::from(homes), steering]) else {
        return Ok(Some(SourceFile {
            name: SteeringRow::FILE.to_owned(),
            bytes: header.into_bytes(),
        }));
    };
    let plan = steering_for(inventory, scenario, &written, stop)?;
    let all = tables(inventory, scenario, &plan, &[])?.into_iter();
    let mut steering = all.filter(|file| file.name == SteeringRow::FILE);
    Ok(steering.next().map(SourceFile::from))
}
