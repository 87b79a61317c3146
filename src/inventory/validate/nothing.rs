//! Amounts that are nothing where something is expected: no capacity, no limit, no demand.

use crate::diagnostic::{Code, Place};
use crate::ids::{AccessPointId, ComponentId, SiteId};
use crate::inventory::findings::{Findings, place};
use crate::model::{AccessPointState, Inventory, Scope};

/// An active access point that can carry nothing of a resource (a warning).
pub(crate) const CLOSED_BY_CAPACITY: Code = Code("P3413");
/// A resource that users demand and no site limits (a warning).
pub(crate) const UNLIMITED: Code = Code("P3414");
/// A profile whose users demand nothing at all (a warning).
pub(crate) const DEMANDS_NOTHING: Code = Code("P3415");

/// Every active access point carries something of every resource that it limits; `lines` are those of their rows.
pub(crate) fn access_points_carry(inventory: &Inventory, lines: &[u64], findings: &mut Findings) {
    for (index, access_point) in inventory.access_points.iter().enumerate() {
        if access_point.state != AccessPointState::Active {
            continue;
        }
        let component = inventory.access_point_component(AccessPointId::new(index));
        let Some(resource) = nothing_of(inventory, component) else {
            continue;
        };
        findings.warning(
            CLOSED_BY_CAPACITY,
            place(
                "access_points.csv",
                lines[index],
                Some(&inventory.resources[resource].id),
            ),
            "0 at an active access point",
            "a capacity above 0, `standby`, or a blank cell where nothing limits it",
            "write its capacity; until then no user can enter there",
        );
    }
}

/// The first resource of which a component has nothing, and of which some profile demands something.
fn nothing_of(inventory: &Inventory, component: ComponentId) -> Option<usize> {
    (0..inventory.resources.len()).find(|resource| {
        inventory.capacity[[component.index(), *resource]] == Some(0.0)
            && is_demanded(inventory, *resource)
    })
}

fn is_demanded(inventory: &Inventory, resource: usize) -> bool {
    let mut profiles = inventory.profiles.iter();
    profiles.any(|profile| {
        profile
            .demand
            .get(resource)
            .is_some_and(|demand| *demand > 0.0)
    })
}

/// Every resource of sites that users demand is limited at some site.
pub(crate) fn site_resources_are_limited(inventory: &Inventory, findings: &mut Findings) {
    for (index, resource) in inventory.resources.iter().enumerate() {
        if resource.scope != Scope::Site || !is_demanded(inventory, index) {
            continue;
        }
        let mut sites = (0..inventory.sites.len()).map(SiteId::new);
        let is_limited = sites.any(|site| {
            inventory.capacity[[inventory.site_component(site).index(), index]].is_some()
        });
        if !is_limited {
            findings.warning(
                UNLIMITED,
                Place::whole("sites.csv"),
                format!("no capacity of `{}` at any site", resource.id),
                format!("a column `{}`, as users demand it", resource.id),
                "add the column with each site's capacity; without it no plan limits this resource",
            );
        }
    }
}

/// Every profile that shards have demands something.
pub(crate) fn profiles_demand(inventory: &Inventory, findings: &mut Findings) {
    for (index, profile) in inventory.profiles.iter().enumerate() {
        let mut shards = inventory.shards.iter();
        let is_used = shards.any(|shard| shard.profile.index() == index);
        if is_used && profile.demand.iter().all(|demand| *demand <= 0.0) {
            findings.warning(
                DEMANDS_NOTHING,
                Place::whole("profiles.csv"),
                format!("`{}`, whose users demand 0 of every resource", profile.id),
                "a demand above 0 of at least one resource",
                "write what one user demands; a very small number may have been rounded to 0",
            );
        }
    }
}
