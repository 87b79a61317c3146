//! Cells of CSV tables: texts that no spreadsheet runs, and numbers in full precision.

use crate::error::Error;
use crate::plan_files::guarded;
use std::borrow::Cow;

/// A cell that no spreadsheet runs, by the rule of the plan's own tables.
///
/// ```
/// use plimsoll::report::csv::inert;
/// assert_eq!(inert("=1+1"), "'=1+1");
/// assert_eq!(inert("Chicago"), "Chicago");
/// ```
pub fn inert(text: &str) -> Cow<'_, str> {
    guarded(text)
}

/// The number as it reads back the same; blank if there is none.
pub(super) fn number(value: Option<f64>) -> String {
    value
        .filter(|value| value.is_finite())
        // Adding 0 turns -0 into 0 and leaves every other number as it is.
        .map_or_else(String::new, |value| (value + 0.0).to_string())
}

/// Writing to memory does not fail; if it does, it is a bug.
pub(super) fn failed(error: impl std::error::Error) -> Error {
    Error::Internal(format!("a CSV table could not be written: {error}"))
}
