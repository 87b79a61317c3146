//! Table: one CSV file of the output folder, from rows to bytes and back.

use super::cell::{Cell, Misread};
use crate::diagnostic::{Code, Finding, Place, Severity};
use std::io;

/// A row and the line of its file, counted from 1; a row that is not from a file has line 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Lined<T> {
    /// Where the row begins.
    pub line: u64,
    /// The row.
    pub row: T,
}

/// A row of one of the plan's CSV files.
pub trait Row: Sized {
    /// The file's name.
    const FILE: &'static str;
    /// The file's columns, in the order in which they are written.
    const COLUMNS: &'static [&'static str];

    /// Appends the text of the cells, in the order of `COLUMNS`.
    ///
    /// # Errors
    /// The name of the column whose value cannot stand in a file (a number that is not finite).
    fn write_cells(&self, cells: &mut Vec<String>) -> Result<(), &'static str>;

    /// The row of the cells (in the order of `COLUMNS`); what cannot be read is passed to `misread`.
    #[doc(hidden)]
    fn read_cells(cells: &[&str], misread: &mut dyn FnMut(usize, Unreadable)) -> Option<Self>;
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub(crate) Misread);

/// One cell; what is wrong with it is passed on.
pub(crate) fn cell<T: Cell>(
    cells: &[&str],
    column: usize,
    misread: &mut dyn FnMut(usize, Unreadable),
) -> Option<T> {
    match T::read(cells.get(column).copied().unwrap_or_default()) {
        Ok(value) => Some(value),
        Err(problem) => {
            misread(column, Unreadable(problem));
            None
        }
    }
}

/// Declares a row type: the fields are the columns, in this order.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident = $file:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {$(
            $(#[$field_doc])*
            pub $field: $type,
        )*}

        impl $crate::plan_files::table::Row for $name {
            const FILE: &'static str = $file;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field),)*];

            fn write_cells(&self, cells: &mut Vec<String>) -> Result<(), &'static str> {
                $(
                    if !$crate::plan_files::cell::Cell::is_writable(&self.$field) {
                        return Err(stringify!($field));
                    }
                    let mut text = String::new();
                    $crate::plan_files::cell::Cell::write(&self.$field, &mut text);
                    cells.push(text);
                )*
                Ok(())
            }

            fn read_cells(
                cells: &[&str],
                misread: &mut dyn FnMut(usize, $crate::plan_files::table::Unreadable),
            ) -> Option<Self> {
                let mut column = 0..;
                $(let $field = $crate::plan_files::table::cell(cells, column.next()?, misread);)*
                Some(Self { $($field: $field?,)* })
            }
        }
    )*};
}
pub(crate) use rows;

/// Writes a whole file: the header, then the rows in their order.
///
/// # Errors
/// What `writer` reports, and `InvalidData` for a number that is not finite.
pub fn write_rows<'a, R: Row + 'a>(
    rows: impl IntoIterator<Item = &'a R>,
    writer: impl io::Write,
) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().from_writer(writer);
    csv.write_record(R::COLUMNS).map_err(io::Error::other)?;
    let mut cells = Vec::with_capacity(R::COLUMNS.len());
    for row in rows {
        cells.clear();
        row.write_cells(&mut cells).map_err(|column| {
            let problem = format!("{}: column {column}: not a finite number", R::FILE);
            io::Error::new(io::ErrorKind::InvalidData, problem)
        })?;
        csv.write_record(&cells).map_err(io::Error::other)?;
    }
    csv.flush()
}

