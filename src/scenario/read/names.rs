//! What a scenario may name: the ids of the inventory, and the rules that what it names stands there.

use super::findings::{Findings, Spot};
use super::table::{Field, Table, Value};
use super::titled::titled;
use crate::diagnostic::Code;
use crate::diagnostic::nearest::likely;
use crate::ids::{
    ClientRegionId, ComponentId, PoolId, ProfileId, ResourceId, RiskGroupId, TenantId, TierId,
};
use crate::model::Inventory;
use std::collections::BTreeMap;

/// An event names a component that is not there.
pub(crate) const NO_COMPONENT: Code = Code("P5201");
/// An event names a risk group that is not there.
pub(crate) const NO_RISK_GROUP: Code = Code("P5202");
/// A resource that is not there.
pub(crate) const NO_RESOURCE: Code = Code("P5203");
/// A surge names a client region that is not there.
pub(crate) const NO_CLIENT_REGION: Code = Code("P5204");
/// A surge names a profile that is not there.
pub(crate) const NO_PROFILE: Code = Code("P5205");
/// A surge names a tenant that is not there.
pub(crate) const NO_TENANT: Code = Code("P5206");
/// `[protect]` bounds the loss of a tier that is not there.
pub(crate) const NO_TIER: Code = Code("P5207");

/// Where the ids of places stand.
const LISTS_OF_PLACES: &str = "sites.csv, access_points.csv, elements.csv and links.csv list them";

/// What an id of sites, access points, elements, links and pools stands for.
#[derive(Debug, Clone, Copy)]
enum Place {
    Component(ComponentId),
    Pool(PoolId),
}

/// The ids of a table, and what is said of a name that is none of them.
pub(super) struct Ids<'a, I> {
    by_name: BTreeMap<&'a str, I>,
    code: Code,
    /// What is expected, such as `a profile`.
    what: &'static str,
    /// Where they stand, such as `profiles.csv lists them`.
    listed: &'static str,
}

impl<'a, I: Copy> Ids<'a, I> {
    fn new(
        names: impl Iterator<Item = &'a String>,
        id: fn(usize) -> I,
        (code, what, listed): (Code, &'static str, &'static str),
    ) -> Self {
        let names = names.enumerate();
        Self {
            by_name: names
                .map(|(index, name)| (name.as_str(), id(index)))
                .collect(),
            code,
            what,
            listed,
        }
    }

    /// Rule: what is named stands in the inventory.
    pub(super) fn find(&self, name: &str, spot: &Spot, findings: &mut Findings) -> Option<I> {
        let found = self.by_name.get(name).copied();
        if found.is_none() {
            let hint = hint_nearest(name, self.by_name.keys().copied(), self.listed);
            findings.error(self.code, spot, quoted(name), self.what, hint);
        }
        found
    }

    /// By id, the shares that stand at `key`; of `count` ids.
    pub(super) fn shares(
        &self,
        table: &Table,
        key: &str,
        (count, index): (usize, fn(I) -> usize),
        findings: &mut Findings,
    ) -> Vec<Option<f64>> {
        let mut shares = vec![None; count];
        for (name, field) in table.shares(key).into_iter().flatten() {
            let id = self.find(name, &field.spot, findings);
            if let (Some(id), Some(Value::Number(share))) = (id, &field.value) {
                shares[index(id)] = Some(*share);
            }
        }
        shares
    }
}

/// The ids of an inventory.
pub(super) struct Names<'a> {
    /// Whose.
    pub(super) inventory: &'a Inventory,
    places: BTreeMap<&'a str, Place>,
    risk_groups: BTreeMap<&'a str, RiskGroupId>,
    pub(super) resources: Ids<'a, ResourceId>,
    pub(super) client_regions: Ids<'a, ClientRegionId>,
    pub(super) profiles: Ids<'a, ProfileId>,
    pub(super) tenants: Ids<'a, TenantId>,
    pub(super) tiers: Ids<'a, TierId>,
}

