//! The CSV behind the chart of windows, in order of time.

use super::{Standing, WindowsChart};
use crate::error::{Error, Result};
use crate::plan_files::decimal;

/// One row per time to begin.
pub(super) fn csv(chart: &WindowsChart) -> Result<Vec<u8>> {
    let word = |is_so| if is_so { "yes" } else { "no" }.to_owned();
    let failed = |error: ::csv::Error| Error::Internal(error.to_string());
    let mut rows = ::csv::Writer::from_writer(Vec::new());
    rows.write_record([
        "start",
        "end",
        "best",
        "as_good",
        "drain_refused",
        "unserved_users",
        "worst_shortfall",
        "unserved_after_one_more_failure",
        "moved_users",
        "busiest_users",
    ])
    .map_err(failed)?;
    for own in &chart.windows {
        rows.write_record([
            chart.clock.instant(own.start),
            chart.clock.instant(own.end),
            word(own.standing == Standing::Best),
            word(matches!(own.standing, Standing::Best | Standing::AsGood)),
            word(own.standing == Standing::Refused),
            decimal(own.unserved),
            decimal(own.shortfall),
            own.at_risk.map(decimal).unwrap_or_default(),
            decimal(own.moved),
            decimal(own.busiest_users),
        ])
        .map_err(failed)?;
    }
    rows.into_inner()
        .map_err(|error| Error::Internal(error.to_string()))
}
