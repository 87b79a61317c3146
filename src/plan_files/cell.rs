//! Cells: how one value stands in a CSV file, written and read by the same rule.

use jiff::civil::Date;
use lean_string::LeanString;
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// What is wrong with a cell: the rule's code, what was expected, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    pub(crate) code: &'static str,
    pub(crate) expected: String,
    pub(crate) hint: &'static str,
}

impl Misread {
    /// A blank cell where the column needs a value.
    fn blank(expected: &str) -> Self {
        Self {
            code: "P6008",
            expected: expected.to_owned(),
            hint: "write the value; a blank never means zero",
        }
    }

    /// The value whose word a cell has, or that it has none of these words.
    pub(super) fn word<T: Copy>(
        text: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Result<T, Self> {
        let known = all.iter().copied().find(|value| word(*value) == text);
        known.ok_or_else(|| {
            let words = all.iter().map(|value| format!("`{}`", word(*value)));
            let words: Vec<String> = words.collect();
            Self {
                code: "P6009",
                expected: format!("one of {}", words.join(", ")),
                hint: "write one of the words in lower case",
            }
        })
    }
}

/// The value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue<'a> {
    /// None.
    Blank,
    /// A number.
    Number(f64),
    /// A word, a name or any other text.
    Text(Cow<'a, str>),
}

impl From<f64> for CellValue<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<u64> for CellValue<'_> {
    fn from(count: u64) -> Self {
        Self::Number(count as f64)
    }
}

impl From<u32> for CellValue<'_> {
    fn from(count: u32) -> Self {
        Self::Number(f64::from(count))
    }
}

impl<'a> From<&'a str> for CellValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// A value that stands in one cell.
pub(crate) trait WrittenCell: Sized {
    /// Appends the cell's text, without quotes.
    fn write(&self, text: &mut String);
    /// The value of a cell's text.
    fn read(text: &str) -> Result<Self, Misread>;
    /// `true` if the value can stand in a file; numbers must be finite.
    fn is_writable(&self) -> bool {
        true
    }
    /// The value, as it is compared with another one.
    fn value(&self) -> CellValue<'_>;
}

/// An id in a row: texts of up to 16 bytes, as ids are, need no memory beside the row.
pub type Text = LeanString;

/// A number that may be negative. All other numbers of the plan's files are 0 or more.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Signed(pub f64);

/// A calendar month, by its first day; `2012-11` in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarMonth(pub Date);

impl fmt::Display for CalendarMonth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.strftime("%Y-%m"))
    }
}

/// The shortest decimal that reads back as `value`: never an exponent, no `.0`, no `-0`.
///
/// ```
/// use plimsoll::plan_files::decimal;
/// assert_eq!(decimal(40.0), "40");
/// assert_eq!(decimal(0.1 + 0.2), "0.30000000000000004");
/// assert_eq!(decimal(-0.0), "0");
/// assert_eq!(decimal(1e21), "1000000000000000000000");
/// ```
pub fn decimal(value: f64) -> String {
    let mut text = String::new();
    write_decimal(value, &mut text);
    text
}

/// Appends [`decimal`].
fn write_decimal(value: f64, text: &mut String) {
    /// Whole numbers below this are distinguished (2⁵³), and most numbers of a plan are such: users.
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "only numbers that are whole and small enough are written as such"
    )]
    let written = if value.abs() < LARGEST_EXACT && value.trunc() == value {
        write!(text, "{}", value as i64)
    } else {
        // `Display` of f64 is the shortest that reads back, without an exponent.
        write!(text, "{value}")
    };
    written.expect("invariant: a string takes every text");
}

/// The finite number that `text` spells.
fn number(text: &str, expected: &str) -> Result<f64, Misread> {
    if text.is_empty() {
        return Err(Misread::blank(expected));
    }
    let spelled = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(value) if spelled && value.is_finite() => Ok(value),
        _ => Err(Misread {
            code: "P6006",
            expected: expected.to_owned(),
            hint: "write a decimal such as 12.5, with a point and without a unit",
        }),
    }
}

impl WrittenCell for f64 {
    fn write(&self, text: &mut String) {
        write_decimal(*self, text);
    }

    fn read(text: &str) -> Result<Self, Misread> {
        let expected = "a number of 0 or more";
        let value = number(text, expected)?;
        if value < 0.0 {
            return Err(Misread {
                code: "P6007",
                expected: expected.to_owned(),
                hint: "write a count, which is never negative",
            });
        }
        Ok(value + 0.0)
    }

    fn is_writable(&self) -> bool {
        self.is_finite()
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Number(*self)
    }
}

