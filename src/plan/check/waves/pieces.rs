//! Pieces: shares of shards, each with where it is before a boundary and after it; those together that bring the same.

use super::super::assignment::Assignment;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Homes};
use crate::plan::Move;
use crate::units::{FEASIBILITY, NUMERICAL_NOISE};
use std::collections::BTreeMap;

/// What becomes of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceFate {
    /// It stays.
    Stays,
    /// It moves: position among the moves of the period.
    Moves(usize),
    /// It was not served, and is served again where it is homed.
    Restored,
    /// It is not served afterwards.
    Shed,
}

/// A share of a shard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) shard: usize,
    /// Site and share of the shard served there.
    pub(super) old: Option<(SiteId, f64)>,
    pub(super) new: Option<(SiteId, f64)>,
    pub(super) fate: PieceFate,
    /// Share of it that was served nowhere, though homed at the old site, and is let in at the new one.
    pub(super) let_in: f64,
}

/// A share of a shard at a site.
#[derive(Debug, Clone, Copy)]
pub(in crate::plan::check) struct Portion {
    pub(in crate::plan::check) shard: usize,
    pub(in crate::plan::check) site: SiteId,
    pub(in crate::plan::check) share: f64,
}

/// Who was served where before.
pub(super) enum WasServed<'a> {
    /// Everybody at home, this share of the users of a group at a site.
    AtHome(&'a Homes, &'a dyn Fn(usize, SiteId) -> f64),
    /// As a period says, under its case; of those of which nobody was there, and who had no site, as it was before.
    In(&'a Assignment, &'a Case, &'a Idle),
}

/// Shares of a shard by site, in the order of the sites: there are few, of as many shards as there are.
type Shares = Vec<(SiteId, f64)>;

/// Shards without users and without a site in a period: the shares with which they last had users.
pub(super) type Idle = BTreeMap<usize, Shares>;

impl WasServed<'_> {
    fn shares(&self, shard: usize) -> Shares {
        match self {
            Self::AtHome(homes, share) => {
                let home = homes.main(ShardId::new(shard));
                let share = home.map(|site| (site, share(shard, site)));
                share.into_iter().collect()
            }
            Self::In(assignment, case, idle) => match idle.get(&shard) {
                Some(pairs) => pairs.clone(),
                None => served(assignment, case, shard),
            },
        }
    }

    /// Who was shed of shards of which nobody is there any more: all of such a shard is served where it stays.
    pub(super) fn refilled(
        &self,
        homes: &Homes,
        (assignment, case): (&Assignment, &Case),
        shards: usize,
    ) -> Vec<Portion> {
        let of_shard = |shard: usize| {
            let [part] = assignment.of(shard) else {
                return None;
            };
            let home = homes.main(ShardId::new(shard));
            let site = part.to.filter(|site| home == Some(*site))?;
            if case.users(shard) > 0.0 {
                return None;
            }
            let old = self.shares(shard);
            let has_others = old.iter().any(|pair| pair.0 != site);
            let share = 1.0 - share_at(&old, site);
            (!has_others && share > NUMERICAL_NOISE).then_some(Portion { shard, site, share })
        };
        (0..shards).filter_map(of_shard).collect()
    }

    /// Those who are idle in the period after it.
    pub(super) fn idle(&self, (assignment, case): (&Assignment, &Case), shards: usize) -> Idle {
        let idle = (0..shards).filter(|shard| {
            let parts = assignment.of(*shard);
            case.users(*shard) <= 0.0
                && !parts.is_empty()
                && parts.iter().all(|part| part.to.is_none())
        });
        idle.map(|shard| (shard, self.shares(shard))).collect()
    }
}

/// The shares of a shard that are served, by site; all of it is where a shard without users is.
fn served(assignment: &Assignment, case: &Case, shard: usize) -> Shares {
    let users = case.users(shard);
    let mut shares = Shares::new();
    for part in assignment.of(shard) {
        if let Some(site) = part.to {
            let share = if users > 0.0 { part.users / users } else { 1.0 };
            match shares.binary_search_by_key(&site, |pair| pair.0) {
                Ok(at) => shares[at].1 += share,
                Err(at) => shares.insert(at, (site, share)),
            }
        }
    }
    shares
}

/// The share at a site; 0 if there is none.
fn share_at(shares: &[(SiteId, f64)], site: SiteId) -> f64 {
    let pair = shares.iter().find(|share| share.0 == site);
    pair.map_or(0.0, |pair| pair.1)
}

