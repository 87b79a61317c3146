//! Named: tables sorted by id, and the map from an id to its position.

use super::findings::{Findings, place, quoted};
use super::source::Folder;
use super::table::{InTable, Resources, Row, Table, with_article};
use crate::diagnostic::nearest::likely;
use crate::diagnostic::{Code, Severity};
use std::collections::HashMap;

/// An id a second time in its table, or two rows for the same keys.
pub(crate) const REPEATED_ID: Code = Code("P2004");
/// An id that no row has.
pub(crate) const NO_SUCH_ID: Code = Code("P3002");

/// A row with its id and where it stands.
#[derive(Debug)]
pub(crate) struct Entry<T> {
    /// Its id.
    pub(crate) id: String,
    /// Line of the file.
    pub(crate) line: u64,
    /// The rest.
    pub(crate) value: T,
}

/// A table sorted by id.
#[derive(Debug)]
pub(crate) struct Named<T> {
    /// File that it was read from.
    pub(crate) file: &'static str,
    /// Ascending, unique.
    pub(crate) entries: Vec<Entry<T>>,
    positions: HashMap<String, u32>,
    /// The names of the rows, where they have any; else their ids.
    titles: Vec<String>,
    /// `true` if rows may be missing: references to nothing are no finding then.
    is_broken: bool,
}

impl<T> Named<T> {
    /// The rows of a table whose first column names them, sorted; `each` reads what the id is followed by.
    pub(crate) fn read(
        folder: &Folder<'_>,
        file: &'static str,
        resources: &Resources,
        findings: &mut Findings,
        mut each: impl FnMut(&mut Row<'_, '_>, &str) -> T,
    ) -> Self {
        let mut entries = Vec::new();
        let mut name = "";
        if let Some(table) = Table::open(folder, file, resources, findings) {
            let column = table.first_column();
            name = &column.schema.name;
            table.for_each(findings, |row| {
                let id = row.id(column);
                let value = each(row, id.unwrap_or_default());
                if let Some(id) = id {
                    entries.push(Entry {
                        id: id.to_owned(),
                        line: row.line,
                        value,
                    });
                }
            });
        }
        Self::sort(file, name, entries, findings)
    }

    /// The rows sorted by id; an id that stands twice is a finding at its later row, which is dropped.
    pub(crate) fn sort(
        file: &'static str,
        column: &str,
        mut entries: Vec<Entry<T>>,
        findings: &mut Findings,
    ) -> Self {
        entries.sort_by(|a, b| (&a.id, a.line).cmp(&(&b.id, b.line)));
        entries.dedup_by(|later, first| {
            let is_same = later.id == first.id;
            if is_same {
                report_repeated(file, column, &later.id, later.line, first.line, findings);
            }
            is_same
        });
        let positions = (0..)
            .zip(&entries)
            .map(|(at, entry)| (entry.id.clone(), at));
        Self {
            file,
            positions: positions.collect(),
            entries,
            titles: Vec::new(),
            is_broken: findings.is_unreadable(file),
        }
    }

    /// The same with the names by which people call the rows.
    pub(crate) fn titled(mut self, title: impl Fn(&T) -> &str) -> Self {
        let titles = self
            .entries
            .iter()
            .map(|entry| title(&entry.value).to_owned());
        self.titles = titles.collect();
        self
    }

    /// Names and ids, in order of the ids; only rows with a name of their own.
    pub(crate) fn titles(&self) -> impl Iterator<Item = (&str, &str)> {
        let titles = self.titles.iter().zip(&self.entries);
        let titles = titles.map(|(title, entry)| (title.as_str(), entry.id.as_str()));
        titles.filter(|(title, id)| title != id)
    }

    /// The position of an id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.positions.get(id).copied()
    }

    /// The position of the id in a cell; `None` if it is blank, and after a finding if no row has it.
    pub(crate) fn resolve(&self, row: &mut Row<'_, '_>, column: impl InTable) -> Option<u32> {
        let id = row.raw(column);
        let position = self.find(id);
        if position.is_none() {
            let id = row.id(column)?;
            self.report_missing(row, column, id);
        }
        position
    }

    /// Reports an id that no row has.
    pub(crate) fn report_missing(&self, row: &mut Row<'_, '_>, column: impl InTable, id: &str) {
        if !self.is_broken {
            let known = self.entries.iter().map(|entry| entry.id.as_str());
            report_missing(row, column, id, self.file, (known, self.titles()));
        }
    }

    /// Where they stand, in order of their ids.
    pub(crate) fn lines(&self) -> Vec<u64> {
        self.entries.iter().map(|entry| entry.line).collect()
    }

    /// The values in order of their ids.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|entry| &entry.value)
    }
}