impl<'a> Names<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Self {
        let mut places: BTreeMap<&str, Place> = BTreeMap::new();
        for index in 0..inventory.component_count() {
            let id = ComponentId::new(index);
            places.insert(inventory.component_name(id), Place::Component(id));
        }
        for (index, pool) in inventory.pools.iter().enumerate() {
            places.insert(&pool.id, Place::Pool(PoolId::new(index)));
        }
        let groups = inventory.risk_groups.iter().enumerate();
        let resources = inventory.listed_resources().iter();
        let regions = inventory.client_regions.iter();
        let profiles = inventory.profiles.iter();
        Self {
            inventory,
            places,
            risk_groups: groups
                .map(|(index, group)| (group.id.as_str(), RiskGroupId::new(index)))
                .collect(),
            resources: Ids::new(
                resources.map(|resource| &resource.id),
                ResourceId::new,
                (NO_RESOURCE, "a resource", "resources.csv lists them"),
            ),
            client_regions: Ids::new(
                regions.map(|region| &region.id),
                ClientRegionId::new,
                (
                    NO_CLIENT_REGION,
                    "a client region",
                    "client_regions.csv lists them",
                ),
            ),
            profiles: Ids::new(
                profiles.map(|profile| &profile.id),
                ProfileId::new,
                (NO_PROFILE, "a profile", "profiles.csv lists them"),
            ),
            tenants: Ids::new(
                inventory.tenants.iter(),
                TenantId::new,
                (NO_TENANT, "a tenant", "shards.csv lists them"),
            ),
            tiers: Ids::new(
                inventory.tiers.iter().map(|tier| &tier.id),
                TierId::new,
                (NO_TIER, "a tier", "tiers.csv lists them"),
            ),
        }
    }

    /// `true` if the component limits a resource that is meant, or does from some date on.
    pub(super) fn ever_limits(
        &self,
        component: ComponentId,
        is_meant: impl Fn(ResourceId) -> bool,
    ) -> bool {
        let row = self.inventory.capacity.row(component.index());
        let mut now = row.iter().enumerate();
        let mut changes = self.inventory.capacity_changes.iter();
        now.any(|(resource, capacity)| capacity.is_some() && is_meant(ResourceId::new(resource)))
            || changes.any(|change| {
                change.component == component
                    && change.capacity.is_some()
                    && is_meant(change.resource)
            })
    }

    /// Rule: `component` is a site, access point, element, link or pool; all members of a pool, ascending.
    fn components(
        &self,
        name: &str,
        spot: &Spot,
        findings: &mut Findings,
    ) -> Option<Vec<ComponentId>> {
        let mut components = match self.places.get(name) {
            Some(Place::Component(id)) => vec![*id],
            Some(Place::Pool(id)) => {
                let members = self.inventory.pools[id.index()].members.iter();
                members
                    .map(|member| self.inventory.element_component(*member))
                    .collect()
            }
            None => {
                let expected = "a site, access point, element, link or pool";
                let hint = if self.client_regions.by_name.contains_key(name) {
                    "a client region has no capacity: name it as the client_region of a surge or a disconnect"
                        .to_owned()
                } else if self.risk_groups.contains_key(name) {
                    format!("`{name}` is a risk group: write risk_group = \"{name}\"")
                } else {
                    self.place_meant(name)
                };
                findings.error(NO_COMPONENT, spot, quoted(name), expected, hint);
                return None;
            }
        };
        components.sort_unstable();
        Some(components)
    }

    /// The place that is meant by a text: one with such an id, or else one that is named so.
    fn place_meant(&self, name: &str) -> String {
        let near = likely(name, self.places.keys().copied());
        let titled = titled(self.inventory, name);
        match (near, titled) {
            (Some(near), Some(titled)) => format!("did you mean `{near}`? Else {titled}"),
            (Some(near), None) => format!("did you mean `{near}`?"),
            (None, Some(titled)) => titled,
            (None, None) => LISTS_OF_PLACES.to_owned(),
        }
    }

    /// Rule: what stands for one component is a site, access point, element or link.
    pub(super) fn one_component(
        &self,
        name: &str,
        spot: &Spot,
        findings: &mut Findings,
    ) -> Option<ComponentId> {
        let hint = match self.places.get(name) {
            Some(Place::Component(id)) => return Some(*id),
            Some(Place::Pool(_)) => {
                "this is a pool: name its members, each with the work that waits at it".to_owned()
            }
            None => self.place_meant(name),
        };
        let expected = "a site, access point, element or link";
        findings.error(NO_COMPONENT, spot, quoted(name), expected, hint);
        None
    }

    /// Rule: `risk_group` stands in `risk_groups.csv`; its components, ascending.
    fn risk_group(
        &self,
        name: &str,
        spot: &Spot,
        findings: &mut Findings,
    ) -> Option<Vec<ComponentId>> {
        if let Some(id) = self.risk_groups.get(name) {
            return Some(self.inventory.risk_groups[id.index()].components.clone());
        }
        let hint = if self.places.contains_key(name) {
            format!("`{name}` is a component: write component = \"{name}\"")
        } else {
            let known = self.risk_groups.keys().copied();
            hint_nearest(name, known, "risk_groups.csv lists them")
        };
        findings.error(NO_RISK_GROUP, spot, quoted(name), "a risk group", hint);
        None
    }
}

