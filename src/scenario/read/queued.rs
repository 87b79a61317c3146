//! `[[queued]]`: work that waits when the scenario begins.

use super::findings::Findings;
use super::names::{Names, look_up};
use super::table::{Table, require_keys};
use crate::diagnostic::Code;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Overload, Queued};
use std::collections::BTreeSet;

/// Work waits at a component that does not limit the resource.
pub(crate) const NOT_LIMITED: Code = Code("P5501");
/// Work waits for what nothing ever waits for.
pub(crate) const NEVER_QUEUED: Code = Code("P5502");
/// What waits for one resource at one component, twice.
pub(crate) const QUEUED_TWICE: Code = Code("P5503");

/// What waits, in the order of the files, as far as nothing is wrong with it.
pub(super) fn read_queued(
    tables: &[Table],
    names: &Names<'_>,
    findings: &mut Findings,
) -> Vec<Queued> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for table in tables {
        let Some(queued) = read_one(table, names, findings) else {
            continue;
        };
        let at = (queued.component, queued.resource);
        if !seen.insert(at) {
            stands_once(table, names, at, findings);
            continue;
        }
        let waits = waits_for_it(table, names, queued.resource, findings);
        if waits && is_limited(table, names, at, findings) {
            all.push(queued);
        }
    }
    all
}

fn read_one(table: &Table, names: &Names<'_>, findings: &mut Findings) -> Option<Queued> {
    require_keys("queued", table, findings);
    let mut is_whole = true;
    let component = look_up(table, "component", &mut is_whole, |name, field| {
        names.one_component(name, &field.spot, findings)
    });
    let resource = look_up(table, "resource", &mut is_whole, |name, field| {
        names.resources.find(name, &field.spot, findings)
    });
    Some(Queued {
        component: component?,
        resource: resource?,
        amount: table.number("amount")?,
    })
}

/// Rule: what waits for one resource at one component is said once.
fn stands_once(
    table: &Table,
    names: &Names<'_>,
    (component, resource): (ComponentId, ResourceId),
    findings: &mut Findings,
) {
    let inventory = names.inventory;
    let component = inventory.component_name(component);
    let resource = &inventory.resources[resource.index()].id;
    findings.error(
        QUEUED_TWICE,
        &table.spot.about("queued.component"),
        format!("`{component}` and `{resource}` a second time"),
        "one [[queued]] for both",
        "add the amounts up in one of them, and remove the other",
    );
}

/// Rule: what varies waits, unless it is lost.
fn waits_for_it(
    table: &Table,
    names: &Names<'_>,
    resource: ResourceId,
    findings: &mut Findings,
) -> bool {
    let resource = &names.inventory.resources[resource.index()];
    let (what, hint) = if !resource.varies {
        ("does not vary", "remove it: stored data does not wait")
    } else if resource.overload == Overload::Lose {
        (
            "is lost in an overload",
            "write overload `queue` in resources.csv if it waits",
        )
    } else {
        return true;
    };
    if let Some(field) = table.field("resource") {
        findings.error(
            NEVER_QUEUED,
            &field.spot,
            format!("`\"{}\"`, which {what}", resource.id),
            "a resource that varies and whose overload is `queue`",
            hint,
        );
    }
    false
}

/// Rule: work waits where there is a limit to wait for.
fn is_limited(
    table: &Table,
    names: &Names<'_>,
    (component, resource): (ComponentId, ResourceId),
    findings: &mut Findings,
) -> bool {
    let inventory = names.inventory;
    let is_limited = names.ever_limits(component, |one_resource| one_resource == resource);
    if !is_limited && let Some(field) = table.field("component") {
        let component = inventory.component_name(component);
        let resource = &inventory.resources[resource.index()].id;
        findings.error(
            NOT_LIMITED,
            &field.spot,
            format!("`\"{component}\"`, which does not limit {resource}"),
            format!("a component that limits {resource}"),
            format!("name a component that limits {resource}, or give this one a capacity"),
        );
    }
    is_limited
}
