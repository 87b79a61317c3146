//! The CSV behind the chart of waves: one row for every wave and site.

use super::WavesChart;
use crate::error::Result;
use crate::report::csv::{failed, inert, number};

/// Every bar.
pub(super) fn csv(chart: &WavesChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "wave",
            "start",
            "end",
            "gate_end",
            "site",
            "users_out",
            "users_in",
            "users_placed",
        ])
        .map_err(failed)?;
    for wave in &chart.waves {
        let instants = [wave.start, wave.end, wave.gate_end].map(|at| chart.clock.instant(at));
        let mut row = |site: &str, [out, into, placed]: [f64; 3]| {
            table
                .write_record([
                    wave.number.to_string().as_str(),
                    &instants[0],
                    &instants[1],
                    &instants[2],
                    inert(site).as_ref(),
                    &number(Some(out)),
                    &number(Some(into)),
                    &number(Some(placed)),
                ])
                .map_err(failed)
        };
        if wave.sites.is_empty() {
            row("", [0.0; 3])?;
        }
        for own in &wave.sites {
            let numbers = [own.users_out, own.users_in, own.users_placed];
            row(&own.site, numbers)?;
        }
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
