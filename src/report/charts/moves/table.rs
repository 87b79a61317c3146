//! The CSV behind the chart of moves.

use crate::error::Result;
use crate::plan_files::{Cause, How};
use crate::report::csv::{failed, inert, number};
use crate::report::{MoveRow, Named};

/// One row per pair of sites, reason and manner, most users first; none is left out.
///
/// A blank `from_site` has no home yet, a blank `to_site` is served nowhere. Ids and names that a spreadsheet
/// would run as a formula begin with an apostrophe.
pub(super) fn csv(rows: &[MoveRow]) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "from_site",
            "from_name",
            "to_site",
            "to_name",
            "reason",
            "how",
            "users",
            "shards",
            "cause",
        ])
        .map_err(failed)?;
    for row in rows {
        let [from_site, from_name] = cells(row.from.as_ref());
        let [to_site, to_name] = cells(row.to.as_ref());
        table
            .write_record([
                from_site.as_str(),
                &from_name,
                &to_site,
                &to_name,
                row.reason.word(),
                row.how.map_or("", How::word),
                &number(Some(row.users)),
                &row.shards.to_string(),
                row.cause.map_or("", Cause::word),
            ])
            .map_err(failed)?;
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}

/// Id and name, blank for nowhere.
fn cells(site: Option<&Named>) -> [String; 2] {
    site.map_or_else(
        || [String::new(), String::new()],
        |site| [inert(&site.id).into_owned(), inert(&site.name).into_owned()],
    )
}
