//! For homes: steering.csv of a plan made by hand that has none, planned for its homes.

use crate::engine::steering_for;
use crate::error::Result;
use crate::inventory::SourceFile;
use crate::model::{Inventory, Scenario};
use crate::plan_files::{self, AssignmentRow, PlanFile, Row as _, SWEEP_FILE, SteeringRow};
use crate::report::written::tables;
use crate::solve::Stop;

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
    // What is wrong with the homes is told where all files are read.
    let (Some(written), _) = plan_files::read(&[PlanFile::from(homes), steering]) else {
        return Ok(Some(SourceFile {
            name: SteeringRow::FILE.to_owned(),
            bytes: header.into_bytes(),
        }));
    };
    let plan = steering_for(inventory, scenario, &written, stop)?;
    let all = tables(inventory, scenario, &plan, &[])?.into_iter();
    let mut steering = all.filter(|file| file.name == SteeringRow::FILE);
    Ok(steering.next().map(|file| SourceFile {
        name: file.name,
        bytes: file.bytes,
    }))
}
