//! Lacking: the columns that files written by hand, or before there were any such columns, do not have.

use super::change_row::{ChangeBackRow, ChangeRow};
use super::folder::PlanFile;
use super::rows::{BeforeRow, HeadroomRow, MoveRow, SteeringRow, UnservedRow};
use super::sweep_rows::{FailureRow, UnservedByTierRow};
use super::table::{DeclaredColumn, Row};
use super::tenant_row::TenantRow;
use super::wave_rows::WaveRow;

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
            let bytes = files.iter().find(|own| own.name == *file)?.bytes;
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
            let header = reader.headers().ok()?;
            let added = declared.iter().filter(|own| own.is_added);
            let columns = added.map(|own| own.name);
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
