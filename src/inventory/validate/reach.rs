//! Reach: which places a path can pass, and the least latency from client regions to sites.
//!
//! A path starts in its client region, passes exactly one access point and ends in a site, so it is searched in
//! two layers: before its access point and after it. The planner's own graph stands on a higher floor; this one
//! only serves the rules.

use crate::ids::{ClientRegionId, ProfileId};
use crate::model::{Inventory, LinkEnd};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Layers of the search: before the access point and after it.
const LAYERS: usize = 2;

/// The layer of a path that has passed its access point.
const PAST: usize = 1;

/// The places of an inventory as dense positions: client regions, access points, elements, pools, sites.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Positions {
    /// Where each kind begins, and the end of the last.
    starts: [usize; 6],
}

impl Positions {
    /// Those of an inventory.
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let counts = [
            inventory.client_regions.len(),
            inventory.access_points.len(),
            inventory.elements.len(),
            inventory.pools.len(),
            inventory.sites.len(),
        ];
        let mut starts = [0; 6];
        for (kind, count) in counts.into_iter().enumerate() {
            starts[kind + 1] = starts[kind] + count;
        }
        Self { starts }
    }

    /// How many places there are.
    pub(crate) fn len(self) -> usize {
        let [.., end] = self.starts;
        end
    }

    /// The position of an end of a link.
    pub(crate) fn position(self, end: LinkEnd) -> usize {
        let (kind, index) = match end {
            LinkEnd::ClientRegion(client_region) => (0, client_region.index()),
            LinkEnd::AccessPoint(access_point) => (1, access_point.index()),
            LinkEnd::Element(element) => (2, element.index()),
            LinkEnd::Pool(pool) => (3, pool.index()),
            LinkEnd::Site(site) => (4, site.index()),
        };
        self.starts[kind] + index
    }

    /// The positions of access points.
    pub(crate) fn access_points(self) -> std::ops::Range<usize> {
        self.starts[1]..self.starts[2]
    }

    /// The positions of elements and pools.
    pub(crate) fn elements_and_pools(self) -> std::ops::Range<usize> {
        self.starts[2]..self.starts[4]
    }

    /// The positions of sites.
    pub(crate) fn sites(self) -> std::ops::Range<usize> {
        self.starts[4]..self.starts[5]
    }

    /// The layer in which a path is at `to` when it comes from `layer`; `None` at a second access point.
    fn layer_at(self, to: usize, layer: usize) -> Option<usize> {
        let next = layer + usize::from(self.access_points().contains(&to));
        (next < LAYERS).then_some(next)
    }
}

/// Least latencies from client regions to sites, for the profiles that links tell apart.
#[derive(Debug)]
pub(crate) struct Reach<'i> {
    inventory: &'i Inventory,
    positions: Positions,
    /// By place: links that leave it.
    leaving: Vec<Vec<usize>>,
    /// By profile: a profile that the same links serve.
    alike: Vec<ProfileId>,
    /// By client region and profile: the least latency to each site.
    known: BTreeMap<(ClientRegionId, ProfileId), Vec<Option<f64>>>,
    /// By access point and profile: the least latency from it to each site.
    past: BTreeMap<(usize, ProfileId), Vec<Option<f64>>>,
}

impl<'i> Reach<'i> {
    /// Nothing computed yet.
    pub(crate) fn of(inventory: &'i Inventory) -> Self {
        let positions = Positions::of(inventory);
        let mut leaving = vec![Vec::new(); positions.len()];
        for (link, row) in inventory.links.iter().enumerate() {
            leaving[positions.position(row.from)].push(link);
        }
        let mut first_of: BTreeMap<Vec<bool>, ProfileId> = BTreeMap::new();
        let alike = (0..inventory.profiles.len())
            .map(ProfileId::new)
            .map(|profile| {
                let restricted = inventory
                    .links
                    .iter()
                    .filter_map(|row| row.profiles.as_ref());
                let served = restricted.map(|profiles| profiles.contains(&profile));
                *first_of.entry(served.collect()).or_insert(profile)
            })
            .collect();
        Self {
            inventory,
            positions,
            leaving,
            alike,
            known: BTreeMap::new(),
            past: BTreeMap::new(),
        }
    }

    /// The client region and profile under which the latencies of a shard are kept.
    pub(crate) fn key(
        &self,
        region: ClientRegionId,
        profile: ProfileId,
    ) -> (ClientRegionId, ProfileId) {
        (region, self.alike[profile.index()])
    }

