//! Homes: the site where every shard is, or its sites if it is split.

use crate::ids::{ShardId, SiteId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A shard at one of its sites: all of it, or its share there if it is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Home {
    /// Whose.
    pub shard: ShardId,
    /// Where; `None` is nowhere yet.
    pub site: Option<SiteId>,
}

/// Where every shard is: its current sites, or those of a period.
///
/// A shard that is not split costs one entry of a table, whatever is true of others; a copy shares the table with the
/// original until one of them changes.
///
/// Invariant: a split shard has two or more sites, ascending, with shares that sum to 1; its main site is the
/// first of those that have most of it.
///
/// ```
/// use plimsoll::ids::{ShardId, SiteId};
/// use plimsoll::model::{Home, Homes};
/// let (a, b) = (SiteId(0), SiteId(1));
/// let mut homes = Homes::whole(vec![Some(a), None]);
/// homes.settle(ShardId(0), &[(a, 25.0), (b, 75.0)]);
/// assert_eq!(homes.main(ShardId(0)), Some(b));
/// assert_eq!(homes.share(Home { shard: ShardId(0), site: Some(a) }), 0.25);
/// assert_eq!(homes.of(ShardId(0)).count(), 2);
/// assert_eq!(homes.share(Home { shard: ShardId(1), site: None }), 1.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Homes {
    main: Arc<Vec<Main>>,
    split: BTreeMap<ShardId, Vec<(SiteId, f64)>>,
}

/// The site of a shard that is not split, in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Main(u32);

impl Main {
    /// No site: the readers refuse tables of as many rows.
    const NOWHERE: Self = Self(u32::MAX);

    fn of(site: Option<SiteId>) -> Self {
        site.map_or(Self::NOWHERE, |site| Self(site.0))
    }

    fn site(self) -> Option<SiteId> {
        (self != Self::NOWHERE).then_some(SiteId(self.0))
    }
}

impl Homes {
    /// Every shard as a whole at its site; `None` is nowhere yet.
    pub fn whole(sites: impl IntoIterator<Item = Option<SiteId>>) -> Self {
        Self {
            main: Arc::new(sites.into_iter().map(Main::of).collect()),
            split: BTreeMap::new(),
        }
    }

    /// How many shards there are.
    pub fn shard_count(&self) -> usize {
        self.main.len()
    }

    /// The site of a shard; the one with most of it if it is split.
    pub fn main(&self, shard: ShardId) -> Option<SiteId> {
        self.main[shard.index()].site()
    }

    /// `true` if a shard is at more than one site.
    pub fn is_split(&self, shard: ShardId) -> bool {
        self.split.contains_key(&shard)
    }

    /// The shards that are at more than one site, ascending.
    pub fn split_shards(&self) -> impl Iterator<Item = ShardId> + '_ {
        self.split.keys().copied()
    }

    /// The homes of a shard, ascending by site; there is at least one.
    pub fn of(&self, shard: ShardId) -> impl Iterator<Item = Home> + '_ {
        let shares = self.split.get(&shard).map_or(&[][..], Vec::as_slice);
        let whole = shares.is_empty().then(|| self.main(shard));
        let split = shares.iter().map(|(site, _)| Some(*site));
        whole
            .into_iter()
            .chain(split)
            .map(move |site| Home { shard, site })
    }

    /// The share of its shard that is at a home: 1 unless it is split.
    pub fn share(&self, home: Home) -> f64 {
        let Some(shares) = self.split.get(&home.shard) else {
            return 1.0;
        };
        shares
            .iter()
            .find(|(site, _)| Some(*site) == home.site)
            .map_or(0.0, |(_, share)| *share)
    }

    /// `true` if a shard is at the same sites, with the same shares, as in `other`.
    pub fn is_same(&self, other: &Self, shard: ShardId) -> bool {
        self.main(shard) == other.main(shard) && self.split.get(&shard) == other.split.get(&shard)
    }

    /// Homes a shard where its users are: sites ascending, each once. With no site it stays where it is;
    /// without users it is at the first as a whole.
    pub fn settle(&mut self, shard: ShardId, users: &[(SiteId, f64)]) {
        let most = users
            .iter()
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((main, _)) = most else {
            return;
        };
        if self.main(shard) != Some(*main) {
            Arc::make_mut(&mut self.main)[shard.index()] = Main(main.0);
        }
        let total: f64 = users.iter().map(|(_, users)| users).sum();
        if users.len() > 1 && total > 0.0 {
            let shares = users.iter().map(|(site, users)| (*site, users / total));
            self.split.insert(shard, shares.collect());
        } else {
            self.split.remove(&shard);
        }
    }

    /// Homes shards as `settled` has them where it has a site for them; the others stay where they are.
    #[must_use]
    pub fn returned(&self, settled: &Self) -> Self {
        let mut homes = settled.clone();
        for shard in (0..self.shard_count()).map(ShardId::new) {
            if settled.main(shard).is_none() {
                let pairs: Vec<(SiteId, f64)> = self
                    .of(shard)
                    .filter_map(|home| Some((home.site?, self.share(home))))
                    .collect();
                homes.settle(shard, &pairs);
            }
        }
        homes
    }
}

