//! Numbers in cells: amounts, shares, limits, whole numbers.

use super::{InTable, Row, quoted, with_article};
use crate::diagnostic::{Code, Severity};
use crate::inventory::kind::{self, Bounds, Kind, NotANumber};
use crate::inventory::table::header::Column;
use crate::inventory::table::thousands::{FOR_PEOPLE, is_of_counts, without_point};

/// Not a number.
pub(crate) const NOT_A_NUMBER: Code = Code("P2101");
/// A number outside its bounds.
pub(crate) const OUT_OF_BOUNDS: Code = Code("P2102");
/// A number too large, or too small, to be kept.
pub(crate) const OUT_OF_REACH: Code = Code("P2103");
/// Not a whole number within its bounds.
pub(crate) const NOT_WHOLE: Code = Code("P2104");

impl Row<'_, '_> {
    /// The number in the cell, or the column's default.
    pub(crate) fn number(&mut self, column: impl InTable) -> f64 {
        let column = self.column(column);
        self.optional(column)
            .or_else(|| kind::number(&column.schema.default).ok())
            .unwrap_or_default()
    }

    /// The number in the cell; `None` if it is blank.
    pub(crate) fn optional(&mut self, column: impl InTable) -> Option<f64> {
        let column = self.column(column);
        let Kind::Number(bounds) = column.schema.kind else {
            return None;
        };
        if self.is_blank(column) {
            return None;
        }
        self.number_within(column, bounds)
    }

    /// The number in the cell; `None` if it says `unlimited` or is blank where that is the default.
    pub(crate) fn limit(&mut self, column: impl InTable) -> Option<f64> {
        let column = self.column(column);
        let Kind::Limit(bounds) = column.schema.kind else {
            return None;
        };
        if self.is_blank(column) || self.raw(column) == "unlimited" {
            return None;
        }
        self.number_within(column, bounds)
    }

    fn number_within(&mut self, column: Column, bounds: Bounds) -> Option<f64> {
        match kind::number(self.raw(column)) {
            Ok(value) if bounds.holds(value) => {
                self.sample(column, bounds, value);
                self.see_point(column);
                return Some(value);
            }
            Ok(_) => {
                let hint = match column.schema.unit.as_str() {
                    "share" => "write a share: 0.2 is 20 %",
                    "degrees" => "write degrees with decimals",
                    _ if bounds.is_above => "write more than 0, or leave the cell blank",
                    _ => "a negative value makes no sense here",
                };
                self.refuse(column, OUT_OF_BOUNDS, hint);
            }
            Err(NotANumber::Malformed) if self.is_for_people(column) => {}
            Err(NotANumber::Malformed) => self.refuse(
                column,
                NOT_A_NUMBER,
                "use digits, a decimal point and perhaps an exponent: `1250.5`, `1e-6`",
            ),
            Err(NotANumber::OutOfReach) => self.refuse(
                column,
                OUT_OF_REACH,
                "choose a unit with values from 1e-12 to 1e15, or 0",
            ),
        }
        None
    }

    /// Keeps a value to compare with its column. Users a thousand times others are no mistake.
    fn sample(&mut self, column: Column, bounds: Bounds, value: f64) {
        let is_of_users = column.schema.unit.starts_with("users");
        let is_of_many_units = self
            .table
            .columns
            .iter()
            .any(|column| column.name == "resource");
        if !bounds.is_amount() || is_of_users || is_of_many_units {
            return;
        }
        if let Some(seen) = column.position.and_then(|at| self.seen.get_mut(at)) {
            seen.samples.push((value, self.line));
        }
    }

    /// Keeps where the point of a count stands, to compare with its column.
    fn see_point(&mut self, column: Column) {
        if is_of_counts(column.schema) {
            let (text, line) = (self.raw(column), self.line);
            let is_of_whole = matches!(column.schema.kind, Kind::Whole(..));
            if let Some(seen) = column.position.and_then(|at| self.seen.get_mut(at)) {
                seen.points.see(text, line, is_of_whole);
            }
        }
    }

    /// Reports a number as people write it, once for a column; `false` if the cell holds something else.
    fn is_for_people(&mut self, column: Column) -> bool {
        let text = self.raw(column);
        let unit = column.schema.unit.as_str();
        let Some(hint) = plain_number(text, unit == "share").or_else(|| without_unit(text, unit))
        else {
            return false;
        };
        self.say_once(column, &hint);
        true
    }

    /// Reports how the number of a cell is to be written, once for a column.
    fn say_once(&mut self, column: Column, hint: &str) {
        let place = self.place(column);
        if !self
            .findings
            .is_said_of_column((Severity::Error, FOR_PEOPLE), &place)
        {
            let found = quoted(self.raw(column));
            let expected = with_article(&column.schema.phrase);
            let hint = format!("write {hint}, and the same in the whole column");
            self.findings
                .error(FOR_PEOPLE, place, found, expected, hint);
        }
    }

