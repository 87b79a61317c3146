//! The CSV behind the chart of windows, in order of time.

use super::WindowsChart;
use crate::error::{Error, Result};
use crate::plan_files::decimal;

/// One row per time to begin.
pub(super) fn csv(chart: &WindowsChart) -> Result<Vec<u8>> {
    let failed = |error: ::csv::Error| Error::Internal(error.to_string());
    let mut rows = ::csv::Writer::from_writer(Vec::new());
    rows.write_record([
        "start",
        "end",
        "best",
        "unserved_users",
        "worst_shortfall",
        "unserved_after_one_more_failure",
        "moved_users",
    ])
    .map_err(failed)?;
    for own in &chart.windows {
        rows.write_record([
            chart.clock.instant(own.start),
            chart.clock.instant(own.end),
            if own.is_best { "yes" } else { "no" }.to_owned(),
            decimal(own.unserved),
            decimal(own.shortfall),
            own.at_risk.map(decimal).unwrap_or_default(),
            decimal(own.moved),
        ])
        .map_err(failed)?;
    }
    rows.into_inner()
        .map_err(|error| Error::Internal(error.to_string()))
}
