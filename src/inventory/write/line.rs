//! Line: the rows of a CSV file, written cell by cell under the names of their columns.

use crate::ids::ComponentId;
use crate::inventory::source::SourceFile;
use crate::model::{Coordinates, Inventory, Word};
use crate::records::{append, side_by_side};
use std::borrow::Cow;

/// How many rows of a large file are written as one.
const STRETCH_ROWS: usize = 1 << 14;

/// One row being written.
#[derive(Default)]
pub(super) struct Line<'i> {
    cells: Vec<Cell<'i>>,
}

struct Cell<'i> {
    column: &'i str,
    text: Cow<'i, str>,
    /// Whether it says more than a file without the column would; `None` where the column stands in any case.
    says_more: Option<bool>,
}

impl<'i> Line<'i> {
    fn add(&mut self, column: &'i str, text: impl Into<Cow<'i, str>>, says_more: Option<bool>) {
        self.cells.push(Cell {
            column,
            text: text.into(),
            says_more,
        });
    }

    pub(super) fn text(&mut self, column: &'i str, text: impl Into<Cow<'i, str>>) {
        self.add(column, text, None);
    }

    pub(super) fn number(&mut self, column: &'i str, number: impl ToString + Copy) {
        self.add(column, number.to_string(), None);
    }

    pub(super) fn word(&mut self, column: &'i str, choice: impl Word) {
        self.add(column, choice.word(), None);
    }

    /// A number, blank where there is none.
    pub(super) fn optional(&mut self, column: &'i str, number: Option<f64>) {
        self.add(column, text_of(number), None);
    }

    /// A capacity or limit: `unlimited` where there is none.
    pub(super) fn limit(&mut self, column: &'i str, limit: Option<f64>) {
        self.add(column, limit_text(limit), None);
    }

    /// Ids with `;` between them.
    pub(super) fn list(&mut self, column: &'i str, ids: impl Iterator<Item = &'i str>) {
        let ids: Vec<&str> = ids.collect();
        self.add(column, ids.join(";"), None);
    }

    /// Latitude and longitude, blank where unknown.
    pub(super) fn coordinates(&mut self, at: Option<Coordinates>) {
        self.optional("latitude", at.map(|at| at.latitude));
        self.optional("longitude", at.map(|at| at.longitude));
    }

    /// What is blank where it is the default, in a column that stands in the file only where some row says something
    /// else there: two files differ only where what they mean differs.
    pub(super) fn said(&mut self, column: &'i str, said: Option<impl ToString>) {
        let says_more = Some(said.is_some());
        self.add(column, text_of(said), says_more);
    }

    /// The capacities of a component, in columns of the resources that some row of the file limits.
    pub(super) fn capacities(&mut self, inventory: &'i Inventory, component: ComponentId) {
        for (position, resource) in inventory.listed_resources().iter().enumerate() {
            let capacity = inventory.capacity[[component.index(), position]];
            let says_more = Some(capacity.is_some());
            self.add(&resource.id, limit_text(capacity), says_more);
        }
    }
}

fn text_of(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn limit_text(limit: Option<f64>) -> String {
    limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string())
}

/// The file of rows that `each` writes of every item, large files in stretches side by side; `None` without an item.
pub(super) fn written<'i, T: Sync>(
    name: &str,
    items: &'i [T],
    each: impl Fn(&mut Line<'i>, usize, &'i T) + Sync,
) -> Option<SourceFile> {
    let mut first = Line::default();
    each(&mut first, 0, items.first()?);
    let mut stands: Vec<bool> = first
        .cells
        .iter()
        .map(|cell| cell.says_more.unwrap_or(true))
        .collect();
    if stands.contains(&false) {
        for (position, item) in items.iter().enumerate().skip(1) {
            let mut line = Line::default();
            each(&mut line, position, item);
            for (stands, cell) in stands.iter_mut().zip(&line.cells) {
                *stands |= cell.says_more == Some(true);
            }
        }
    }
    let header = first.cells.iter().map(|cell| cell.column);
    let mut bytes = csv_of(|writer| write_row(writer, header, &stands));
    let stretches: Vec<(usize, &[T])> = (0..)
        .step_by(STRETCH_ROWS)
        .zip(items.chunks(STRETCH_ROWS))
        .collect();
    side_by_side(
        &stretches,
        |(first, items)| {
            csv_of(|writer| {
                let mut line = Line::default();
                for (position, item) in (*first..).zip(*items) {
                    line.cells.clear();
                    each(&mut line, position, item);
                    let cells = line.cells.iter().map(|cell| cell.text.as_ref());
                    write_row(writer, cells, &stands);
                }
            })
        },
        |rows| {
            append(&mut bytes, &rows, stretches.len());
            true
        },
    );
    Some(SourceFile {
        name: name.to_owned(),
        bytes,
    })
}

type Writer = csv::Writer<Vec<u8>>;

/// What `write` writes.
fn csv_of(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    write(&mut writer);
    writer
        .into_inner()
        .expect("invariant: memory takes every byte")
}

/// The cells of the columns that stand in the file.
fn write_row<'c>(writer: &mut Writer, cells: impl Iterator<Item = &'c str>, stands: &[bool]) {
    let cells = cells.zip(stands).filter(|(_, stands)| **stands);
    writer
        .write_record(cells.map(|(cell, _)| cell))
        .expect("invariant: memory takes every byte, and rows are as long as the header");
}
