//! credits.csv: what is paid back when less was delivered than promised.

use super::Located;
use crate::inventory::findings::Findings;
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::inventory::validate::{credits as rules, growth};
use crate::model::Credit;

const FILE: &str = "credits.csv";

/// The credits, the highest uptime first; the standard ones without the file, or without a row in it.
pub(crate) fn read(folder: &Folder<'_>, findings: &mut Findings) -> Vec<Credit> {
    let mut rows: Vec<Located<Credit>> = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let uptime_below = table.column("uptime_below");
        let credit = table.column("credit");
        table.for_each(findings, |row| {
            let below = row.optional(uptime_below);
            let share = row.optional(credit);
            if let (Some(uptime_below), Some(share)) = (below, share) {
                rows.push(Located {
                    line: row.line,
                    value: Credit {
                        uptime_below,
                        share,
                    },
                });
            }
        });
    }
    rows.sort_by(|a, b| {
        let by_uptime = b.value.uptime_below.total_cmp(&a.value.uptime_below);
        by_uptime.then(a.line.cmp(&b.line))
    });
    growth::stand_once(
        FILE,
        "uptime_below",
        &rows,
        |row| row.uptime_below.to_bits(),
        "uptime",
        findings,
    );
    if !findings.has_errors_in(&[FILE]) {
        rules::grow_as_uptime_falls(FILE, &rows, findings);
    }
    if rows.is_empty() {
        return Credit::STANDARD.to_vec();
    }
    rows.into_iter().map(|row| row.value).collect()
}
