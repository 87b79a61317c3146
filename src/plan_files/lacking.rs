//! Lacking: the columns that files written by hand, or before there were any such columns, do not have.

use super::change_row::{ChangeBackRow, ChangeRow};
use super::rows::{BeforeRow, HeadroomRow, MoveRow, SteeringRow, UnservedRow};
use super::sweep_rows::{FailureRow, UnservedByTierRow};
use super::table::Row;
use super::tenant_row::TenantRow;
use super::wave_rows::WaveRow;
use super::written::PlanFile;

/// Columns of change lists.
const OF_CHANGES: &[&str] = &["at", "wave", "pool", "member", "component", "event"];

/// The columns of tenants.csv about a calendar month.
const OF_MONTHS: &[&str] = &[
    "month",
    "month_user_minutes",
    "month_down_user_minutes",
    "month_uptime",
    "month_kept",
    "month_counted",
];

/// Columns that a file may lack, by file: their cells are then blank.
const ADDED: &[(&str, &[&str])] = &[
    (SteeringRow::FILE, &["slice"]),
    (BeforeRow::FILE, &["slice"]),
    (ChangeRow::FILE, OF_CHANGES),
    (ChangeBackRow::FILE, OF_CHANGES),
    (MoveRow::FILE, &["wave"]),
    (WaveRow::FILE, &["stop_failures", "stop_unserved_users"]),
    (HeadroomRow::FILE, &["before_utilization", "written_target"]),
    (UnservedRow::FILE, &["cause"]),
    (FailureRow::FILE, &["no_site_users"]),
    (UnservedByTierRow::FILE, &["no_site_users"]),
    (TenantRow::FILE, OF_MONTHS),
];

/// `true` if a file may lack a column.
pub(super) fn may_lack(file: &str, column: &str) -> bool {
    let added = ADDED.iter().find(|(added, _)| *added == file);
    added.is_some_and(|(_, columns)| columns.contains(&column))
}

/// The columns that the files of a folder lack, by file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lacking(Vec<(&'static str, Vec<&'static str>)>);

impl Lacking {
    /// Those of the files that are there.
    pub(super) fn of(files: &[PlanFile<'_>]) -> Self {
        let lacking = ADDED.iter().filter_map(|(file, columns)| {
            let bytes = files.iter().find(|own| own.name == *file)?.bytes;
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
            let header = reader.headers().ok()?;
            let has = |column: &&&str| !header.iter().any(|cell| cell == **column);
            let columns: Vec<&str> = columns.iter().filter(has).copied().collect();
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
