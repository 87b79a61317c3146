//! The sheet and the recoveries side by side, as tables of the page.

use super::super::table::{Cell, DataTable, Heading, Row};
use super::cases::Cases;
use crate::report::headroom::State;
use crate::report::sweep::{Names, Sheet, SheetCell, SheetLine, SheetRow, Told};

/// Anchor of the sheet.
pub(super) const SHEET: &str = "side-by-side";

/// Normal, this scenario and the worst cases side by side.
pub(super) fn sheet(
    told: &Told<'_>,
    names: &Names<'_>,
    sheet: &Sheet,
    cases: &Cases<'_>,
) -> DataTable {
    let headings = sheet
        .columns
        .iter()
        .map(|column| Heading::words(column.heading()));
    let rows = sheet.lines.iter().map(|line| Row {
        id: None,
        cells: cells(told, names, sheet, cases, line),
    });
    let has_more = sheet
        .lines
        .iter()
        .any(|line| matches!(line.row, SheetRow::Utilization(..)));
    let note = if has_more {
        "Below the users, how full the tightest components are, each in the case of the column that fills it most; \
         by_component.csv has all of them."
    } else {
        ""
    };
    DataTable {
        id: SHEET.to_owned(),
        caption: "Side by side".to_owned(),
        note: note.to_owned(),
        columns: std::iter::once(Heading::words("at worst"))
            .chain(headings)
            .collect(),
        rows: rows.collect(),
        is_sortable: false,
    }
}

fn cells(
    told: &Told<'_>,
    names: &Names<'_>,
    sheet: &Sheet,
    cases: &Cases<'_>,
    line: &SheetLine,
) -> Vec<Cell> {
    let label = Cell::words(&told.row_words(names, line.row)).detailed(told.row_detail(line.row));
    let is_component = matches!(line.row, SheetRow::Utilization(..));
    let cell = |cell: &Option<SheetCell>| {
        let Some(cell) = cell else {
            return Cell::words(if is_component {
                "out of service"
            } else {
                "–"
            });
        };
        let shown = Cell::words(&whole(&cell.words(line.row)))
            .detailed(&told.cell_detail(names, cell))
            .maybe_because(
                cell.case
                    .and_then(|case| cases.anchor(sheet.recovery, case)),
            );
        match cell.state {
            State::Fine => shown,
            state => shown.judged(state),
        }
    };
    std::iter::once(label)
        .chain(line.cells.iter().map(cell))
        .collect()
}

/// The recoveries side by side.
pub(super) fn acting(told: &Told<'_>, names: &Names<'_>) -> DataTable {
    let (headings, rows) = told.acting_table(names);
    let rows = rows.into_iter().map(|row| Row {
        id: None,
        cells: row
            .into_iter()
            .map(|own| {
                let cell = Cell::words(&whole(&own.words)).detailed(&own.detail);
                match own.state {
                    Some(state) if state != State::Fine => cell.judged(state),
                    _ => cell,
                }
            })
            .collect(),
    });
    DataTable {
        id: "acting".to_owned(),
        caption: "The recoveries side by side".to_owned(),
        note: "The value of acting: whom planning again serves and the recovery does not, in the case with most of them."
            .to_owned(),
        columns: headings.into_iter().map(Heading::words).collect(),
        rows: rows.collect(),
        is_sortable: false,
    }
}

/// The text with its numbers in one piece: a percent sign stays on the line of its number.
fn whole(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
}
