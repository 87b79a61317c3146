//! Context: the inventory and the scenario by which the referee judges, with names to find things by.

use crate::ids::{
    AccessPointId, ClientRegionId, ComponentId, LinkId, Names, ProfileId, ResourceId, ShardId,
    SiteId, TenantId, TierId,
};
use crate::model::{
    Case, Component, Homes, Inventory, LinkEnd, Replica, ReplicaState, Scenario, Scope,
};
use crate::plan::{GroupKey, SteeringGroups};
use crate::scenario::{Band, case_before};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A group: users that steering cannot tell apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Group {
    pub(super) client_region: ClientRegionId,
    pub(super) profile: ProfileId,
    /// Milliseconds; `None` is no limit.
    pub(super) limit: Option<f64>,
}

/// By place and whether an access point was passed: least latency to a site; infinite if there is no path.
pub(super) type Onward = Vec<f64>;

/// The inventory and the scenario, with names to find things by.
pub(super) struct RefereeContext<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) shards: ShardNames<'a>,
    pub(super) sites: HashMap<&'a str, SiteId>,
    pub(super) access_points: HashMap<&'a str, AccessPointId>,
    pub(super) client_regions: HashMap<&'a str, ClientRegionId>,
    pub(super) profiles: HashMap<&'a str, ProfileId>,
    pub(super) resources: HashMap<&'a str, ResourceId>,
    pub(super) links: HashMap<&'a str, LinkId>,
    pub(super) components: HashMap<&'a str, ComponentId>,
    /// The groups that have shards, in the order of their keys.
    pub(super) groups: Vec<Group>,
    pub(super) steering_groups: SteeringGroups,
    /// Shards: the first of their replicas; one more entry closes the last.
    first_replica: Vec<u32>,
    /// Places, by [`RefereeContext::place_index`]: links that leave them, ascending.
    leaving: Vec<Vec<LinkId>>,
    /// Places: links that arrive there, ascending.
    arriving: Vec<Vec<LinkId>>,
    /// Users and capacities of the scenario's start, no event.
    pub(super) before: Case,
    /// Profiles × sites: what is left of the path there, nothing closed, once somebody asked.
    pub(super) onward: Vec<OnceLock<Arc<Onward>>>,
}

/// Shards: the first of their replicas; one more entry closes the last.
fn first_replicas(inventory: &Inventory) -> Vec<u32> {
    let mut all = Vec::with_capacity(inventory.shards.len() + 1);
    let mut first = 0;
    for shard in (0..=inventory.shards.len()).map(ShardId::new) {
        let rest = inventory.replicas[first..].iter();
        first += rest.take_while(|replica| replica.shard < shard).count();
        all.push(u32::try_from(first).expect("invariant: the readers refuse tables of 2^32 rows"));
    }
    all
}

/// The rows of a table by their ids.
fn by_id<'a, R, T>(
    rows: &'a [R],
    id: impl Fn(&'a R) -> &'a String,
    position: impl Fn(usize) -> T,
) -> HashMap<&'a str, T> {
    let rows = rows.iter().enumerate();
    rows.map(|(index, row)| (id(row).as_str(), position(index)))
        .collect()
}

impl<'a> RefereeContext<'a> {
    /// Arranges what the referee judges by.
    pub(super) fn new(inventory: &'a Inventory, scenario: &'a Scenario) -> Self {
        let mut leaving = vec![Vec::new(); places(inventory)];
        let mut arriving = leaving.clone();
        for (index, link) in inventory.links.iter().enumerate() {
            leaving[place_index(inventory, link.from)].push(LinkId::new(index));
            arriving[place_index(inventory, link.to)].push(LinkId::new(index));
        }
        let (steering_groups, (first_replica, before)) = rayon::join(
            || SteeringGroups::new(inventory, &scenario.policy),
            || (first_replicas(inventory), before(inventory, scenario)),
        );
        let groups = (0..steering_groups.len()).map(|group| {
            let key = steering_groups.key(group);
            Group {
                client_region: key.client_region,
                profile: key.profile,
                limit: key.max_latency,
            }
        });
        Self {
            inventory,
            scenario,
            shards: ShardNames::new(&inventory.shard_ids),
            sites: by_id(&inventory.sites, |row| &row.id, SiteId::new),
            access_points: by_id(&inventory.access_points, |row| &row.id, AccessPointId::new),
            client_regions: by_id(
                &inventory.client_regions,
                |row| &row.id,
                ClientRegionId::new,
            ),
            profiles: by_id(&inventory.profiles, |row| &row.id, ProfileId::new),
            resources: by_id(&inventory.resources, |row| &row.id, ResourceId::new),
            links: by_id(&inventory.links, |row| &row.id, LinkId::new),
            components: (0..inventory.component_count())
                .map(ComponentId::new)
                .map(|id| (inventory.component_name(id), id))
                .collect(),
            groups: groups.collect(),
            steering_groups,
            first_replica,
            leaving,
            arriving,
            before,
            onward: vec![OnceLock::new(); inventory.profiles.len() * inventory.sites.len()],
        }
    }

