//! Basis: what all cases of a sweep have in common; and the paths and the default plan of one case (`docs/model.md` §7).

use super::super::affected::Affected;
use super::super::before::Before;
use super::super::certificate::{
    AllAlike, CapacityRow, FastestPaths, Permissions, Roads, longest, rows,
};
use super::super::context::RefereeContext;
use super::super::period::PeriodState;
use super::asked::AskedSweep;
use crate::ids::{ProfileId, ShardId, SiteId, TenantId, TierId};
use crate::model::Homes;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Users who are distinguished by whether they are served: a position among those who are alike, or among the residents of a
/// plan; and a tier with whether they have a latency limit of their own, `None` for any.
pub(super) type Who = (u32, Option<(u32, bool)>);

/// Where no shard is: one without users.
const NOWHERE: u32 = u32::MAX;

/// Users, and what one of them demands of every resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct DemandingUsers<'d> {
    pub(super) count: f64,
    pub(super) profile: ProfileId,
    pub(super) demand: &'d [f64],
}

/// What is known of headroom that was missing before.
#[derive(Default)]
pub(super) struct KnownBefore {
    /// `None` if nobody wrote it down, or if nothing of it counts.
    pub(super) before: Option<Before>,
    /// Component and resource: how full it was, as it is written.
    pub(super) utilization: FxHashMap<[usize; 2], f64>,
    /// `false` if nobody can tell what was missing.
    pub(super) is_known: bool,
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
    /// By shard, who are like it at its site; at the first of them if it is split.
    alike_of: Vec<u32>,
    /// The same at the further sites of split shards, ascending by shard.
    more_of: Vec<(usize, u32)>,
    pub(super) before: KnownBefore,
}

impl<'a> Basis<'a> {
    /// Walks the shards once.
    pub(super) fn new(
        asked: &'a AskedSweep,
        current: &'a Homes,
        quiet: PeriodState<'a>,
        before: KnownBefore,
    ) -> Self {
        let mut alike_of = vec![NOWHERE; quiet.context.inventory.shards.len()];
        let mut more_of = Vec::new();
        let alike = AllAlike::new(&quiet, current, |shard, alike| {
            if alike_of[shard] == NOWHERE {
                alike_of[shard] = alike;
            } else {
                more_of.push((shard, alike));
            }
        });
        Self {
            context: quiet.context,
            asked,
            current,
            quiet,
            alike,
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
        let begin = self.more_of.partition_point(|(index, _)| *index < shard);
        let more = self.more_of[begin..].iter();
        let more = more.take_while(|(index, _)| *index == shard);
        let all = std::iter::once(first).chain(more.map(|(_, number)| *number));
        all.map(|number| number as usize)
            .find(|index| site.is_none() || self.alike.all[*index].current == site)
    }

    /// Tenant and tier of every shard with users, at each of its sites, and who they are if they are planned again.
    pub(super) fn tenants(&self) -> impl Iterator<Item = ((TenantId, TierId), Who)> + '_ {
        let first = self.alike_of.iter().copied().enumerate();
        let first = first.filter(|(_, alike)| *alike != NOWHERE);
        let all = first.chain(self.more_of.iter().copied());
        all.flat_map(|(shard, alike)| {
            let row = &self.context.inventory.shards[shard];
            let pair = Some((row.tier.0, row.max_latency.is_some()));
            [None, pair].map(|of| ((row.tenant, row.tier), (alike, of)))
        })
    }

    /// `true` if a site has a copy of the shards of those who are alike.
    pub(super) fn has_copy(&self, alike: usize, site: usize) -> bool {
        let shard = self.alike.all[alike].shard;
        self.context.has_copy(shard, SiteId::new(site))
    }

    /// A given number of those who are alike, with their demand where they are served in a slice.
    pub(super) fn demanding(&self, alike: usize, slice: usize, count: f64) -> DemandingUsers<'_> {
        self.of_demand(self.alike.group(alike).demand, slice, count)
    }

    /// A given number of users of a demand in a slice.
    pub(super) fn of_demand(&self, demand: usize, slice: usize, count: f64) -> DemandingUsers<'_> {
        let demand = &self.alike.demands[demand];
        DemandingUsers {
            count,
            profile: demand.profile,
            demand: &demand.of_user[slice],
        }
    }
}

