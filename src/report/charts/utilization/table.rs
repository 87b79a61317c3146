//! The CSV behind the chart of utilization by site and failure: one row for every cell.

use super::UtilizationChart;
use crate::error::Result;
use crate::report::csv::{failed, inert, number};

/// Every site in every case; `utilization` and `target` are shares of capacity, blank where a site is out of service.
pub(super) fn csv(chart: &UtilizationChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "case",
            "failing",
            "failing_name",
            "site",
            "name",
            "resource",
            "utilization",
            "target",
            "state",
        ])
        .map_err(failed)?;
    for row in &chart.rows {
        for (column, cell) in chart.columns.iter().zip(&row.cells) {
            let cell = cell.as_ref();
            table
                .write_record([
                    column.case.to_string().as_str(),
                    &inert(&column.failing.id),
                    &inert(&column.failing.name),
                    &inert(&row.site.id),
                    &inert(&row.site.name),
                    &cell.map_or("".into(), |own| inert(&own.resource)),
                    &number(cell.map(|own| own.utilization)),
                    &number(cell.map(|own| own.target)),
                    cell.map_or("out of service", |own| own.state.words()),
                ])
                .map_err(failed)?;
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
