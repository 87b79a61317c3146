//! Judge: whether the rows of a written table are those that the referee expects, one for each thing and no other.
//!
//! The evaluators make the expected rows; the rules of cells stand where the table is declared (`plan_files`). What is
//! found is noted row by row, column by column; then the rows that are missing; a file judged by waves, wave by wave.

use super::report::{At, Report, Rule, is_same, is_same_count, is_same_difference};
use crate::diagnostic::amounts::rounded;
use crate::plan_files::{By, CellValue, Lined, Row};
use std::collections::BTreeMap;

/// A table whose rows are judged: what is said of rows that should not be there, and of those that should.
pub(super) trait Judged: Row {
    /// A row is of something that is asked about, once.
    const STRAY: Rule;
    /// A row is not of what another one is of already.
    const AGAIN: Rule = Self::STRAY;
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

    /// The row, with one scale of some columns.
    pub(super) fn all_scaled(self, columns: &[&'static str], scale: f64) -> Self {
        columns
            .iter()
            .fold(self, |row, column| row.scaled(column, scale))
    }

    /// The row, without what is not known if `is_unknown`: such cells may have any value.
    pub(super) fn unless(mut self, is_unknown: bool, columns: &[&'static str]) -> Self {
        if is_unknown {
            self.unknown.extend(columns);
        }
        self
    }

    /// The row, which may be missing too if `is_optional`.
    pub(super) fn optional(self, is_optional: bool) -> Self {
        Self {
            is_optional,
            ..self
        }
    }
}

/// Checks the rows of a table. What a row is of is its key; `None` is nothing that is known. The expected rows are as
/// the file should have them, each of another key; one of nothing that is known is not asked for.
pub(super) fn judge<'a, R: Judged + 'a, K: Ord>(
    rows: impl IntoIterator<Item = &'a Lined<R>>,
    key: impl Fn(&R) -> Option<K>,
    expected: impl IntoIterator<Item = Expected<R>>,
    report: &mut Report,
) {
    let things = expected.into_iter();
    let things = things.filter_map(|expected| Some((key(&expected.row)?, expected)));
    judge_things(rows, &key, things, |expected| expected, report);
}

/// Checks the rows of a table, of which there is one for each of some things: the expected row is made when its time has come.
pub(super) fn judge_things<'a, R: Judged + 'a, K: Ord, T>(
    rows: impl IntoIterator<Item = &'a Lined<R>>,
    key: impl Fn(&R) -> Option<K>,
    things: impl IntoIterator<Item = (K, T)>,
    expected: impl Fn(T) -> Expected<R>,
    report: &mut Report,
) {
    let things = things.into_iter().enumerate();
    let things = things.map(|(position, (key, thing))| (key, (position, Thing::Open(thing))));
    let mut left: BTreeMap<K, (usize, Thing<T>)> = things.collect();
    for row in rows {
        let thing = key(&row.row).and_then(|key| left.get_mut(&key));
        let line = match thing {
            Some((_, thing)) => match std::mem::replace(thing, Thing::Seen(row.line)) {
                Thing::Open(item) => {
                    judge_cells(row, &expected(item), report);
                    continue;
                }
                Thing::Seen(line) => {
                    *thing = Thing::Seen(line);
                    Some(line)
                }
            },
            None => None,
        };
        let rule = if line.is_some() { R::AGAIN } else { R::STRAY };
        let [found, wanted] = row.row.stray(line);
        let at = At::cell(R::FILE, row.line, R::NAMED_IN);
        report.add(rule, at, found, wanted);
    }
    let mut missing: Vec<(usize, T)> = Vec::new();
    for (position, thing) in left.into_values() {
        if let Thing::Open(thing) = thing {
            missing.push((position, thing));
        }
    }
    missing.sort_unstable_by_key(|(position, _)| *position);
    for (_, thing) in missing {
        let expected = expected(thing);
        if !expected.is_optional {
            let [found, wanted] = expected.row.missing();
            report.add(R::MISSING, At::file(R::FILE), found, wanted);
        }
    }
}

/// What a table should have a row of.
enum Thing<T> {
    /// No row of it was met yet.
    Open(T),
    /// Its row stands on this line.
    Seen(u64),
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
    judge_cells_of(R::FILE, (row, None), expected, report);
}

/// Checks every cell of a row of a file that has a rule; `instead` is the rule of all of them, if there is one.
pub(super) fn judge_cells_of<R: Row>(
    file: &'static str,
    (row, instead): (&Lined<R>, Option<Rule>),
    expected: &Expected<R>,
    report: &mut Report,
) {
    row.row
        .each_ruled(&expected.row, &mut |column, rule, found, wanted| {
            let mut scales = expected.scales.iter();
            let scale = scales.find(|scale| scale.0 == column).map(|pair| pair.1);
            if expected.unknown.contains(&column) || agree(rule.by, &found, &wanted, scale) {
                return;
            }
            let at = At::cell(file, row.line, column);
            let rule = instead.unwrap_or(Rule::new(rule.code, rule.hint));
            report.add(rule, at, shown(&found), shown(&wanted));
        });
}

/// `true` if two values are the same; `scale` replaces that of the declaration.
pub(super) fn agree(
    by: By,
    found: &CellValue<'_>,
    wanted: &CellValue<'_>,
    scale: Option<f64>,
) -> bool {
    let (&CellValue::Number(a), &CellValue::Number(b)) = (found, wanted) else {
        return found == wanted;
    };
    match by {
        By::Exact => found == wanted,
        By::Amount(value) => is_same(a, b, scale.unwrap_or(value)),
        By::Difference(value) => is_same_difference(a, b, scale.unwrap_or(value)),
        By::Users => is_same_count(a, b),
        By::Rate => (a - b).abs() <= 1e-5 * a.abs().max(b.abs()).max(1e-3),
        By::Nines => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
    }
}

/// A value as the text of a broken rule has it.
pub(super) fn shown(value: &CellValue<'_>) -> String {
    match value {
        CellValue::Blank => "a blank cell".to_owned(),
        CellValue::Number(number) => rounded(*number),
        CellValue::Text(text) => format!("`{text}`"),
    }
}

/// What is found where a row names what nobody asked about, or what the one of line `first` names; and what is expected.
pub(super) fn stray_or_again(names: [&str; 2], first: Option<u64>, expected: &str) -> [String; 2] {
    match first {
        Some(first) => [
            format!("the same row as on line {first}"),
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

/// A part of a document that is judged key by key, such as `periods[0]` of summary.json.
pub(super) struct Keys<'a> {
    file: &'static str,
    part: String,
    pub(super) report: &'a mut Report,
}

impl<'a> Keys<'a> {
    /// The keys of a part; all of the document has no name.
    pub(super) fn new(file: &'static str, part: impl Into<String>, report: &'a mut Report) -> Self {
        let part = part.into();
        Self { file, part, report }
    }

    /// The keys of a part of this part.
    pub(super) fn of(&mut self, part: &str) -> Keys<'_> {
        Keys::new(self.file, self.path(part), self.report)
    }

    /// Notes that the value of a key breaks a rule.
    pub(super) fn note(
        &mut self,
        rule: Rule,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let path = self.path(key);
        let at = At::cell(self.file, 0, &path);
        self.report.add(rule, at, found, expected);
    }

    /// Checks that a key has a value.
    pub(super) fn compare<'v>(
        &mut self,
        rule: Rule,
        by: By,
        key: &str,
        [found, wanted]: [impl Into<CellValue<'v>>; 2],
    ) {
        let [found, wanted] = [found.into(), wanted.into()];
        if !agree(by, &found, &wanted, None) {
            self.note(rule, key, in_document(&found), in_document(&wanted));
        }
    }

    /// The path of a key of the part.
    fn path(&self, key: &str) -> String {
        match (&*self.part, key) {
            ("", key) => key.to_owned(),
            (part, "") => part.to_owned(),
            (part, key) => format!("{part}.{key}"),
        }
    }
}

/// A value as the text of a broken rule has it that is of a document.
fn in_document(value: &CellValue<'_>) -> String {
    match value {
        CellValue::Text(text) => format!("\"{text}\""),
        other => shown(other),
    }
}