/// What the names of one event stand for; `None` where nothing or something wrong is written.
pub(super) struct Known {
    /// Of `component` or `risk_group`, ascending.
    pub(super) components: Option<Vec<ComponentId>>,
    /// Of `resources`, ascending.
    pub(super) resources: Option<Vec<ResourceId>>,
    pub(super) client_region: Option<ClientRegionId>,
    pub(super) profile: Option<ProfileId>,
    pub(super) tenant: Option<TenantId>,
    /// `false` if something wrong is written.
    pub(super) is_whole: bool,
}

/// Looks up every name of an event.
pub(super) fn known(table: &Table, names: &Names<'_>, findings: &mut Findings) -> Known {
    let mut is_whole = true;
    let all = &mut is_whole;
    let mut components = None;
    // A surge has neither key: whatever they name, they are to be removed.
    if table.name("kind") != Some("surge") {
        let component = look_up(table, "component", all, |name, field| {
            names.components(name, &field.spot, findings)
        });
        let group = look_up(table, "risk_group", all, |name, field| {
            names.risk_group(name, &field.spot, findings)
        });
        components = group.or(component);
    }
    let client_region = look_up(table, "client_region", all, |name, field| {
        names.client_regions.find(name, &field.spot, findings)
    });
    let profile = look_up(table, "profile", all, |name, field| {
        names.profiles.find(name, &field.spot, findings)
    });
    let tenant = look_up(table, "tenant", all, |name, field| {
        names.tenants.find(name, &field.spot, findings)
    });
    let mut resources = None;
    if let Some(list) = table.list("resources") {
        let found: Vec<_> = list
            .iter()
            .map(|(name, spot)| names.resources.find(name, spot, findings))
            .collect();
        resources = found.into_iter().collect::<Option<Vec<ResourceId>>>();
        *all &= resources.is_some();
        if let Some(list) = &mut resources {
            list.sort_unstable();
        }
    }
    *all &= !table.is_broken("resources");
    Known {
        components,
        resources,
        client_region,
        profile,
        tenant,
        is_whole,
    }
}

/// What the name at `key` stands for; clears `is_whole` if something wrong is written.
pub(super) fn look_up<T>(
    table: &Table,
    key: &str,
    is_whole: &mut bool,
    find: impl FnOnce(&str, &Field) -> Option<T>,
) -> Option<T> {
    let field = table.field(key)?;
    let found = table.name(key).and_then(|name| find(name, field));
    *is_whole &= found.is_some();
    found
}

/// The known name that is nearest to `name`, or else where to look.
pub(super) fn hint_nearest<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
    otherwise: &str,
) -> String {
    match likely(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => otherwise.to_owned(),
    }
}

fn quoted(name: &str) -> String {
    format!("`\"{name}\"`")
}
