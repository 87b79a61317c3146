//! Subject: what is asked about, and all its cases of failures.

use super::Result;
use plimsoll::engine::Sweeper;
use plimsoll::inventory::{self, SourceFile};
use plimsoll::model::{FailureSet, Inventory, Scenario};
use plimsoll::plan::sweep::SweepTally;
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::ops::Range;
use std::path::Path;

/// Cases that are handed to the threads at once, as the program does it.
const CASES_AT_ONCE: usize = 256;

/// What is asked about.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) inventory: Inventory,
    pub(crate) scenario: Scenario,
    pub(crate) over: FailureSet,
}

/// An inventory from its folder.
pub(crate) fn shipped(folder: &str, scenario: &str, over: &str) -> Result<Subject> {
    let (inventory, scenario) = read(Path::new(folder), Path::new(scenario))?;
    let mut sets = FailureSet::ALL.into_iter();
    Ok(Subject {
        name: folder.to_owned(),
        inventory,
        scenario,
        over: sets.find(|set| set.word() == over).ok_or("no such set")?,
    })
}

/// What some cases come to.
pub(crate) fn swept(sweeper: &Sweeper, cases: Range<usize>) -> Result<SweepTally> {
    let mut course = sweeper.course();
    let mut all = SweepTally::default();
    let mut next = cases.start;
    while next < cases.end {
        let end = (next + CASES_AT_ONCE).min(cases.end);
        let stretch = course.tally(next..end, &Stop::default(), &|| ())?;
        all.add(stretch.tally);
        next = end;
    }
    Ok(all)
}

/// The inventory of a folder and a scenario.
fn read(folder: &Path, scenario: &Path) -> Result<(Inventory, Scenario)> {
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
    let layer = ScenarioText {
        name: scenario.to_string_lossy().into_owned(),
        text: std::fs::read_to_string(scenario)?,
    };
    let reading = scenario::read(&[layer], &inventory);
    let scenario = reading.scenario.ok_or("the scenario has errors")?;
    Ok((inventory, scenario))
}
