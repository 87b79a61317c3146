//! Cell: what a single cell says, or a finding.
//!
//! Every reader returns a harmless value after a finding, so that the reading of the rest goes on.

mod number;
mod time;

use super::header::{Column, Header};
use super::seen::Seen;
use crate::diagnostic::nearest::likely;
use crate::diagnostic::{Code, Place, Severity};
use crate::ids::ResourceId;
use crate::inventory::findings::{Findings, place, quoted};
use crate::inventory::kind::{self, Kind};
use crate::inventory::schema;
use crate::model::{Coordinates, Word};
use csv::StringRecord;

/// A blank cell where there is no default.
pub(crate) const BLANK: Code = Code("P2001");
/// An id of more than 128 characters.
pub(crate) const LONG_ID: Code = Code("P2002");
/// A control character.
pub(crate) const CONTROL_CHARACTER: Code = Code("P2003");
/// An id that begins or ends with a space (a warning).
pub(crate) const OUTER_SPACE: Code = Code("P2005");
/// A list with a blank or repeated part.
pub(crate) const BAD_LIST: Code = Code("P2006");
/// None of the words of a column.
pub(crate) const NO_SUCH_WORD: Code = Code("P2105");
/// A latitude without a longitude, or the reverse.
pub(crate) const HALF_A_PLACE: Code = Code("P2201");

/// Latitude and longitude in each other's column.
pub(crate) const SWAPPED: Code = Code("P2205");

/// Most characters of an id.
const LONGEST_ID: usize = 128;

/// One row of a table.
pub(crate) struct Row<'r, 'w> {
    /// Line of the file, counted from 1.
    pub(crate) line: u64,
    /// Where findings of the row go.
    pub(crate) findings: &'w mut Findings,
    table: &'static schema::Table,
    header: &'r Header,
    record: &'r StringRecord,
    seen: &'w mut [Seen],
}

impl<'r, 'w> Row<'r, 'w> {
    /// A row as long as its header.
    pub(super) fn new(
        table: &'static schema::Table,
        header: &'r Header,
        record: &'r StringRecord,
        line: u64,
        seen: &'w mut [Seen],
        findings: &'w mut Findings,
    ) -> Self {
        Self {
            line,
            findings,
            table,
            header,
            record,
            seen,
        }
    }

    /// The column of a name.
    pub(crate) fn column(&self, column: impl InTable) -> Column {
        column.find(self.header, self.table)
    }

