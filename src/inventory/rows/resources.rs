//! resources.csv: what is consumed.

use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::inventory::validate::resources::are_not_named_like_columns;
use crate::model::{Resource, Scope};

const FILE: &str = "resources.csv";

/// The resources, sorted.
pub(crate) fn read(folder: &Folder<'_>, findings: &mut Findings) -> Named<Resource> {
    let mut entries = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let resource = table.column("resource");
        let unit = table.column("unit");
        let scope = table.column("scope");
        let headroom = table.column("headroom");
        let event_headroom = table.column("event_headroom");
        let varies = table.column("varies");
        let replica_share = table.column("replica_share");
        let moving_share = table.column("moving_share");
        table.for_each(findings, |row| {
            let id = row.id(resource);
            let value = Resource {
                id: id.unwrap_or_default().to_owned(),
                unit: row.text(unit).to_owned(),
                scope: row.choice(scope, [("site", Scope::Site), ("network", Scope::Network)]),
                headroom: row.number(headroom),
                event_headroom: row.optional(event_headroom),
                varies: row.choice(varies, [("yes", true), ("no", false)]),
                replica_share: row.number(replica_share),
                moving_share: row.number(moving_share),
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
    let resources = Named::sort(FILE, "resource", entries, findings);
    are_not_named_like_columns(&resources, findings);
    resources
}
