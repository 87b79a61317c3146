//! Homes: at which site a shard is, and where its copies are: mostly near its users.

use super::jurisdictions::Jurisdictions;
use super::network::{Network, Way};
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
    ways: Vec<Way>,
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
    /// Sums of how likely each is as a home.
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
        let mut ways = Vec::with_capacity(regions * sites);
        let mut near = Vec::with_capacity(regions * all.len());
        for region in 0..regions {
            let own = network.ways(region);
            let mut order: Vec<SiteId> = (0..sites).map(SiteId::new).collect();
            order.sort_by_key(|site| (own[site.index()].latency, *site));
            for offering in &all {
                let offered = order.iter().copied();
                let offered = offered.filter(|site| offering.binary_search(site).is_ok());
                let sites: Vec<SiteId> = offered.take(NEAR).collect();
                let mut likely = 1.0;
                let sums = sums(sites.iter().map(|site| {
                    likely *= FARTHER;
                    likely * libm::pow((places[site.index()].rank + 1) as f64, -SMALLER)
                }));
                near.push(Near { sites, sums });
            }
            ways.extend(own);
        }
        Self {
            ways,
            near,
            all,
            sites,
        }
    }

    /// The nearest way from a client region to a site.
    pub(super) fn way(&self, region: usize, site: SiteId) -> Way {
        self.ways[region * self.sites + site.index()]
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

    /// Up to `count` sites for copies of a shard, nearest first, none of them its home and all within
    /// `most_latency` (hundredths of a millisecond).
    pub(super) fn copies(
        &self,
        region: usize,
        jurisdiction: Option<JurisdictionId>,
        home: SiteId,
        count: usize,
        most_latency: Option<u32>,
    ) -> impl Iterator<Item = SiteId> {
        let near = self.near(region, jurisdiction).sites.iter().copied();
        let is_within = move |site: &SiteId| {
            *site != home && most_latency.is_none_or(|most| self.way(region, *site).latency <= most)
        };
        near.filter(is_within).take(count)
    }
}

fn row(jurisdiction: Option<JurisdictionId>) -> usize {
    jurisdiction.map_or(0, |own| own.index() + 1)
}
