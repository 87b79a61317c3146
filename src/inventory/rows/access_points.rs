//! `access_points.csv`: where users enter the network.

use super::place::{Capacities, CapacityColumns, CoordinateColumns};
use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::model::{AccessPoint, AccessPointState};

const FILE: &str = "access_points.csv";

/// The access points with their capacities, sorted.
pub(crate) fn read(
    folder: &Folder<'_>,
    resources: &Resources,
    findings: &mut Findings,
) -> Named<(AccessPoint, Capacities)> {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, resources, findings) {
        let access_point = table.column("access_point");
        let name = table.column("name");
        let coordinates = CoordinateColumns::of(&table);
        let state = table.column("state");
        let capacities = CapacityColumns::of(&table);
        let headroom = table.column("headroom");
        let accepts_per_second = table.column("accepts_per_second");
        table.for_each(findings, |row| {
            let id = row.id(access_point);
            let value = AccessPoint {
                id: id.unwrap_or_default().to_owned(),
                name: row.name(name, id.unwrap_or_default()),
                coordinates: coordinates.read(row),
                state: row.choice(
                    state,
                    [
                        ("active", AccessPointState::Active),
                        ("standby", AccessPointState::Standby),
                    ],
                ),
                headroom: row.optional(headroom),
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
    Named::sort(FILE, "access_point", entries, findings)
}