    /// What stands in the cell; empty if the file does not have the column.
    pub(crate) fn raw(&self, column: impl InTable) -> &'r str {
        let column = self.column(column);
        column
            .position
            .and_then(|position| self.record.get(position))
            .unwrap_or_default()
    }

    /// The place of a cell.
    pub(crate) fn place(&self, column: impl InTable) -> Place {
        let column = self.column(column);
        let name = match column.position {
            Some(position) => self.header.name(position),
            None => &column.schema.name,
        };
        place(self.table.file, self.line, Some(name))
    }

    /// Adds an error about a cell.
    pub(crate) fn error(
        &mut self,
        column: impl InTable,
        code: Code,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let place = self.place(column);
        self.findings.error(code, place, found, expected, hint);
    }

    /// Adds a warning about a cell.
    pub(crate) fn warning(
        &mut self,
        column: impl InTable,
        code: Code,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let place = self.place(column);
        self.findings.warning(code, place, found, expected, hint);
    }

    /// Reports what stands in the cell as not what the column asks for.
    fn refuse(&mut self, column: Column, code: Code, hint: &str) {
        let file = self.table.file;
        if !self.findings.is_counted(Severity::Error, code, file) {
            let found = quoted(self.raw(column));
            self.error(
                column,
                code,
                found,
                with_article(&column.schema.phrase),
                hint,
            );
        }
    }

    /// `true` if the cell is blank; an error if it must not be.
    fn is_blank(&mut self, column: Column) -> bool {
        let is_blank = self.raw(column).is_empty();
        let has_no_default = column.schema.is_required
            || (column.schema.name == schema::PER_RESOURCE && column.position.is_some());
        if is_blank && has_no_default {
            let hint = if matches!(column.schema.kind, Kind::Limit(_)) {
                "write `unlimited` for no limit, or 0 for no capacity: a blank is neither"
            } else {
                "write it: this column has no default, and blank never means 0"
            };
            self.error(
                column,
                BLANK,
                "a blank cell",
                with_article(&column.schema.phrase),
                hint,
            );
        }
        is_blank
    }

    /// The id in the cell; `None` if it is blank, which is an error only in a required column.
    pub(crate) fn id(&mut self, column: impl InTable) -> Option<&'r str> {
        let column = self.column(column);
        if self.is_blank(column) {
            return None;
        }
        let text = self.raw(column);
        self.check_id(column, text);
        Some(text)
    }

    /// The text in the cell, empty if blank.
    pub(crate) fn text(&mut self, column: impl InTable) -> &'r str {
        let column = self.column(column);
        self.is_blank(column);
        let text = self.raw(column);
        self.check_characters(column, text);
        text
    }

    /// The text in the cell, or the id if it is blank.
    pub(crate) fn name(&mut self, column: impl InTable, id: &str) -> String {
        let column = self.column(column);
        let text = self.text(column);
        if text.is_empty() { id } else { text }.to_owned()
    }

    /// The ids in the cell, separated by `;`.
    pub(crate) fn ids(&mut self, column: impl InTable) -> Vec<&'r str> {
        let column = self.column(column);
        if self.is_blank(column) {
            return Vec::new();
        }
        let mut parts: Vec<&'r str> = Vec::new();
        for part in self.raw(column).split(';') {
            let found = if part.is_empty() {
                "a blank part".to_owned()
            } else if parts.contains(&part) {
                format!("{} twice", quoted(part))
            } else {
                self.check_id(column, part);
                parts.push(part);
                continue;
            };
            self.error(
                column,
                BAD_LIST,
                found,
                with_article(&column.schema.phrase),
                "name each once, with one `;` between two of them",
            );
        }
        parts
    }

    /// Checks length and characters of an id.
    pub(crate) fn check_id(&mut self, column: Column, id: &str) {
        if id.len() > LONGEST_ID && id.chars().count() > LONGEST_ID {
            self.error(
                column,
                LONG_ID,
                format!("an id of {} characters", id.chars().count()),
                format!("at most {LONGEST_ID} characters"),
                "use a shorter id, and write the long one into the column name",
            );
        }
        self.check_characters(column, id);
        if id.starts_with(' ') || id.ends_with(' ') {
            self.warning(
                column,
                OUTER_SPACE,
                quoted(id),
                "an id without a space before or after it",
                "remove the space: ids are compared exactly",
            );
        }
    }

    fn check_characters(&mut self, column: Column, text: &str) {
        if text.chars().any(char::is_control) {
            self.error(
                column,
                CONTROL_CHARACTER,
                quoted(text),
                "no control characters (line ends and tabs are such)",
                "remove them",
            );
        }
    }

    /// The word in the cell or the column's default; the first of the column's words after a finding.
    pub(crate) fn choice<T: Word>(&mut self, column: impl InTable) -> T {
        let column = self.column(column);
        let (_, first) = T::WORDS[0];
        let text = if self.is_blank(column) {
            column.schema.default.as_str()
        } else {
            self.raw(column)
        };
        self.word(column, text).unwrap_or(first)
    }

    /// The word in the cell; `None` if it is blank, and after a finding.
    pub(crate) fn optional_choice<T: Word>(&mut self, column: impl InTable) -> Option<T> {
        let column = self.column(column);
        let text = self.raw(column);
        self.word(column, text)
    }

    /// What the word stands for; `None` if there is none, and after a finding.
    fn word<T: Word>(&mut self, column: Column, text: &str) -> Option<T> {
        let choice = T::of_word(text);
        if choice.is_none() && !text.is_empty() {
            let known = T::WORDS.iter().map(|(word, _)| *word);
            let hint = match likely(text, known) {
                Some(word) => format!("write `{word}` if it is meant"),
                None => "write one of these words".to_owned(),
            };
            self.refuse(column, NO_SUCH_WORD, &hint);
        }
        choice
    }

    /// Where the row is, if it says so.
    pub(crate) fn coordinates(&mut self) -> Option<Coordinates> {
        let is_given = |row: &Self, column| !row.raw(column).is_empty();
        let absent = match (is_given(self, "latitude"), is_given(self, "longitude")) {
            (true, false) => Some("longitude"),
            (false, true) => Some("latitude"),
            _ => None,
        };
        if self.is_swapped() {
            return None;
        }
        let latitude = self.optional("latitude");
        let longitude = self.optional("longitude");
        if let Some(column) = absent {
            self.error(
                column,
                HALF_A_PLACE,
                format!("no {column}"),
                "both coordinates or neither",
                format!("write the {column}, or leave both blank"),
            );
        }
        Some(Coordinates {
            latitude: latitude?,
            longitude: longitude?,
        })
    }

    /// Reports a latitude that can only be a longitude beside a longitude that can be a latitude, once for a file; and warns once
    /// of a latitude where nobody lives beside a longitude that could be a latitude.
    fn is_swapped(&mut self) -> bool {
        let [latitude, longitude] =
            ["latitude", "longitude"].map(|text| kind::number(self.raw(text)));
        let (Ok(latitude), Ok(longitude)) = (latitude, longitude) else {
            return false;
        };
        let is_swapped = (90.0..=180.0).contains(&latitude.abs())
            && latitude.abs() > 90.0
            && longitude.abs() <= 90.0;
        let place = self.place("latitude");
        let (warned, refused) = ((Severity::Warning, SWAPPED), (Severity::Error, SWAPPED));
        let is_said = |row: &Self, of| row.findings.is_said_of_column(of, &place);
        let found = format!("latitude {latitude} and longitude {longitude}");
        let hint = "swap both values, or the column names if all rows are swapped; else correct the latitude";
        if is_swapped && !is_said(self, refused) {
            self.findings.withdraw(warned, &place);
            let expected = "latitudes from -90 to 90";
            self.findings.error(SWAPPED, place, found, expected, hint);
            return true;
        }
        let is_inhabited = |latitude: f64| (-60.0..=80.0).contains(&latitude);
        let is_unlikely = !is_inhabited(latitude) && is_inhabited(longitude);
        if is_unlikely && !is_swapped && !is_said(self, refused) && !is_said(self, warned) {
            let found = found + ", a place in polar ice";
            let hint = "swap both values, or the column names if all rows are swapped; nothing to do if it is right";
            let expected = "latitudes from -60 to 80";
            self.findings.warning(SWAPPED, place, found, expected, hint);
        }
        is_swapped
    }

    /// The capacities in the columns of resources; `None` inside is unlimited.
    pub(crate) fn capacities(&mut self) -> Capacities {
        let columns = self.header.resource_columns(self.table).into_iter();
        columns
            .map(|(resource, column)| (resource, self.limit(column)))
            .collect()
    }

    /// What one user demands, by resource.
    pub(crate) fn demands(&mut self) -> Vec<f64> {
        let columns = self.header.resource_columns(self.table).into_iter();
        columns.map(|(_, column)| self.number(column)).collect()
    }
}

/// A column of a table: found before, or by its name in the schema.
pub(crate) trait InTable: Copy {
    /// Where it stands in a file of this header.
    fn find(self, header: &Header, table: &'static schema::Table) -> Column;
}

impl InTable for Column {
    fn find(self, _: &Header, _: &'static schema::Table) -> Column {
        self
    }
}

impl InTable for &str {
    fn find(self, header: &Header, table: &'static schema::Table) -> Column {
        header.column(table, self)
    }
}

/// Capacities of one component, by resource that its file has a column for.
pub(crate) type Capacities = Vec<(ResourceId, Option<f64>)>;

/// `a number of 0 or more`, `an id in sites.csv`, `ids …`, `` `free` or … ``.
pub(crate) fn with_article(phrase: &str) -> String {
    if phrase.starts_with("ids ") || phrase.starts_with('`') {
        phrase.to_owned()
    } else if phrase.starts_with("id") || phrase.starts_with("IANA") {
        format!("an {phrase}")
    } else {
        format!("a {phrase}")
    }
}