/// Reports an id that no row of `file` has, with the one that is probably meant: a known id, or that of a known name.
pub(crate) fn report_missing<'n>(
    row: &mut Row<'_, '_>,
    column: impl InTable,
    id: &str,
    file: &str,
    (known, titles): (
        impl Iterator<Item = &'n str>,
        impl Iterator<Item = (&'n str, &'n str)>,
    ),
) {
    let own_file = row.place(column).file;
    if row
        .findings
        .is_counted(Severity::Error, NO_SUCH_ID, &own_file)
    {
        return;
    }
    let hint = match likely(id, known) {
        Some(name) => format!(
            "write `{name}` if it is meant, or add {} to {file}",
            quoted(id)
        ),
        None => match named(id, titles) {
            Some((title, meant)) => format!(
                "write `{meant}` if {} is meant, or add {} to {file}",
                quoted(title),
                quoted(id)
            ),
            None => format!("add {} to {file}, or write an id of that file", quoted(id)),
        },
    };
    row.error(
        column,
        NO_SUCH_ID,
        format!("{}, an unknown id", quoted(id)),
        with_article(&row.column(column).schema.phrase),
        hint,
    );
}

/// The name that somebody most likely wrote where an id is asked for, and its id; of rows of one name the first.
fn named<'n>(
    typed: &str,
    titles: impl Iterator<Item = (&'n str, &'n str)>,
) -> Option<(&'n str, &'n str)> {
    let titles: Vec<_> = titles.collect();
    let meant = likely(typed, titles.iter().map(|(title, _)| *title))?;
    titles.into_iter().find(|(title, _)| *title == meant)
}

/// Reports an id that already stands on an earlier line.
pub(crate) fn report_repeated(
    file: &str,
    column: &str,
    id: &str,
    line: u64,
    first: u64,
    findings: &mut Findings,
) {
    findings.error(
        REPEATED_ID,
        place(file, line, Some(column)),
        format!("{} twice, first on line {first}", quoted(id)),
        "an id that no other row has",
        "give one of the two another id, or remove it",
    );
}

/// Ids met in any order, numbered as they come and sorted at the end.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
    last: u32,
}

impl Interner {
    /// The number of the id in a cell; `None` if it is blank.
    pub(crate) fn number(&mut self, row: &mut Row<'_, '_>, column: impl InTable) -> Option<u32> {
        let raw = row.raw(column);
        if raw.is_empty() {
            row.id(column)?;
        }
        if let Some(number) = self.find(raw) {
            return Some(number);
        }
        let id = row.id(column)?;
        Some(self.add(id))
    }

    /// The number of an id met before. Rows that follow one another often name the same.
    pub(crate) fn find(&mut self, id: &str) -> Option<u32> {
        if self
            .names
            .get(self.last as usize)
            .is_some_and(|name| name == id)
        {
            return Some(self.last);
        }
        let number = *self.numbers.get(id)?;
        self.last = number;
        Some(number)
    }

    /// The number of an id, new or not.
    pub(crate) fn add(&mut self, id: &str) -> u32 {
        if let Some(number) = self.find(id) {
            return number;
        }
        let number = u32::try_from(self.names.len())
            .expect("invariant: files of more than 4 GiB are refused, and an id takes a byte");
        self.numbers.insert(id.to_owned(), number);
        self.names.push(id.to_owned());
        self.last = number;
        number
    }

    /// By own number, the number of each id in `all`, where new ones are added.
    pub(crate) fn numbers_in(&self, all: &mut Self) -> Vec<u32> {
        self.names.iter().map(|name| all.add(name)).collect()
    }

    /// All ids in the order in which they were met.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// All ids ascending, and by number the position of each among them.
    pub(crate) fn into_sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_unstable_by(|a, b| self.names[*a].cmp(&self.names[*b]));
        let mut positions = vec![0; order.len()];
        for (position, number) in (0..).zip(&order) {
            positions[*number] = position;
        }
        let mut names = self.names;
        names.sort_unstable();
        (names, positions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interned_ids_are_sorted_at_the_end() {
        let mut interner = Interner::default();
        assert_eq!(interner.add("us"), 0);
        assert_eq!(interner.add("eu"), 1);
        assert_eq!(interner.add("us"), 0);
        let (names, positions) = interner.into_sorted();
        assert_eq!(names, ["eu", "us"]);
        assert_eq!(positions, [1, 0]);
    }
}
