//! background.csv: what services outside this inventory use.

use super::Located;
use crate::ids::ResourceId;
use crate::inventory::findings::Findings;
use crate::inventory::named::Named;
use crate::inventory::places::Places;
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table, warn_of_outliers};
use crate::inventory::validate::growth as rules;
use crate::model::{Background, Resource};

const FILE: &str = "background.csv";

/// The rows by component and resource.
pub(crate) fn read(
    folder: &Folder<'_>,
    places: &Places,
    resources: &Named<Resource>,
    findings: &mut Findings,
) -> Vec<Located<Background>> {
    let mut rows: Vec<Located<Background>> = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let component = table.column("component");
        let resource = table.column("resource");
        let load = table.column("load");
        table.for_each(findings, |row| {
            let own_component = places.component(row, component);
            let own_resource = resources.resolve(row, resource).map(ResourceId);
            let load = row.number(load);
            if let (Some(component), Some(own_resource)) = (own_component, own_resource) {
                rules::uses_the_resource(
                    row,
                    resource,
                    places,
                    resources,
                    (component, own_resource),
                );
                rows.push(Located {
                    line: row.line,
                    value: Background {
                        component,
                        resource: own_resource,
                        load,
                    },
                });
            }
        });
    }
    rows.sort_by_key(|row| (row.value.component, row.value.resource, row.line));
    rules::stand_once(
        FILE,
        "component",
        &rows,
        |row| (row.component, row.resource),
        "component and resource",
        findings,
    );
    for position in 0..resources.entries.len() {
        let of_resource = rows
            .iter()
            .filter(|row| row.value.resource.index() == position);
        let mut samples: Vec<_> = of_resource.map(|row| (row.value.load, row.line)).collect();
        warn_of_outliers(FILE, "load", &mut samples, findings);
    }
    rows
}
