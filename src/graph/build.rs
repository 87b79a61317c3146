//! The graph itself: one place for every client region, access point, element outside pools, pool and site.

use crate::ids::{
    AccessPointId, ClientRegionId, ComponentId, ElementId, LinkId, PoolId, ProfileId, SiteId,
};
use crate::model::{Inventory, LinkEnd};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// Position of a place in the [`Network`].
pub type PlaceId = NodeIndex<u32>;

/// The directed graph of an inventory.
///
/// Places stand in the order client regions, access points, elements outside pools, pools, sites;
/// an edge carries its link. Latencies and profile restrictions are copied beside the graph, so that a
/// search touches nothing else.
#[derive(Debug, Clone)]
pub struct Network {
    graph: DiGraph<LinkEnd, LinkId, u32>,
    client_regions: Vec<PlaceId>,
    access_points: Vec<PlaceId>,
    elements: Vec<Option<PlaceId>>,
    pools: Vec<PlaceId>,
    sites: Vec<PlaceId>,
    latency: Vec<f64>,
    profiles: Vec<Option<Vec<ProfileId>>>,
    ends: Vec<(PlaceId, PlaceId)>,
    /// By place: the sides of the access points on which it stands; both, where client regions reach it straight and access
    /// points too.
    sides: Vec<[bool; 2]>,
    /// The links that leave the places, one place after the other, and by place where they begin.
    leaving: Vec<(LinkId, PlaceId)>,
    leaving_from: Vec<usize>,
}

impl Network {
    /// The graph of an inventory.
    pub fn new(inventory: &Inventory) -> Self {
        let mut graph = DiGraph::with_capacity(
            inventory.client_regions.len()
                + inventory.access_points.len()
                + inventory.elements.len()
                + inventory.pools.len()
                + inventory.sites.len(),
            inventory.links.len(),
        );
        let client_regions: Vec<_> = (0..inventory.client_regions.len())
            .map(|index| graph.add_node(LinkEnd::ClientRegion(ClientRegionId::new(index))))
            .collect();
        let access_points: Vec<_> = (0..inventory.access_points.len())
            .map(|index| graph.add_node(LinkEnd::AccessPoint(AccessPointId::new(index))))
            .collect();
        let elements: Vec<_> = inventory
            .elements
            .iter()
            .enumerate()
            .map(|(index, element)| {
                element
                    .pool
                    .is_none()
                    .then(|| graph.add_node(LinkEnd::Element(ElementId::new(index))))
            })
            .collect();
        let pools: Vec<_> = (0..inventory.pools.len())
            .map(|index| graph.add_node(LinkEnd::Pool(PoolId::new(index))))
            .collect();
        let sites: Vec<_> = (0..inventory.sites.len())
            .map(|index| graph.add_node(LinkEnd::Site(SiteId::new(index))))
            .collect();
        let mut network = Self {
            graph,
            client_regions,
            access_points,
            elements,
            pools,
            sites,
            latency: Vec::with_capacity(inventory.links.len()),
            profiles: Vec::with_capacity(inventory.links.len()),
            ends: Vec::with_capacity(inventory.links.len()),
            sides: Vec::new(),
            leaving: Vec::with_capacity(inventory.links.len()),
            leaving_from: Vec::new(),
        };
        for (index, link) in inventory.links.iter().enumerate() {
            let from = network.place(link.from);
            let to = network.place(link.to);
            network.graph.add_edge(from, to, LinkId::new(index));
            network.latency.push(link.latency.0);
            network.profiles.push(link.profiles.clone());
            network.ends.push((from, to));
        }
        for place in network.graph.node_indices() {
            network.leaving_from.push(network.leaving.len());
            let edges = network.graph.edges(place);
            network
                .leaving
                .extend(edges.map(|edge| (*edge.weight(), edge.target())));
        }
        network.leaving_from.push(network.leaving.len());
        let before = network.reached_over_elements(&network.client_regions);
        let after = network.reached_over_elements(&network.access_points);
        let both = before.into_iter().zip(after);
        // A place that nothing reaches counts as past them.
        network.sides = both
            .map(|(before, after)| [before, after || !before])
            .collect();
        network
    }

