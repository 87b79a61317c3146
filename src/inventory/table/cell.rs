//! Cell: what a single cell says, or a finding.
//!
//! Every reader returns a harmless value after a finding, so that the reading of the rest goes on.

mod number;
mod time;

use super::header::{Column, Header};
use super::outliers::Sample;
use crate::diagnostic::nearest::likely;
use crate::diagnostic::{Code, Place, Severity};
use crate::inventory::findings::{Findings, Message, place, quoted};
use crate::inventory::kind::Kind;
use crate::inventory::schema;
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
    samples: &'w mut [Vec<Sample>],
}

impl<'r, 'w> Row<'r, 'w> {
    /// A row as long as its header.
    pub(super) fn new(
        table: &'static schema::Table,
        header: &'r Header,
        record: &'r StringRecord,
        line: u64,
        samples: &'w mut [Vec<Sample>],
        findings: &'w mut Findings,
    ) -> Self {
        Self {
            line,
            findings,
            table,
            header,
            record,
            samples,
        }
    }

    /// What stands in the cell; empty if the file does not have the column.
    pub(crate) fn raw(&self, column: Column) -> &'r str {
        column
            .position
            .and_then(|position| self.record.get(position))
            .unwrap_or_default()
    }

    /// The place of a cell.
    pub(crate) fn place(&self, column: Column) -> Place {
        let name = match column.position {
            Some(position) => self.header.name(position),
            None => &column.schema.name,
        };
        place(self.table.file, self.line, Some(name))
    }

    /// Adds an error about a cell.
    pub(crate) fn error(&mut self, column: Column, code: Code, message: Message) {
        let place = self.place(column);
        self.findings.error(code, place, message);
    }

    /// Adds a warning about a cell.
    pub(crate) fn warning(&mut self, column: Column, code: Code, message: Message) {
        let place = self.place(column);
        self.findings.warning(code, place, message);
    }

    /// Reports what stands in the cell as not what the column asks for.
    fn refuse(&mut self, column: Column, code: Code, hint: &str) {
        let file = self.table.file;
        let message = if self.findings.is_full(Severity::Error, code, file) {
            Message::empty()
        } else {
            Message {
                found: quoted(self.raw(column)),
                expected: with_article(&column.schema.phrase),
                hint: hint.to_owned(),
            }
        };
        self.error(column, code, message);
    }

    /// `true` if the cell is blank; an error if it must not be.
    fn is_blank(&mut self, column: Column) -> bool {
        let is_blank = self.raw(column).is_empty();
        let has_no_default = column.schema.is_required
            || (column.schema.name == schema::PER_RESOURCE && column.position.is_some());
        if is_blank && has_no_default {
            let hint = if matches!(column.schema.kind, Kind::Limit(_)) {
                "write `unlimited` if it does not limit, or 0 if there is none: blank is neither"
            } else {
                "write it: this column has no default, and blank never means 0"
            };
            self.error(
                column,
                BLANK,
                Message {
                    found: "a blank cell".to_owned(),
                    expected: with_article(&column.schema.phrase),
                    hint: hint.to_owned(),
                },
            );
        }
        is_blank
    }

    /// The id in the cell; `None` if it is blank, which is an error only in a required column.
    pub(crate) fn id(&mut self, column: Column) -> Option<&'r str> {
        if self.is_blank(column) {
            return None;
        }
        let text = self.raw(column);
        self.check_id(column, text);
        Some(text)
    }

    /// The text in the cell, empty if blank.
    pub(crate) fn text(&mut self, column: Column) -> &'r str {
        self.is_blank(column);
        let text = self.raw(column);
        self.check_characters(column, text);
        text
    }

    /// The text in the cell, or the id if it is blank.
    pub(crate) fn name(&mut self, column: Column, id: &str) -> String {
        let text = self.text(column);
        if text.is_empty() { id } else { text }.to_owned()
    }

    /// The ids in the cell, separated by `;`.
    pub(crate) fn ids(&mut self, column: Column) -> Vec<&'r str> {
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
                Message {
                    found,
                    expected: with_article(&column.schema.phrase),
                    hint: "name each once, with one `;` between two of them".to_owned(),
                },
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
                Message {
                    found: format!("an id of {} characters", id.chars().count()),
                    expected: format!("at most {LONGEST_ID} characters"),
                    hint: "use a shorter id, and put the long one into a name".to_owned(),
                },
            );
        }
        self.check_characters(column, id);
        if id.starts_with(' ') || id.ends_with(' ') {
            self.warning(
                column,
                OUTER_SPACE,
                Message {
                    found: quoted(id),
                    expected: "an id without a space before or behind it".to_owned(),
                    hint: "remove the space: ids are compared exactly".to_owned(),
                },
            );
        }
    }

    fn check_characters(&mut self, column: Column, text: &str) {
        if text.chars().any(char::is_control) {
            self.error(
                column,
                CONTROL_CHARACTER,
                Message {
                    found: quoted(text),
                    expected: "no control characters (line ends and tabs are such)".to_owned(),
                    hint: "remove them".to_owned(),
                },
            );
        }
    }

    /// The word in the cell or the column's default; the first of the column's words after a finding.
    pub(crate) fn choice<T: Copy, const N: usize>(
        &mut self,
        column: Column,
        words: [(&str, T); N],
    ) -> T {
        let (_, first) = words[0];
        let text = if self.is_blank(column) {
            column.schema.default.as_str()
        } else {
            self.raw(column)
        };
        self.word(column, text, words).unwrap_or(first)
    }

    /// The word in the cell; `None` if it is blank, and after a finding.
    pub(crate) fn optional_choice<T: Copy, const N: usize>(
        &mut self,
        column: Column,
        words: [(&str, T); N],
    ) -> Option<T> {
        let text = self.raw(column);
        self.word(column, text, words)
    }

    /// What the word stands for; `None` if there is none, and after a finding.
    fn word<T: Copy, const N: usize>(
        &mut self,
        column: Column,
        text: &str,
        words: [(&str, T); N],
    ) -> Option<T> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        if !text.is_empty() {
            let known = words.iter().map(|(word, _)| *word);
            let hint = match likely(text, known) {
                Some(word) => format!("write `{word}` if it is meant"),
                None => "write one of these words".to_owned(),
            };
            self.refuse(column, NO_SUCH_WORD, &hint);
        }
        None
    }
}

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
