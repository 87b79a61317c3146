//! Where users may be served: the rules of `places.rs` asked beforehand.

use super::super::ground::Ground;
use super::super::period::Situation;
use crate::ids::SiteId;
use crate::model::{Drain, Failover, MoveRule, Movers, ReplicaState};

/// What the rules ask about a shard, whatever site is meant.
pub(in crate::plan::check) struct Rules<'a> {
    ground: &'a Ground<'a>,
    shard: usize,
    current: Option<SiteId>,
    is_affected: bool,
    /// A failure has left its current site nothing.
    has_failed: bool,
    has_replicas: bool,
    /// Sites with a copy, ascending.
    pub(super) copies: Vec<usize>,
    /// Sites with a copy that may take over, ascending.
    ready: Vec<usize>,
}

impl<'a> Rules<'a> {
    /// For a shard at its current site.
    pub(in crate::plan::check) fn new(
        ground: &'a Ground<'a>,
        situation: &Situation,
        shard: usize,
        current: Option<SiteId>,
        is_affected: bool,
    ) -> Self {
        let replicas = ground.replicas_of(shard);
        let home = ground.inventory.shards[shard].site;
        let with_home = |sites: &mut dyn Iterator<Item = SiteId>| -> Vec<usize> {
            // The home of a shard with replicas counts as a copy that is ready.
            let home = home.filter(|_| !replicas.is_empty());
            let mut sites: Vec<usize> = sites.chain(home).map(SiteId::index).collect();
            sites.sort_unstable();
            sites.dedup();
            sites
        };
        let ready = replicas
            .iter()
            .filter(|own| own.state == ReplicaState::Ready);
        Self {
            ground,
            shard,
            current,
            is_affected,
            has_failed: current.is_some_and(|site| situation.case.failed[site.index()]),
            has_replicas: !replicas.is_empty(),
            copies: with_home(&mut replicas.iter().map(|own| own.site)),
            ready: with_home(&mut ready.map(|own| own.site)),
        }
    }

    /// `true` if it may be served at a site; whether that is open or can be reached is not asked.
    pub(in crate::plan::check) fn permit(&self, site: SiteId) -> bool {
        if self.current == Some(site) {
            return true;
        }
        let policy = &self.ground.scenario.policy;
        let row = &self.ground.inventory.shards[self.shard];
        let is_ready = || self.ready.binary_search(&site.index()).is_ok();
        let is_outside = row.jurisdiction.is_some_and(|needed| {
            let offered = &self.ground.inventory.sites[site.index()].jurisdictions;
            !offered.contains(&needed)
        });
        if is_outside || row.move_rule == MoveRule::Pinned {
            return false;
        }
        if row.move_rule == MoveRule::ReplicaOnly && row.site != Some(site) && !is_ready() {
            return false;
        }
        if self.current.is_none() {
            return true;
        }
        if policy.movers == Movers::Affected && !self.is_affected {
            return false;
        }
        if self.has_failed {
            policy.failover == Failover::Anywhere || is_ready()
        } else {
            policy.drain == Drain::Anywhere || !self.has_replicas || is_ready()
        }
    }
}
