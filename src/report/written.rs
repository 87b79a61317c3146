//! The plan as the rows and bytes of its output folder.

mod certificate;
mod ids;
mod paths;
mod proofs;
mod rows;
mod summary;
mod sweep;
mod waves;

use super::text;
use crate::error::{Error, Result};
use crate::model::{Inventory, Scenario};
use crate::plan::{Plan, Protection, Step, way_back};
use crate::plan_files::{
    ChangeBackRow, Inputs, PlanFile, Row, SUMMARY_FILE, Seconds, Summary, write_rows,
    write_summary, written_rows,
};
pub use certificate::{certificate, certificate_file};
pub use paths::{SweepStart, sweep_start};
pub use proofs::{displaced_file, proof_lines};
use rayon::prelude::*;
use rows::Writer;
use std::io;
pub use summary::summary;
pub use sweep::{AboutSweep, Listed, sweep_file, sweep_summary, sweep_tables};

/// A file of the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Path inside the folder, such as `charts/headroom-0.svg`.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl<'a> From<&'a WrittenFile> for PlanFile<'a> {
    fn from(file: &'a WrittenFile) -> Self {
        Self {
            name: &file.name,
            bytes: &file.bytes,
        }
    }
}

/// What summary.json tells besides the plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct About {
    /// Hashes of what was read.
    pub inputs: Inputs,
    /// How long each phase took.
    pub seconds: Seconds,
    /// How many warnings were printed.
    pub warnings: u64,
}

/// The tables of a plan: every file of the output folder but the charts and summary.json. `steps` are the plan's
/// [`changes`](crate::plan::changes).
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn tables(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    steps: &[Step],
) -> Result<Vec<WrittenFile>> {
    let writer = Writer { inventory, plan };
    let periods = || plan.periods.iter();
    let parts: Vec<_> = periods().map(|own| (own, own.parts.as_slice())).collect();
    let waves = waves::wave_of_moves(plan);
    let moves: Vec<Vec<_>> = periods()
        .zip(&waves)
        .map(|(own, waves)| own.moves.iter().zip(waves).collect())
        .collect();
    let moves: Vec<_> = periods()
        .zip(&moves)
        .map(|(own, moves)| (own, moves.as_slice()))
        .collect();
    let made: [&(dyn Fn() -> Result<WrittenFile> + Sync); 15] = [
        &|| {
            large_file(&parts, |period, part| {
                rows::assignment(inventory, period, part)
            })
        },
        &|| {
            large_file(&moves, |period, (moved, wave)| {
                writer.moved(period, moved, **wave)
            })
        },
        &|| {
            let rows = |own: &_| paths::steering(inventory, own);
            file(&writer.rows(rows))
        },
        &|| {
            let margins = periods().flat_map(|own| &own.margins);
            file(margins.map(|own| &own.row))
        },
        &|| file(&writer.rows(|period| writer.blind(period))),
        &|| file(&paths::before(inventory, &plan.before.flows)),
        &|| file(&writer.rows(|period| writer.access_points(period))),
        &|| file(&writer.rows(|period| writer.unserved(period))),
        &|| {
            large_file(&[((), plan.tenants.as_slice())], |(), account| {
                writer.account(account)
            })
        },
        &|| large_file(&[((), steps)], |(), step| writer.change(scenario, step)),
        &|| {
            let back = way_back(inventory, steps);
            large_file(&[((), &back)], |(), step| {
                ChangeBackRow(writer.change(scenario, step))
            })
        },
        &|| file(&writer.waves(scenario)),
        &|| file(&writer.ramp()),
        &|| file(&writer.wave_weights()),
        &|| file(&writer.wave_loads()),
    ];
    let files: Result<Vec<WrittenFile>> = made.par_iter().map(|make| make()).collect();
    let mut files = files?;
    let before = std::iter::once(&plan.before.case);
    let mut cases = before.chain(periods().map(|own| &own.case));
    if cases.any(|case| case.hours.slice_count() > 1) {
        files.push(file(&paths::hours(plan))?);
        files.push(file(&writer.hour_turns(scenario))?);
    }
    if inventory.has_retries() {
        files.push(file(&writer.rows(|period| writer.stability(period)))?);
    }
    if periods().any(|own| own.protection.is_some()) {
        files.push(file(&writer.rows(|period| writer.unprotected(period)))?);
    }
    let has_gray = |own: &Protection| own.gray.is_some();
    if periods().any(|own| own.protection.as_ref().is_some_and(has_gray)) {
        files.push(file(&writer.rows(|period| writer.losses(period)))?);
    }
    Ok(files)
}

/// summary.json of a plan.
///
/// # Errors
/// `Error::Internal` if a number is not finite.
pub fn summary_file(summary: &Summary) -> Result<WrittenFile> {
    document(SUMMARY_FILE, |bytes| write_summary(summary, bytes))
}

/// A JSON document that `write` writes, as a file.
fn document(name: &str, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write(&mut bytes).map_err(internal)?;
    json_file(name, bytes)
}

/// A JSON document as a file in which no hidden character stands bare.
pub(in crate::report) fn json_file(name: &str, document: Vec<u8>) -> Result<WrittenFile> {
    let text = String::from_utf8(document).map_err(internal)?;
    Ok(WrittenFile {
        name: name.to_owned(),
        bytes: text::json(&text).into_owned().into_bytes(),
    })
}

/// An instant in the offset of the scenario, such as `2012-11-13T09:08:00-08:00`.
pub fn instant(scenario: &Scenario, at: jiff::Timestamp) -> String {
    at.display_with_offset(scenario.offset).to_string()
}

/// A file whose rows may be as many as there are shards.
fn large_file<R: Row, L: Sync, T: Sync>(
    lists: &[(L, &[T])],
    row: impl Fn(&L, &T) -> R + Sync,
) -> Result<WrittenFile> {
    Ok(WrittenFile {
        name: R::FILE.to_owned(),
        bytes: written_rows(lists, row).map_err(internal)?,
    })
}

fn file<'r, R: Row + 'r>(rows: impl IntoIterator<Item = &'r R>) -> Result<WrittenFile> {
    let mut bytes = Vec::new();
    write_rows(rows, &mut bytes).map_err(internal)?;
    Ok(WrittenFile {
        name: R::FILE.to_owned(),
        bytes,
    })
}

fn internal(error: impl ToString) -> Error {
    Error::Internal(error.to_string())
}
