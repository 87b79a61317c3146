//! Shift: who is where before a boundary and after it, shard by shard: who stays, who moves, who comes back, who is shed.

use super::{Before, ByGroupAndSite, Flow, Part, PeriodPlan, SteeringGroups};
use crate::ids::{ShardId, SiteId};
use crate::model::{Homes, Inventory};
use crate::units::{FEASIBILITY, NUMERICAL_NOISE};
use jiff::Timestamp;
use std::cell::OnceCell;

/// A share of a shard at a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Staying {
    pub(crate) shard: ShardId,
    pub(crate) site: SiteId,
    pub(crate) share: f64,
}

/// Users of a shard who are served elsewhere afterwards, or again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mover {
    /// Position among the moves of the period; `None` is who comes back to where they are homed.
    pub(crate) moved: Option<usize>,
    pub(crate) shard: ShardId,
    /// `None` was served nowhere.
    pub(crate) from: Option<SiteId>,
    pub(crate) to: SiteId,
    /// Share of the shard that was served there, and that is served here.
    pub(crate) shares: [f64; 2],
    /// Share of the shard that was served nowhere, though homed where they leave, and is let in here.
    pub(crate) let_in: f64,
    /// Users by which rates are counted, at least.
    pub(crate) users: f64,
    /// They are placed in an earlier period at the site that they leave, and not there before: others go first.
    pub(crate) comes: Option<Timestamp>,
}

/// What a boundary changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shift {
    pub(crate) staying: Vec<Staying>,
    pub(crate) movers: Vec<Mover>,
    /// Served before and not afterwards.
    pub(crate) shed: Vec<Staying>,
    /// Shed before, of shards of which nobody is there any more: all of such a shard is where it stays.
    pub(crate) refilled: Vec<Staying>,
}

impl Shift {
    /// From what was before to a period.
    pub(crate) fn new(
        inventory: &Inventory,
        served: &ServedBefore<'_>,
        period: &PeriodPlan,
    ) -> Self {
        let mut shift = Self::default();
        let mut moves = period.moves.iter().enumerate().peekable();
        let mut now = period.parts.chunk_by(|a, b| a.shard == b.shard).peekable();
        let mut earlier = served
            .parts()
            .chunk_by(|a, b| a.shard == b.shard)
            .peekable();
        for shard in (0..inventory.shards.len()).map(ShardId::new) {
            let earlier = earlier.next_if(|parts| parts[0].shard == shard);
            let earlier = earlier.unwrap_or_default();
            let users = period.case.users(shard.index());
            let now = now.next_if(|parts| parts[0].shard == shard);
            let now = now.unwrap_or_default();
            // Nearly all shards stay as they are.
            if moves.peek().is_none_or(|(_, moved)| moved.shard != shard)
                && let [part] = now
                && let Some(staying) = served.staying(&period.previous, earlier, (part, users))
            {
                shift.staying.push(staying);
                continue;
            }
            let mut before = served.shares(&period.previous, shard, earlier);
            let mut after = shares(now, users);
            if users <= 0.0 {
                let here = (shard, period.previous.main(shard));
                shift.refilled.extend(refilled(here, &before, &after));
                after.clone_from(&before);
            }
            let there = after.clone();
            let first = shift.movers.len();
            while let Some((index, moved)) = moves.next_if(|(_, moved)| moved.shard == shard) {
                let come = taken(&mut after, moved.to, moved.users / users);
                shift.movers.push(Mover {
                    moved: Some(index),
                    shard,
                    from: moved.from,
                    to: moved.to,
                    shares: [0.0, come],
                    let_in: 0.0,
                    users: moved.users,
                    comes: None,
                });
            }
            shift.stay(shard, &mut before, &mut after);
            let movers = &mut shift.movers[first..];
            let all_from: Vec<Option<SiteId>> = movers.iter().map(|mover| mover.from).collect();
            for mover in movers {
                let Some(from) = mover.from else { continue };
                let left = taken(&mut before, from, mover.users / users);
                let come = mover.shares[1];
                mover.shares[0] = left;
                let stays =
                    |(site, share): &(SiteId, f64)| *site == from && *share > NUMERICAL_NOISE;
                let leave = all_from.iter().filter(|site| **site == Some(from)).count();
                let has_others = there.iter().any(stays) || leave > 1;
                let least = if has_others {
                    NUMERICAL_NOISE
                } else {
                    FEASIBILITY
                };
                if come - left > least {
                    mover.let_in = come - left;
                }
            }
            shift.rest(shard, before, after, users);
        }
        shift
    }

