//! A table of the output folder read: from bytes to rows, a large file in stretches side by side.

use super::table::{CellsOf, DeclaredColumn, Lined, Row};
use crate::diagnostic::{Code, Finding, Place};
use crate::records::{
    STRETCH_BYTES, Stretch, line_feeds, line_of, reader, side_by_side, stretches,
};
use csv::StringRecord;
use std::marker::PhantomData;

/// Reads a whole file. Rows that cannot be read are left out and found fault with.
pub fn read_rows<R: Row>(bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<Lined<R>> {
    read_in_stretches(bytes, STRETCH_BYTES, findings)
}

/// The same, in stretches of at least `size` bytes.
fn read_in_stretches<R: Row>(
    bytes: &[u8],
    size: usize,
    findings: &mut Vec<Finding>,
) -> Vec<Lined<R>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Where quotes are misplaced, only reading from the beginning tells which line feeds end a record.
    let size = if bytes.contains(&b'"') {
        bytes.len()
    } else {
        size
    };
    let mut stretches = stretches(bytes, size).into_iter();
    let first = stretches.next().unwrap_or(Stretch {
        bytes,
        lines_before: 0,
    });
    let mut reader = Reader::<R>::new(first, findings);
    if !reader.read_header() {
        return Vec::new();
    }
    let mut rows = Vec::with_capacity(most_rows::<R>(bytes));
    reader.read_into(&mut rows);
    let (order, width) = (reader.order, reader.width);
    let rest: Vec<Stretch<'_>> = stretches.collect();
    side_by_side(
        &rest,
        |stretch| {
            let (mut rows, mut findings) = (Vec::new(), Vec::new());
            let mut reader = Reader::<R>::new(*stretch, &mut findings);
            reader.order.clone_from(&order);
            reader.width = width;
            rows.reserve_exact(most_rows::<R>(stretch.bytes));
            reader.read_into(&mut rows);
            (rows, findings)
        },
        |(own_rows, own_findings)| {
            rows.extend(own_rows);
            findings.extend(own_findings);
            true
        },
    );
    rows
}

/// Most rows that a text may hold: a row has a line end, and a comma between every two cells.
fn most_rows<R: Row>(bytes: &[u8]) -> usize {
    (line_feeds(bytes) + 1).min(bytes.len() / R::COLUMNS.len() + 1)
}

/// What reads the rows of a stretch.
struct Reader<'b, 'f, R> {
    stretch: Stretch<'b>,
    csv: csv::Reader<&'b [u8]>,
    /// By column of `R`, where it stands in the file.
    order: Vec<usize>,
    /// How many columns the file has.
    width: usize,
    findings: &'f mut Vec<Finding>,
    rows: PhantomData<R>,
}

impl<'b, 'f, R: Row> Reader<'b, 'f, R> {
    fn new(stretch: Stretch<'b>, findings: &'f mut Vec<Finding>) -> Self {
        Self {
            stretch,
            csv: reader(stretch.bytes),
            order: Vec::new(),
            width: 0,
            findings,
            rows: PhantomData,
        }
    }

    /// The next record in the memory of the one before, and its line; `None` at the end. A record that is not
    /// UTF-8 is found fault with and handed over as `Err`.
    fn next(&mut self, before: StringRecord) -> Option<(Result<StringRecord, ()>, u64)> {
        let mut record = before.into_byte_record();
        match self.csv.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(problem) => {
                let line = problem.position().map(csv::Position::line);
                self.findings
                    .push(unreadable_line::<R>(line, &problem.to_string()));
                return None;
            }
        }
        let line = record.position().map_or(0, |position| {
            self.stretch.lines_before + line_of(position, self.stretch.bytes)
        });
        let record = StringRecord::from_byte_record(record).map_err(|_| {
            self.findings
                .push(unreadable_line::<R>(Some(line), "text that is not UTF-8"));
        });
        Some((record, line))
    }

    /// Reads the header row; `false` after a finding about it.
    fn read_header(&mut self) -> bool {
        let Some((record, line)) = self.next(StringRecord::new()) else {
            let expected = format!("a header row: {}", R::COLUMNS.join(","));
            let hint = "write the header, or remove the file";
            self.findings.push(fault::<R>(
                "P6013",
                (None, None),
                "no header row",
                expected,
                hint,
            ));
            return false;
        };
        let Ok(record) = record else {
            return false;
        };
        let cells: Vec<&str> = record.iter().collect();
        self.width = cells.len();
        match header::<R>(&cells, line, self.findings) {
            Some(order) => self.order = order,
            None => return false,
        }
        true
    }

    /// Appends the rows that are left.
    fn read_into(&mut self, rows: &mut Vec<Lined<R>>) {
        let mut memory = StringRecord::new();
        while let Some((record, line)) = self.next(memory) {
            let Ok(record) = record else {
                memory = StringRecord::new();
                continue;
            };
            let row = self.row(&record, line);
            rows.extend(row.map(|row| Lined { line, row }));
            memory = record;
        }
    }

    /// The row of a record; `None` after a finding.
    fn row(&mut self, record: &StringRecord, line: u64) -> Option<R> {
        if record.len() != self.width {
            let found = format!("{} cells", record.len());
            let expected = format!("{} cells, as many as the header has", self.width);
            let hint = "put quotes around a cell that has a comma";
            let place = (Some(line), None);
            self.findings
                .push(fault::<R>("P6004", place, found, expected, hint));
            return None;
        }
        let cells = CellsOf {
            record,
            order: &self.order,
        };
        let findings = &mut *self.findings;
        R::read_cells(cells, &mut |column, problem| {
            let place = (Some(line), R::COLUMNS.get(column).copied());
            let found = format!("{:?}", cells.get(column));
            findings.push(fault::<R>(
                problem.code,
                place,
                found,
                problem.expected,
                problem.hint,
            ));
        })
    }
}

