//! Judge: whether the rows of a written table are those that the referee expects, one for each thing and no other.
//!
//! The evaluators make the expected rows; the rules of cells stand where the table is declared (`plan_files`). What is
//! found is noted row by row as the file has them, column by column; then the rows that it does not have.

use super::report::{At, Report, Rule, is_same, is_same_count, is_same_difference};
use crate::plan_files::{By, Lined, Row, Value, decimal};
use std::collections::BTreeMap;

/// A table whose rows are judged: what is said of rows that should not be there, and of those that should.
pub(super) trait Judged: Row {
    /// A row is of something that is asked about, once.
    const STRAY: Rule;
    /// All that is asked about has its row.
    const MISSING: Rule;
    /// The column that names what a row is of.
    const NAMED_IN: &'static str;

    /// What is found where a row is of nothing that is asked about, or, after the one of line `first`, of the same again;
    /// and what is expected in its place.
    fn stray(&self, first: Option<u64>) -> [String; 2];

    /// What is found where the file does not have this row, and what is expected.
    fn missing(&self) -> [String; 2];
}

/// A row as it should be.
pub(super) struct Expected<R> {
    pub(super) row: R,
    /// Columns: how large the amounts are that the cell is computed from, where the declaration cannot know it.
    scales: Vec<(&'static str, f64)>,
    /// Columns whose value is not known.
    unknown: Vec<&'static str>,
    /// The file may do without it.
    is_optional: bool,
}

impl<R> From<R> for Expected<R> {
    fn from(row: R) -> Self {
        Self {
            row,
            scales: Vec::new(),
            unknown: Vec::new(),
            is_optional: false,
        }
    }
}

impl<R> Expected<R> {
    /// The row, with the scale of a column.
    pub(super) fn scaled(mut self, column: &'static str, scale: f64) -> Self {
        self.scales.push((column, scale));
        self
    }

    /// The row, which may be left out if `is_optional`.
    pub(super) fn optional(mut self, is_optional: bool) -> Self {
        self.is_optional = is_optional;
        self
    }

    /// The row, without what is not known if `is_unknown`: such cells may have any value.
    pub(super) fn unless(mut self, is_unknown: bool, columns: &[&'static str]) -> Self {
        if is_unknown {
            self.unknown.extend(columns);
        }
        self
    }
}

/// Checks the rows of a table. What a row is of is its key; `None` is nothing that is known. The expected rows are as
/// the file should have them, each of another key.
pub(super) fn judge<'a, R: Judged + 'a, K: Ord>(
    rows: impl IntoIterator<Item = &'a Lined<R>>,
    key: impl Fn(&R) -> Option<K>,
    expected: impl IntoIterator<Item = (K, Expected<R>)>,
    report: &mut Report,
) {
    let mut left: BTreeMap<K, (usize, Expected<R>, Option<u64>)> = (0..)
        .zip(expected)
        .map(|(position, (key, expected))| (key, (position, expected, None)))
        .collect();
    for row in rows {
        let wanted = key(&row.row).and_then(|key| left.get_mut(&key));
        match wanted {
            Some((_, expected, line @ None)) => {
                *line = Some(row.line);
                judge_cells(row, expected, report);
            }
            other => {
                let first = other.and_then(|(_, _, line)| *line);
                let [found, expected] = row.row.stray(first);
                let at = At::cell(R::FILE, row.line, R::NAMED_IN);
                report.add(R::STRAY, at, found, expected);
            }
        }
    }
    let left = left.into_values();
    let is_missing = |(_, expected, line): &(usize, Expected<R>, Option<u64>)| {
        line.is_none() && !expected.is_optional
    };
    let mut missing: Vec<_> = left.filter(is_missing).collect();
    missing.sort_unstable_by_key(|(position, ..)| *position);
    for (_, expected, _) in missing {
        let [found, expected] = expected.row.missing();
        report.add(R::MISSING, At::file(R::FILE), found, expected);
    }
}

/// The rows by what they are of, the first of each.
pub(super) fn by_key<'a, R: 'a, K: Ord>(
    rows: impl IntoIterator<Item = &'a Lined<R>>,
    key: impl Fn(&R) -> Option<K>,
) -> BTreeMap<K, &'a R> {
    let mut all = BTreeMap::new();
    for row in rows {
        if let Some(key) = key(&row.row) {
            all.entry(key).or_insert(&row.row);
        }
    }
    all
}

/// Checks every cell of a row that has a rule.
pub(super) fn judge_cells<R: Row>(row: &Lined<R>, expected: &Expected<R>, report: &mut Report) {
    row.row
        .each_ruled(&expected.row, &mut |column, rule, found, wanted| {
            let mut scales = expected.scales.iter();
            let scale = scales.find(|own| own.0 == column).map(|own| own.1);
            if expected.unknown.contains(&column) || agree(rule.by, &found, &wanted, scale) {
                return;
            }
            let at = At::cell(R::FILE, row.line, column);
            let (code, hint) = (rule.code, rule.hint);
            report.add(Rule { code, hint }, at, shown(&found), shown(&wanted));
        });
}

/// `true` if two values are the same; `scale` replaces that of the declaration.
pub(super) fn agree(by: By, found: &Value<'_>, wanted: &Value<'_>, scale: Option<f64>) -> bool {
    let (&Value::Number(a), &Value::Number(b)) = (found, wanted) else {
        return found == wanted;
    };
    match by {
        By::Exact => found == wanted,
        By::Amount(own) => is_same(a, b, scale.unwrap_or(own)),
        By::Difference(own) => is_same_difference(a, b, scale.unwrap_or(own)),
        By::Users => is_same_count(a, b),
        By::Rate => (a - b).abs() <= 1e-5 * a.abs().max(b.abs()).max(1e-3),
        By::Nines => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
    }
}

/// A value as the text of a broken rule has it.
pub(super) fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Blank => "a blank cell".to_owned(),
        Value::Number(number) => decimal(*number),
        Value::Text(text) => format!("`{text}`"),
    }
}

/// What is found where a row names what nobody asked about, or what the one of line `first` names; and what is expected.
pub(super) fn stray_or_again(names: [&str; 2], first: Option<u64>, expected: &str) -> [String; 2] {
    match first {
        Some(first) => [
            format!("the row of line {first} again"),
            "one row for it".to_owned(),
        ],
        None => [
            format!("`{}` and `{}`", names[0], names[1]),
            expected.to_owned(),
        ],
    }
}

/// A count or a position as files have it.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
