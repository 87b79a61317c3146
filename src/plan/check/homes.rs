//! Homes: where every shard is from one period to the next.

use super::parts::Part;
use crate::ids::{ShardId, SiteId};
use crate::model::{self, Inventory};
use crate::units::NOBODY;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where every shard is homed. A copy shares its table with the original until one of them changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Homes {
    /// Shards: the site; for a split shard the one with most of it.
    main: Arc<Vec<Option<SiteId>>>,
    /// Split shards: each site's share of it.
    split: BTreeMap<usize, Vec<(SiteId, f64)>>,
}

impl Homes {
    /// The sites of shards.csv.
    pub(super) fn of_inventory(inventory: &Inventory) -> Self {
        Self {
            main: Arc::new(inventory.shards.iter().map(|shard| shard.site).collect()),
            split: BTreeMap::new(),
        }
    }

    /// The current sites (`model.md` §4): these, or, once no known event is in force and users return, those where the
    /// last period without one had them, for the shards that it had anywhere.
    pub(super) fn current(&self, settled: &Self, is_returning: bool) -> Self {
        if !is_returning {
            return self.clone();
        }
        let from = |shard: usize| {
            if settled.main[shard].is_some() {
                settled
            } else {
                self
            }
        };
        let both = self.split.iter().map(|own| (self, own));
        let both = both.chain(settled.split.iter().map(|own| (settled, own)));
        let split = both.filter(|(homes, (shard, _))| std::ptr::eq(*homes, from(**shard)));
        Self {
            main: Arc::new(
                (0..self.main.len())
                    .map(|shard| from(shard).main[shard])
                    .collect(),
            ),
            split: split
                .map(|(_, (shard, shares))| (*shard, shares.clone()))
                .collect(),
        }
    }

    /// The sites of a shard, each with its share of it; `None` for a shard without a home.
    pub(super) fn shares(&self, shard: usize) -> Vec<(Option<SiteId>, f64)> {
        match self.split.get(&shard) {
            Some(shares) => shares
                .iter()
                .map(|(site, share)| (Some(*site), *share))
                .collect(),
            None => vec![(self.main[shard], 1.0)],
        }
    }

    /// The only site of a shard, `None` inside without a home; `None` outside for a split shard.
    #[expect(
        clippy::option_option,
        reason = "outside: is it whole; inside: has it a home"
    )]
    pub(super) fn whole(&self, shard: usize) -> Option<Option<SiteId>> {
        (!self.is_split(shard)).then(|| self.main[shard])
    }

    /// The site of a shard; of a split shard the one with most of it.
    pub(super) fn main(&self, shard: usize) -> Option<SiteId> {
        self.main[shard]
    }

    /// `true` if a shard has the same sites, with the same shares, as in `other`.
    pub(super) fn is_same(&self, other: &Self, shard: usize) -> bool {
        self.main[shard] == other.main[shard] && self.split.get(&shard) == other.split.get(&shard)
    }

    /// `true` if a shard is at more than one site.
    pub(super) fn is_split(&self, shard: usize) -> bool {
        self.split.contains_key(&shard)
    }

    /// The same as the domain type.
    pub(super) fn to_model(&self) -> model::Homes {
        let mut homes = model::Homes::whole(self.main.iter().copied());
        for (shard, shares) in &self.split {
            homes.settle(ShardId::new(*shard), shares);
        }
        homes
    }

    /// Takes over where a shard is served. "A wholly unserved shard keeps its home; one that is partly served
    /// has its home where it is served." Where it serves nobody, as tolerances go, is no home of several.
    pub(super) fn settle(&mut self, shard: usize, parts: &[Part]) {
        if let [part] = parts {
            if part.to.is_some() {
                self.home(shard, part.to);
                self.split.remove(&shard);
            }
            return;
        }
        let mut served: BTreeMap<SiteId, f64> = BTreeMap::new();
        for part in parts {
            if let Some(site) = part.to {
                *served.entry(site).or_default() += part.users;
            }
        }
        if served.values().any(|users| *users > NOBODY) {
            served.retain(|_, users| *users > NOBODY);
        }
        let Some(main) = served
            .iter()
            .max_by(|one, other| one.1.total_cmp(other.1).then(other.0.cmp(one.0)))
            .map(|(site, _)| *site)
        else {
            return;
        };
        self.home(shard, Some(main));
        let total: f64 = served.values().sum();
        if served.len() > 1 && total > 0.0 {
            let shares = served
                .into_iter()
                .map(|(site, users)| (site, users / total));
            self.split.insert(shard, shares.collect());
        } else {
            self.split.remove(&shard);
        }
    }

    /// From now on a shard is at these sites, with these shares of it.
    pub(super) fn stand(&mut self, shard: usize, sites: &[(SiteId, f64)]) {
        let most = sites
            .iter()
            .max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
        if let Some((main, _)) = most {
            self.home(shard, Some(*main));
            self.split.remove(&shard);
            if sites.len() > 1 {
                self.split.insert(shard, sites.to_vec());
            }
        }
    }

    /// The site of a shard, or the one with most of it, from now on.
    fn home(&mut self, shard: usize, site: Option<SiteId>) {
        if self.main[shard] != site {
            Arc::make_mut(&mut self.main)[shard] = site;
        }
    }
}

/// What a period starts from.
pub(super) struct Start<'a> {
    /// The period's number.
    pub(super) period: usize,
    /// Where shards were, whatever their current site.
    pub(super) previous: &'a Homes,
    /// Their current sites (`model.md` §4).
    pub(super) current: &'a Homes,
    /// No known event is in force and users go home.
    pub(super) is_returning: bool,
}

impl Start<'_> {
    /// `true` if users go home and a shard was elsewhere, in whole or in part, in the period before.
    pub(super) fn is_going_home(&self, shard: usize) -> bool {
        self.is_returning && !self.previous.is_same(self.current, shard)
    }
}
