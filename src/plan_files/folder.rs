//! The files of an output folder: each once, and none that nobody knows; and the columns that they lack.

use super::read_table::{nearest, read_rows};
use super::rows::{
    BeforeRow, ChangeBackRow, ChangeRow, HeadroomRow, MoveRow, SteeringRow, TenantRow, UnservedRow,
};
use super::sweep_rows::{FailureRow, UnservedByTierRow};
use super::table::{DeclaredColumn, Lined, Row};
use super::wave_rows::WaveRow;
use crate::diagnostic::{Code, Finding, Place};

/// One file of an output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanFile<'a> {
    /// Its name, such as `assignment.csv`.
    pub name: &'a str,
    /// All of it.
    pub bytes: &'a [u8],
}

/// P6015: no file is there twice.
pub(super) fn each_stands_once(files: &[PlanFile<'_>], findings: &mut Vec<Finding>) {
    for (position, file) in files.iter().enumerate() {
        if files[..position]
            .iter()
            .any(|other| other.name == file.name)
        {
            findings.push(Finding::error(
                Code("P6015"),
                Place::whole(file.name),
                "the same file twice",
                "each file once",
                "remove one",
            ));
        }
    }
}

/// P6012: every file is `known`, or one of those that are made from them and are `not_read`.
pub(super) fn each_is_known(
    files: &[PlanFile<'_>],
    known: &[&str],
    not_read: &[&str],
    findings: &mut Vec<Finding>,
) {
    for file in files {
        if !known.contains(&file.name) && !not_read.contains(&file.name) {
            let hint = nearest(file.name, known).map_or_else(
                || "nothing to do: the file is not read".to_owned(),
                |known| format!("did you mean `{known}`?"),
            );
            let (place, found) = (Place::whole(file.name), "an unknown file");
            let expected = "a file of an output folder";
            let finding = Finding::error(Code("P6012"), place, found, expected, hint);
            findings.push(finding.into_warning());
        }
    }
}

/// P6011: the bytes of a file that has to be there, as `expected` says.
pub(super) fn required<'a>(
    files: &[PlanFile<'a>],
    name: &str,
    expected: &str,
    findings: &mut Vec<Finding>,
) -> Option<&'a [u8]> {
    let bytes = bytes_of(files, name);
    if bytes.is_none() {
        let hint = if name == SteeringRow::FILE {
            "add the file; other files may be absent, and `verify`, `replay` and `compare` plan missing steering"
        } else {
            "add the file; the others may be absent"
        };
        let place = Place::whole(name);
        findings.push(Finding::error(
            Code("P6011"),
            place,
            "no such file",
            expected,
            hint,
        ));
    }
    bytes
}

/// The bytes of a file, if it is there.
pub(super) fn bytes_of<'a>(files: &[PlanFile<'a>], name: &str) -> Option<&'a [u8]> {
    let file = files.iter().find(|file| file.name == name);
    file.map(|file| file.bytes)
}

/// The rows of a file, if it is there.
pub(crate) fn rows<R: Row>(
    files: &[PlanFile<'_>],
    findings: &mut Vec<Finding>,
) -> Option<Vec<Lined<R>>> {
    bytes_of(files, R::FILE).map(|bytes| read_rows(bytes, findings))
}

/// The tables with columns that a folder may lack; their cells are then blank.
const TABLES: [(&str, &[DeclaredColumn]); 11] = [
    (SteeringRow::FILE, SteeringRow::DECLARED),
    (BeforeRow::FILE, BeforeRow::DECLARED),
    (ChangeRow::FILE, ChangeRow::DECLARED),
    (ChangeBackRow::FILE, ChangeBackRow::DECLARED),
    (MoveRow::FILE, MoveRow::DECLARED),
    (WaveRow::FILE, WaveRow::DECLARED),
    (HeadroomRow::FILE, HeadroomRow::DECLARED),
    (UnservedRow::FILE, UnservedRow::DECLARED),
    (FailureRow::FILE, FailureRow::DECLARED),
    (UnservedByTierRow::FILE, UnservedByTierRow::DECLARED),
    (TenantRow::FILE, TenantRow::DECLARED),
];

/// The columns that the files of a folder lack, by file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lacking(Vec<(&'static str, Vec<&'static str>)>);

impl Lacking {
    /// Those of the files that are there.
    pub(super) fn of(files: &[PlanFile<'_>]) -> Self {
        let lacking = TABLES.iter().filter_map(|(file, declared)| {
            let bytes = files
                .iter()
                .find(|plan_file| plan_file.name == *file)?
                .bytes;
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
            let header = reader.headers().ok()?;
            let added = declared
                .iter()
                .filter(|declared_column| declared_column.is_added);
            let columns = added.map(|declared_column| declared_column.name);
            let columns: Vec<&str> = columns
                .filter(|column| !header.iter().any(|cell| cell == *column))
                .collect();
            (!columns.is_empty()).then_some((*file, columns))
        });
        Self(lacking.collect())
    }

    /// `true` if a file lacks a column.
    pub fn has(&self, file: &str, column: &str) -> bool {
        self.of_file(file).contains(&column)
    }

    /// What a file lacks.
    pub fn of_file(&self, file: &str) -> &[&'static str] {
        let known = self.0.iter().find(|(known, _)| *known == file);
        known.map_or(&[], |(_, columns)| columns)
    }

    /// Every file that lacks columns, with these.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &[&'static str])> {
        self.0.iter().map(|(file, columns)| (*file, &columns[..]))
    }
}