    /// The positions of a component and a resource of these names.
    pub(super) fn limit(&self, component: &str, resource: &str) -> Option<[usize; 2]> {
        let component = self.components.get(component)?;
        let resource = self.resources.get(resource)?;
        Some([component.index(), resource.index()])
    }

    /// The tenant and the tier of these names.
    pub(super) fn tenant_and_tier(&self, tenant: &str, tier: &str) -> Option<(TenantId, TierId)> {
        let tenants = &self.inventory.tenants;
        let tenant = tenants
            .binary_search_by(|text| text.as_str().cmp(tenant))
            .ok()?;
        let tier = self
            .inventory
            .tiers
            .iter()
            .position(|candidate| candidate.id == tier)?;
        Some((TenantId::new(tenant), TierId::new(tier)))
    }

    /// The homes of shards.csv.
    pub(super) fn homes(&self) -> Homes {
        Homes::whole(self.inventory.shards.iter().map(|shard| shard.site))
    }

    /// The group of a shard.
    pub(super) fn group_of(&self, shard: usize) -> usize {
        self.steering_groups.of_shard(ShardId::new(shard))
    }

    /// The group of these users, if any shard is in it.
    pub(super) fn group(
        &self,
        client_region: ClientRegionId,
        profile: ProfileId,
        limit: Option<f64>,
    ) -> Option<usize> {
        self.steering_groups.of(&GroupKey {
            client_region,
            profile,
            max_latency: limit,
        })
    }

    /// The links that leave a place, ascending.
    pub(super) fn leaving(&self, place: LinkEnd) -> &[LinkId] {
        &self.leaving[self.place_index(place)]
    }

    /// The links that arrive at a place, ascending.
    pub(super) fn arriving(&self, place: LinkEnd) -> &[LinkId] {
        &self.arriving[self.place_index(place)]
    }

    /// The dense position of a place.
    pub(super) fn place_index(&self, place: LinkEnd) -> usize {
        place_index(self.inventory, place)
    }

    /// How many places there are; members of pools count, though nothing ends there.
    pub(super) fn place_count(&self) -> usize {
        self.leaving.len()
    }

    /// The replicas of a shard.
    pub(super) fn replicas_of(&self, shard: usize) -> &'a [Replica] {
        let range = self.first_replica[shard] as usize..self.first_replica[shard + 1] as usize;
        &self.inventory.replicas[range]
    }

    /// `true` if a shard has replicas.
    pub(super) fn has_replicas(&self, shard: usize) -> bool {
        !self.replicas_of(shard).is_empty()
    }

    /// `true` if a copy of the shard is at `site`: a replica, or its home of shards.csv if it has replicas.
    pub(super) fn has_copy(&self, shard: usize, site: SiteId) -> bool {
        let replicas = self.replicas_of(shard);
        let is_home = self.inventory.shards[shard].site == Some(site);
        !replicas.is_empty() && (is_home || replicas.iter().any(|replica| replica.site == site))
    }

    /// `true` if a copy of the shard at `site` may take over. The home counts as a ready copy.
    pub(super) fn has_ready_copy(&self, shard: usize, site: SiteId) -> bool {
        let replicas = self.replicas_of(shard);
        let is_home = self.inventory.shards[shard].site == Some(site);
        let is_ready = |state| state == ReplicaState::Ready;
        !replicas.is_empty()
            && (is_home
                || replicas
                    .iter()
                    .any(|replica| replica.site == site && is_ready(replica.state)))
    }

    /// Demand of one counted user of `shard`; surges do not raise what does not vary.
    pub(super) fn demand(&self, case: &Case, shard: usize, resource: usize) -> f64 {
        let profile = self.inventory.shards[shard].profile;
        let demand = self.inventory.profiles[profile.index()].demand[resource];
        if self.inventory.resources[resource].varies || case.factor[shard] <= 0.0 {
            demand
        } else {
            demand / case.factor[shard]
        }
    }

    /// `true` if the resource is used along paths.
    pub(super) fn is_network(&self, resource: usize) -> bool {
        self.inventory.resources[resource].scope == Scope::Network
    }

    /// `true` for an access point on standby.
    pub(super) fn is_standby(&self, component: usize) -> bool {
        let component = self.inventory.component(ComponentId::new(component));
        matches!(component, Component::AccessPoint(id)
            if self.inventory.access_points[id.index()].state.is_on_standby())
    }

    /// `true` for an access point on standby that no earlier plan has opened.
    pub(super) fn is_closed_at_start(&self, component: usize) -> bool {
        let component = self.inventory.component(ComponentId::new(component));
        matches!(component, Component::AccessPoint(id)
            if !self.inventory.access_points[id.index()].state.is_open_at_start())
    }

    /// Name of a site, or the words for none.
    pub(super) fn site_name(&self, site: Option<SiteId>) -> &'a str {
        site.map_or("a blank cell", |site| {
            &self.inventory.sites[site.index()].id
        })
    }

    /// Name of a shard.
    pub(super) fn shard_name(&self, shard: usize) -> &'a str {
        self.inventory.shard_ids.get(shard)
    }
}

