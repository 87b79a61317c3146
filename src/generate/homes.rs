//! Homes: at which site a shard is, and where its copies are: mostly near its users.

use super::jurisdictions::Jurisdictions;
use super::network::{Network, SitePath};
use super::places::Place;
use super::random::{Draws, sums};
use crate::ids::{JurisdictionId, SiteId};

/// How many of the nearest sites a home is drawn from.
const NEAR: usize = 6;

/// How much less likely each farther site is than the one before it.
const FARTHER: f64 = 0.55;

/// How much less likely smaller sites are: the power of one more than their rank. The first sites of a part of the
/// world are its hubs.
const SMALLER: f64 = 1.0;

/// The chance that a shard is anywhere that it may be, for no reason that anybody remembers.
const ANYWHERE: f64 = 0.02;

/// The nearest sites of every client region.
#[derive(Debug)]
pub(super) struct Homes {
    /// Client region × site.
    paths: Vec<SitePath>,
    /// Client region × (no jurisdiction, then each): the nearest sites.
    near: Vec<Near>,
    /// By jurisdiction, after none: all sites that offer it.
    all: Vec<Vec<SiteId>>,
    sites: usize,
}

/// The sites nearest to a client region that offer a jurisdiction.
#[derive(Debug)]
struct Near {
    /// Nearest first; never none.
    sites: Vec<SiteId>,
    /// How likely each is as a home.
    likely: Vec<f64>,
    /// Sums of that up to and with each.
    sums: Vec<f64>,
}

impl Homes {
    /// Those of a network.
    pub(super) fn of(
        network: &Network,
        regions: usize,
        places: &[Place],
        jurisdictions: &Jurisdictions,
    ) -> Self {
        let sites = places.len();
        let everywhere: Vec<SiteId> = (0..sites).map(SiteId::new).collect();
        let all: Vec<Vec<SiteId>> = std::iter::once(everywhere)
            .chain(jurisdictions.sites.iter().cloned())
            .collect();
        let mut routes = Vec::with_capacity(regions * sites);
        let mut near = Vec::with_capacity(regions * all.len());
        for region in 0..regions {
            let paths = network.paths(region);
            let mut order: Vec<SiteId> = (0..sites).map(SiteId::new).collect();
            order.sort_by_key(|site| (paths[site.index()].latency, *site));
            for offering in &all {
                let offered = order.iter().copied();
                let offered = offered.filter(|site| offering.binary_search(site).is_ok());
                let sites: Vec<SiteId> = offered.take(NEAR).collect();
                let mut path = 1.0;
                let likely = sites.iter().map(|site| {
                    path *= FARTHER;
                    path * libm::pow((places[site.index()].rank + 1) as f64, -SMALLER)
                });
                let likely: Vec<f64> = likely.collect();
                near.push(Near {
                    sums: sums(likely.iter().copied()),
                    likely,
                    sites,
                });
            }
            routes.extend(paths);
        }
        Self {
            paths: routes,
            near,
            all,
            sites,
        }
    }

    /// The nearest path from a client region to a site.
    pub(super) fn path(&self, region: usize, site: SiteId) -> SitePath {
        self.paths[region * self.sites + site.index()]
    }

    fn near(&self, region: usize, jurisdiction: Option<JurisdictionId>) -> &Near {
        &self.near[region * self.all.len() + row(jurisdiction)]
    }

    /// A home for a shard.
    pub(super) fn home(
        &self,
        region: usize,
        jurisdiction: Option<JurisdictionId>,
        draws: &mut Draws,
    ) -> SiteId {
        if draws.is(ANYWHERE) {
            let all = &self.all[row(jurisdiction)];
            return all[draws.below(all.len())];
        }
        let near = self.near(region, jurisdiction);
        near.sites[draws.position(&near.sums)]
    }

    /// Up to `count` sites for copies of a shard, drawn as homes are; none of them is its home, and all are within
    /// `most_latency` (hundredths of a millisecond).
    pub(super) fn copies(
        &self,
        region: usize,
        jurisdiction: Option<JurisdictionId>,
        home: SiteId,
        count: usize,
        most_latency: Option<u32>,
        draws: &mut Draws,
    ) -> Vec<SiteId> {
        let near = self.near(region, jurisdiction);
        let is_within = |site: &SiteId| {
            *site != home
                && most_latency.is_none_or(|most| self.path(region, *site).latency <= most)
        };
        let likely = near.sites.iter().copied().zip(&near.likely);
        let mut open: Vec<(SiteId, f64)> = likely
            .filter(|(site, _)| is_within(site))
            .map(|(site, likely)| (site, *likely))
            .collect();
        let mut copies = Vec::with_capacity(count);
        while copies.len() < count && !open.is_empty() {
            let drawn = draws.position(&sums(open.iter().map(|(_, likely)| *likely)));
            copies.push(open.remove(drawn).0);
        }
        copies
    }
}

fn row(jurisdiction: Option<JurisdictionId>) -> usize {
    jurisdiction.map_or(0, |jurisdiction| jurisdiction.index() + 1)
}