    /// The whole number in the cell; `None` if it is blank or not one. `hint` says what to do about one out of bounds.
    pub(crate) fn whole(&mut self, column: impl InTable, hint: &str) -> Option<i64> {
        let column = self.column(column);
        let Kind::Whole(least, most) = column.schema.kind else {
            return None;
        };
        if self.is_blank(column) {
            return None;
        }
        let value = kind::whole(self.raw(column)).filter(|value| (least..=most).contains(value));
        let text = self.raw(column);
        let is_whole = kind::whole(text).is_some();
        let count = without_point(text).filter(|_| !is_whole && is_of_counts(column.schema));
        if value.is_some() {
            self.see_point(column);
        } else if let Some(count) = count {
            let hint = format!("`{count}` if the point separates thousands");
            self.say_once(column, &hint);
        } else if !self.is_for_people(column) {
            let hint = if is_whole {
                hint
            } else {
                "write digits alone: no decimals, no separators, at most 2^53"
            };
            self.refuse(column, NOT_WHOLE, hint);
        }
        value
    }
}

/// How a number with its unit after it is to be written in a column of a unit; `None` if the text is none.
///
/// ```text
/// 8750 vCPU   12 TiB   450rps   10k   41.85° N
/// ```
fn without_unit(text: &str, unit: &str) -> Option<String> {
    /// Longest unit, such as `requests per second`.
    const LONGEST: usize = 24;
    if unit.is_empty() || unit == "share" {
        return None;
    }
    let is_of_unit = |letter: char| letter.is_alphabetic() || matches!(letter, '°' | '/' | ' ');
    let amount = text.trim().trim_end_matches(is_of_unit);
    let suffix = text.trim().strip_prefix(amount)?.trim();
    let is_exponent = suffix == "e" || suffix == "E";
    let has_letter = suffix
        .chars()
        .any(|letter| letter.is_alphabetic() || letter == '°');
    if is_exponent || !has_letter || suffix.chars().count() > LONGEST {
        return None;
    }
    if unit == "degrees" {
        let value = kind::number(amount).ok()?;
        let side = suffix.trim_start_matches('°').trim_start();
        return match side {
            "" | "N" | "E" => Some(format!("degrees alone, here `{value}`")),
            "S" | "W" => Some(format!("degrees alone, here `{}`", -value)),
            _ => None,
        };
    }
    let Ok(value) = kind::number(amount) else {
        return plain_number(amount, false).map(|hint| format!("no unit, and {hint}"));
    };
    if suffix == "k" || suffix == "K" {
        return Some(format!("all digits, here `{}`", value * 1e3));
    }
    Some(format!(
        "the number without its unit, here `{amount}` if `{suffix}` is the unit of the column"
    ))
}

/// How the number of a cell is to be written, where people understand it; `None` where they do not either.
fn plain_number(text: &str, is_share: bool) -> Option<String> {
    let is_typographic = text.contains('\u{2212}');
    let text = text.trim().replace('\u{2212}', "-");
    let (amount, is_percent) = match text.strip_suffix('%') {
        Some(amount) => (amount.trim_end(), true),
        None => (text.as_str(), false),
    };
    let commas = amount.matches(',').count();
    let is_separator = |letter: char| matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '_');
    // The digits between separators of thousands.
    let is_grouped = |text: &str| {
        let mut groups = text.trim_start_matches('-').split(is_separator);
        groups
            .next()
            .is_some_and(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))
            && groups.all(|group| group.len() == 3)
    };
    let before_point = |mark: char| amount.split(mark).next().unwrap_or(amount);
    let plain = |text: String| kind::number(&text).ok().map(|_| text);
    if is_percent {
        let value = kind::number(&amount.replace(',', ".")).ok()?;
        return Some(if is_share {
            // Read as it would be written: 99.9 ÷ 100 is not the number next to 0.999.
            let share = kind::number(&format!("{value}e-2")).ok()?;
            format!("a share, here `{share}`")
        } else {
            format!("the number without `%`, here `{value}`")
        });
    }
    // Points between thousands: the comma is that of decimals.
    let points = amount.matches('.').count();
    let is_comma_last = amount.rfind(',') > amount.rfind('.');
    if commas <= 1
        && (points > 1 || (points == 1 && is_comma_last))
        && (commas == 0 || is_comma_last)
    {
        let amount = amount.replace('.', " ").replace(',', ".");
        let is_written_so = is_grouped(amount.split('.').next().unwrap_or_default());
        let text = plain(amount.replace(' ', "")).filter(|_| is_written_so)?;
        return Some(match commas {
            0 => format!("it without separators, here `{text}`"),
            _ => format!("a decimal point and no separators, here `{text}`"),
        });
    }
    if is_typographic && kind::number(amount).is_ok() {
        return Some(format!("a plain minus sign, here `{amount}`"));
    }
    if commas == 0 {
        let is_written_so = amount.contains(is_separator) && is_grouped(before_point('.'));
        let plain = plain(amount.replace(is_separator, ""));
        return plain
            .filter(|_| is_written_so)
            .map(|text| format!("it without separators, here `{text}`"));
    }
    let thousands = amount.replace(',', " ");
    let is_thousands = is_grouped(thousands.split('.').next().unwrap_or_default());
    let without = plain(amount.replace(',', "")).filter(|_| is_thousands);
    let has_points = amount.contains('.');
    let with_point = plain(amount.replace(is_separator, "").replace(',', "."));
    let with_point = with_point.filter(|_| commas == 1 && !has_points);
    match (without, with_point) {
        (Some(without), Some(with_point)) => Some(format!(
            "`{without}` if the comma separates thousands, or `{with_point}` if it is a decimal comma"
        )),
        (Some(without), None) => Some(format!("it without separators, here `{without}`")),
        (None, Some(with_point)) => Some(format!("a decimal point, here `{with_point}`")),
        (None, None) => None,
    }
}
