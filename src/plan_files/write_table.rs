//! A table of the output folder written: from rows to bytes, a large file in stretches side by side.

use super::table::{Row, RowCells};
use crate::records::{append, side_by_side};
use std::io;

/// How many rows are written as one: large beside the cost of handing them to a thread, small beside memory.
const STRETCH_ROWS: usize = 1 << 14;

/// What appends rows to a file.
struct RowWriter<W: io::Write> {
    csv: csv::Writer<W>,
    cells: RowCells,
}

impl<W: io::Write> RowWriter<W> {
    fn new(writer: W) -> Self {
        Self {
            csv: csv::WriterBuilder::new().from_writer(writer),
            cells: RowCells::default(),
        }
    }

    fn header<R: Row>(&mut self) -> io::Result<()> {
        self.csv.write_record(R::COLUMNS).map_err(io::Error::other)
    }

    fn row<R: Row>(&mut self, row: &R) -> io::Result<()> {
        self.cells.clear();
        row.write_cells(&mut self.cells).map_err(|column| {
            let problem = format!("{}: column {column}: not a finite number", R::FILE);
            io::Error::new(io::ErrorKind::InvalidData, problem)
        })?;
        self.csv
            .write_record(self.cells.iter())
            .map_err(io::Error::other)
    }
}

/// Writes a whole file: the header, then the rows in their order.
///
/// # Errors
/// What `writer` reports, and `InvalidData` for a number that is not finite.
pub fn write_rows<'a, R: Row + 'a>(
    rows: impl IntoIterator<Item = &'a R>,
    writer: impl io::Write,
) -> io::Result<()> {
    let mut file = RowWriter::new(writer);
    file.header::<R>()?;
    for row in rows {
        file.row(row)?;
    }
    file.csv.flush()
}

/// A whole file of the rows that are made of lists of items, each list with what it is of, in their order.
///
/// Only the rows that are being written are there at once.
///
/// # Errors
/// `InvalidData` for a number that is not finite.
pub fn written_rows<R: Row, L: Sync, T: Sync>(
    lists: &[(L, &[T])],
    row: impl Fn(&L, &T) -> R + Sync,
) -> io::Result<Vec<u8>> {
    let mut file = RowWriter::new(Vec::new());
    file.header::<R>()?;
    let mut bytes = in_memory(file)?;
    let stretches: Vec<(&L, &[T])> = lists
        .iter()
        .flat_map(|(of, items)| items.chunks(STRETCH_ROWS).map(move |items| (of, items)))
        .collect();
    let mut result = Ok(());
    side_by_side(
        &stretches,
        |(of, items)| {
            let mut file = RowWriter::new(Vec::new());
            for item in *items {
                file.row(&row(of, item))?;
            }
            in_memory(file)
        },
        |written: io::Result<Vec<u8>>| {
            result = written.map(|own| append(&mut bytes, &own, stretches.len()));
            result.is_ok()
        },
    );
    result?;
    Ok(bytes)
}

/// The bytes that were written to memory.
fn in_memory(file: RowWriter<Vec<u8>>) -> io::Result<Vec<u8>> {
    file.csv
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)
}
