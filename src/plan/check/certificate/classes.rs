//! Classes: shards that nothing in the model tells apart (`model.md` §1), and where the rules let them be: those of
//! `places.rs` asked beforehand, once for all that stand alike.

use super::super::affected::Affected;
use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::alike::AllAlike;
use super::roads::Roads;
use crate::ids::SiteId;
use crate::model::{Drain, Failover, MoveRule, Movers, ReplicaState};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// What the rules ask about a shard, whatever site is meant.
pub(in crate::plan::check) struct Rules<'a> {
    context: &'a RefereeContext<'a>,
    shard: usize,
    current: Option<SiteId>,
    is_affected: bool,
    /// A failure has left its current site nothing.
    has_failed: bool,
    has_replicas: bool,
    /// Sites with a copy, ascending.
    copies: Vec<usize>,
    /// Sites with a copy that may take over, ascending.
    ready: Vec<usize>,
}

impl<'a> Rules<'a> {
    /// For a shard at its current site.
    pub(in crate::plan::check) fn new(
        context: &'a RefereeContext<'a>,
        situation: &PeriodState,
        shard: usize,
        current: Option<SiteId>,
        is_affected: bool,
    ) -> Self {
        let replicas = context.replicas_of(shard);
        // The home of a shard with replicas counts as a copy that is ready.
        let home = context.inventory.shards[shard].site;
        let home = home.filter(|_| !replicas.is_empty());
        let with_home = |is_asked: &dyn Fn(ReplicaState) -> bool| -> Vec<usize> {
            let asked = replicas.iter().filter(|replica| is_asked(replica.state));
            let sites = asked.map(|replica| replica.site).chain(home);
            let mut sites: Vec<usize> = sites.map(SiteId::index).collect();
            sites.sort_unstable();
            sites.dedup();
            sites
        };
        Self {
            context,
            shard,
            current,
            is_affected,
            has_failed: current.is_some_and(|site| situation.case.failed[site.index()]),
            has_replicas: !replicas.is_empty(),
            copies: with_home(&|_| true),
            ready: with_home(&|state| state == ReplicaState::Ready),
        }
    }

    /// `true` if it may be served at a site; whether that is open or can be reached is not asked.
    pub(in crate::plan::check) fn permit(&self, site: SiteId) -> bool {
        if self.current == Some(site) {
            return true;
        }
        let policy = &self.context.scenario.policy;
        let row = &self.context.inventory.shards[self.shard];
        let is_ready = || self.ready.binary_search(&site.index()).is_ok();
        let is_outside = row.jurisdiction.is_some_and(|needed| {
            let offered = &self.context.inventory.sites[site.index()].jurisdictions;
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

/// Some sites, ascending; classes with the same ones share them.
type Sites = Arc<[usize]>;

/// What the rules say of one case, by how shards stand and whether they are affected.
pub(in crate::plan::check) struct Permissions<'c> {
    alike: &'c AllAlike,
    /// By standing: open sites where they may be, whether or not a path leads there, and sites with a copy.
    known: Vec<[Option<[Sites; 2]>; 2]>,
    /// Lists of sites, each of which is kept once.
    lists: FxHashSet<Sites>,
}

impl<'c> Permissions<'c> {
    /// Nothing was asked yet.
    pub(in crate::plan::check) fn new(alike: &'c AllAlike) -> Self {
        Self {
            alike,
            known: vec![[None, None]; alike.standings],
            lists: FxHashSet::default(),
        }
    }

    /// The list of these sites.
    fn list(&mut self, sites: &[usize]) -> Sites {
        if let Some(known) = self.lists.get(sites) {
            return Arc::clone(known);
        }
        let list: Sites = sites.into();
        self.lists.insert(Arc::clone(&list));
        list
    }

    /// Open sites where those who are alike may be, ascending, whether or not a path leads there; and sites with a copy,
    /// ascending.
    pub(in crate::plan::check) fn of(
        &mut self,
        situation: &PeriodState,
        id: usize,
        is_affected: bool,
    ) -> [Sites; 2] {
        let alike_shards = &self.alike.all[id];
        let at = (alike_shards.standing, usize::from(is_affected));
        if let Some(known) = &self.known[at.0][at.1] {
            return known.clone();
        }
        let rules = Rules::new(
            situation.context,
            situation,
            alike_shards.shard,
            alike_shards.current,
            is_affected,
        );
        let sites = (0..situation.context.inventory.sites.len())
            .filter(|site| !situation.case.gone[*site])
            .filter(|site| rules.permit(SiteId::new(*site)));
        let sites: Vec<usize> = sites.collect();
        let both = [self.list(&sites), self.list(&rules.copies)];
        self.known[at.0][at.1].insert(both).clone()
    }
}

/// Shards that nothing in the model tells apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AlikeClass {
    /// Position among [`AllAlike::groups`].
    pub(super) group: usize,
    /// Sites where they may be and that some open path reaches, ascending; none for those who are trapped.
    pub(super) sites: Sites,
    current: Option<usize>,
    /// The current site, if it is among these.
    pub(super) home: Option<usize>,
    /// Sites with a copy, ascending.
    copies: Sites,
    pub(super) is_affected: bool,
}

impl AlikeClass {
    /// `true` if its users leave their site when they are served at `site`.
    pub(super) fn leaves_for(&self, site: usize) -> bool {
        self.current.is_some_and(|current| current != site)
    }

    /// `true` if the site holds a copy.
    pub(super) fn has_copy(&self, site: usize) -> bool {
        self.copies.binary_search(&site).is_ok()
    }
}

/// All classes of a period: one for all shards that are alike, in their order.
pub(in crate::plan::check) struct AlikeClasses<'a> {
    pub(super) alike: &'a AllAlike,
    pub(super) all: Vec<AlikeClass>,
}

impl<'a> AlikeClasses<'a> {
    /// Those of the shards that are alike; rules are asked once for all that stand so.
    pub(in crate::plan::check) fn new(
        situation: &PeriodState,
        alike: &'a AllAlike,
        affected: &mut Affected<'_>,
        roads: &Roads<'_>,
    ) -> Self {
        let mut permissions = Permissions::new(alike);
        let mut open: Vec<usize> = Vec::new();
        let of_alike = alike.all.iter().enumerate().map(|(id, alike_shards)| {
            let is_affected = alike_shards.is_affected(affected);
            let [sites, copies] = permissions.of(situation, id, is_affected);
            let group = alike.group(id);
            let profile = alike.demands[group.demand].profile;
            let reached = roads.reached(profile, group.region, group.limit);
            open.clear();
            open.extend(sites.iter().filter(|site| reached.contains(**site)));
            let current = alike_shards.current.map(SiteId::index);
            AlikeClass {
                group: alike_shards.group,
                sites: permissions.list(&open),
                current,
                home: current.filter(|site| open.binary_search(site).is_ok()),
                copies,
                is_affected,
            }
        });
        let all = of_alike.collect();
        Self { alike, all }
    }

    /// Users of a class by rank.
    pub(super) fn users(&self, id: usize) -> &[f64] {
        self.alike.users(id)
    }

    /// Fewer users than this are nobody.
    pub(super) fn nobody(&self) -> f64 {
        self.alike.nobody()
    }
}
