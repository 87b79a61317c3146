//! The CSV behind the chart of exposure: one row for every tier and detection.

use super::ExposureChart;
use crate::error::Result;
use crate::report::csv::{failed, inert, number};

/// Every bar.
pub(super) fn csv(chart: &ExposureChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "tier",
            "detect_minutes",
            "tenants",
            "within",
            "worst_minutes",
            "allowed_minutes",
            "lost_user_minutes",
        ])
        .map_err(failed)?;
    for own in &chart.tiers {
        for detected in &own.detected {
            table
                .write_record([
                    inert(&own.tier).as_ref(),
                    &number(Some(detected.minutes)),
                    &own.tenants.to_string(),
                    &detected.within.to_string(),
                    &number(Some(detected.worst_minutes)),
                    &number(Some(own.allowed_minutes)),
                    &number(Some(detected.user_minutes)),
                ])
                .map_err(failed)?;
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
