//! tiers.csv: what was promised.

use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::model::Tier;

const FILE: &str = "tiers.csv";

/// The tiers, sorted.
pub(crate) fn read(folder: &Folder<'_>, findings: &mut Findings) -> Named<Tier> {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let tier = table.column("tier");
        let rank = table.column("rank");
        let availability = table.column("availability");
        table.for_each(findings, |row| {
            let id = row.id(tier);
            let rank = row.whole(rank, "rank 1 is served first; number the others from 2 on");
            let value = Tier {
                id: id.unwrap_or_default().to_owned(),
                rank: rank.and_then(|rank| u32::try_from(rank).ok()).unwrap_or(1),
                availability: row.number(availability),
            };
            if let Some(id) = id {
                entries.push(Entry {
                    id: id.to_owned(),
                    line: row.line,
                    value,
                });
            }
        });
    }
    Named::sort(FILE, "tier", entries, findings)
}