/// Users and capacities of the scenario's start, no event; shards to be placed are absent, copies and all.
fn before(inventory: &Inventory, scenario: &Scenario) -> Case {
    case_before(inventory, scenario, Band::Expected)
        .without(inventory.shards.len(), |shard: usize| {
            inventory.shards[shard].site.is_none()
        })
}

/// How many places an inventory has.
fn places(inventory: &Inventory) -> usize {
    inventory.client_regions.len()
        + inventory.access_points.len()
        + inventory.elements.len()
        + inventory.pools.len()
        + inventory.sites.len()
}

/// The dense position of a place: client regions, access points, elements, pools, sites.
fn place_index(inventory: &Inventory, place: LinkEnd) -> usize {
    let access_points = inventory.client_regions.len();
    let elements = access_points + inventory.access_points.len();
    let pools = elements + inventory.elements.len();
    let sites = pools + inventory.pools.len();
    match place {
        LinkEnd::ClientRegion(id) => id.index(),
        LinkEnd::AccessPoint(id) => access_points + id.index(),
        LinkEnd::Element(id) => elements + id.index(),
        LinkEnd::Pool(id) => pools + id.index(),
        LinkEnd::Site(id) => sites + id.index(),
    }
}

/// Shards by name.
pub(super) struct ShardNames<'a> {
    names: &'a Names,
    /// `None` where the names ascend: then they can be searched as they are.
    by_name: Option<HashMap<&'a str, ShardId>>,
}

impl<'a> ShardNames<'a> {
    /// Those of an inventory.
    pub(super) fn new(names: &'a Names) -> Self {
        let mut pairs = names.iter().zip(names.iter().skip(1));
        let is_ascending = pairs.all(|(one, next)| one < next);
        let all = names.iter().enumerate();
        let by_name = || {
            all.map(|(index, name)| (name, ShardId::new(index)))
                .collect()
        };
        Self {
            names,
            by_name: (!is_ascending).then(by_name),
        }
    }

    /// The shard of a name.
    pub(super) fn get(&self, name: &str) -> Option<ShardId> {
        if let Some(by_name) = &self.by_name {
            return by_name.get(name).copied();
        }
        let (mut low, mut high) = (0, self.names.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.names.get(middle) < name {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let is_it = low < self.names.len() && self.names.get(low) == name;
        is_it.then(|| ShardId::new(low))
    }

    /// The same, where it is probably `last` or the shard after it.
    pub(super) fn get_near(&self, last: Option<ShardId>, name: &str) -> Option<ShardId> {
        let next = last.map_or(0, |last| last.index() + 1);
        let is_it = |index: usize| index < self.names.len() && self.names.get(index) == name;
        if is_it(next) {
            return Some(ShardId::new(next));
        }
        last.filter(|last| is_it(last.index()))
            .or_else(|| self.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_whatever_order_they_stand_and_are_asked_for() {
        for ids in [["a", "b", "c"], ["b", "c", "a"]] {
            let names: Names = ids.into_iter().collect();
            let shards = ShardNames::new(&names);
            for last in [None, Some(ShardId(0)), Some(ShardId(1)), Some(ShardId(2))] {
                for (index, id) in ids.iter().enumerate() {
                    assert_eq!(shards.get_near(last, id), Some(ShardId::new(index)));
                }
                assert_eq!(shards.get_near(last, "aa"), None);
                assert_eq!(shards.get_near(last, "d"), None);
            }
        }
    }
}