/// Reads a whole file. Rows that cannot be read are left out and found fault with.
pub fn read_rows<R: Row>(bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<Lined<R>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut csv = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut rows = Vec::new();
    let mut positions: Option<Vec<usize>> = None;
    loop {
        match csv.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(problem) => {
                let line = problem.position().map(csv::Position::line);
                findings.push(unreadable_line::<R>(line, &problem.to_string()));
                break;
            }
        }
        let line = record
            .position()
            .map_or(0, |position| line_of(bytes, position));
        let Ok(cells) = texts(&record) else {
            findings.push(unreadable_line::<R>(Some(line), "text that is not UTF-8"));
            if positions.is_none() {
                return rows;
            }
            continue;
        };
        let Some(order) = &positions else {
            match header::<R>(&cells, line, findings) {
                Some(found) => positions = Some(found),
                None => return rows,
            }
            continue;
        };
        if cells.len() != order.len() {
            findings.push(Finding {
                severity: Severity::Error,
                code: Code("P6004"),
                place: place::<R>(Some(line), None),
                found: format!("{} cells", cells.len()),
                expected: format!("{} cells, as many as the header has", order.len()),
                hint: "quote a cell that has a comma in it".to_owned(),
            });
            continue;
        }
        let ordered: Vec<&str> = order.iter().map(|&position| cells[position]).collect();
        let row = R::read_cells(&ordered, &mut |column, Unreadable(problem)| {
            findings.push(Finding {
                severity: Severity::Error,
                code: Code(problem.code),
                place: place::<R>(Some(line), R::COLUMNS.get(column).copied()),
                found: format!("{:?}", ordered[column]),
                expected: problem.expected,
                hint: problem.hint.to_owned(),
            });
        });
        rows.extend(row.map(|row| Lined { line, row }));
    }
    if positions.is_none() {
        findings.push(Finding {
            severity: Severity::Error,
            code: Code("P6013"),
            place: place::<R>(None, None),
            found: "no header row".to_owned(),
            expected: format!("a header row: {}", R::COLUMNS.join(",")),
            hint: "write the header, or remove the file".to_owned(),
        });
    }
    rows
}

/// The line on which a record begins; its position is that of the blank lines before it.
fn line_of(bytes: &[u8], position: &csv::Position) -> u64 {
    let begin = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let blank = bytes
        .get(begin..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|byte| **byte == b'\n')
        .count();
    position.line() + blank as u64
}

/// The cells of a record as text.
fn texts(record: &csv::ByteRecord) -> Result<Vec<&str>, std::str::Utf8Error> {
    record.iter().map(std::str::from_utf8).collect()
}

/// Where each column of `R` stands in the file; `None` if one is missing, unknown or named twice.
fn header<R: Row>(cells: &[&str], line: u64, findings: &mut Vec<Finding>) -> Option<Vec<usize>> {
    let before = findings.len();
    let mut fault = |code, column: &str, found: String, expected: String, hint: String| {
        findings.push(Finding {
            severity: Severity::Error,
            code: Code(code),
            place: place::<R>(Some(line), Some(column)),
            found,
            expected,
            hint,
        });
    };
    for (position, name) in cells.iter().enumerate() {
        if !R::COLUMNS.contains(name) {
            let hint = nearest(name, R::COLUMNS).map_or_else(
                || "remove the column".to_owned(),
                |column| format!("did you mean `{column}`?"),
            );
            let expected = format!("one of {}", R::COLUMNS.join(", "));
            fault(
                "P6002",
                name,
                format!("unknown column {name:?}"),
                expected,
                hint,
            );
        } else if cells[..position].contains(name) {
            let (found, expected) = ("a second column of this name", "each column once");
            let hint = "remove one of them".to_owned();
            fault("P6003", name, found.to_owned(), expected.to_owned(), hint);
        }
    }
    let mut positions = Vec::with_capacity(R::COLUMNS.len());
    for column in R::COLUMNS {
        if let Some(position) = cells.iter().position(|name| name == column) {
            positions.push(position);
        } else {
            let hint = "add it to the header and to every row; cells may be blank where the manual says so";
            let expected = format!("the columns {}", R::COLUMNS.join(", "));
            fault(
                "P6001",
                column,
                "no such column".to_owned(),
                expected,
                hint.to_owned(),
            );
        }
    }
    (findings.len() == before).then_some(positions)
}

/// The known name that `name` was probably meant to be.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), *candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate)
}

/// A place in the file of `R`.
fn place<R: Row>(line: Option<u64>, column: Option<&str>) -> Place {
    Place {
        file: R::FILE.to_owned(),
        line,
        column: column.map(str::to_owned),
    }
}

/// A line that is not a row of a CSV file in UTF-8.
fn unreadable_line<R: Row>(line: Option<u64>, found: &str) -> Finding {
    Finding {
        severity: Severity::Error,
        code: Code("P6005"),
        place: place::<R>(line, None),
        found: found.to_owned(),
        expected: "a row of comma-separated text in UTF-8".to_owned(),
        hint: "save the file as CSV in UTF-8".to_owned(),
    }
}

/// Ids of a path or of its links in one cell.
///
/// ```
/// assert_eq!(plimsoll::plan_files::joined(["r", "p1", "a"]), "r>p1>a");
/// ```
pub fn joined<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let ids: Vec<&str> = ids.into_iter().collect();
    ids.join(">")
}