    /// By place, whether it can be reached from any of these over elements and pools alone.
    fn reached_over_elements(&self, starts: &[PlaceId]) -> Vec<bool> {
        let mut is_reached = vec![false; self.place_count()];
        let mut open: Vec<PlaceId> = starts.to_vec();
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut is_reached[place.index()], true) {
                continue;
            }
            let on_way =
                |to: &PlaceId| matches!(self.end(*to), LinkEnd::Element(_) | LinkEnd::Pool(_));
            open.extend(self.leaving(place).map(|(_, to)| to).filter(on_way));
        }
        is_reached
    }

    /// Whether a place is on the client regions' side of the access points, and whether it is past them; it is on both sides
    /// where client regions reach it straight and access points too.
    pub fn sides(&self, place: PlaceId) -> [bool; 2] {
        self.sides[place.index()]
    }

    /// The sides of the access points on which a link stands.
    pub fn sides_of_link(&self, link: LinkId) -> [bool; 2] {
        self.sides(self.ends(link).0)
    }

    /// The place of a link's end.
    ///
    /// # Panics
    /// If it is a member of a pool, which no link names (the readers refuse it).
    pub fn place(&self, end: LinkEnd) -> PlaceId {
        match end {
            LinkEnd::ClientRegion(id) => self.client_regions[id.index()],
            LinkEnd::AccessPoint(id) => self.access_points[id.index()],
            LinkEnd::Element(id) => {
                self.elements[id.index()].expect("invariant: links name pools, never their members")
            }
            LinkEnd::Pool(id) => self.pools[id.index()],
            LinkEnd::Site(id) => self.sites[id.index()],
        }
    }

    /// What stands at a place.
    pub fn end(&self, place: PlaceId) -> LinkEnd {
        self.graph[place]
    }

    /// How many places there are.
    pub fn place_count(&self) -> usize {
        self.graph.node_count()
    }

    /// How many links there are.
    pub fn link_count(&self) -> usize {
        self.latency.len()
    }

    /// How many client regions there are.
    pub fn client_region_count(&self) -> usize {
        self.client_regions.len()
    }

    /// How many access points there are.
    pub fn access_point_count(&self) -> usize {
        self.access_points.len()
    }

    /// How many sites there are.
    pub fn site_count(&self) -> usize {
        self.sites.len()
    }

    /// Round trip of a link in milliseconds.
    pub fn latency(&self, link: LinkId) -> f64 {
        self.latency[link.index()]
    }

    /// `true` if users of `profile` may use `link`.
    pub fn is_open_to(&self, link: LinkId, profile: ProfileId) -> bool {
        self.profiles[link.index()]
            .as_ref()
            .is_none_or(|profiles| profiles.binary_search(&profile).is_ok())
    }

    /// Where a link starts and ends.
    pub fn ends(&self, link: LinkId) -> (PlaceId, PlaceId) {
        self.ends[link.index()]
    }

    /// The links that leave a place, each with the place where it ends.
    pub fn leaving(&self, place: PlaceId) -> impl Iterator<Item = (LinkId, PlaceId)> + '_ {
        let (from, to) = (
            self.leaving_from[place.index()],
            self.leaving_from[place.index() + 1],
        );
        self.leaving[from..to].iter().copied()
    }

    /// The links that enter a place, each with the place where it starts.
    pub fn entering(&self, place: PlaceId) -> impl Iterator<Item = (LinkId, PlaceId)> + '_ {
        self.graph
            .edges_directed(place, Direction::Incoming)
            .map(|edge| (*edge.weight(), edge.source()))
    }

    /// The components that a place consists of: one, a pool's members, or none for a client region.
    pub fn components_of(&self, inventory: &Inventory, place: PlaceId) -> Vec<ComponentId> {
        match self.end(place) {
            LinkEnd::ClientRegion(_) => Vec::new(),
            LinkEnd::AccessPoint(id) => vec![inventory.access_point_component(id)],
            LinkEnd::Element(id) => vec![inventory.element_component(id)],
            LinkEnd::Pool(id) => inventory.pools[id.index()]
                .members
                .iter()
                .map(|&member| inventory.element_component(member))
                .collect(),
            LinkEnd::Site(id) => vec![inventory.site_component(id)],
        }
    }
}
