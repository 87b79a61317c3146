//! Rows: one reader per table, from cells to the domain types, with the rules that one row can break.

pub(crate) mod changes;
pub(crate) mod contacts;
pub(crate) mod demand;
pub(crate) mod growth;
pub(crate) mod network;
pub(crate) mod resumed;
pub(crate) mod shards;
mod unplaced;

use super::findings::{Findings, place};
use super::source::Folder;
use super::table::{Resources, Row, Table};
use crate::diagnostic::Code;

/// Two rows for the same keys.
pub(crate) const REPEATED_KEYS: Code = Code("P2007");

/// A value and the line of the file that it stands on.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    /// Counted from 1.
    pub(crate) line: u64,
    /// The value.
    pub(crate) value: T,
}

/// The rows of a table without columns of resources, as far as `each` can read them.
fn located<T>(
    folder: &Folder<'_>,
    file: &'static str,
    findings: &mut Findings,
    mut each: impl FnMut(&mut Row<'_, '_>) -> Option<T>,
) -> Vec<Located<T>> {
    let mut rows = Vec::new();
    if let Some(table) = Table::open(folder, file, &Resources::default(), findings) {
        table.for_each(findings, |row| {
            if let Some(value) = each(row) {
                let line = row.line;
                rows.push(Located { line, value });
            }
        });
    }
    rows
}

/// Rule: no two rows, sorted by their keys, have the same ones.
fn stand_once<T, K: PartialEq>(
    (file, column): (&str, &str),
    rows: &[Located<T>],
    key: impl Fn(&T) -> K,
    keys: &str,
    findings: &mut Findings,
) {
    for same in rows.chunk_by(|a, b| key(&a.value) == key(&b.value)) {
        for later in &same[1..] {
            findings.error(
                REPEATED_KEYS,
                place(file, later.line, Some(column)),
                format!("the same {keys} as on line {}", same[0].line),
                "one row for them",
                "remove one of the two rows",
            );
        }
    }
}
