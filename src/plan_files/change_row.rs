//! The row of changes.csv and `changes_back.csv`; `docs/output.md` says what each column means.

use super::cell::{CellValue, Misread, Text};
use super::table::{CellsOf, ColumnRule, DeclaredColumn, Row, RowCells, rows};
use super::words::{Action, EventWord, StepSetting};

const ACTION: &str = "`takeover` if the new site holds a copy, else `copy`; `place` without a home before; `return` for who \
                      goes home, and on the way back for who goes where he came from; `shed` and `let_in` for users who are \
                      served no more, or again";
const AMOUNTS: &str = "share: of the shard, 1 unless it is split; before and after: what the access point does, or the share \
                       of the client region's users who enter there";

rows! {
    /// changes.csv: one thing to do, or to type into another system, or a mark between.
    ChangeRow = "changes.csv" {
        /// Counts from 0.
        period: u32,
        /// Counts from 1 in the period; what has one number is done at once. 0 is a mark, which is no step.
        step: u32,
        /// What is done.
        action: Action = Exact, "P7963", ACTION,
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
        /// Of the shard: 1 unless it is split; of users who are shed or let in, of all its users.
        share: Option<f64> = Difference(1.0), "P7964", AMOUNTS,
        /// What the access point did, the share of the client region's users who entered there, or of the pool's users that the
        /// member got.
        before: Option<StepSetting> = Difference(1.0), "P7964", AMOUNTS,
        /// What it does, or the share who enter there or pass it.
        after: Option<StepSetting> = Difference(1.0), "P7964", AMOUNTS,
        /// Users of the shard at the new site, users who enter there, users who pass the member.
        users: f64 = Amount(1001.0), "P7965",
            "access points: who enters while it is open; shards: who is served × share, without those who are let \
             in with it; weights: who enters afterwards",
        /// When it begins, ISO 8601 with an offset; `None` on the way back.
        at: Option<String> [added],
        /// The wave of waves.csv that does it; `None` is none.
        wave: Option<u32> [added],
        /// The pool whose member is taken out or put back.
        pool: Option<Text> [added],
        /// The member.
        member: Option<Text> [added],
        /// Of a mark: at which component.
        component: Option<Text> [added],
        /// Of a mark: what begins, becomes known or ends.
        event: Option<EventWord> [added],
    }
}

/// `changes_back.csv`: the row that undoes one of changes.csv, with its period and step.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeBackRow(pub ChangeRow);

impl Row for ChangeBackRow {
    const FILE: &'static str = "changes_back.csv";
    const COLUMNS: &'static [&'static str] = ChangeRow::COLUMNS;
    const DECLARED: &'static [DeclaredColumn] = ChangeRow::DECLARED;

    fn write_cells(&self, cells: &mut RowCells) -> Result<(), &'static str> {
        self.0.write_cells(cells)
    }

    fn read_cells(cells: CellsOf<'_>, misread: &mut dyn FnMut(usize, Misread)) -> Option<Self> {
        ChangeRow::read_cells(cells, misread).map(Self)
    }

    fn each_ruled<'a>(
        &'a self,
        other: &'a Self,
        judge: &mut dyn FnMut(&'static str, &'static ColumnRule, CellValue<'a>, CellValue<'a>),
    ) {
        self.0.each_ruled(&other.0, judge);
    }
}
