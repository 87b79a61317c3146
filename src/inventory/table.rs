//! Table: a CSV file bound to its schema, row by row; the rules about headers, rows and single cells.

mod cell;
mod header;
mod lengths;
mod outliers;
mod seen;
mod thousands;
mod totals;

pub(crate) use cell::{Capacities, InTable, Row, SWAPPED, with_article};
pub(crate) use header::{Column, Resources};
pub(crate) use outliers::warn_of_outliers;
pub(crate) use thousands::FOR_PEOPLE;

use super::findings::{Findings, counted, place, quoted};
use super::schema;
use super::source::Folder;
use crate::diagnostic::{Code, Place};
use crate::records::{self, STRETCH_BYTES, Stretch, reader, side_by_side, stretches};
use csv::StringRecord;
use header::Header;
use lengths::WrongRow;
use seen::Seen;
use totals::TotalsRow;

/// A file without a header row.
pub(crate) const NO_HEADER: Code = Code("P1007");
/// A required file without a row below the header.
pub(crate) const NO_ROWS: Code = Code("P1006");

/// Rows of blank cells alone (a warning).
pub(crate) const BLANK_ROWS: Code = Code("P1205");

/// A CSV file whose header fits its schema well enough to read rows.
pub(crate) struct Table<'f> {
    schema: &'static schema::Table,
    header: Header,
    /// The whole file, the header row included.
    bytes: &'f [u8],
    /// The row at its end that is none of the table.
    totals: Option<TotalsRow>,
}

/// What comes of reading rows apart from the rows themselves.
struct Tally {
    /// By column of the file, what is compared with the rest of the column.
    seen: Vec<Seen>,
    is_empty: bool,
    /// Lines of rows of blank cells alone.
    blank: Vec<u64>,
    /// How many others there are.
    rows: usize,
    /// Those as long as no header is.
    wrong: Vec<WrongRow>,
    /// `true` if the row of totals is one of them.
    has_totals: bool,
}

impl<'f> Table<'f> {
    /// The table of `file`, or `None` if there is nothing to read; what is wrong with its header is a finding.
    pub(crate) fn open(
        folder: &Folder<'f>,
        file: &'static str,
        resources: &Resources,
        findings: &mut Findings,
    ) -> Option<Self> {
        let schema = schema::table(file).expect("invariant: readers name files of the schema");
        let text = folder.text(file)?;
        let mut reader = reader(text.as_bytes());
        let mut names = StringRecord::new();
        if !matches!(reader.read_record(&mut names), Ok(true)) {
            findings.error(
                NO_HEADER,
                Place::whole(file),
                "an empty file",
                "a header row",
                format!("begin it with `{}`", header_of(schema)),
            );
            return None;
        }
        let line = line_of(&names, text.as_bytes());
        if let Some(found) = no_header(schema, &names) {
            findings.error(
                NO_HEADER,
                place(file, line, None),
                found,
                "the header row",
                format!(
                    "begin the file with the row of `{}`, and remove rows before it",
                    header_of(schema)
                ),
            );
            return None;
        }
        let header = Header::bind(schema, &names, line, resources, findings)?;
        let totals = TotalsRow::find(text, (&header, line), schema);
        Some(Self {
            schema,
            header,
            bytes: text.as_bytes(),
            totals,
        })
    }

    /// The column of that name in the schema, wherever it stands in the file, if it does.
    pub(crate) fn column(&self, name: &str) -> Column {
        self.header.column(self.schema, name)
    }

    /// The first column of the schema, which names rows.
    pub(crate) fn first_column(&self) -> Column {
        self.column(&self.schema.columns[0].name)
    }

    /// Hands every row that is as long as the header to `each`, in the order of the file.
    pub(crate) fn for_each(self, findings: &mut Findings, each: impl FnMut(&mut Row<'_, '_>)) {
        let whole = Stretch {
            bytes: self.bytes,
            lines_before: 0,
        };
        let tally = self.read(whole, findings, each);
        self.finish(tally, findings);
    }

    /// Hands every row to `each` together with the part of the file that it belongs to, and the parts to `join` in
    /// the order of the file. The parts of a large file are read side by side, a few at a time, so that what they
    /// hold beside what was joined stays small.
    ///
    /// What is found fault with may depend on all rows before (only the first of each kind is listed, an id is
    /// checked where it stands first), so a file with findings is read again as one part, and joined again.
    pub(crate) fn in_parts<P: Default + Send, A: Default + Send>(
        self,
        findings: &mut Findings,
        each: impl Fn(&mut P, &mut Row<'_, '_>) + Sync,
        mut join: impl FnMut(&mut A, P) + Send,
    ) -> A {
        let stretches = stretches(self.bytes, STRETCH_BYTES);
        let mut all = A::default();
        let mut of_all = self.tally();
        let is_sound = side_by_side(
            &stretches,
            |stretch| {
                let (mut part, mut findings) = (P::default(), Findings::default());
                let tally = self.read(*stretch, &mut findings, |row| each(&mut part, row));
                (part, tally, findings)
            },
            |(part, tally, findings)| {
                let is_sound = findings.is_empty() && tally.wrong.is_empty();
                of_all.add(tally);
                join(&mut all, part);
                is_sound
            },
        );
        if is_sound {
            self.finish(of_all, findings);
            return all;
        }
        let (mut all, mut part) = (A::default(), P::default());
        self.for_each(findings, |row| each(&mut part, row));
        join(&mut all, part);
        all
    }

