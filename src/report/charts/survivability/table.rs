//! The CSV behind the chart of survivability: one row for every tier and number of failures.

use super::SurvivabilityChart;
use crate::error::Result;
use crate::report::csv::{failed, inert, number};

/// Every bar; `share` is of the tier's tenants.
pub(super) fn csv(chart: &SurvivabilityChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record(["tier", "cases", "tenants", "survive", "share"])
        .map_err(failed)?;
    for own in &chart.tiers {
        for (cases, survive) in chart.cases.iter().zip(&own.survive) {
            let share = (own.tenants > 0).then(|| *survive as f64 / own.tenants as f64);
            table
                .write_record([
                    inert(&own.tier).as_ref(),
                    cases,
                    &own.tenants.to_string(),
                    &survive.to_string(),
                    &number(share),
                ])
                .map_err(failed)?;
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
