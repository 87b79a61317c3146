//! The CSV behind the chart of ranked failures: one row for every case, recovery and tier.

use super::ImpactChart;
use crate::error::Result;
use crate::report::csv::{failed, inert, number};

/// Every case shown; missing headroom stands with every tier of a case.
pub(super) fn csv(chart: &ImpactChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "case",
            "failing",
            "failing_name",
            "recovery",
            "tier",
            "unserved_users",
            "worst_shortfall",
            "component",
            "resource",
            "no_site_users",
        ])
        .map_err(failed)?;
    for row in chart.blocks.iter().flat_map(|block| &block.rows) {
        for (recovery, impact) in chart.recoveries.iter().zip(&row.impacts) {
            let Some(impact) = impact else { continue };
            let missing = impact.missing.as_ref();
            for (index, (tier, users)) in chart.tiers.iter().zip(&impact.unserved).enumerate() {
                table
                    .write_record([
                        row.case.to_string().as_str(),
                        &inert(&row.failing.id),
                        &inert(&row.failing.name),
                        recovery,
                        &inert(tier),
                        &number(Some(*users)),
                        &number(Some(missing.map_or(0.0, |own| own.share))),
                        &missing.map_or("".into(), |own| inert(&own.component.id)),
                        &missing.map_or("".into(), |own| inert(&own.resource)),
                        &number(impact.no_site.get(index).copied()),
                    ])
                    .map_err(failed)?;
            }
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
