//! All simple paths from a client region to a site, enumerated.

use plimsoll::ids::{ComponentId, LinkId, PoolId, SiteId};
use plimsoll::model::{Inventory, LinkEnd, Shard};
use plimsoll::units::LATENCY_SLACK_MS;

/// One simple path; its site is its last component.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pub(crate) site: SiteId,
    /// Access point, elements that stand alone, links, and the site.
    pub(crate) components: Vec<ComponentId>,
    pub(crate) pools: Vec<PoolId>,
    pub(crate) latency: f64,
}

impl Path {
    /// Its components with every member of its pools.
    pub(crate) fn with_members(&self, inventory: &Inventory) -> Vec<ComponentId> {
        let members = self.pools.iter().flat_map(|pool| {
            inventory.pools[pool.index()]
                .members
                .iter()
                .map(|&member| inventory.element_component(member))
        });
        self.components.iter().copied().chain(members).collect()
    }
}

/// Every path that the users of `shard` may take within `limit`, to any site, whatever is open.
pub(crate) fn paths_of(inventory: &Inventory, shard: &Shard, limit: Option<f64>) -> Vec<Path> {
    let mut search = Search {
        inventory,
        shard,
        limit,
        visited: vec![LinkEnd::ClientRegion(shard.client_region)],
        links: Vec::new(),
        found: Vec::new(),
    };
    search.extend(LinkEnd::ClientRegion(shard.client_region), 0.0);
    search.found
}

/// A depth-first walk over all simple paths.
struct Search<'a> {
    inventory: &'a Inventory,
    shard: &'a Shard,
    limit: Option<f64>,
    visited: Vec<LinkEnd>,
    links: Vec<ComponentId>,
    found: Vec<Path>,
}

impl Search<'_> {
    fn extend(&mut self, place: LinkEnd, latency: f64) {
        if let LinkEnd::Site(site) = place {
            self.finish(site, latency);
            return;
        }
        for (index, link) in self.inventory.links.iter().enumerate() {
            let may_use = link
                .profiles
                .as_ref()
                .is_none_or(|profiles| profiles.contains(&self.shard.profile));
            let is_region = matches!(link.to, LinkEnd::ClientRegion(_));
            if link.from != place || !may_use || is_region || self.visited.contains(&link.to) {
                continue;
            }
            self.visited.push(link.to);
            self.links
                .push(self.inventory.link_component(LinkId::new(index)));
            self.extend(link.to, latency + link.latency.0);
            self.links.pop();
            self.visited.pop();
        }
    }

    fn finish(&mut self, site: SiteId, latency: f64) {
        if self
            .limit
            .is_some_and(|limit| latency > limit + LATENCY_SLACK_MS)
        {
            return;
        }
        let mut components = Vec::new();
        let mut pools = Vec::new();
        let mut access_points = 0;
        for place in &self.visited {
            match *place {
                LinkEnd::ClientRegion(_) | LinkEnd::Site(_) => {}
                LinkEnd::AccessPoint(id) => {
                    access_points += 1;
                    components.push(self.inventory.access_point_component(id));
                }
                LinkEnd::Element(id) => components.push(self.inventory.element_component(id)),
                LinkEnd::Pool(id) => pools.push(id),
            }
        }
        if access_points != 1 {
            return;
        }
        components.extend(&self.links);
        components.push(self.inventory.site_component(site));
        self.found.push(Path {
            site,
            components,
            pools,
            latency,
        });
    }
}
