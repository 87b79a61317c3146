//! Thousands: counts whose point may separate thousands, though it reads as a decimal point.

use crate::diagnostic::{Code, Severity};
use crate::inventory::findings::{Findings, place, quoted};
use crate::inventory::kind::Kind;
use crate::inventory::schema;

/// A number as people write it: with a percent sign, separators of thousands or a decimal comma (a warning where it can be
/// read otherwise).
pub(crate) const FOR_PEOPLE: Code = Code("P2109");

/// How the points of a column stand in its cells.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a separate fact about the cells"
)]
pub(crate) struct Points {
    /// The first cell whose point has three digits after it, and its line.
    first: Option<(u64, String)>,
    /// How many cells have such a point.
    count: usize,
    /// `true` if one of them ends in a 0, which nothing writes that shortens decimals.
    is_padded: bool,
    /// `true` if a cell has a point elsewhere, which is that of decimals.
    has_decimals: bool,
    /// `true` if a cell has no point, though one that pads decimals would write it.
    has_none: bool,
    /// `true` if the column counts whole things, of which nobody writes decimals.
    is_of_whole: bool,
}

impl Points {
    /// Adds a cell that was read as a number.
    pub(crate) fn see(&mut self, text: &str, line: u64, is_of_whole: bool) {
        self.is_of_whole = is_of_whole;
        if !text.contains('.') {
            self.has_none |= text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        } else if without_point(text).is_none() {
            self.has_decimals = true;
        } else {
            self.count += 1;
            self.is_padded |= text.ends_with('0');
            self.first.get_or_insert_with(|| (line, text.to_owned()));
        }
    }

    /// Adds the cells of later rows.
    pub(crate) fn add(&mut self, later: Self) {
        self.count += later.count;
        self.is_padded |= later.is_padded;
        self.has_decimals |= later.has_decimals;
        self.has_none |= later.has_none;
        self.is_of_whole |= later.is_of_whole;
        self.first = self.first.take().or(later.first);
    }

    /// Warns once of a column where every point may separate thousands, though other rows have none or the
    /// column has no decimals; `true` if it does.
    pub(crate) fn warn(&self, file: &str, column: &str, findings: &mut Findings) -> bool {
        let Some((line, text)) = &self.first else {
            return false;
        };
        let Some(count) = without_point(text) else {
            return false;
        };
        let place = place(file, *line, Some(column));
        let is_said = findings.is_said_of_column((Severity::Error, FOR_PEOPLE), &place);
        let is_odd = self.has_none || self.is_of_whole;
        if self.has_decimals || !is_odd || !self.is_padded || is_said {
            return false;
        }
        let and_more = match self.count {
            1 => String::new(),
            count => format!(", the first of {count} such cells"),
        };
        let decimal = text.trim_end_matches('0').trim_end_matches('.');
        findings.warning(
            FOR_PEOPLE,
            place,
            format!("{}{and_more}, read as {decimal}", quoted(text)),
            if self.has_none {
                "no point before three digits, as in other rows"
            } else {
                "no point before three digits"
            },
            format!(
                "write `{count}` if the point separates thousands, or `{decimal}` if it is a decimal point"
            ),
        );
        true
    }
}

/// `true` if a column counts what comes in thousands: users, sessions, amounts of a resource.
pub(crate) fn is_of_counts(column: &schema::Column) -> bool {
    let units = ["users", "user sessions", "the resource's"];
    let is_number = matches!(
        column.kind,
        Kind::Whole(..) | Kind::Number(_) | Kind::Limit(_)
    );
    is_number && units.iter().any(|unit| column.unit.starts_with(unit))
}

/// The count that is meant if the point of a text separates thousands: `40000` of `40.000`.
pub(crate) fn without_point(text: &str) -> Option<String> {
    let (before, after) = text.split_once('.')?;
    let digits = before.strip_prefix('-').unwrap_or(before);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_thousands = (1..=3).contains(&digits.len())
        && !digits.starts_with('0')
        && after.len() == 3
        && is_digits(digits)
        && is_digits(after);
    is_thousands.then(|| format!("{before}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_before_three_digits_may_separate_thousands() {
        for (text, count) in [("40.000", "40000"), ("1.250", "1250"), ("-3.000", "-3000")] {
            assert_eq!(without_point(text).as_deref(), Some(count));
        }
        for text in [
            "40", "0.125", "1000.000", "1.25", "1.0000", "1.000e3", ".000",
        ] {
            assert_eq!(without_point(text), None, "{text}");
        }
    }
}
