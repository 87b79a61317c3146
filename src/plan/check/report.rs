//! What the referee notes: broken rules, each with its place.

use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::units::AGREEMENT;

/// A rule of the referee.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Such as `P7105`.
    pub(super) code: &'static str,
    /// One thing to do.
    pub(super) hint: &'static str,
}

impl Rule {
    /// The rule of a code, with one thing to do.
    pub(super) const fn new(code: &'static str, hint: &'static str) -> Self {
        Self { code, hint }
    }
}

/// A cell of a written file; line 0 is a file without lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) file: &'static str,
    pub(super) line: u64,
    pub(super) column: Option<&'a str>,
}

impl<'a> At<'a> {
    /// A cell.
    pub(super) fn cell(file: &'static str, line: u64, column: &'a str) -> Self {
        Self {
            file,
            line,
            column: Some(column),
        }
    }

    /// A whole file.
    pub(super) fn file(file: &'static str) -> Self {
        Self {
            file,
            line: 0,
            column: None,
        }
    }
}

/// The broken rules so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) broken: Vec<Finding>,
    /// Transitions that the plan is refused for: the period, and why, as far as summary.json tells.
    pub(super) refused: Vec<(usize, Option<String>)>,
}

impl Report {
    /// Notes a broken rule.
    pub(super) fn add(
        &mut self,
        rule: Rule,
        at: At<'_>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.broken.push(Finding {
            severity: Severity::Error,
            code: Code(rule.code),
            place: Place {
                file: at.file.to_owned(),
                line: (at.line > 0).then_some(at.line),
                column: at.column.map(str::to_owned),
            },
            found: found.into(),
            expected: expected.into(),
            hint: rule.hint.to_owned(),
        });
    }
}

/// `true` if two amounts are the same, relative to the larger of them, with a billionth of `scale` for what
/// arithmetic leaves of zero.
pub(super) fn is_same(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= AGREEMENT * a.abs().max(b.abs()) + 1e-9 * scale.abs()
}

/// `true` if two differences of amounts as large as `scale` are the same: they have the error of the amounts.
pub(super) fn is_same_difference(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= AGREEMENT * a.abs().max(b.abs()).max(scale.abs())
}

/// `true` if two counts of users, taken from the same written rows, are the same.
///
/// Sums of a million decimals differ in their twelfth digit; one user of a hundred million is the ninth.
pub(super) fn is_same_count(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0) + 1e-6
}

/// A blank or a value, as they would stand in a cell.
pub(super) fn cell_text(value: Option<f64>) -> String {
    value.map_or_else(
        || "a blank cell".to_owned(),
        crate::diagnostic::amounts::rounded,
    )
}
