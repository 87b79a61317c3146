//! `client_regions.csv`: where users are.

use super::place::CoordinateColumns;
use crate::ids::LoadCurveId;
use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::model::{ClientRegion, LoadCurve};

const FILE: &str = "client_regions.csv";

/// The client regions, sorted.
pub(crate) fn read(
    folder: &Folder<'_>,
    load_curves: &Named<LoadCurve>,
    findings: &mut Findings,
) -> Named<ClientRegion> {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let client_region = table.column("client_region");
        let name = table.column("name");
        let coordinates = CoordinateColumns::of(&table);
        let time_zone = table.column("time_zone");
        let load_curve = table.column("load_curve");
        table.for_each(findings, |row| {
            let id = row.id(client_region);
            let value = ClientRegion {
                id: id.unwrap_or_default().to_owned(),
                name: row.name(name, id.unwrap_or_default()),
                coordinates: coordinates.read(row),
                time_zone: row.time_zone(time_zone),
                load_curve: load_curves.resolve(row, load_curve).map(LoadCurveId),
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
    Named::sort(FILE, "client_region", entries, findings)
}
