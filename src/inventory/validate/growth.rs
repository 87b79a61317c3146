//! Rules that `capacity_changes.csv`, background.csv and `risk_groups.csv` share.

use crate::diagnostic::Code;
use crate::ids::{ComponentId, ResourceId};
use crate::inventory::findings::{Findings, Message, place, quoted};
use crate::inventory::named::Named;
use crate::inventory::places::Places;
use crate::inventory::rows::Located;
use crate::inventory::table::{Column, Row};
use crate::model::{Resource, Scope};

/// Two rows for the same keys.
pub(crate) const REPEATED_KEYS: Code = Code("P2007");
/// A resource of scope `site` at an access point, element or link.
pub(crate) const UNUSED_RESOURCE: Code = Code("P3302");

/// Outside sites only network resources are used.
pub(crate) fn uses_the_resource(
    row: &mut Row<'_, '_>,
    column: Column,
    places: &Places,
    resources: &Named<Resource>,
    (component, resource): (ComponentId, ResourceId),
) {
    let is_site = component.index() < places.counts[0];
    let scope = resources
        .entries
        .get(resource.index())
        .map(|entry| entry.value.scope);
    if !is_site && scope == Some(Scope::Site) {
        let found = format!("{}, a resource of scope `site`", quoted(row.raw(column)));
        row.error(
            column,
            UNUSED_RESOURCE,
            Message {
                found,
                expected: "a resource of scope `network`, as the component is no site".to_owned(),
                hint: "name a network resource, or a site".to_owned(),
            },
        );
    }
}

/// No two rows, sorted by their keys, have the same ones.
pub(crate) fn stand_once<T, K: PartialEq>(
    file: &str,
    column: &str,
    rows: &[Located<T>],
    key: impl Fn(&T) -> K,
    keys: &str,
    findings: &mut Findings,
) {
    for same in rows.chunk_by(|a, b| key(&a.value) == key(&b.value)) {
        if let Some((first, later)) = same.split_first() {
            for row in later {
                findings.error(
                    REPEATED_KEYS,
                    place(file, row.line, Some(column)),
                    Message {
                        found: format!("the same {keys} as on line {}", first.line),
                        expected: "one row for them".to_owned(),
                        hint: "remove one of the two rows".to_owned(),
                    },
                );
            }
        }
    }
}
