//! resources.csv: what is consumed.

use crate::inventory::findings::Findings;
use crate::inventory::named::{Entry, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::inventory::validate::resources as rules;
use crate::model::{Overload, Resource, Scope};

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
        let overload = table.column("overload");
        let queue_seconds = table.column("queue_seconds");
        table.for_each(findings, |row| {
            let id = row.id(resource);
            let scope = row.choice(scope, [("site", Scope::Site), ("network", Scope::Network)]);
            let value = Resource {
                id: id.unwrap_or_default().to_owned(),
                unit: row.text(unit).to_owned(),
                scope,
                headroom: row.number(headroom),
                event_headroom: row.optional(event_headroom),
                varies: row.choice(varies, [("yes", true), ("no", false)]),
                replica_share: row.number(replica_share),
                moving_share: row.number(moving_share),
                overload: row
                    .optional_choice(
                        overload,
                        [("lose", Overload::Lose), ("queue", Overload::Queue)],
                    )
                    .unwrap_or(Overload::standard(scope)),
                queue_seconds: row.optional(queue_seconds),
                is_sessions: false,
            };
            rules::queues_only_where_work_waits(row, queue_seconds, &value);
            rules::says_overload_of_what_varies(row, [overload, queue_seconds], &value);
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
    rules::are_not_named_like_columns(&resources, findings);
    resources
}
