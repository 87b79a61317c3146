//! The row of changes.csv and `changes_back.csv`; `docs/output.md` says what each column means.

use super::cell::{Action, Setting, Text};
use super::table::{Cells, CellsOf, Row, Unreadable, rows};

rows! {
    /// changes.csv: one thing to do, or to type into another system.
    ChangeRow = "changes.csv" {
        /// Counts from 0.
        period: u32,
        /// Counts from 1 in the period; what has one number is done at once.
        step: u32,
        /// What is done.
        action: Action,
        /// The shard that changes site.
        shard: Option<Text>,
        /// The client region whose users enter elsewhere.
        client_region: Option<Text>,
        /// The access point that is opened or closed, or at which they enter.
        access_point: Option<Text>,
        /// Where the shard is; `None` is nowhere yet.
        from_site: Option<Text>,
        /// Where it will be; `None` is nowhere any more.
        to_site: Option<Text>,
        /// Of the shard: 1 unless it is split.
        share: Option<f64>,
        /// What the access point did, or the share of the client region's users who entered there.
        before: Option<Setting>,
        /// What it does, or the share who enter there.
        after: Option<Setting>,
        /// Users of the shard at the new site, users who enter there.
        users: f64,
    }
}

/// `changes_back.csv`: the row that undoes one of changes.csv, with its period and step.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeBackRow(pub ChangeRow);

impl Row for ChangeBackRow {
    const FILE: &'static str = "changes_back.csv";
    const COLUMNS: &'static [&'static str] = ChangeRow::COLUMNS;

    fn write_cells(&self, cells: &mut Cells) -> Result<(), &'static str> {
        self.0.write_cells(cells)
    }

    fn read_cells(cells: CellsOf<'_>, misread: &mut dyn FnMut(usize, Unreadable)) -> Option<Self> {
        ChangeRow::read_cells(cells, misread).map(Self)
    }
}
