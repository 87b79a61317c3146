//! Findings: the collector of what is wrong, which lists the first of each kind and counts the rest.

use super::schema;
use crate::diagnostic::{Code, Finding, Place, Severity};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many findings of one code are listed for one file; the rest are counted in one more finding.
pub(crate) const LISTED_PER_CODE: usize = 50;

/// What is wrong with an inventory, as it is found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    listed: Vec<RepeatedFinding>,
    counts: BTreeMap<(String, Code, Severity), usize>,
    /// How many errors are the same as a listed one, on other lines.
    repeated_errors: usize,
}

/// A finding, and the other lines on which the same is found.
#[derive(Debug)]
struct RepeatedFinding {
    finding: Finding,
    /// The first of them.
    also: Vec<u64>,
    /// How many others there are.
    others: usize,
}

/// How many other lines a finding names.
const NAMED_LINES: usize = 5;

impl RepeatedFinding {
    /// `true` if another finding is the same on another line.
    fn is_same(&self, other: &Finding) -> bool {
        let kind = |finding: &Finding| {
            let has_line = finding.place.line.is_some();
            (finding.severity, finding.code, has_line)
        };
        let first = &self.finding;
        kind(first) == kind(other)
            && first.place.line.is_some()
            && first.found == other.found
            && first.place.column == other.place.column
            && first.place.file == other.place.file
            && first.expected == other.expected
            && first.hint == other.hint
    }

    /// Adds the line of the same finding.
    fn repeat(&mut self, line: u64) {
        if self.also.len() < NAMED_LINES {
            self.also.push(line);
        } else {
            self.others += 1;
        }
    }

    /// The finding with the other lines.
    fn into_finding(self) -> Finding {
        let mut finding = self.finding;
        let mut also = self.also.iter().map(u64::to_string).collect::<Vec<_>>();
        let last = match self.others {
            0 => also.pop(),
            others => Some(format!("{others} others")),
        };
        if let Some(last) = last {
            let word = if also.is_empty() { "line" } else { "lines" };
            let before = match also.join(", ") {
                before if before.is_empty() => String::new(),
                before => before + " and ",
            };
            let _ = write!(finding.found, " (also on {word} {before}{last})");
        }
        finding
    }
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
        let same = self
            .listed
            .iter_mut()
            .find(|listed| listed.is_same(&finding));
        if let (Some(same), Some(line)) = (same, finding.place.line) {
            same.repeat(line);
            self.repeated_errors += usize::from(finding.severity == Severity::Error);
        } else if self.add_to_count(&finding.place.file, finding.code, finding.severity) {
            self.listed.push(RepeatedFinding {
                finding,
                also: Vec::new(),
                others: 0,
            });
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
        let mut listed = self.listed.iter().map(|listed| &listed.finding);
        listed.any(|finding| {
            (finding.severity, finding.code) == of
                && finding.place.file == place.file
                && finding.place.column == place.column
        })
    }

    /// `true` if a file has a finding of a code, whatever its severity.
    pub(crate) fn has(&self, code: Code, file: &str) -> bool {
        let mut kinds = self.counts.keys();
        kinds.any(|(text, found, _)| text == file && *found == code)
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
        self.listed.retain(|listed| !is_it(&listed.finding));
        let key = (place.file.clone(), of.1, of.0);
        if let Some(count) = self.counts.get_mut(&key) {
            *count -= (before - self.listed.len()).min(*count);
        }
        self.counts.retain(|_, count| *count > 0);
    }

    /// The errors that are listed.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Finding> {
        let listed = self.listed.iter().map(|listed| &listed.finding);
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

    /// How many cells and rows have an error, also those that repeat another.
    pub(crate) fn count_of_rows(&self) -> usize {
        self.count(Severity::Error) + self.repeated_errors
    }

    /// How many there are of a severity, listed or not; the same on several lines is one.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.counts
            .iter()
            .filter(|((_, _, one_severity), _)| *one_severity == severity)
            .map(|(_, count)| count)
            .sum()
    }

    /// The listed findings in the order of files, lines, and rules; after each file's the number of the rest.
    pub(crate) fn into_sorted(self) -> Vec<Finding> {
        let listed = self.listed.into_iter().map(RepeatedFinding::into_finding);
        let mut all: Vec<Finding> = listed.collect();
        for ((file, code, severity), count) in self.counts {
            if count > LISTED_PER_CODE {
                let found = format!("{} more of {}", count - LISTED_PER_CODE, code.0);
                let hint = "fix the listed ones, then check again";
                all.push(Finding {
                    severity,
                    ..Finding::error(code, Place::whole(file), found, "none", hint)
                });
            }
        }
        all.sort_by_cached_key(|finding| {
            let is_rest = finding.place.line.is_none() && finding.expected == "none";
            (
                schema::rank(&finding.place.file),
                finding.place.file.clone(),
                is_rest,
                finding.place.line,
                finding.code,
            )
        });
        all
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
                format!("a cell of line {line}"),
                "an id",
                "write one",
            );
        }
        assert_eq!(findings.count(Severity::Error), 60);
        let listed = findings.into_sorted();
        assert_eq!(listed.len(), 51);
        assert_eq!(listed[50].found, "10 more of P2001");
    }

    #[test]
    fn the_same_on_several_lines_is_one_finding() {
        let found = |lines: u64| {
            let mut findings = Findings::default();
            for line in 2..2 + lines {
                let at = place("sites.csv", line, Some("cpu"));
                findings.error(Code("P2001"), at, "a blank cell", "a number", "write one");
            }
            assert_eq!(findings.count(Severity::Error), 1);
            let [finding] = &findings.into_sorted()[..] else {
                panic!("one finding");
            };
            finding.found.clone()
        };
        assert_eq!(found(1), "a blank cell");
        assert_eq!(found(2), "a blank cell (also on line 3)");
        assert_eq!(found(4), "a blank cell (also on lines 3, 4 and 5)");
        assert_eq!(
            found(100),
            "a blank cell (also on lines 3, 4, 5, 6, 7 and 94 others)"
        );
    }
}
