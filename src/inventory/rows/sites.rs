//! sites.csv: datacenters, where shards are homed.

use super::place::{Capacities, CapacityColumns, CoordinateColumns};
use crate::ids::JurisdictionId;
use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Interner, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::model::Site;

const FILE: &str = "sites.csv";

/// The sites with their capacities, sorted; jurisdictions by number of `jurisdictions`.
pub(crate) fn read(
    folder: &Folder<'_>,
    resources: &Resources,
    jurisdictions: &mut Interner,
    findings: &mut Findings,
) -> Named<(Site, Capacities)> {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, resources, findings) {
        let site = table.column("site");
        let name = table.column("name");
        let region = table.column("region");
        let jurisdiction = table.column("jurisdiction");
        let coordinates = CoordinateColumns::of(&table);
        let capacities = CapacityColumns::of(&table);
        let headroom = table.column("headroom");
        let move_in_per_hour = table.column("move_in_per_hour");
        let move_out_per_hour = table.column("move_out_per_hour");
        let accepts_per_second = table.column("accepts_per_second");
        table.for_each(findings, |row| {
            let id = row.id(site);
            let value = Site {
                id: id.unwrap_or_default().to_owned(),
                name: row.name(name, id.unwrap_or_default()),
                region: row.text(region).to_owned(),
                jurisdictions: row
                    .ids(jurisdiction)
                    .into_iter()
                    .map(|id| JurisdictionId(jurisdictions.add(id)))
                    .collect(),
                coordinates: coordinates.read(row),
                headroom: row.optional(headroom),
                move_in_per_hour: row.limit(move_in_per_hour),
                move_out_per_hour: row.limit(move_out_per_hour),
                accepts_per_second: row.limit(accepts_per_second),
            };
            let capacities = capacities.read(row);
            if let Some(id) = id {
                entries.push(Entry {
                    id: id.to_owned(),
                    line: row.line,
                    value: (value, capacities),
                });
            }
        });
    }
    Named::sort(FILE, "site", entries, findings)
}
