//! links.csv: the graph.

use super::place::{Capacities, CapacityColumns};
use crate::ids::{ClientRegionId, ProfileId};
use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::places::Places;
use crate::inventory::source::Folder;
use crate::inventory::table::{Column, Resources, Row, Table};
use crate::inventory::validate::links as rules;
use crate::model::{Link, LinkEnd, Profile};
use crate::units::Milliseconds;

const FILE: &str = "links.csv";

/// What links name: places and profiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Targets<'a> {
    /// Ends.
    pub(crate) places: &'a Places,
    /// Who may use them.
    pub(crate) profiles: &'a Named<Profile>,
}

/// The links with their capacities, sorted.
pub(crate) fn read(
    folder: &Folder<'_>,
    resources: &Resources,
    named: Targets<'_>,
    findings: &mut Findings,
) -> Named<(Link, Capacities)> {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, resources, findings) {
        let columns = Columns {
            link: table.column("link"),
            from: table.column("from"),
            to: table.column("to"),
            profiles: table.column("profiles"),
            latency_ms: table.column("latency_ms"),
        };
        let capacities = CapacityColumns::of(&table);
        table.for_each(findings, |row| {
            let value = link(row, columns, named);
            let capacities = capacities.read(row);
            if !value.id.is_empty() {
                entries.push(Entry {
                    id: value.id.clone(),
                    line: row.line,
                    value: (value, capacities),
                });
            }
        });
    }
    Named::sort(FILE, "link", entries, findings)
}

#[derive(Clone, Copy)]
struct Columns {
    link: Column,
    from: Column,
    to: Column,
    profiles: Column,
    latency_ms: Column,
}

/// The link of a row. After a finding about an end it leads from the first client region to itself.
fn link(row: &mut Row<'_, '_>, columns: Columns, named: Targets<'_>) -> Link {
    let id = row.id(columns.link).unwrap_or_default();
    let from = named.places.link_end(row, columns.from);
    let to = named.places.link_end(row, columns.to);
    let profiles = profiles(row, columns.profiles, named.profiles);
    let given = row.optional(columns.latency_ms);
    let mut latency = given.unwrap_or_default();
    if let (Some(from), Some(to)) = (from, to) {
        rules::leads_somewhere_else(row, columns.to, from, to);
        rules::does_not_leave_a_site(row, columns.from, from);
        rules::does_not_enter_a_client_region(row, columns.to, to);
        let ends = [columns.from, columns.to].map(|column| {
            let id = row.raw(column);
            (id, named.places.coordinates(id))
        });
        let is_blank = row.raw(columns.latency_ms).is_empty();
        if is_blank {
            latency = rules::latency_of_distance(row, columns.latency_ms, ends).unwrap_or_default();
        } else if let Some(given) = given {
            rules::is_not_faster_than_light(row, columns.latency_ms, given, ends);
        }
    }
    let nowhere = LinkEnd::ClientRegion(ClientRegionId(0));
    Link {
        id: id.to_owned(),
        from: from.unwrap_or(nowhere),
        to: to.unwrap_or(nowhere),
        profiles,
        latency: Milliseconds(latency),
    }
}

/// The profiles that may use a link, ascending; `None` is all.
fn profiles(
    row: &mut Row<'_, '_>,
    column: Column,
    profiles: &Named<Profile>,
) -> Option<Vec<ProfileId>> {
    let ids = row.ids(column);
    if ids.is_empty() {
        return None;
    }
    let mut own = Vec::with_capacity(ids.len());
    for id in ids {
        match profiles.find(id) {
            Some(position) => own.push(ProfileId(position)),
            None => profiles.report_missing(row, column, id),
        }
    }
    own.sort_unstable();
    Some(own)
}
