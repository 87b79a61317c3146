//! Findings: what is wrong with the user's input, where, and what to do about it.
//!
//! A finding is collected, never thrown: all of them are reported at once.

pub(crate) mod amounts;
pub(crate) mod nearest;

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is planned until it is fixed.
    Error,
    /// The plan is made, and says so.
    Warning,
}

/// A code such as `P2104`, documented in `docs/errors.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

/// Where in the input something was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// File name, such as `shards.csv`.
    pub file: String,
    /// Line, counted from 1; `None` if the whole file is meant.
    pub line: Option<u64>,
    /// Column name of a CSV file, or key of a scenario file.
    pub column: Option<String>,
}

/// One thing that is wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Error or warning.
    pub severity: Severity,
    /// The rule that was broken.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// What stands there, as a phrase: `"-3"` in quotes, or words such as `no such site`.
    pub found: String,
    /// What should stand there, as a phrase.
    pub expected: String,
    /// One thing to do.
    pub hint: String,
}

impl Place {
    /// The place of a finding about a whole file or folder, or about an option.
    pub(crate) fn whole(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            column: None,
        }
    }
}

impl Finding {
    /// An error.
    pub(crate) fn error(
        code: Code,
        place: Place,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            place,
            found: found.into(),
            expected: expected.into(),
            hint: hint.into(),
        }
    }

    /// The same finding as a warning.
    #[must_use]
    pub(crate) fn into_warning(self) -> Self {
        Self {
            severity: Severity::Warning,
            ..self
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            let is_table = self.file.strip_suffix(".csv").is_some();
            let word = if is_table { "column" } else { "key" };
            write!(f, ": {word} {column}")?;
        }
        Ok(())
    }
}

/// `shards.csv:14: column users: found "-3", expected a whole number of 0 or more [P2104]`,
/// then a line with the hint.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: found {}, expected {} [{}]\nhint: {}",
            self.place, self.found, self.expected, self.code.0, self.hint
        )
    }
}

/// `true` if any finding is an error.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}