    /// Reads the rows of a stretch of the file; its first record is the header row.
    fn read(
        &self,
        stretch: Stretch<'_>,
        findings: &mut Findings,
        mut each: impl FnMut(&mut Row<'_, '_>),
    ) -> Tally {
        let mut reader = reader(stretch.bytes);
        let mut record = StringRecord::new();
        let mut tally = self.tally();
        if stretch.lines_before == 0 {
            // The header row, which could be read before.
            let _ = reader.read_record(&mut record);
        }
        while matches!(reader.read_record(&mut record), Ok(true)) {
            let line = stretch.lines_before + line_of(&record, stretch.bytes);
            if record.len() > 1 && record.iter().all(|text| text.trim().is_empty()) {
                tally.blank.push(line);
                continue;
            }
            tally.is_empty = false;
            if self
                .totals
                .as_ref()
                .is_some_and(|totals| totals.line == line)
            {
                tally.has_totals = true;
                continue;
            }
            tally.rows += 1;
            if record.len() == self.header.len() {
                each(&mut Row::new(
                    self.schema,
                    &self.header,
                    &record,
                    line,
                    &mut tally.seen,
                    findings,
                ));
            } else {
                let shape = (&self.header, self.schema);
                tally.wrong.push(WrongRow::of(&record, line, shape));
            }
        }
        tally
    }

    /// Of no row.
    fn tally(&self) -> Tally {
        Tally {
            seen: vec![Seen::default(); self.header.len()],
            is_empty: true,
            blank: Vec::new(),
            rows: 0,
            wrong: Vec::new(),
            has_totals: false,
        }
    }

    /// The rules about a file as a whole.
    fn finish(&self, mut tally: Tally, findings: &mut Findings) {
        if tally.is_empty && self.schema.is_required {
            findings.error(
                NO_ROWS,
                Place::whole(self.schema.file),
                "no row below the header",
                "at least one row",
                format!("add rows; the file holds {}", self.schema.about),
            );
        }
        let wrong = (&tally.wrong[..], tally.rows);
        lengths::report(self.schema.file, &self.header, wrong, findings);
        if let Some(totals) = self.totals.as_ref().filter(|_| tally.has_totals) {
            totals.report(self.schema, findings);
        }
        if let Some(first) = tally.blank.first() {
            findings.warning(
                BLANK_ROWS,
                place(self.schema.file, *first, None),
                format!("{} without any value, the first here", counted(tally.blank.len(), "row")),
                "values in every row",
                "nothing to do: they are left out; spreadsheets write them for rows that were cleared",
            );
        }
        let file = self.schema.file;
        for (position, seen) in tally.seen.iter_mut().enumerate() {
            let column = self.header.name(position);
            // Where points separate thousands, values differ by a thousand.
            if !seen.points.warn(file, column, findings) {
                warn_of_outliers(file, column, &mut seen.samples, findings);
            }
        }
    }
}

impl Tally {
    /// Adds what came of the rows after these.
    fn add(&mut self, after: Self) {
        self.is_empty &= after.is_empty;
        self.blank.extend(after.blank);
        self.rows += after.rows;
        self.has_totals |= after.has_totals;
        self.wrong.extend(after.wrong);
        for (seen, after) in self.seen.iter_mut().zip(after.seen) {
            seen.samples.extend(after.samples);
            seen.points.add(after.points);
        }
    }
}

/// What stands in a first row that is blank or a title, if it does.
fn no_header(schema: &schema::Table, names: &StringRecord) -> Option<String> {
    let mut filled = names.iter().filter(|name| !name.trim().is_empty());
    match (filled.next(), filled.next()) {
        (None, _) => Some("a blank row".to_owned()),
        (Some(title), None) if names.len() > 1 => {
            let is_column = schema.columns.iter().any(|column| column.name == title);
            (!is_column).then(|| format!("{} alone in its row", quoted(title)))
        }
        _ => None,
    }
}

/// The line of a record, counted from 1.
fn line_of(record: &StringRecord, bytes: &[u8]) -> u64 {
    let position = record.position();
    position.map_or(1, |position| records::line_of(position, bytes))
}

/// The required columns of a table as a header row.
fn header_of(schema: &schema::Table) -> String {
    let required: Vec<&str> = schema
        .columns
        .iter()
        .filter(|column| column.is_required)
        .map(|column| column.name.as_str())
        .collect();
    required.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of every record of a text.
    fn lines(text: &str) -> Vec<u64> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let mut lines = Vec::new();
        while reader.read_record(&mut record).expect("the text is UTF-8") {
            lines.push(line_of(&record, text.as_bytes()));
        }
        lines
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        assert_eq!(lines("a\nb\nc"), [1, 2, 3]);
        assert_eq!(lines("a\r\nb\r\nc\r\n"), [1, 2, 3]);
        assert_eq!(lines("\n\na\n\nb\r\n\r\nc"), [3, 5, 7]);
        assert_eq!(lines("\"a\nb\"\nc\n"), [1, 3]);
    }
}
