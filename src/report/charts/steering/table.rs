//! The CSV behind the chart of steering.

use super::select::Selection;
use crate::error::Result;
use crate::report::csv::{failed, inert, number};

/// One row per access point and client region with users before or now, in the order of the picture; none is
/// left out. An access point that changes and has no users has a row with a blank client region.
///
/// `users_arriving` enter here now instead of elsewhere, `users_leaving` enter elsewhere instead of here. Ids and
/// names that a spreadsheet would run as a formula begin with an apostrophe.
pub(super) fn csv(selection: &Selection<'_>) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "access_point",
            "access_point_name",
            "state_before",
            "state_now",
            "client_region",
            "client_region_name",
            "users_before",
            "users_now",
            "users_arriving",
            "users_leaving",
        ])
        .map_err(failed)?;
    for gauge in &selection.shown {
        let place = &gauge.row.access_point;
        let mut write = |id: &str, name: &str, users: [f64; 4]| {
            let [before, now, arriving, leaving] = users.map(|users| number(Some(users)));
            table
                .write_record([
                    &*inert(&place.id),
                    &inert(&place.name),
                    gauge.row.before.word(),
                    gauge.row.now.word(),
                    &inert(id),
                    &inert(name),
                    &before,
                    &now,
                    &arriving,
                    &leaving,
                ])
                .map_err(failed)
        };
        for entry in &gauge.entries {
            let row = entry.row;
            let users = [row.before, row.now, row.arriving, row.leaving];
            write(&row.client_region.id, &row.client_region.name, users)?;
        }
        if gauge.entries.is_empty() {
            write("", "", [0.0; 4])?;
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
