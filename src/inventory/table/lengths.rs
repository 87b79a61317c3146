//! Lengths: rows with more or fewer cells than the header row, one finding for those with more and one for those with fewer.

use super::header::Header;
use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, counted, place};
use crate::inventory::kind::{self, Kind};
use crate::inventory::schema;
use csv::StringRecord;

/// A row with more or fewer cells than the header row.
pub(crate) const WRONG_ROW_LENGTH: Code = Code("P1201");

/// How many lines a finding names.
const NAMED_LINES: usize = 5;

/// A row that is as long as no header is.
#[derive(Debug)]
pub(super) struct WrongRow {
    line: u64,
    cells: usize,
    /// The number that a comma splits, where that alone explains the row: `6,000`.
    split: Option<String>,
}

impl WrongRow {
    /// The row of a record.
    pub(super) fn of(
        record: &StringRecord,
        line: u64,
        (header, table): (&Header, &'static schema::Table),
    ) -> Self {
        Self {
            line,
            cells: record.len(),
            split: split_number(record, header, table),
        }
    }
}

/// Reports rows with too many and with too few cells, of all `rows` of a file.
pub(super) fn report(
    file: &str,
    header: &Header,
    (wrong, rows): (&[WrongRow], usize),
    findings: &mut Findings,
) {
    let (long, short): (Vec<&WrongRow>, Vec<&WrongRow>) =
        wrong.iter().partition(|row| row.cells > header.len());
    for (those, extent) in [(long, "many"), (short, "few")] {
        let Some(first) = those.first() else {
            continue;
        };
        let is_all = those.len() == rows && rows > 1;
        let others = match those.len() {
            1 => String::new(),
            _ if is_all => format!(", and too {extent} in every row"),
            count => format!(
                ", and too {extent} in {count} of {rows} rows ({})",
                lines(&those)
            ),
        };
        let split = those.iter().find_map(|row| row.split.as_ref());
        let hint = match split {
            Some(number) => format!(
                "write `{}`, not `{number}`: a comma within a number splits its cell",
                number.replace(',', "")
            ),
            None if is_all && extent == "many" => {
                "write decimals with a point and thousands without a comma, or put quotes around cells with commas".to_owned()
            }
            None => {
                "put quotes around a cell that has a comma, and keep the commas of blank cells".to_owned()
            }
        };
        findings.error(
            WRONG_ROW_LENGTH,
            place(file, first.line, None),
            counted(first.cells, "cell") + &others,
            format!("{}, as in the header row", counted(header.len(), "cell")),
            hint,
        );
    }
}

/// `lines 4, 10 and 21`; of many the first, and how many others there are.
fn lines(rows: &[&WrongRow]) -> String {
    let shown = rows.iter().map(|row| row.line.to_string());
    let mut shown: Vec<String> = shown.take(NAMED_LINES).collect();
    let last = match rows.len() - shown.len() {
        0 => shown.pop().unwrap_or_default(),
        1 => rows[rows.len() - 1].line.to_string(),
        others => format!("{others} others"),
    };
    format!("lines {} and {last}", shown.join(", "))
}

/// The one number whose comma splits a cell of the record; `None` where the rest would not fit then, or two numbers could be it.
fn split_number(
    record: &StringRecord,
    header: &Header,
    table: &'static schema::Table,
) -> Option<String> {
    if record.len() != header.len() + 1 {
        return None;
    }
    let is_amount = |position: usize| {
        let column = header.schema_at(table, position);
        column.is_some_and(|column| {
            matches!(
                column.kind,
                Kind::Number(_) | Kind::Limit(_) | Kind::Whole(..)
            )
        })
    };
    let fits = |position: usize, text: &str| match header.schema_at(table, position) {
        Some(column) => fits(&column.kind, text),
        None => true,
    };
    let joins = (0..header.len()).filter(|&at| {
        let is_split = is_thousands(&record[at], &record[at + 1]);
        let before = (0..at).all(|position| fits(position, &record[position]));
        let after = (at + 1..header.len()).all(|position| fits(position, &record[position + 1]));
        is_split && is_amount(at) && before && after
    });
    let joins: Vec<usize> = joins.collect();
    let [at] = joins[..] else {
        return None;
    };
    Some([&record[at], ",", &record[at + 1]].concat())
}

/// `true` of the digits before and after a comma between thousands.
fn is_thousands(before: &str, after: &str) -> bool {
    let digits = before.strip_prefix('-').unwrap_or(before);
    let whole = after.split('.').next().unwrap_or(after);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (1..=3).contains(&digits.len())
        && !digits.starts_with('0')
        && is_digits(digits)
        && whole.len() == 3
        && is_digits(whole)
        && kind::number(after).is_ok()
}

/// `true` if a cell may stand in a column of a kind, as far as that is seen at once.
fn fits(kind: &Kind, text: &str) -> bool {
    match kind {
        _ if text.is_empty() => true,
        Kind::Number(_) | Kind::Whole(..) => kind::number(text).is_ok(),
        Kind::Limit(_) => text == "unlimited" || kind::number(text).is_ok(),
        Kind::Choice(words) => words.iter().any(|word| word == text),
        // Ids and texts of numbers alone are rare: what stands there is a cell that has moved.
        Kind::Words => kind::number(text).is_err(),
    }
}
