//! Network: the links from client regions over access points to sites, and the nearest path of all users.

use super::fronts::{Front, LimitedLink, unlimited};
use super::globe::round_trip;
use super::mesh::Mesh;
use super::places::{Place, Populated, nearest};
use super::random::Draws;
use crate::ids::{AccessPointId, ClientRegionId};
use crate::model::LinkEnd;

/// Access points that a client region is linked to.
const ENTRIES: usize = 8;

/// A path to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SitePath {
    /// Round trip in hundredths of a millisecond, without the front of the site, which is the same for all paths.
    pub(super) latency: u32,
    /// Position of its access point.
    pub(super) access_point: u32,
}

/// Everything between client regions and the fronts of sites.
#[derive(Debug)]
pub(super) struct Network {
    /// By client region: the access points that it is linked to, nearest first.
    entries: Vec<Vec<SitePath>>,
    /// Round trips from access points to sites: access point × site.
    beyond: Vec<u32>,
    /// Routers between them.
    pub(super) mesh: Option<Mesh>,
    sites: usize,
}

impl Network {
    /// The links of these places.
    pub(super) fn of(
        regions: &[Populated],
        access_points: &[Place],
        routers: &[Place],
        sites: &[Place],
        draws: &mut Draws,
    ) -> Self {
        let mut entries: Vec<Vec<SitePath>> = Vec::with_capacity(regions.len());
        for region in regions {
            let near = nearest(&region.place, access_points).into_iter();
            let paths = near.take(ENTRIES).map(|(km, access_point)| SitePath {
                latency: round_trip(km, draws),
                access_point,
            });
            entries.push(paths.collect());
        }
        let mut is_entered = vec![false; access_points.len()];
        for path in entries.iter().flatten() {
            is_entered[path.access_point as usize] = true;
        }
        // An access point that nobody can enter by would stand there for nothing.
        let populated: Vec<&Place> = regions.iter().map(|populated| &populated.place).collect();
        for (number, place) in (0..).zip(access_points) {
            if is_entered[number as usize] {
                continue;
            }
            if let Some((km, region)) = nearest(place, populated.iter().copied()).first() {
                entries[*region as usize].push(SitePath {
                    latency: round_trip(*km, draws),
                    access_point: number,
                });
            }
        }
        for paths in &mut entries {
            paths.sort_unstable();
        }
        let mesh = (!routers.is_empty()).then(|| Mesh::of(access_points, routers, sites, draws));
        let after = match &mesh {
            Some(mesh) => mesh.round_trips(),
            None => access_points
                .iter()
                .flat_map(|from| sites.iter().map(move |to| from.point.km(to.point)))
                .map(|km| round_trip(km, draws))
                .collect(),
        };
        Self {
            entries,
            beyond: after,
            mesh,
            sites: sites.len(),
        }
    }

    /// The path of least latency from a client region to each site.
    pub(super) fn paths(&self, region: usize) -> Vec<SitePath> {
        let path = |site: usize| {
            let over = self.entries[region].iter().map(|entry| SitePath {
                latency: entry.latency
                    + self.beyond[entry.access_point as usize * self.sites + site],
                access_point: entry.access_point,
            });
            over.min()
                .expect("invariant: every client region has an access point")
        };
        (0..self.sites).map(path).collect()
    }

    /// The links from client regions to access points, and without routers those from access points to sites.
    pub(super) fn links(
        &self,
        regions: &[Populated],
        access_points: &[Place],
        fronts: &[Front],
    ) -> Vec<LimitedLink> {
        let mut links = Vec::new();
        for (region, entries) in self.entries.iter().enumerate() {
            let from = (
                regions[region].place.id.as_str(),
                LinkEnd::ClientRegion(ClientRegionId::new(region)),
            );
            links.extend(entries.iter().map(|entry| {
                let id = access_points[entry.access_point as usize].id.as_str();
                let end = LinkEnd::AccessPoint(AccessPointId(entry.access_point));
                unlimited(from, (id, end), entry.latency)
            }));
        }
        if self.mesh.is_none() {
            for (index, place) in access_points.iter().enumerate() {
                let end = LinkEnd::AccessPoint(AccessPointId::new(index));
                for (to, front) in fronts.iter().enumerate() {
                    links.push(unlimited(
                        (&place.id, end),
                        (&front.id, front.end),
                        self.beyond[index * self.sites + to],
                    ));
                }
            }
        }
        links
    }
}
