//! `capacity_changes.csv`: new capacities, by date.

use super::Located;
use crate::ids::ResourceId;
use crate::inventory::findings::Findings;
use crate::inventory::named::Named;
use crate::inventory::places::Places;
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table, warn_of_outliers};
use crate::inventory::validate::growth as rules;
use crate::model::{CapacityChange, Resource};

const FILE: &str = "capacity_changes.csv";

/// The rows by date, component and resource.
pub(crate) fn read(
    folder: &Folder<'_>,
    places: &Places,
    resources: &Named<Resource>,
    findings: &mut Findings,
) -> Vec<Located<CapacityChange>> {
    let mut rows: Vec<Located<CapacityChange>> = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let date = table.column("date");
        let component = table.column("component");
        let resource = table.column("resource");
        let capacity = table.column("capacity");
        table.for_each(findings, |row| {
            let own_date = row.date(date);
            let own_component = places.component(row, component);
            let own_resource = resources.resolve(row, resource).map(ResourceId);
            let capacity = row.limit(capacity);
            if let (Some(date), Some(component), Some(own_resource)) =
                (own_date, own_component, own_resource)
            {
                rules::uses_the_resource(
                    row,
                    resource,
                    places,
                    resources,
                    (component, own_resource),
                );
                rows.push(Located {
                    line: row.line,
                    value: CapacityChange {
                        date,
                        component,
                        resource: own_resource,
                        capacity,
                    },
                });
            }
        });
    }
    rows.sort_by_key(|row| {
        let own = &row.value;
        (own.date, own.component, own.resource, row.line)
    });
    rules::stand_once(
        FILE,
        "component",
        &rows,
        |row| (row.date, row.component, row.resource),
        "date, component and resource",
        findings,
    );
    for position in 0..resources.entries.len() {
        let of_resource = rows
            .iter()
            .filter(|row| row.value.resource.index() == position);
        let mut samples: Vec<_> = of_resource
            .filter_map(|row| Some((row.value.capacity?, row.line)))
            .collect();
        warn_of_outliers(FILE, "capacity", &mut samples, findings);
    }
    rows
}