impl WrittenCell for Signed {
    fn write(&self, text: &mut String) {
        write_decimal(self.0, text);
    }

    fn read(text: &str) -> Result<Self, Misread> {
        number(text, "a number").map(Self)
    }

    fn is_writable(&self) -> bool {
        self.0.is_finite()
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Number(self.0)
    }
}

impl WrittenCell for u32 {
    fn write(&self, text: &mut String) {
        write!(text, "{self}").expect("invariant: a string takes every text");
    }

    fn read(text: &str) -> Result<Self, Misread> {
        let expected = "a whole number of 0 or more";
        if text.is_empty() {
            return Err(Misread::blank(expected));
        }
        text.parse().map_err(|_| Misread {
            code: "P6006",
            expected: expected.to_owned(),
            hint: "periods and waves count from 0",
        })
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Number(f64::from(*self))
    }
}

impl WrittenCell for CalendarMonth {
    fn write(&self, text: &mut String) {
        write!(text, "{self}").expect("invariant: a string takes every text");
    }

    fn read(text: &str) -> Result<Self, Misread> {
        let expected = "a month, such as 2012-11";
        if text.is_empty() {
            return Err(Misread::blank(expected));
        }
        let month = format!("{text}-01").parse().ok().map(Self);
        // Only as it is written.
        let month = month.filter(|calendar_month| calendar_month.to_string() == text);
        month.ok_or_else(|| Misread {
            code: "P6009",
            expected: expected.to_owned(),
            hint: "write the year in four digits and the month in two",
        })
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Owned(self.to_string()))
    }
}

/// Every text of the plan's files passes here: no spreadsheet runs it, and it reads back the same.
impl WrittenCell for String {
    fn write(&self, text: &mut String) {
        text.push_str(&guarded(self));
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.is_empty() {
            return Err(Misread::blank("a text"));
        }
        Ok(unguarded(text).to_owned())
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Borrowed(self))
    }
}

impl WrittenCell for Text {
    fn write(&self, text: &mut String) {
        text.push_str(&guarded(self));
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.is_empty() {
            return Err(Misread::blank("a text"));
        }
        Ok(Self::from(unguarded(text)))
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Borrowed(self))
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

impl WrittenCell for bool {
    fn write(&self, text: &mut String) {
        text.push_str(yes_or_no(*self));
    }

    fn read(text: &str) -> Result<Self, Misread> {
        Misread::word(text, &[true, false], yes_or_no)
    }

    fn value(&self) -> CellValue<'_> {
        CellValue::Text(Cow::Borrowed(yes_or_no(*self)))
    }
}

impl<T: WrittenCell> WrittenCell for Option<T> {
    fn write(&self, text: &mut String) {
        if let Some(value) = self {
            value.write(text);
        }
    }

    fn read(text: &str) -> Result<Self, Misread> {
        if text.is_empty() {
            return Ok(None);
        }
        T::read(text).map(Some)
    }

    fn is_writable(&self) -> bool {
        self.as_ref().is_none_or(T::is_writable)
    }

    fn value(&self) -> CellValue<'_> {
        self.as_ref().map_or(CellValue::Blank, WrittenCell::value)
    }
}

/// The apostrophe that says "what follows is text" to every spreadsheet.
const GUARD: char = '\'';

/// `true` for text that a spreadsheet takes for a formula: after white space it begins with `=`, `+`, `-` or `@`,
/// also in full width, or it begins with a tab or a line end.
fn is_run(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The text of a cell: one apostrophe in front of what a spreadsheet would run, and of what has one already.
///
/// ```
/// use plimsoll::plan_files::{guarded, unguarded};
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(guarded("Chicago"), "Chicago");
/// assert_eq!(guarded("'t Gooi"), "''t Gooi");
/// assert_eq!(unguarded(&guarded("'t Gooi")), "'t Gooi");
/// ```
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(GUARD) || is_run(text) {
        Cow::Owned(format!("{GUARD}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that a cell means: without the apostrophe that [`guarded`] puts in front.
///
/// Text that needed one and has none, as a hand may write it, is taken as it is.
///
/// ```
/// use plimsoll::plan_files::unguarded;
/// assert_eq!(unguarded("'=1+1"), "=1+1");
/// assert_eq!(unguarded("=1+1"), "=1+1");
/// assert_eq!(unguarded("'t Gooi"), "'t Gooi");
/// ```
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix(GUARD) {
        Some(rest) if rest.starts_with(GUARD) || is_run(rest) => rest,
        _ => text,
    }
}