/// Where somebody is by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DefaultPlace {
    pub(super) site: usize,
    pub(super) access_point: usize,
    /// Milliseconds.
    pub(super) latency: f64,
}

/// The default plan of a case, by those who are alike; `None` has no site where they may be served.
pub(super) type Defaults = Vec<Option<DefaultPlace>>;

/// What plans of one case are made from.
pub(super) struct CasePaths<'c, 'a> {
    pub(super) basis: &'c Basis<'a>,
    pub(super) case: usize,
    pub(super) situation: &'c PeriodState<'c>,
    /// The same in every slice of the hours.
    pub(super) slices: &'c [PeriodState<'c>],
    pub(super) roads: &'c Roads<'a>,
    /// By kind of user.
    pub(super) fastest: Vec<FastestPaths<'c, 'a>>,
    /// Rows of loads.
    pub(super) rows: Vec<CapacityRow>,
    /// The users that the case touches.
    pub(super) affected: RefCell<Affected<'c>>,
}

/// Asks about a case.
pub(super) fn in_case<T>(
    basis: &Basis<'_>,
    case: usize,
    ask: impl FnOnce(&CasePaths<'_, '_>) -> T,
) -> T {
    let (context, asked) = (basis.context, basis.asked);
    let situation = basis.quiet.beside(asked.case(context, case));
    let slices = situation.in_slices();
    let roads = Roads::new(context, &situation);
    let written = |at: [usize; 2]| basis.before.utilization.get(&at).copied();
    let affected = Affected::new(context, &situation, asked.period.start, basis.current);
    ask(&CasePaths {
        basis,
        case,
        situation: &situation,
        slices: &slices,
        fastest: FastestPaths::of_kinds(&roads),
        rows: rows(&slices[0], &slices, basis.before.before.as_ref(), &written),
        roads: &roads,
        affected: RefCell::new(affected),
    })
}

impl CasePaths<'_, '_> {
    /// `true` if the case touches those who are alike.
    pub(super) fn is_affected(&self, alike: usize) -> bool {
        self.basis.alike.all[alike].is_affected(&mut self.affected.borrow_mut())
    }

    /// The default plan, and whether `untouched_stay` makes a difference.
    ///
    /// Everybody who may stay at their site stays there, over the fastest open path; others go to the nearest site where they
    /// may be, the first of equally near ones. Access points on standby are passed only where no active one leads anywhere:
    /// untouched users to whose site only they lead stay if `untouched_stay`, else they leave as all others.
    pub(super) fn defaults(&self, untouched_stay: bool) -> (Defaults, bool) {
        let all = &self.basis.alike;
        let mut permissions = Permissions::new(all);
        let mut is_ambiguous = false;
        let mut stays = Vec::with_capacity(all.all.len());
        for (id, alike) in all.all.iter().enumerate() {
            let group = all.group(id);
            let longest = longest(group.limit);
            let fastest = &self.fastest[self.roads.kind(all.demands[group.demand].profile)];
            let reach = |site: usize, with_standby: bool| {
                let path = fastest.of(group.region, site, with_standby)?;
                (path.latency <= longest).then_some(DefaultPlace {
                    site,
                    access_point: path.access_point,
                    latency: path.latency,
                })
            };
            let home = alike.current.map(SiteId::index);
            let home = home.filter(|site| !self.situation.case.gone[*site]);
            if let Some(stay) = home.and_then(|site| reach(site, false)) {
                stays.push(Some(stay));
                continue;
            }
            let is_affected = self.is_affected(id);
            let at_home = home.and_then(|site| reach(site, true));
            let is_in_doubt = at_home.is_some() && !is_affected;
            is_ambiguous |= is_in_doubt;
            if untouched_stay && is_in_doubt {
                stays.push(at_home);
                continue;
            }
            let [permitted, _] = permissions.of(self.situation, id, is_affected);
            let nearest = |with_standby: bool| {
                let all = permitted
                    .iter()
                    .filter_map(|site| reach(*site, with_standby));
                all.min_by(|a, b| a.latency.total_cmp(&b.latency).then(a.site.cmp(&b.site)))
            };
            let stay = nearest(false);
            stays.push(stay.or(at_home).or_else(|| nearest(true)));
        }
        (stays, is_ambiguous)
    }
}
