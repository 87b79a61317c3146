//! Homes: at which site a shard is, and where its copies are: mostly near its users.

use super::jurisdictions::Jurisdictions;
use super::network::{Network, Way};
use super::random::Draws;
use crate::ids::{JurisdictionId, SiteId};

/// How many of the nearest sites a home is drawn from.
const NEAR: usize = 6;

/// The chance that a shard is at the nearest site, at the next nearest if not there, and so on.
const STAYS_NEAR: f64 = 0.72;

/// The chance that a shard is anywhere that it may be, for no reason that anybody remembers.
const ANYWHERE: f64 = 0.02;

/// The nearest sites of every client region.
#[derive(Debug)]
pub(super) struct Homes {
    /// Client region × site.
    ways: Vec<Way>,
    /// Client region × (no jurisdiction, then each): the nearest sites.
    near: Vec<Vec<SiteId>>,
    /// By jurisdiction, after none: all sites that offer it.
    all: Vec<Vec<SiteId>>,
    sites: usize,
}

impl Homes {
    /// Those of a network.
    pub(super) fn of(
        network: &Network,
        regions: usize,
        sites: usize,
        jurisdictions: &Jurisdictions,
    ) -> Self {
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
                let offered = order
                    .iter()
                    .filter(|site| offering.binary_search(site).is_ok());
                near.push(offered.take(NEAR).copied().collect());
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

    /// The sites nearest to a client region that offer a jurisdiction, if one is asked for; never none.
    fn near(&self, region: usize, jurisdiction: Option<JurisdictionId>) -> &[SiteId] {
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
        let mut rank = 0;
        while rank + 1 < near.len() && !draws.is(STAYS_NEAR) {
            rank += 1;
        }
        near[rank]
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
        let near = self.near(region, jurisdiction).iter().copied();
        let is_within = move |site: &SiteId| {
            *site != home && most_latency.is_none_or(|most| self.way(region, *site).latency <= most)
        };
        near.filter(is_within).take(count)
    }
}

fn row(jurisdiction: Option<JurisdictionId>) -> usize {
    jurisdiction.map_or(0, |own| own.index() + 1)
}
