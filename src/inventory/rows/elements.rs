//! elements.csv: what traffic passes between client regions and sites, and the pools that it is grouped in.

use super::place::{Capacities, CapacityColumns, CoordinateColumns};
use crate::ids::{ElementId, PoolId};
use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::model::{Element, Pool};
use std::collections::BTreeMap;

const FILE: &str = "elements.csv";

/// Elements and pools, each sorted.
#[derive(Debug)]
pub(crate) struct Elements {
    /// The elements with their capacities and the names of their pools.
    pub(crate) elements: Named<(Element, Capacities, Option<String>)>,
    /// The pools, each with the line of its first member.
    pub(crate) pools: Vec<Entry<Pool>>,
}

/// Reads elements.csv.
pub(crate) fn read(
    folder: &Folder<'_>,
    resources: &Resources,
    findings: &mut Findings,
) -> Elements {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, resources, findings) {
        let element = table.column("element");
        let name = table.column("name");
        let kind = table.column("kind");
        let coordinates = CoordinateColumns::of(&table);
        let capacities = CapacityColumns::of(&table);
        let headroom = table.column("headroom");
        let accepts_per_second = table.column("accepts_per_second");
        let sheds_stale_work = table.column("sheds_stale_work");
        let pool = table.column("pool");
        table.for_each(findings, |row| {
            let id = row.id(element);
            let value = Element {
                id: id.unwrap_or_default().to_owned(),
                name: row.name(name, id.unwrap_or_default()),
                kind: row.text(kind).to_owned(),
                coordinates: coordinates.read(row),
                headroom: row.optional(headroom),
                accepts_per_second: row.limit(accepts_per_second),
                sheds_stale_work: row.choice(sheds_stale_work, [("yes", true), ("no", false)]),
                pool: None,
            };
            let capacities = capacities.read(row);
            let pool = row.id(pool).map(str::to_owned);
            if let Some(id) = id {
                entries.push(Entry {
                    id: id.to_owned(),
                    line: row.line,
                    value: (value, capacities, pool),
                });
            }
        });
    }
    let mut elements = Named::sort(FILE, "element", entries, findings);
    let pools = pools(&mut elements);
    Elements { elements, pools }
}

/// The pools of the elements, by their names; tells every element its pool.
fn pools(elements: &mut Named<(Element, Capacities, Option<String>)>) -> Vec<Entry<Pool>> {
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (position, entry) in elements.entries.iter().enumerate() {
        if let Some(pool) = &entry.value.2 {
            members.entry(pool.clone()).or_default().push(position);
        }
    }
    let mut pools = Vec::new();
    for (number, (id, members)) in members.into_iter().enumerate() {
        let mut line = u64::MAX;
        for position in &members {
            let entry = &mut elements.entries[*position];
            entry.value.0.pool = Some(PoolId::new(number));
            line = line.min(entry.line);
        }
        pools.push(Entry {
            line,
            value: Pool {
                id: id.clone(),
                members: members.into_iter().map(ElementId::new).collect(),
            },
            id,
        });
    }
    pools
}
