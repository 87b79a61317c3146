//! The CSV behind the chart of headroom through the periods: one row for every event and every cell.

use super::HeadroomThroughChart;
use super::layout::Rows;
use crate::error::Result;
use crate::report::csv::{failed, inert, number};

/// Events first (`block` is `events`, `kind` is what happens, `known_from` says when it is known), then every cell.
///
/// `headroom` is what is shown, which is the truth; `believed_headroom` is what the plan counts with; both are
/// shares of capacity, blank where undefined.
pub(super) fn csv(chart: &HeadroomThroughChart, rows: &Rows<'_>) -> Result<Vec<u8>> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table
        .write_record([
            "block",
            "component",
            "name",
            "kind",
            "resource",
            "unit",
            "period",
            "start",
            "end",
            "known_from",
            "phase",
            "standing",
            "headroom",
            "believed_headroom",
            "target",
            "load",
            "capacity",
            "state",
        ])
        .map_err(failed)?;
    let mut events: Vec<_> = chart.events.iter().collect();
    events.sort();
    let clock = &chart.clock;
    for event in events {
        let name = format!("{}: {}", event.subject, event.what);
        let mut record = vec![String::new(); 18];
        "events".clone_into(&mut record[0]);
        record[2] = inert(&name).into_owned();
        event.kind.word().clone_into(&mut record[3]);
        record[7] = clock.instant(event.start);
        record[8] = clock.instant(event.end);
        if let Some(known) = event.known_from() {
            record[9] = clock.instant(known);
        }
        table.write_record(&record).map_err(failed)?;
    }
    for (block, period, cell) in rows.cells() {
        let (row, period) = (cell.shown, &chart.periods[period]);
        let believed = cell.believed.unwrap_or(row);
        table
            .write_record([
                block,
                &inert(&row.component),
                &inert(&row.name),
                row.kind.word(),
                &inert(&row.resource),
                &inert(&row.unit),
                &period.index.to_string(),
                &clock.instant(period.start),
                &clock.instant(period.end),
                "",
                period.phase.word(),
                row.standing.word(),
                &number(row.headroom_during()),
                &number(believed.headroom_during()),
                &number(row.target),
                &number(Some(row.load)),
                &number(Some(row.capacity)),
                row.state().words(),
            ])
            .map_err(failed)?;
    }
    table
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}
