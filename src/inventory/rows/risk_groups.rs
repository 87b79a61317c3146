//! `risk_groups.csv`: components that fail together.

use super::Located;
use crate::ids::ComponentId;
use crate::inventory::findings::Findings;
use crate::inventory::places::Places;
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::inventory::validate::growth as rules;
use crate::model::RiskGroup;

const FILE: &str = "risk_groups.csv";

/// The risk groups by id, each with its components ascending.
pub(crate) fn read(
    folder: &Folder<'_>,
    places: &Places,
    findings: &mut Findings,
) -> Vec<RiskGroup> {
    let mut rows: Vec<Located<(String, ComponentId)>> = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let risk_group = table.column("risk_group");
        let component = table.column("component");
        table.for_each(findings, |row| {
            let id = row.id(risk_group);
            let component = places.component(row, component);
            if let (Some(id), Some(component)) = (id, component) {
                rows.push(Located {
                    line: row.line,
                    value: (id.to_owned(), component),
                });
            }
        });
    }
    rows.sort_by(|a, b| (&a.value, a.line).cmp(&(&b.value, b.line)));
    rules::stand_once(
        FILE,
        "component",
        &rows,
        Clone::clone,
        "risk group and component",
        findings,
    );
    let mut groups: Vec<RiskGroup> = Vec::new();
    for row in rows {
        let (id, component) = row.value;
        match groups.last_mut() {
            Some(group) if group.id == id => group.components.push(component),
            _ => groups.push(RiskGroup {
                id,
                components: vec![component],
            }),
        }
    }
    groups
}
