//! Recalled: what an earlier run, or another part of a sweep, has written.

use super::files;
use super::swept::tell;
use super::terminal::Terminal;
use crate::diagnostic::{Code, Finding, Place, Severity, has_errors};
use crate::error::Result;
use crate::inventory::SourceFile;
use crate::model::Inventory;
use crate::plan::sweep::{Sweep, SweepTables, Tally, Unknown};
use crate::plan_files::{
    ComponentRow, FailureRow, InvolvedRow, Lined, PROOFS_FILE, Row, SWEEP_FILE, SiteUtilizationRow,
    SurvivableRow, SweepStatus, UnservedByTierRow, WorstRow, read_rows, read_sweep,
};
use crate::report::written::WrittenFile;
use std::ops::Range;
use std::path::Path;

/// A row of a sweep names what the inventory does not have.
const UNKNOWN: Code = Code("P6022");

/// The cases, tables and proofs of a folder that was written when a sweep was stopped; `None` if there is none.
#[expect(
    clippy::type_complexity,
    reason = "three parts of one folder, taken apart at once"
)]
pub(super) fn partial(out: &Path) -> Result<Option<(Range<usize>, Vec<WrittenFile>, Vec<u8>)>> {
    if !out.join(SWEEP_FILE).exists() {
        return Ok(None);
    }
    let mut all = files::plan(out)?;
    let mark = all.iter().find(|file| file.name == SWEEP_FILE);
    let summary = mark.and_then(|file| read_sweep(&file.bytes, &mut Vec::new()));
    let Some(summary) = summary.filter(|own| own.status == SweepStatus::Partial) else {
        return Ok(None);
    };
    let first = usize::try_from(summary.first_case).unwrap_or(usize::MAX);
    let count = usize::try_from(summary.cases_done).unwrap_or(0);
    let proofs = all.iter().position(|file| file.name == PROOFS_FILE);
    let proofs = proofs.map_or_else(Vec::new, |position| all.swap_remove(position).bytes);
    all.retain(|file| TABLES.contains(&file.name.as_str()));
    let files = all.into_iter().map(|file| WrittenFile {
        name: file.name,
        bytes: file.bytes,
    });
    Ok(Some((
        first..first.saturating_add(count),
        files.collect(),
        proofs,
    )))
}

/// The tables that say what cases came to.
const TABLES: [&str; 7] = [
    FailureRow::FILE,
    UnservedByTierRow::FILE,
    InvolvedRow::FILE,
    ComponentRow::FILE,
    WorstRow::FILE,
    SurvivableRow::FILE,
    SiteUtilizationRow::FILE,
];

/// The tally of tables that were written before; `None` if they cannot be read, which is told.
pub(super) fn recalled(
    inventory: &Inventory,
    sweep: &Sweep,
    files: &[SourceFile],
    terminal: &mut Terminal,
) -> Option<Tally> {
    let mut findings = Vec::new();
    let tables = SweepTables {
        failures: rows(files, &mut findings),
        unserved: rows(files, &mut findings),
        involved: rows(files, &mut findings),
        components: rows(files, &mut findings),
        worst: rows(files, &mut findings),
        survivable: rows(files, &mut findings),
        sites: rows(files, &mut findings),
    };
    if has_errors(&findings) {
        tell(&findings, files, terminal);
        return None;
    }
    match sweep.recall(inventory, &tables) {
        Ok(tally) => Some(tally),
        Err(unknown) => {
            tell(&[of_unknown(&unknown)], files, terminal);
            None
        }
    }
}

fn of_unknown(unknown: &Unknown) -> Finding {
    Finding {
        severity: Severity::Error,
        code: UNKNOWN,
        place: Place {
            file: unknown.file.to_owned(),
            line: Some(unknown.line),
            column: Some(unknown.column.to_owned()),
        },
        found: format!("{:?}", unknown.name),
        expected: "a name of the inventory".to_owned(),
        hint: "take the file as it was written; it is not meant to be edited".to_owned(),
    }
}

/// The rows of a file; none if it is not there.
fn rows<R: Row>(files: &[SourceFile], findings: &mut Vec<Finding>) -> Vec<Lined<R>> {
    let file = files.iter().find(|file| file.name == R::FILE);
    file.map_or_else(Vec::new, |file| read_rows(&file.bytes, findings))
}