/// Where each column of `R` stands in the file, beyond its end if it may be missing; `None` if one is missing that may
/// not, unknown or named twice.
fn header<R: Row>(cells: &[&str], line: u64, findings: &mut Vec<Finding>) -> Option<Vec<usize>> {
    let before = findings.len();
    let mut add = |code, column: &str, found: String, expected: String, hint: String| {
        let place = (Some(line), Some(column));
        findings.push(fault::<R>(code, place, found, expected, hint));
    };
    for (position, name) in cells.iter().enumerate() {
        if !R::COLUMNS.contains(name) {
            let hint = nearest(name, R::COLUMNS).map_or_else(
                || "remove the column".to_owned(),
                |column| format!("did you mean `{column}`?"),
            );
            let expected = format!("one of {}", R::COLUMNS.join(", "));
            add(
                "P6002",
                name,
                format!("unknown column {name:?}"),
                expected,
                hint,
            );
        } else if cells[..position].contains(name) {
            let words = [
                "a second column of this name",
                "each column once",
                "remove one of them",
            ];
            let [found, expected, hint] = words.map(str::to_owned);
            add("P6003", name, found, expected, hint);
        }
    }
    let mut positions = Vec::with_capacity(R::COLUMNS.len());
    for DeclaredColumn { name, is_added, .. } in R::DECLARED {
        if let Some(position) = cells.iter().position(|cell| cell == name) {
            positions.push(position);
        } else if *is_added {
            positions.push(usize::MAX);
        } else {
            let hint = "add it to the header and to every row; docs/output.md names the columns whose cells may be \
                        blank";
            let expected = format!("the columns {}", R::COLUMNS.join(", "));
            add(
                "P6001",
                name,
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

/// An error at a line and a column of the file of `R`.
fn fault<R: Row>(
    code: &'static str,
    (line, column): (Option<u64>, Option<&str>),
    found: impl Into<String>,
    expected: impl Into<String>,
    hint: impl Into<String>,
) -> Finding {
    let place = Place {
        file: R::FILE.to_owned(),
        line,
        column: column.map(str::to_owned),
    };
    Finding::error(Code(code), place, found, expected, hint)
}

/// A line that is not a row of a CSV file in UTF-8.
fn unreadable_line<R: Row>(line: Option<u64>, found: &str) -> Finding {
    let expected = "a row of comma-separated text in UTF-8";
    fault::<R>(
        "P6005",
        (line, None),
        found,
        expected,
        "save the file as CSV in UTF-8",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan_files::UnservedRow;
    use std::fmt::Write as _;

    #[test]
    fn stretches_read_as_the_whole_file_does() {
        let mut text = "period,shard,tenant,tier,users,reason\n".to_owned();
        for row in 0..40 {
            let users = if row % 7 == 0 { "few" } else { "3" };
            let _ = write!(text, "0,s{row},t,gold,{users},no room\r\n");
            text += if row % 5 == 0 { "\n" } else { "" };
            text += if row % 11 == 0 { "0,too,short\n" } else { "" };
        }
        let read = |size| {
            let mut findings = Vec::new();
            let rows = read_in_stretches::<UnservedRow>(text.as_bytes(), size, &mut findings);
            (rows, findings)
        };
        let (rows, findings) = read(text.len());
        assert_eq!((rows.len(), findings.len()), (34, 10));
        for size in [1, 50, 333] {
            assert_eq!(read(size), (rows.clone(), findings.clone()), "{size}");
        }
    }
}
