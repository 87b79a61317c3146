//! Rules of resources.csv.

use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, Message, place};
use crate::inventory::named::Named;
use crate::inventory::schema::{PER_RESOURCE, TABLES};
use crate::model::Resource;

/// A resource called like a column that means something else.
pub(crate) const NAMED_LIKE_A_COLUMN: Code = Code("P3004");

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