/// The pieces of all shards. `moves` are those of the period, in the order of the shards.
pub(super) fn pieces(
    before: &WasServed<'_>,
    (assignment, case): (&Assignment, &Case),
    moves: &[Move],
    shards: usize,
) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut next = 0;
    for shard in 0..shards {
        let mut old = before.shares(shard);
        let users = case.users(shard);
        let mut new = if users > 0.0 {
            served(assignment, case, shard)
        } else {
            old.clone()
        };
        let take_while = moves[next..]
            .iter()
            .take_while(|moved| moved.shard.index() == shard);
        let map = take_while.enumerate().map(|(at, moved)| (next + at, moved));
        let pairs: Vec<(usize, &Move)> = map.collect();
        next += pairs.len();
        let served = if pairs.is_empty() {
            Shares::new()
        } else {
            new.clone()
        };
        let moving = pairs.iter().filter(|(_, moved)| moved.users > 0.0);
        let leave = |site: SiteId| {
            pairs
                .iter()
                .filter(|pair| pair.1.from == Some(site))
                .count()
        };
        // Who comes to a site is a part of those served there.
        let coming: Vec<(usize, &Move, f64)> = moving
            .map(|&(at, moved)| (at, moved, take(&mut new, moved.to, moved.users / users)))
            .collect();
        let mut add = |old: Option<(SiteId, f64)>, new: Option<(SiteId, f64)>, fate, let_in| {
            all.push(Piece {
                shard,
                old,
                new,
                fate,
                let_in,
            });
        };
        // As many as are served at a site before and afterwards stay.
        for (site, share) in &mut old {
            let stays = take(&mut new, *site, *share);
            *share = (*share - stays).max(0.0);
            let place = (stays > NUMERICAL_NOISE).then_some((*site, stays));
            if place.is_some() {
                add(place, place, PieceFate::Stays, 0.0);
            }
        }
        for (at, moved, come) in coming {
            let left = moved
                .from
                .map(|site| (site, take(&mut old, site, moved.users / users)));
            let has_others = left.is_some_and(|(site, _)| {
                share_at(&served, site) > NUMERICAL_NOISE || leave(site) > 1
            });
            let lacking = come - left.map_or(0.0, |(_, share)| share);
            let least = if has_others {
                NUMERICAL_NOISE
            } else {
                FEASIBILITY
            };
            let let_in = if moved.from.is_some() && lacking > least {
                lacking
            } else {
                0.0
            };
            let left = left.filter(|(_, share)| *share > 0.0);
            add(left, Some((moved.to, come)), PieceFate::Moves(at), let_in);
        }
        for (site, share) in old {
            if share > NUMERICAL_NOISE {
                add(Some((site, share)), None, PieceFate::Shed, 0.0);
            }
        }
        for (site, share) in new {
            if share > NUMERICAL_NOISE && share * users > 0.0 {
                add(None, Some((site, share)), PieceFate::Restored, 0.0);
            }
        }
    }
    all
}

/// Takes a share away at a site as far as there is one; next to nothing is not left over.
fn take(shares: &mut Shares, site: SiteId, share: f64) -> f64 {
    let pair = shares.iter_mut().find(|share| share.0 == site);
    let Some((_, left)) = pair else {
        return 0.0;
    };
    let taken = if *left <= share + NUMERICAL_NOISE {
        *left
    } else {
        share
    };
    *left -= taken;
    taken
}

/// Pieces that bring the same wherever they are: of one group, between the same sites, with copies alike.
#[derive(Debug, Clone)]
pub(super) struct PieceGroup {
    /// One of their shards: all of them demand the same.
    pub(super) shard: usize,
    /// Where they are before, and afterwards.
    pub(super) sites: [Option<SiteId>; 2],
    /// By case: users served at the old place, and at the new one.
    pub(super) users: Vec<[f64; 2]>,
    /// Users by which rates and new connections are counted.
    pub(super) counted: f64,
    /// Users who leave a site.
    pub(super) leaving: f64,
    pub(super) fate: PieceFate,
    /// The wave in which they move; `None` if none was found, or they do not move.
    pub(super) wave: Option<u32>,
    /// Where they are for the whole transition, if they are at one place: 0 is the old one.
    pub(super) settled: Option<usize>,
}

impl PieceGroup {
    /// A group of nobody, for the given number of cases.
    pub(super) fn new(shard: usize, sites: [Option<SiteId>; 2], cases: usize) -> Self {
        Self {
            shard,
            sites,
            users: vec![[0.0; 2]; cases],
            counted: 0.0,
            leaving: 0.0,
            fate: PieceFate::Stays,
            wave: None,
            settled: Some(0),
        }
    }

    /// `true` if it moves or comes back in the waves that are looked at.
    pub(super) fn is_moving(&self) -> bool {
        self.settled.is_none() && matches!(self.fate, PieceFate::Moves(_) | PieceFate::Restored)
    }
}

/// By site: users of groups who leave and enter it, of each such a share of those who move or come back.
pub(super) fn traffic(
    groups: &[PieceGroup],
    share: impl Fn(&PieceGroup) -> f64,
) -> BTreeMap<SiteId, [f64; 2]> {
    let mut users: BTreeMap<SiteId, [f64; 2]> = BTreeMap::new();
    for group in groups.iter().filter(|group| group.is_moving()) {
        let share = share(group);
        if share <= 0.0 {
            continue;
        }
        if let Some(to) = group.sites[1] {
            users.entry(to).or_default()[1] += share * group.counted;
        }
        if let Some(from) = group.sites[0].filter(|_| group.leaving > 0.0) {
            users.entry(from).or_default()[0] += share * group.leaving;
        }
    }
    users
}
