//! The CSV behind the chart of pairs: one row for every cell.

use super::PairsChart;
use crate::error::Result;
use crate::report::Named;
use crate::report::csv::{failed, inert, number};

/// Every pair and, with a blank second, everything alone; what was not looked at is left out.
pub(super) fn csv(chart: &PairsChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "case",
            "first",
            "first_name",
            "second",
            "second_name",
            "unserved_users",
            "worst_shortfall",
            "no_site_users",
        ])
        .map_err(failed)?;
    for (first, cells) in chart.members.iter().zip(&chart.cells) {
        for (second, cell) in chart.members.iter().zip(cells) {
            let Some(cell) = cell else { continue };
            let alone = Named::new("", "");
            let second = if second == first { &alone } else { second };
            table
                .write_record([
                    cell.case.to_string().as_str(),
                    &inert(&first.id),
                    &inert(&first.name),
                    &inert(&second.id),
                    &inert(&second.name),
                    &number(Some(cell.unserved)),
                    &number(Some(cell.missing)),
                    &number(cell.no_site),
                ])
                .map_err(failed)?;
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
