//! Basis: what all cases of a sweep have in common; and the ways and the default plan of one case (`docs/model.md` §7).

use super::super::affected::Affected;
use super::super::before::Before;
use super::super::certificate::{
    AllAlike, Crowds, FastestWays, Over, Permissions, Roads, Row, longest, rows,
};
use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::asked::AskedSweep;
use crate::ids::{ProfileId, ShardId, SiteId, TierId};
use crate::model::Homes;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where no shard is: one without users.
const NOWHERE: u32 = u32::MAX;

/// Users, and what one of them demands of every resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct DemandingUsers<'d> {
    pub(super) count: f64,
    pub(super) profile: ProfileId,
    pub(super) demand: &'d [f64],
}

/// What all cases of a sweep have in common.
pub(super) struct Basis<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    pub(super) asked: &'a AskedSweep,
    /// Where shards are.
    pub(super) current: &'a Homes,
    /// What is available and demanded without any failure.
    pub(super) quiet: PeriodState<'a>,
    pub(super) alike: AllAlike,
    pub(super) crowds: Arc<Crowds>,
    /// By shard, who are like it at its site; at the first of them if it is split.
    alike_of: Vec<u32>,
    /// The same at the further sites of split shards, ascending by shard.
    more_of: Vec<(usize, u32)>,
    pub(super) before: KnownBefore<'a>,
}

/// What is known of headroom that was missing before.
pub(super) struct KnownBefore<'a> {
    /// `None` if nobody wrote it down, or if nothing of it counts.
    pub(super) before: Option<&'a Before>,
    /// Component and resource: how full it was, as it is written.
    pub(super) utilization: FxHashMap<[usize; 2], f64>,
    /// `false` if nobody can tell what was missing.
    pub(super) is_known: bool,
}

impl<'a> Basis<'a> {
    /// Walks the shards once.
    pub(super) fn new(
        context: &'a RefereeContext<'a>,
        asked: &'a AskedSweep,
        current: &'a Homes,
        quiet: PeriodState<'a>,
        before: KnownBefore<'a>,
    ) -> Self {
        let mut alike_of = vec![NOWHERE; context.inventory.shards.len()];
        let mut more_of = Vec::new();
        let alike = AllAlike::new(context, &quiet, current, |shard, alike| {
            if alike_of[shard] == NOWHERE {
                alike_of[shard] = alike;
            } else {
                more_of.push((shard, alike));
            }
        });
        let crowds = Arc::new(Crowds::new(context, &quiet, &alike));
        Self {
            context,
            asked,
            current,
            quiet,
            alike,
            crowds,
            alike_of,
            more_of,
            before,
        }
    }

    /// The position of those who are like a shard with users: at its one site, or at `site` if it is at several.
    pub(super) fn alike_of(&self, shard: usize, site: Option<SiteId>) -> Option<usize> {
        let first = self.alike_of[shard];
        if self.current.is_split(ShardId::new(shard)) != site.is_some() || first == NOWHERE {
            return None;
        }
        let begin = self.more_of.partition_point(|(own, _)| *own < shard);
        let more = self.more_of[begin..].iter();
        let more = more
            .take_while(|(own, _)| *own == shard)
            .map(|(_, own)| *own);
        let all = std::iter::once(first).chain(more).map(|own| own as usize);
        let is_there = |own: &usize| site.is_none() || self.alike.all[*own].current == site;
        all.into_iter().find(is_there)
    }

    /// Every shard with users, with those who are like it at each of its sites.
    pub(super) fn shards(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let first = self.alike_of.iter().enumerate();
        let first = first.filter(|(_, alike)| **alike != NOWHERE);
        let first = first.map(|(shard, alike)| (shard, *alike as usize));
        let more = self.more_of.iter();
        first.chain(more.map(|(shard, alike)| (*shard, *alike as usize)))
    }

    /// Users of a tier of those who are alike.
    pub(super) fn users_of(&self, alike: usize, tier: TierId) -> f64 {
        let tiers = self.context.inventory.tiers.len();
        self.alike.users[alike * tiers + tier.index()].value()
    }

    /// `true` if a site has a copy of the shards of those who are alike.
    pub(super) fn has_copy(&self, alike: usize, site: usize) -> bool {
        let shard = self.alike.all[alike].shard;
        self.context.has_copy(shard, SiteId::new(site))
    }

    /// So many users of a demand in a slice.
    pub(super) fn users_of_demand(
        &self,
        demand: usize,
        slice: usize,
        count: f64,
    ) -> DemandingUsers<'_> {
        let demand = &self.crowds.demands[demand];
        DemandingUsers {
            count,
            profile: demand.profile,
            demand: &demand.of_user[slice],
        }
    }

    /// Users of all tiers of those who are alike.
    pub(super) fn users(&self, alike: usize) -> f64 {
        self.crowds.users(alike).iter().sum()
    }
}

