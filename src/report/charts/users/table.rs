//! The CSV behind the chart of users by state: one row for every period.

use super::UsersChart;
use crate::error::Result;
use crate::report::csv::{failed, number};

/// `users` is the sum of `at_home`, `away`, `new` and `unserved`; the columns after it are of these.
pub(super) fn csv(chart: &UsersChart) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "period", "start", "end", "phase", "users", "at_home", "away", "new", "unserved",
            "moving", "copied", "returned", "hurt", "no_site",
        ])
        .map_err(failed)?;
    for period in chart.in_order() {
        let mut record = vec![
            period.index.to_string(),
            chart.clock.instant(period.start),
            chart.clock.instant(period.end),
            period.phase.word().to_owned(),
        ];
        let counts = [
            period.users,
            period.at_home,
            period.away,
            period.new,
            period.unserved,
            period.moving,
            period.copied,
            period.returned,
            period.hurt,
            period.no_site,
        ];
        record.extend(counts.map(|count| number(Some(count))));
        table.write_record(&record).map_err(failed)?;
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
