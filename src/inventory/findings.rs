//! Findings: the collector of what is wrong, which lists the first of each kind and counts the rest.

use super::schema;
use crate::diagnostic::{Code, Finding, Place, Severity};
use std::collections::BTreeMap;

/// How many findings of one code are listed for one file; the rest are counted in one more finding.
pub(crate) const LISTED_PER_CODE: usize = 50;

/// What is wrong with an inventory, as it is found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    listed: Vec<Finding>,
    counts: BTreeMap<(String, Code, Severity), usize>,
}

impl Findings {
    /// Adds an error.
    pub(crate) fn error(
        &mut self,
        code: Code,
        place: Place,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Finding::error(code, place, found, expected, hint));
    }

    /// Adds a warning.
    pub(crate) fn warning(
        &mut self,
        code: Code,
        place: Place,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Finding::error(code, place, found, expected, hint).into_warning());
    }

    fn push(&mut self, finding: Finding) {
        if self.add_to_count(&finding.place.file, finding.code, finding.severity) {
            self.listed.push(finding);
        }
    }

    /// `true` if it is one of those that are listed.
    fn add_to_count(&mut self, file: &str, code: Code, severity: Severity) -> bool {
        let key = (file.to_owned(), code, severity);
        let count = self.counts.entry(key).or_default();
        *count += 1;
        *count <= LISTED_PER_CODE
    }

    /// Counts one more finding where enough of its kind are listed, so that its words need not be made; `false` where
    /// it is to be added with them.
    pub(crate) fn is_counted(&mut self, severity: Severity, code: Code, file: &str) -> bool {
        let count = self.counts.get(&(file.to_owned(), code, severity));
        let is_full = count.is_some_and(|count| *count >= LISTED_PER_CODE);
        if is_full {
            self.add_to_count(file, code, severity);
        }
        is_full
    }

    /// `true` if a finding of this code and severity is listed for the column of a place.
    pub(crate) fn is_said_of_column(&self, of: (Severity, Code), place: &Place) -> bool {
        let mut listed = self.listed.iter();
        listed.any(|finding| {
            (finding.severity, finding.code) == of
                && finding.place.file == place.file
                && finding.place.column == place.column
        })
    }

    /// `true` if a file has a finding of a code, whatever its severity.
    pub(crate) fn has(&self, code: Code, file: &str) -> bool {
        let mut kinds = self.counts.keys();
        kinds.any(|(text, own, _)| text == file && *own == code)
    }

    /// `true` if an error about one of these columns of a file is listed.
    pub(crate) fn has_errors_about(&self, file: &str, columns: &[&str]) -> bool {
        let mut errors = self.errors();
        errors.any(|finding| {
            let column = finding.place.column.as_deref().unwrap_or_default();
            finding.place.file == file && columns.contains(&column)
        })
    }

    /// Takes back the findings of a severity and code about a column, since another says the same more strongly.
    pub(crate) fn withdraw(&mut self, of: (Severity, Code), place: &Place) {
        let is_it = |finding: &Finding| {
            (finding.severity, finding.code) == of
                && finding.place.file == place.file
                && finding.place.column == place.column
        };
        let before = self.listed.len();
        self.listed.retain(|finding| !is_it(finding));
        let key = (place.file.clone(), of.1, of.0);
        if let Some(count) = self.counts.get_mut(&key) {
            *count -= (before - self.listed.len()).min(*count);
        }
        self.counts.retain(|_, count| *count > 0);
    }

    /// The errors that are listed.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Finding> {
        let listed = self.listed.iter();
        listed.filter(|finding| finding.severity == Severity::Error)
    }

    /// `true` if nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// `true` if any of `files` has an error.
    pub(crate) fn has_errors_in(&self, files: &[&str]) -> bool {
        self.counts
            .keys()
            .any(|(file, _, severity)| *severity == Severity::Error && files.contains(&&**file))
    }

    /// `true` if `file` is missing, or of a shape in which its ids could not all be read.
    pub(crate) fn is_unreadable(&self, file: &str) -> bool {
        self.counts.keys().any(|(text, code, severity)| {
            text == file && *severity == Severity::Error && code.0.starts_with("P1")
        })
    }

    /// How many there are of a severity, listed or not.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.counts
            .iter()
            .filter(|((_, _, one_severity), _)| *one_severity == severity)
            .map(|(_, count)| count)
            .sum()
    }

    /// The listed findings in the order of files, lines, and rules; after each file's the number of the rest.
    pub(crate) fn into_sorted(mut self) -> Vec<Finding> {
        for ((file, code, severity), count) in self.counts {
            if count > LISTED_PER_CODE {
                let found = format!("{} more of {}", count - LISTED_PER_CODE, code.0);
                let hint = "fix the listed ones, then check again";
                self.listed.push(Finding {
                    severity,
                    ..Finding::error(code, Place::whole(file), found, "none", hint)
                });
            }
        }
        self.listed.sort_by_cached_key(|finding| {
            let is_rest = finding.place.line.is_none() && finding.expected == "none";
            (
                schema::rank(&finding.place.file),
                finding.place.file.clone(),
                is_rest,
                finding.place.line,
                finding.code,
            )
        });
        self.listed
    }
}

/// `1 cell`, `2 cells`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

/// A place in a row, or in one cell of it.
pub(crate) fn place(file: &str, line: u64, column: Option<&str>) -> Place {
    Place {
        file: file.to_owned(),
        line: Some(line),
        column: column.map(str::to_owned),
    }
}

/// What stands in a cell, in quotes, cut where it is longer than anybody reads.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    if text.chars().count() <= SHOWN {
        return format!("{text:?}");
    }
    let shown: String = text.chars().take(SHOWN).collect();
    format!("{:?}", format!("{shown}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_counted_not_listed() {
        let mut findings = Findings::default();
        for line in 1..=60 {
            findings.error(
                Code("P2001"),
                place("sites.csv", line, Some("site")),
                "an empty cell",
                "an id",
                "write one",
            );
        }
        assert_eq!(findings.count(Severity::Error), 60);
        let listed = findings.into_sorted();
        assert_eq!(listed.len(), 51);
        assert_eq!(listed[50].found, "10 more of P2001");
    }
}
