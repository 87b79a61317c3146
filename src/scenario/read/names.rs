//! What a scenario may name: the ids of the inventory, and the nearest of them to a mistyped one.

use crate::diagnostic::nearest::likely;
use crate::ids::{
    ClientRegionId, ComponentId, PoolId, ProfileId, ResourceId, RiskGroupId, TenantId, TierId,
};
use crate::model::Inventory;
use std::collections::BTreeMap;

/// What an id of sites, access points, elements, links and pools stands for.
#[derive(Debug, Clone, Copy)]
enum Place {
    Component(ComponentId),
    Pool(PoolId),
}

/// The ids of an inventory, by name.
pub(super) struct Names<'a> {
    /// Whose.
    pub(super) inventory: &'a Inventory,
    places: BTreeMap<&'a str, Place>,
    risk_groups: BTreeMap<&'a str, RiskGroupId>,
    resources: BTreeMap<&'a str, ResourceId>,
    client_regions: BTreeMap<&'a str, ClientRegionId>,
    profiles: BTreeMap<&'a str, ProfileId>,
    tenants: BTreeMap<&'a str, TenantId>,
    tiers: BTreeMap<&'a str, TierId>,
}

/// Ids by name, from a table in its order.
fn by_name<'a, I>(
    names: impl Iterator<Item = &'a str>,
    id: fn(usize) -> I,
) -> BTreeMap<&'a str, I> {
    names
        .enumerate()
        .map(|(index, name)| (name, id(index)))
        .collect()
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
        Self {
            inventory,
            places,
            risk_groups: by_name(
                inventory.risk_groups.iter().map(|group| group.id.as_str()),
                RiskGroupId::new,
            ),
            resources: by_name(
                inventory
                    .listed_resources()
                    .iter()
                    .map(|resource| resource.id.as_str()),
                ResourceId::new,
            ),
            client_regions: by_name(
                inventory
                    .client_regions
                    .iter()
                    .map(|region| region.id.as_str()),
                ClientRegionId::new,
            ),
            profiles: by_name(
                inventory.profiles.iter().map(|profile| profile.id.as_str()),
                ProfileId::new,
            ),
            tenants: by_name(inventory.tenants.iter().map(String::as_str), TenantId::new),
            tiers: by_name(
                inventory.tiers.iter().map(|tier| tier.id.as_str()),
                TierId::new,
            ),
        }
    }

    /// The component of that name, or all members of the pool of that name, ascending.
    pub(super) fn components(&self, name: &str) -> Option<Vec<ComponentId>> {
        let mut components = match *self.places.get(name)? {
            Place::Component(id) => vec![id],
            Place::Pool(id) => self.inventory.pools[id.index()]
                .members
                .iter()
                .map(|member| self.inventory.element_component(*member))
                .collect(),
        };
        components.sort_unstable();
        Some(components)
    }

    /// The component of that name; no pool.
    pub(super) fn one_component(&self, name: &str) -> Option<ComponentId> {
        match *self.places.get(name)? {
            Place::Component(id) => Some(id),
            Place::Pool(_) => None,
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

    /// The components of the risk group of that name, ascending.
    pub(super) fn risk_group(&self, name: &str) -> Option<Vec<ComponentId>> {
        let id = self.risk_groups.get(name)?;
        Some(self.inventory.risk_groups[id.index()].components.clone())
    }

    /// The resource of that name.
    pub(super) fn resource(&self, name: &str) -> Option<ResourceId> {
        self.resources.get(name).copied()
    }

    /// The client region of that name.
    pub(super) fn client_region(&self, name: &str) -> Option<ClientRegionId> {
        self.client_regions.get(name).copied()
    }

    /// The profile of that name.
    pub(super) fn profile(&self, name: &str) -> Option<ProfileId> {
        self.profiles.get(name).copied()
    }

    /// The tenant of that name.
    pub(super) fn tenant(&self, name: &str) -> Option<TenantId> {
        self.tenants.get(name).copied()
    }

    /// The tier of that name.
    pub(super) fn tier(&self, name: &str) -> Option<TierId> {
        self.tiers.get(name).copied()
    }

    /// What to do about a component that is not there.
    pub(super) fn hint_component(&self, name: &str) -> String {
        if self.client_regions.contains_key(name) {
            return "a client region has no capacity: users of one are the client_region of a surge or a disconnect"
                .to_owned();
        }
        if self.risk_groups.contains_key(name) {
            return format!("that is a risk group: write risk_group = \"{name}\"");
        }
        hint_nearest(
            name,
            self.places.keys().copied(),
            "sites.csv, access_points.csv, elements.csv and links.csv list them",
        )
    }

    /// What to do about a name that is no one component.
    pub(super) fn hint_one_component(&self, name: &str) -> String {
        if self.places.contains_key(name) {
            return "that is a pool: name its members, each with what waits there".to_owned();
        }
        hint_nearest(
            name,
            self.places.keys().copied(),
            "sites.csv, access_points.csv, elements.csv and links.csv list them",
        )
    }

    /// What to do about a risk group that is not there.
    pub(super) fn hint_risk_group(&self, name: &str) -> String {
        if self.places.contains_key(name) {
            return format!("that is a component: write component = \"{name}\"");
        }
        hint_nearest(
            name,
            self.risk_groups.keys().copied(),
            "risk_groups.csv lists them",
        )
    }

    /// What to do about a resource that is not there.
    pub(super) fn hint_resource(&self, name: &str) -> String {
        hint_nearest(
            name,
            self.resources.keys().copied(),
            "resources.csv lists them",
        )
    }

    /// What to do about a client region that is not there.
    pub(super) fn hint_client_region(&self, name: &str) -> String {
        hint_nearest(
            name,
            self.client_regions.keys().copied(),
            "client_regions.csv lists them",
        )
    }

    /// What to do about a profile that is not there.
    pub(super) fn hint_profile(&self, name: &str) -> String {
        hint_nearest(
            name,
            self.profiles.keys().copied(),
            "profiles.csv lists them",
        )
    }

    /// What to do about a tenant that is not there.
    pub(super) fn hint_tenant(&self, name: &str) -> String {
        hint_nearest(name, self.tenants.keys().copied(), "shards.csv lists them")
    }

    /// What to do about a tier that is not there.
    pub(super) fn hint_tier(&self, name: &str) -> String {
        hint_nearest(name, self.tiers.keys().copied(), "tiers.csv lists them")
    }
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