/// Where somebody is by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DefaultWay {
    pub(super) site: u32,
    pub(super) access_point: u32,
    /// Milliseconds.
    pub(super) latency: f64,
}

/// Where those are by default whom no event touches, and to whose site only access points on standby lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untouched {
    /// At their site.
    Stay,
    /// Where active access points lead, as all others.
    Leave,
}

/// The default plan of a case.
pub(super) struct Defaults {
    /// By those who are alike; `None` has no site where they may be served.
    pub(super) stays: Vec<Option<DefaultWay>>,
    /// `true` if [`Untouched`] makes a difference.
    pub(super) is_ambiguous: bool,
}

/// What plans of one case are made from.
pub(super) struct CaseWays<'c, 'a> {
    pub(super) basis: &'c Basis<'a>,
    pub(super) situation: &'c PeriodState<'c>,
    /// The same in every slice of the hours.
    pub(super) slices: &'c [PeriodState<'c>],
    pub(super) roads: &'c Roads<'a>,
    /// By kind of user.
    pub(super) fastest: Vec<FastestWays<'c, 'a>>,
    /// Rows of loads.
    pub(super) rows: Vec<Row>,
}

/// Asks about a case: its ways, and whom it touches.
pub(super) fn in_case<T>(
    basis: &Basis<'_>,
    case: usize,
    ask: impl FnOnce(&CaseWays<'_, '_>, &mut Affected<'_>) -> T,
) -> T {
    let (context, asked) = (basis.context, basis.asked);
    let situation = basis.quiet.beside(asked.case(context, case));
    let slices = situation.in_slices();
    let roads = Roads::new(context, &situation);
    let written = |at: [usize; 2]| basis.before.utilization.get(&at).copied();
    let before = basis.before.before;
    let ways = CaseWays {
        basis,
        situation: &situation,
        slices: &slices,
        fastest: FastestWays::of_kinds(&roads),
        rows: rows(context, (&slices[0], &slices), before, &written),
        roads: &roads,
    };
    let mut affected = Affected::new(context, &situation, asked.period.start, basis.current);
    ask(&ways, &mut affected)
}

impl CaseWays<'_, '_> {
    /// Everybody who may stay at his site stays there, over the fastest open way; who may not goes to the nearest site
    /// where he may be, the first of equally near ones. Access points on standby are passed only where no active one
    /// leads anywhere.
    pub(super) fn defaults(&self, affected: &mut Affected<'_>, untouched: Untouched) -> Defaults {
        let basis = self.basis;
        let crowds = &basis.crowds;
        let mut permissions = Permissions::new(crowds);
        let mut is_ambiguous = false;
        let mut stays = Vec::with_capacity(basis.alike.all.len());
        for (id, alike) in basis.alike.all.iter().enumerate() {
            let group = crowds.group(id);
            let longest = longest(group.limit);
            let fastest = &self.fastest[self.roads.kind(crowds.demands[group.demand].profile)];
            let reach = |site: usize, over: Over| {
                let way = fastest.of(group.region, site, over)?;
                (way.latency <= longest).then(|| DefaultWay {
                    site: u32::try_from(site).expect("invariant: a site has an id of four bytes"),
                    access_point: way.access_point,
                    latency: way.latency,
                })
            };
            let home = alike.current.map(SiteId::index);
            let home = home.filter(|site| !self.situation.case.gone[*site]);
            if let Some(stay) = home.and_then(|site| reach(site, Over::Active)) {
                stays.push(Some(stay));
                continue;
            }
            let is_affected = alike.is_affected(affected);
            let at_home = home.and_then(|site| reach(site, Over::Openable));
            let at_home = at_home.filter(|_| !is_affected);
            if untouched == Untouched::Stay && at_home.is_some() {
                is_ambiguous = true;
                stays.push(at_home);
                continue;
            }
            is_ambiguous |= at_home.is_some();
            let permitted = permissions.of(basis.context, self.situation, (id, alike), is_affected);
            let nearest = |over: Over| {
                let all = permitted.sites.iter().filter_map(|site| reach(*site, over));
                all.min_by(|a, b| a.latency.total_cmp(&b.latency).then(a.site.cmp(&b.site)))
            };
            let stay = nearest(Over::Active)
                .or_else(|| home.and_then(|site| reach(site, Over::Openable)))
                .or_else(|| nearest(Over::Openable));
            stays.push(stay);
        }
        Defaults {
            stays,
            is_ambiguous,
        }
    }
}