    /// The least latency in ms from a client region to each site for a profile; `None` without a path.
    pub(crate) fn latencies(
        &mut self,
        region: ClientRegionId,
        profile: ProfileId,
    ) -> &[Option<f64>] {
        let key = self.key(region, profile);
        if !self.known.contains_key(&key) {
            let latencies = self.search(region, profile);
            self.known.insert(key, latencies);
        }
        &self.known[&key]
    }

    /// The least sums over the access points of the path to one and the path on from it.
    fn search(&mut self, region: ClientRegionId, profile: ProfileId) -> Vec<Option<f64>> {
        let start = self.positions.position(LinkEnd::ClientRegion(region));
        let before = self.least_from(start, profile);
        let mut least: Vec<Option<f64>> = vec![None; self.positions.sites().len()];
        for access_point in self.positions.access_points() {
            let Some(there) = before[access_point] else {
                continue;
            };
            let key = (access_point, self.alike[profile.index()]);
            if !self.past.contains_key(&key) {
                let all = self.least_from(access_point, profile);
                let sites = all[self.positions.sites()].to_vec();
                self.past.insert(key, sites);
            }
            for (least, on) in least.iter_mut().zip(&self.past[&key]) {
                let sum = on.map(|on| there + on);
                *least = match (*least, sum) {
                    (Some(least), Some(sum)) => Some(least.min(sum)),
                    (known, sum) => known.or(sum),
                };
            }
        }
        least
    }

    /// By place, the least latency from a client region without passing an access point, or from an access point
    /// without passing a second one. Dijkstra's algorithm.
    fn least_from(&self, start: usize, profile: ProfileId) -> Vec<Option<f64>> {
        let mut least: Vec<Option<f64>> = vec![None; self.positions.len()];
        // Latencies are 0 or more, so their bits are ordered as they are.
        let mut queue = BinaryHeap::from([Reverse((0_u64, start))]);
        while let Some(Reverse((bits, place))) = queue.pop() {
            if least[place].is_some() {
                continue;
            }
            let latency = f64::from_bits(bits);
            least[place] = Some(latency);
            if place != start && self.positions.access_points().contains(&place) {
                continue;
            }
            for link in &self.leaving[place] {
                let link = &self.inventory.links[*link];
                let profiles = link.profiles.as_ref();
                let to = self.positions.position(link.to);
                if least[to].is_none()
                    && profiles.is_none_or(|profiles| profiles.contains(&profile))
                {
                    queue.push(Reverse(((latency + link.latency.0).to_bits(), to)));
                }
            }
        }
        least
    }
}

/// By link: `true` if some path can use it, whatever its profile.
pub(crate) fn useful_links(inventory: &Inventory) -> Vec<bool> {
    let positions = Positions::of(inventory);
    let ends: Vec<(usize, usize)> = inventory
        .links
        .iter()
        .map(|link| (positions.position(link.from), positions.position(link.to)))
        .collect();
    let mut from_region = vec![[false; LAYERS]; positions.len()];
    for reached in &mut from_region[..inventory.client_regions.len()] {
        reached[0] = true;
    }
    let mut to_site = vec![[false; LAYERS]; positions.len()];
    for reached in &mut to_site[positions.sites()] {
        reached[PAST] = true;
    }
    let mut leaving = vec![Vec::new(); positions.len()];
    let mut entering = vec![Vec::new(); positions.len()];
    for (from, to) in &ends {
        leaving[*from].push(*to);
        entering[*to].push(*from);
    }
    spread(&mut from_region, |(place, layer)| {
        let steps = leaving[place].iter();
        steps
            .filter_map(|to| Some((*to, positions.layer_at(*to, layer)?)))
            .collect()
    });
    spread(&mut to_site, |(place, layer)| {
        let before = (0..LAYERS).filter(|index| positions.layer_at(place, *index) == Some(layer));
        before
            .flat_map(|index| entering[place].iter().map(move |from| (*from, index)))
            .collect()
    });
    ends.into_iter()
        .map(|(from, to)| {
            (0..LAYERS).any(|layer| {
                let next = positions.layer_at(to, layer);
                from_region[from][layer] && next.is_some_and(|next| to_site[to][next])
            })
        })
        .collect()
}

/// Marks every state that steps lead to from the marked ones.
fn spread(marked: &mut [[bool; LAYERS]], steps: impl Fn((usize, usize)) -> Vec<(usize, usize)>) {
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (place, layers) in marked.iter().enumerate() {
        open.extend(
            (0..LAYERS)
                .filter(|index| layers[*index])
                .map(|index| (place, index)),
        );
    }
    while let Some(state) = open.pop() {
        for (place, layer) in steps(state) {
            if !marked[place][layer] {
                marked[place][layer] = true;
                open.push((place, layer));
            }
        }
    }
}
