//! Tables of the comparison as a whole: margins, changed inputs, broken promises.

use super::super::table::{Cell, DataTable, Heading, Row, selected};
use crate::report::comparison::Told;
use crate::report::text::visible;

/// An availability in percent, rounded down to four digits: a promise that is nearly kept is not shown as kept.
fn availability(share: f64) -> String {
    // What binary arithmetic takes away is given back.
    let shown = (share * 1e6 + 1e-6).floor() / 1e4;
    format!("{shown} %")
}

/// Rows of texts that are ready to be read.
pub(super) fn plain(rows: Vec<Vec<String>>) -> Vec<Row> {
    let row = |cells: Vec<String>| Row {
        id: None,
        cells: cells.iter().map(|text| Cell::words(text)).collect(),
    };
    rows.into_iter().map(row).collect()
}

/// Tenants below their promise and the margins.
pub(super) fn whole(told: &Told) -> DataTable {
    DataTable {
        id: "whole".to_owned(),
        caption: "The whole scenario".to_owned(),
        note: visible(&told.who_changes_side().join(" ")).into_owned(),
        columns: vec![
            Heading::words("what"),
            Heading::words("A"),
            Heading::words("B"),
            Heading::words("change"),
        ],
        rows: plain(told.whole()),
        ..DataTable::default()
    }
}

/// Every key of the scenario and every cell of the inventory that differs.
pub(super) fn inputs(told: &Told) -> DataTable {
    let cell = |value: &Option<String>| match value.as_deref() {
        None => Cell::words("absent"),
        Some("") => Cell::words("blank"),
        Some(value) => Cell::words(value),
    };
    let keys = told.keys.iter().flatten().map(|key| {
        vec![
            Cell::words(&key.key),
            Cell::words("scenario"),
            Cell::words(""),
            cell(&key.a),
            cell(&key.b),
        ]
    });
    let cells = told.tables.iter().flatten().map(|table| {
        vec![
            Cell::words(&table.row.join(" ")),
            Cell::words(&table.file),
            Cell::words(table.column.as_deref().unwrap_or("the row")),
            cell(&table.a),
            cell(&table.b),
        ]
    });
    let (rows, note) = selected(keys.chain(cells).collect(), "first", "inputs.csv");
    DataTable {
        id: "inputs".to_owned(),
        caption: "Changed inputs".to_owned(),
        note,
        columns: ["row or key", "file", "column", "A", "B"]
            .map(Heading::words)
            .to_vec(),
        is_sortable: rows.len() > 8,
        rows: rows
            .into_iter()
            .map(|cells| Row { id: None, cells })
            .collect(),
    }
}

/// Tenants and tiers that a plan leaves below their promise.
pub(super) fn promises(told: &Told) -> DataTable {
    let broken = told.promises.iter().flat_map(|own| &own.broken).collect();
    let (broken, note): (Vec<_>, String) = selected(broken, "first", "tenants.csv");
    let share = |value: Option<f64>| {
        value.map_or_else(
            || Cell::words("–"),
            |value| Cell::number(availability(value), value),
        )
    };
    let rows = broken.into_iter().map(|own| {
        let who = match own.is_below {
            [true, true] => "both",
            [true, false] => "A",
            [false, _] => "B",
        };
        let [a, b] = own.availability;
        Row {
            id: None,
            cells: vec![
                Cell::words(&own.tenant),
                Cell::words(&own.tier),
                Cell::words(who),
                share(a),
                share(b),
                share(Some(own.promised)),
            ],
        }
    });
    DataTable {
        id: "tenants".to_owned(),
        caption: "Tenants below their promise".to_owned(),
        note,
        columns: vec![
            Heading::words("tenant"),
            Heading::words("tier"),
            Heading::words("below in"),
            Heading::number("availability in A"),
            Heading::number("in B"),
            Heading::number("promised"),
        ],
        rows: rows.collect(),
        is_sortable: true,
    }
}