/// One value for every home.
///
/// Invariant: it was made for the homes of which it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ByHome<T> {
    whole: Vec<T>,
    split: BTreeMap<Home, T>,
}

impl<T: Copy> ByHome<T> {
    /// These values: by shard that of its main home, and those of the homes of split shards.
    pub(crate) fn new(whole: Vec<T>, split: BTreeMap<Home, T>) -> Self {
        Self { whole, split }
    }

    /// The value of every home, in the order of shards, then sites.
    pub fn of(homes: &Homes, mut value: impl FnMut(Home) -> T) -> Self {
        let mut split = BTreeMap::new();
        let whole = (0..homes.shard_count())
            .map(ShardId::new)
            .map(|shard| {
                let site = homes.main(shard);
                if !homes.is_split(shard) {
                    return value(Home { shard, site });
                }
                split.extend(homes.of(shard).map(|home| (home, value(home))));
                split[&Home { shard, site }]
            })
            .collect();
        Self { whole, split }
    }

    /// Gives a home another value.
    pub fn set(&mut self, home: Home, value: T) {
        if let Some(of_part) = self.split.get_mut(&home) {
            *of_part = value;
        } else {
            self.whole[home.shard.index()] = value;
        }
    }

    /// The value of a home.
    pub fn get(&self, home: Home) -> T {
        let of_part = self.split.get(&home).copied();
        of_part.unwrap_or_else(|| self.whole[home.shard.index()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITES: [SiteId; 3] = [SiteId(0), SiteId(1), SiteId(2)];
    const SHARD: ShardId = ShardId(1);

    fn split() -> Homes {
        let mut homes = Homes::whole(vec![Some(SITES[2]), Some(SITES[2]), None]);
        homes.settle(SHARD, &[(SITES[0], 30.0), (SITES[1], 30.0)]);
        homes
    }

    #[test]
    fn split_shard_is_mainly_at_the_first_of_the_sites_with_most_of_it() {
        let homes = split();
        assert_eq!(homes.main(SHARD), Some(SITES[0]));
        let sites: Vec<Option<SiteId>> = homes.of(SHARD).map(|home| home.site).collect();
        assert_eq!(sites, [Some(SITES[0]), Some(SITES[1])]);
        let shares: Vec<f64> = homes.of(SHARD).map(|home| homes.share(home)).collect();
        assert_eq!(shares, [0.5, 0.5]);
    }

    #[test]
    fn unserved_shard_stays_and_one_that_is_served_at_one_site_is_whole_again() {
        let mut homes = split();
        homes.settle(SHARD, &[]);
        assert_eq!(homes, split());
        homes.settle(SHARD, &[(SITES[1], 0.0)]);
        assert_eq!(
            homes,
            Homes::whole(vec![Some(SITES[2]), Some(SITES[1]), None])
        );
    }

    #[test]
    fn shards_return_as_a_whole_where_a_site_waits_for_them() {
        let home = split().returned(&Homes::whole([None, Some(SITES[2]), None]));
        assert_eq!(
            home,
            Homes::whole(vec![Some(SITES[2]), Some(SITES[2]), None])
        );
        assert!(!home.is_same(&split(), SHARD));
        assert_eq!(split().returned(&Homes::whole([None; 3])), split());
    }

    #[test]
    fn every_home_has_a_value_of_its_own() {
        let homes = split();
        let sites = ByHome::of(&homes, |home| home.site);
        for shard in (0..3).map(ShardId::new) {
            assert!(homes.of(shard).all(|home| sites.get(home) == home.site));
        }
    }
}