    /// Who is served where they were. They stay even if others of the shard, who are served nowhere, come elsewhere from here.
    fn stay(&mut self, shard: ShardId, before: &mut Shares, after: &mut Shares) {
        for (site, share) in before {
            let stays = taken(after, *site, *share);
            *share = (*share - stays).max(0.0);
            if stays > NUMERICAL_NOISE {
                self.staying.push(Staying {
                    shard,
                    site: *site,
                    share: stays,
                });
            }
        }
    }

    /// Who is left once everybody who moves has gone: who is shed, and who is let in where they are homed.
    fn rest(&mut self, shard: ShardId, before: Shares, after: Shares, users: f64) {
        for (site, share) in before {
            if share > NUMERICAL_NOISE {
                self.shed.push(Staying { shard, site, share });
            }
        }
        for (site, share) in after {
            if share > NUMERICAL_NOISE && share * users > 0.0 {
                self.movers.push(Mover {
                    moved: None,
                    shard,
                    from: None,
                    to: site,
                    shares: [0.0, share],
                    let_in: 0.0,
                    users: share * users,
                    comes: None,
                });
            }
        }
    }
}

/// What was shed of a shard of which nobody is there any more, and that stays where it was.
fn refilled(
    (shard, previous): (ShardId, Option<SiteId>),
    before: &Shares,
    after: &Shares,
) -> Option<Staying> {
    let [(site, whole)] = *after.as_slice() else {
        return None;
    };
    let was = match *before.as_slice() {
        [] => 0.0,
        [(one_site, share)] if one_site == site => share,
        _ => return None,
    };
    let share = whole - was;
    (previous == Some(site) && share > NUMERICAL_NOISE).then_some(Staying { shard, site, share })
}

/// Shares of a shard by site.
type Shares = Vec<(SiteId, f64)>;

/// Takes up to a share away at a site, and says how much it was.
fn taken(shares: &mut Shares, site: SiteId, share: f64) -> f64 {
    let Some((_, left)) = shares.iter_mut().find(|(one_site, _)| *one_site == site) else {
        return 0.0;
    };
    let taken = if *left - share <= NUMERICAL_NOISE {
        *left
    } else {
        share
    };
    *left -= taken;
    taken
}

/// Where the parts of a shard are served.
fn shares(parts: &[Part], users: f64) -> Shares {
    let mut all: Shares = Vec::new();
    for part in parts {
        let Some(site) = part.site else { continue };
        let share = if users > 0.0 { part.users / users } else { 1.0 };
        match all.iter_mut().find(|(one_site, _)| *one_site == site) {
            Some((_, sum)) => *sum += share,
            None => all.push((site, share)),
        }
    }
    all
}

/// Who is served where in a period.
pub(crate) fn settled(period: &PeriodPlan) -> Vec<Staying> {
    let of_shards = period.parts.chunk_by(|a, b| a.shard == b.shard);
    let all = of_shards.flat_map(|parts| {
        let shard = parts[0].shard;
        let shares = shares(parts, period.case.users(shard.index()));
        let filter = shares
            .into_iter()
            .filter(|(_, share)| *share > NUMERICAL_NOISE);
        filter.map(move |(site, share)| Staying { shard, site, share })
    });
    all.collect()
}

/// Who was served where before a boundary.
pub(crate) struct ServedBefore<'a> {
    groups: &'a SteeringGroups,
    /// What holds before the first period, with the steering when the scenario begins.
    state: (&'a Inventory, &'a Before, &'a [Flow]),
    /// All periods before the boundary.
    periods: &'a [PeriodPlan],
    /// In the state before, all of a group at a site alike: the share of the users homed there who are served.
    share: OnceCell<ByGroupAndSite<f64>>,
}

