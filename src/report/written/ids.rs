//! Ids as the files spell them, of what a plan and a sweep know by position.

use crate::ids::{
    AccessPointId, ComponentId, LinkId, ProfileId, ResourceId, ShardId, SiteId, TenantId, TierId,
};
use crate::model::{Inventory, LinkEnd};
use crate::plan::{Flow, GroupKey};
use crate::plan_files::joined;

/// The ids of an inventory.
#[derive(Clone, Copy)]
pub(super) struct InventoryIds<'a>(pub(super) &'a Inventory);

impl<'a> InventoryIds<'a> {
    pub(super) fn site(self, id: SiteId) -> &'a str {
        &self.0.sites[id.index()].id
    }

    pub(super) fn access_point(self, id: AccessPointId) -> &'a str {
        &self.0.access_points[id.index()].id
    }

    pub(super) fn link(self, id: LinkId) -> &'a str {
        &self.0.links[id.index()].id
    }

    pub(super) fn shard(self, id: ShardId) -> &'a str {
        self.0.shard_ids.get(id.index())
    }

    pub(super) fn tenant(self, id: TenantId) -> &'a str {
        &self.0.tenants[id.index()]
    }

    pub(super) fn tenant_of(self, shard: ShardId) -> &'a str {
        self.tenant(self.0.shards[shard.index()].tenant)
    }

    pub(super) fn tier(self, id: TierId) -> &'a str {
        &self.0.tiers[id.index()].id
    }

    fn profile(self, id: ProfileId) -> &'a str {
        &self.0.profiles[id.index()].id
    }

    /// Client region and profile of a group.
    pub(super) fn group(self, group: &GroupKey) -> [&'a str; 2] {
        let region = &self.0.client_regions[group.client_region.index()];
        [&region.id, self.profile(group.profile)]
    }

    pub(super) fn resource(self, id: ResourceId) -> &'a str {
        &self.0.resources[id.index()].id
    }

    pub(super) fn unit(self, id: ResourceId) -> &'a str {
        &self.0.resources[id.index()].unit
    }

    pub(super) fn component(self, id: ComponentId) -> &'a str {
        self.0.component_name(id)
    }

    /// The word for the kind of a component.
    pub(super) fn kind(self, id: ComponentId) -> String {
        self.0.component_kind(id).word().to_owned()
    }

    fn end(self, end: LinkEnd) -> &'a str {
        match end {
            LinkEnd::ClientRegion(id) => &self.0.client_regions[id.index()].id,
            LinkEnd::AccessPoint(id) => self.access_point(id),
            LinkEnd::Element(id) => &self.0.elements[id.index()].id,
            LinkEnd::Pool(id) => &self.0.pools[id.index()].id,
            LinkEnd::Site(id) => self.site(id),
        }
    }

    /// The places of a path, and its links; a pool goes by its own id.
    pub(super) fn path(self, flow: &Flow) -> [String; 2] {
        let links = flow.path.links.iter();
        let rows = links.clone().map(|link| &self.0.links[link.index()]);
        let first = rows.clone().next().map(|link| self.end(link.from));
        let places = first.into_iter().chain(rows.map(|link| self.end(link.to)));
        [joined(places), joined(links.map(|link| self.link(*link)))]
    }
}

/// A position as files have it.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
