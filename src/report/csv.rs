//! CSV behind the charts: what is shown, in the order shown, in full precision.

use super::headroom::Selection;
use crate::error::{Error, Result};
use crate::plan_files::guarded;
use std::borrow::Cow;

/// The CSV behind the headroom chart.
///
/// One row per row of the picture; `block` is `sites` or `others`; `before`, `during` and `target` are shares
/// of capacity, blank where undefined; `load`, `capacity` and `room` are in `unit`; `state` is the legend's
/// word. Ids and names that a spreadsheet would run as a formula begin with an apostrophe.
pub fn headroom(selection: &Selection<'_>) -> Result<Vec<u8>> {
    let mut rows = ::csv::Writer::from_writer(Vec::new());
    rows.write_record([
        "block",
        "component",
        "name",
        "kind",
        "resource",
        "unit",
        "standing",
        "before",
        "during",
        "target",
        "load",
        "capacity",
        "room",
        "state",
    ])
    .map_err(failed)?;
    let sites = selection.sites.iter().map(|row| ("sites", row));
    let others = selection.others.iter().map(|row| ("others", row));
    for (block, row) in sites.chain(others) {
        rows.write_record([
            block,
            &inert(&row.component),
            &inert(&row.name),
            row.kind.word(),
            &inert(&row.resource),
            &inert(&row.unit),
            row.standing.word(),
            &number(row.headroom_before()),
            &number(row.headroom_during()),
            &number(row.target),
            &number(Some(row.load)),
            &number(Some(row.capacity)),
            &number(Some(row.room())),
            row.state().words(),
        ])
        .map_err(failed)?;
    }
    rows.into_inner()
        .map_err(|error| failed(error.into_error()))
}

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
    Error::Internal(format!("the CSV of a chart could not be written: {error}"))
}
