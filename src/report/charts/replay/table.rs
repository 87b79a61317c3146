//! The CSV behind a chart of a replay: neighbouring steps in which the same is shown are one row.

use super::ReplayChart;
use crate::error::Result;
use crate::report::csv::{failed, number};

/// Every curve, panel by panel.
pub(super) fn csv(chart: &ReplayChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record(["shown", "run", "start", "end", "value", "limit"])
        .map_err(failed)?;
    for panel in &chart.panels {
        for curve in &panel.curves {
            let limit = |step: usize| curve.limits.get(step).copied();
            let is_same = |a: usize, b: usize| {
                let values = [a, b].map(|own| curve.values.get(own).copied());
                let same = |[a, b]: [Option<f64>; 2]| match (a, b) {
                    (Some(a), Some(b)) => a.total_cmp(&b).is_eq(),
                    (a, b) => a.is_none() && b.is_none(),
                };
                same(values) && same([a, b].map(limit))
            };
            let steps: Vec<usize> = (0..curve.values.len()).collect();
            for part in steps.chunk_by(|a, b| is_same(*a, *b)) {
                let (Some(first), Some(last)) = (part.first(), part.last()) else {
                    continue;
                };
                let at = |bound: usize| {
                    let own = curve.bounds.get(bound);
                    own.map_or_else(String::new, |own| chart.clock.instant(*own))
                };
                table
                    .write_record([
                        panel.column,
                        curve.run,
                        &at(*first),
                        &at(last + 1),
                        &number(curve.values.get(*first).copied()),
                        &number(limit(*first)),
                    ])
                    .map_err(failed)?;
            }
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
