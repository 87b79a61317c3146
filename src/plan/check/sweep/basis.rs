//! Basis: what all cases of a sweep have in common.

use super::super::before::Before;
use super::super::certificate::{AllAlike, Crowds};
use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::period::Situation;
use super::asked::Asked;
use crate::ids::{SiteId, TierId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where no shard is: one without users.
const NOWHERE: u32 = u32::MAX;

/// What all cases of a sweep have in common.
pub(super) struct Basis<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) asked: &'a Asked,
    /// Where shards are.
    pub(super) current: &'a Homes,
    /// What is available and demanded without any failure.
    pub(super) quiet: Situation,
    pub(super) alike: AllAlike,
    pub(super) crowds: Arc<Crowds>,
    /// By shard, who are like it at its site; at the first of them if it is split.
    alike_of: Vec<u32>,
    /// The same at the further sites of split shards, ascending by shard.
    more_of: Vec<(usize, u32)>,
    pub(super) before: Missing<'a>,
}

/// What is known of headroom that was missing before.
pub(super) struct Missing<'a> {
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
        ground: &'a Ground<'a>,
        asked: &'a Asked,
        current: &'a Homes,
        quiet: Situation,
        before: Missing<'a>,
    ) -> Self {
        let mut alike_of = vec![NOWHERE; ground.inventory.shards.len()];
        let mut more_of = Vec::new();
        let alike = AllAlike::new(ground, &quiet, current, |shard, alike| {
            if alike_of[shard] == NOWHERE {
                alike_of[shard] = alike;
            } else {
                more_of.push((shard, alike));
            }
        });
        let crowds = Arc::new(Crowds::new(ground, &quiet, &alike));
        Self {
            ground,
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
        if self.current.is_split(shard) != site.is_some() || first == NOWHERE {
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
        let tiers = self.ground.inventory.tiers.len();
        self.alike.users[alike * tiers + tier.index()].value()
    }

    /// Users of all tiers of those who are alike.
    pub(super) fn users(&self, alike: usize) -> f64 {
        self.crowds.users(alike).iter().sum()
    }
}
