//! Rules of resources.csv.

use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, Message, place};
use crate::inventory::named::Named;
use crate::inventory::schema::{PER_RESOURCE, TABLES};
use crate::inventory::table::{Column, Row};
use crate::model::{Overload, Resource};

/// A resource called like a column that means something else.
pub(crate) const NAMED_LIKE_A_COLUMN: Code = Code("P3004");
/// A longest wait where nothing waits.
pub(crate) const NOTHING_WAITS: Code = Code("P3501");
/// What becomes of work under overload, for data that is stored (a warning).
pub(crate) const STORED_DATA: Code = Code("P3502");

/// Where work for which there is no room is lost, none waits, however long.
pub(crate) fn queues_only_where_work_waits(
    row: &mut Row<'_, '_>,
    queue_seconds: Column,
    resource: &Resource,
) {
    if resource.overload == Overload::Lose && resource.queue_seconds.is_some() {
        let found = format!("{:?} where overload is `lose`", row.raw(queue_seconds));
        row.error(
            queue_seconds,
            NOTHING_WAITS,
            Message {
                found,
                expected: "a longest wait only where overload is `queue`".to_owned(),
                hint: "write `queue` in the column overload, or leave this cell blank".to_owned(),
            },
        );
    }
}

/// Stored data neither waits nor is lost: what is said of it changes nothing.
pub(crate) fn says_overload_of_what_varies(
    row: &mut Row<'_, '_>,
    columns: [Column; 2],
    resource: &Resource,
) {
    let is_lost = resource.overload == Overload::Lose && resource.queue_seconds.is_some();
    if resource.varies || is_lost {
        return;
    }
    let written = columns.into_iter().find(|own| !row.raw(*own).is_empty());
    if let Some(column) = written {
        let found = format!("{:?} of a resource that does not vary", row.raw(column));
        row.warning(
            column,
            STORED_DATA,
            Message {
                found,
                expected: "nothing: stored data neither waits nor is lost".to_owned(),
                hint: "leave the cell blank, or write `yes` in the column varies".to_owned(),
            },
        );
    }
}

/// A resource is a column of other files, so it is not called like one that they have already.
pub(crate) fn are_not_named_like_columns(resources: &Named<Resource>, findings: &mut Findings) {
    for entry in &resources.entries {
        let taken = TABLES.iter().find(|table| {
            let has = |name: &str| table.columns.iter().any(|column| column.name == name);
            has(PER_RESOURCE) && has(&entry.id)
        });
        if let Some(table) = taken {
            findings.error(
                NAMED_LIKE_A_COLUMN,
                place(resources.file, entry.line, Some("resource")),
                Message {
                    found: format!("`{}`, a column of {} already", entry.id, table.file),
                    expected: "an id that no column of the other files has".to_owned(),
                    hint: "give the resource another id, such as what it is measured by".to_owned(),
                },
            );
        }
    }
}