impl<'a> ServedBefore<'a> {
    /// Those of the state before, steered so when the scenario begins, if there are no periods before the boundary; else those of
    /// the last of them.
    pub(crate) fn new(
        groups: &'a SteeringGroups,
        state: (&'a Inventory, &'a Before, &'a [Flow]),
        periods: &'a [PeriodPlan],
    ) -> Self {
        Self {
            groups,
            state,
            periods,
            share: OnceCell::new(),
        }
    }

    /// The share of the users of a shard homed at a site in the state before who are served there; `None` if nobody is homed so.
    fn share_at_home(&self, shard: ShardId, site: SiteId) -> Option<f64> {
        let share = self.share.get_or_init(|| self.shares_at_home());
        share.get(self.groups.of_shard(shard), site).copied()
    }

    fn shares_at_home(&self) -> ByGroupAndSite<f64> {
        let (inventory, before, flows) = self.state;
        let groups = self.groups;
        let mut homed: ByGroupAndSite<[f64; 2]> = ByGroupAndSite::new(groups.len());
        for (index, shard) in inventory.shards.iter().enumerate() {
            if let Some(site) = shard.site {
                let group = groups.of_shard(ShardId::new(index));
                homed.entry(group, site)[0] += before.case.users(index);
            }
        }
        for flow in flows {
            if let Some(group) = groups.of(&flow.group) {
                homed.entry(group, flow.path.site)[1] += flow.users;
            }
        }
        let mut share = ByGroupAndSite::new(groups.len());
        for (group, site, [homed, served]) in homed.iter() {
            // Sums of the same users in another order.
            let is_whole = *served >= homed * (1.0 - NUMERICAL_NOISE);
            *share.entry(group, site) = if is_whole { 1.0 } else { served / homed };
        }
        share
    }

    /// The parts of a shard that it had.
    pub(crate) fn parts_of(&self, shard: ShardId) -> &'a [Part] {
        parts_of(self.parts(), shard)
    }

    fn parts(&self) -> &'a [Part] {
        self.periods
            .last()
            .map_or(&[], |period_plan| &period_plan.parts)
    }

    /// The only part of a shard, if it is served as it was: at the one site at which it was, and as much of it; `earlier` are the
    /// parts that it had.
    fn staying(
        &self,
        previous: &Homes,
        earlier: &[Part],
        (part, users): (&Part, f64),
    ) -> Option<Staying> {
        let (shard, site) = (part.shard, part.site?);
        let was = match (self.periods, earlier) {
            ([], _) => {
                let is_there = previous.main(shard) == Some(site);
                let share = self.share_at_home(shard, site);
                share.filter(|_| is_there)?
            }
            ([.., period], [earlier]) => {
                let users = period.case.users(shard.index());
                let is_there = earlier.site == Some(site) && users > 0.0;
                is_there.then(|| earlier.users / users)?
            }
            _ => return None,
        };
        if users <= 0.0 {
            return None;
        }
        let share = part.users / users;
        let stays = (share - was).abs() <= NUMERICAL_NOISE && share > NUMERICAL_NOISE;
        stays.then_some(Staying { shard, site, share })
    }

    /// Shares of a shard by site; `parts` are those that it had, and `previous` is where it was. A shard without users for which
    /// there is no site has those with which it last had users, or those of the state before.
    pub(crate) fn shares(
        &self,
        previous: &Homes,
        shard: ShardId,
        parts: &[Part],
    ) -> Vec<(SiteId, f64)> {
        let (mut periods, mut parts) = (self.periods, parts);
        while let [earlier @ .., period] = periods {
            let users = period.case.users(shard.index());
            let pairs = shares(parts, users);
            if users > 0.0 || !pairs.is_empty() || parts.is_empty() {
                return pairs;
            }
            // Nobody of it is there to be served or shed: it is as it was.
            periods = earlier;
            parts = periods
                .last()
                .map_or(&[], |period_plan| parts_of(&period_plan.parts, shard));
        }
        let site = previous.main(shard);
        let here = site.map(|site| (site, self.share_at_home(shard, site).unwrap_or(0.0)));
        here.into_iter().collect()
    }
}

/// Those of a shard, of parts that are in the order of shards.
fn parts_of(parts: &[Part], shard: ShardId) -> &[Part] {
    let first = parts.partition_point(|part| part.shard < shard);
    let count = parts[first..].partition_point(|part| part.shard == shard);
    &parts[first..first + count]
}
