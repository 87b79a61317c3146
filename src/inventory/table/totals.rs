//! Totals row: the last row of a sheet that sums up the rows above it, and is no row of the table.

use super::header::Header;
use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, place, quoted};
use crate::inventory::kind;
use crate::inventory::schema;
use crate::records::{line_of, reader};
use csv::StringRecord;

/// A row of totals below the others.
pub(crate) const ROW_OF_TOTALS: Code = Code("P1206");

/// Words that such a row begins with.
const WORDS: [&str; 9] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sum",
    "average",
    "mean",
    "summe",
    "gesamt",
];

/// Part of a total, as one to this, that a spreadsheet may have rounded away.
const SHOWN: f64 = 1000.0;

/// How many blank rows may follow it.
const BLANK_AFTER: usize = 1000;

/// The row of totals of a file.
#[derive(Debug)]
pub(super) struct TotalsRow {
    /// Where it stands.
    pub(super) line: u64,
    /// What it begins with; empty if that is blank.
    word: String,
}

impl TotalsRow {
    /// The row of totals at the end of a file with this header, whose line is given.
    pub(super) fn find(
        bytes: &str,
        (header, header_line): (&Header, u64),
        table: &'static schema::Table,
    ) -> Option<Self> {
        let (line, record) = last_row(bytes)?;
        if line <= header_line || header.len() < 2 || record.len() > header.len() {
            return None;
        }
        let filled = record.iter().enumerate();
        let filled: Vec<(usize, &str)> = filled.filter(|(_, text)| !text.is_empty()).collect();
        let (&(_, first), rest) = filled.split_first()?;
        let has_word = is_word(first);
        let numbers = if has_word { rest } else { &filled[..] };
        if numbers.iter().any(|(_, text)| amount(text).is_none()) {
            return None;
        }
        let missing = missing(&record, header, table);
        // Where a word says so, the sum of a single row is one.
        let least = if has_word { 1 } else { 2 };
        let has_sum = || {
            let amounts = numbers
                .iter()
                .filter_map(|(at, text)| Some((*at, amount(text)?)));
            amounts
                .into_iter()
                .any(|total| is_sum(bytes, (header_line, line), total, least))
        };
        let is_nameless = !has_word && is_blank_first(&record, header, table);
        let is_it = match missing {
            _ if !has_word && !is_nameless => false,
            // A row whose id alone is missing has an id to write.
            0 => numbers.is_empty() || has_sum(),
            1 if is_nameless => has_sum(),
            _ => true,
        };
        is_it.then(|| Self {
            line,
            word: if has_word {
                first.to_owned()
            } else {
                String::new()
            },
        })
    }

    /// Reports it.
    pub(super) fn report(&self, table: &schema::Table, findings: &mut Findings) {
        let found = match self.word.as_str() {
            "" => "a row of totals, without an id".to_owned(),
            word => format!("{}, a row of totals", quoted(word)),
        };
        findings.error(
            ROW_OF_TOTALS,
            place(table.file, self.line, None),
            found,
            "one row for each thing, and no sums",
            "remove the row; spreadsheets write it below the others",
        );
    }
}

/// The last row with a value, and its line.
fn last_row(text: &str) -> Option<(u64, StringRecord)> {
    let mut rest = text;
    for _ in 0..BLANK_AFTER {
        rest = rest.trim_end_matches(['\n', '\r']);
        let start = rest.rfind('\n').map_or(0, |end| end + 1);
        let last = &rest[start..];
        if last.is_empty() {
            return None;
        }
        if last
            .chars()
            .any(|letter| letter != ',' && !letter.is_whitespace())
        {
            // A quote that is not closed belongs to a cell that began on a line before.
            if last.matches('"').count() % 2 == 1 {
                return None;
            }
            let mut record = StringRecord::new();
            let is_read = matches!(reader(last.as_bytes()).read_record(&mut record), Ok(true));
            let before = text[..start].bytes().filter(|byte| *byte == b'\n').count();
            let line = u64::try_from(before).ok()? + 1;
            return is_read.then_some((line, record));
        }
        rest = &rest[..start];
    }
    None
}

/// `true` of `Total:`, `Grand total`, `Sum`.
fn is_word(text: &str) -> bool {
    let text = text.trim().trim_end_matches(':').trim_end().to_lowercase();
    WORDS.contains(&text.as_str())
}

/// The number that a cell of totals shows, with separators of thousands or without.
fn amount(text: &str) -> Option<f64> {
    let plain = text
        .trim()
        .replace([',', ' ', '\u{a0}', '\u{202f}', '\''], "");
    kind::number(&plain).ok()
}

/// How many cells are blank that no row may leave blank.
fn missing(record: &StringRecord, header: &Header, table: &'static schema::Table) -> usize {
    let is_missing = |position: &usize| {
        let is_blank = record.get(*position).unwrap_or_default().is_empty();
        let column = header.schema_at(table, *position);
        is_blank && column.is_some_and(|column| column.is_required)
    };
    (0..header.len()).filter(is_missing).count()
}

/// `true` if the first column of the table names its rows, and the record has nothing there.
fn is_blank_first(record: &StringRecord, header: &Header, table: &'static schema::Table) -> bool {
    let Some(first) = table.columns.first() else {
        return false;
    };
    let position = header.column(table, &first.name).position;
    let text = position.and_then(|position| record.get(position));
    first.is_required && text.is_some_and(str::is_empty)
}

/// `true` if a total is the sum of its column, of `least` rows or more between the lines of the header row and of the total.
fn is_sum(
    text: &str,
    (header, line): (u64, u64),
    (position, total): (usize, f64),
    least: usize,
) -> bool {
    let mut reader = reader(text.as_bytes());
    let mut record = StringRecord::new();
    let (mut sum, mut rows) = (0.0, 0_usize);
    while matches!(reader.read_record(&mut record), Ok(true)) {
        let start = record.position();
        let at = start.map_or(1, |start| line_of(start, text.as_bytes()));
        if at <= header || at >= line {
            continue;
        }
        if let Some(value) = record.get(position).and_then(amount) {
            sum += value;
            rows += 1;
        }
    }
    rows >= least && total.abs() > 0.0 && (sum - total).abs() * SHOWN <= total.abs()
}
