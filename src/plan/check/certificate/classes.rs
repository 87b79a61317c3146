//! Classes: shards that nothing in the model tells apart (`model.md` §1), and where the rules let them be: those of
//! `places.rs` asked beforehand, once for all that stand alike.

use super::super::affected::Affected;
use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::alike::{AlikeShards, AllAlike, Crowds, PricedGroup};
use super::roads::Roads;
use super::search::position;
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
    pub(super) copies: Vec<usize>,
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
        let home = context.inventory.shards[shard].site;
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
            context,
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
pub(in crate::plan::check) type Sites = Arc<[usize]>;

/// Lists of sites, each of which is kept once.
#[derive(Default)]
pub(super) struct Lists(FxHashSet<Sites>);

impl Lists {
    /// The list of these sites.
    pub(super) fn of(&mut self, sites: &[usize]) -> Sites {
        if let Some(known) = self.0.get(sites) {
            return Arc::clone(known);
        }
        let list: Sites = sites.into();
        self.0.insert(Arc::clone(&list));
        list
    }
}

/// What the rules say of shards that stand alike.
pub(in crate::plan::check) struct PermittedSites {
    /// Open sites where they may be, ascending, whether or not a way leads there.
    pub(in crate::plan::check) sites: Sites,
    /// Sites with a copy, ascending.
    pub(in crate::plan::check) copies: Sites,
}

impl PermittedSites {
    fn new(
        context: &RefereeContext,
        situation: &PeriodState,
        rules: &Rules<'_>,
        lists: &mut Lists,
    ) -> Self {
        let sites: Vec<usize> = (0..context.inventory.sites.len())
            .map(SiteId::new)
            .filter(|site| !situation.case.gone[site.index()])
            .filter(|&site| rules.permit(site))
            .map(SiteId::index)
            .collect();
        Self {
            sites: lists.of(&sites),
            copies: lists.of(&rules.copies),
        }
    }
}

/// What the rules say of one case, by how shards stand and whether they are affected.
pub(in crate::plan::check) struct Permissions<'c> {
    crowds: &'c Crowds,
    /// By standing.
    known: Vec<[Option<PermittedSites>; 2]>,
    pub(super) lists: Lists,
}

impl<'c> Permissions<'c> {
    /// Nothing was asked yet.
    pub(in crate::plan::check) fn new(crowds: &'c Crowds) -> Self {
        let mut known = Vec::new();
        known.resize_with(crowds.standings, || [None, None]);
        Self {
            crowds,
            known,
            lists: Lists::default(),
        }
    }

    /// What they say of those who are alike, given with their position.
    pub(in crate::plan::check) fn of(
        &mut self,
        context: &RefereeContext,
        situation: &PeriodState,
        (id, alike): (usize, &AlikeShards),
        is_affected: bool,
    ) -> &PermittedSites {
        let of_standing = &mut self.known[self.crowds.standing_of(id)];
        of_standing[usize::from(is_affected)].get_or_insert_with(|| {
            let rules = Rules::new(context, situation, alike.shard, alike.current, is_affected);
            PermittedSites::new(context, situation, &rules, &mut self.lists)
        })
    }
}

/// Shards that nothing in the model tells apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AlikeClass {
    /// Position among [`Crowds::groups`].
    pub(super) group: usize,
    /// Sites where they may be and that some open path reaches, ascending; none for those who are trapped.
    pub(super) sites: Sites,
    pub(super) current: Option<usize>,
    /// Sites with a copy, ascending.
    pub(super) copies: Sites,
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

/// The site of a class where its users may stay: all that most of them ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ClassHome {
    pub(super) site: u32,
    /// Position among [`Crowds::groups`].
    pub(super) group: u32,
    pub(super) has_copy: bool,
}

impl ClassHome {
    /// That of a class.
    fn of(class: &AlikeClass) -> Option<Self> {
        let site = class.current?;
        class.sites.binary_search(&site).ok()?;
        Some(Self {
            site: position(site),
            group: position(class.group),
            has_copy: class.has_copy(site),
        })
    }
}

/// All classes of a period: one for all shards that are alike, in their order.
pub(in crate::plan::check) struct Classes {
    pub(super) crowds: Arc<Crowds>,
    pub(super) all: Vec<AlikeClass>,
    /// By class, its site if users may be there and some open way leads there.
    pub(super) homes: Vec<Option<ClassHome>>,
}

impl Classes {
    /// Those of the shards that are alike; rules are asked once for all that stand so.
    pub(in crate::plan::check) fn new(
        context: &RefereeContext,
        situation: &PeriodState,
        alike: &AllAlike,
        crowds: &Arc<Crowds>,
        affected: &mut Affected<'_>,
        roads: &Roads<'_>,
    ) -> Self {
        let mut classes = Self {
            homes: Vec::with_capacity(alike.all.len()),
            all: Vec::with_capacity(alike.all.len()),
            crowds: Arc::clone(crowds),
        };
        let mut permissions = Permissions::new(crowds);
        let mut open: Vec<usize> = Vec::new();
        for (id, own) in alike.all.iter().enumerate() {
            let is_affected = own.is_affected(affected);
            let permitted = permissions.of(context, situation, (id, own), is_affected);
            let copies = Arc::clone(&permitted.copies);
            let group = crowds.group_of(id);
            let profile = crowds.demands[crowds.groups[group].demand].profile;
            let PricedGroup { region, limit, .. } = crowds.groups[group];
            let reached = roads.reached(profile, region, limit);
            open.clear();
            let sites = permitted.sites.iter();
            open.extend(sites.filter(|site| reached.contains(**site)));
            let class = AlikeClass {
                group,
                sites: permissions.lists.of(&open),
                current: own.current.map(SiteId::index),
                copies,
                is_affected,
            };
            classes.homes.push(ClassHome::of(&class));
            classes.all.push(class);
        }
        classes
    }

    /// Users of a class by rank of [`Crowds::ranks`].
    pub(super) fn users(&self, id: usize) -> &[f64] {
        self.crowds.users(id)
    }

    /// Fewer users than this are nobody.
    pub(in crate::plan::check) fn nobody(&self) -> f64 {
        self.crowds.nobody()
    }
}
