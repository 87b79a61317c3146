//! Interner: equal values become one position, in the order in which they are first met.
//!
//! So equal lists of sites become one list, and all classes of a problem share one list of shards, of which each has
//! its part.

use crate::ids::{ShardId, SiteId};
use rustc_hash::FxHashMap;
use std::borrow::Borrow;
use std::hash::Hash;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Values, each once, in the order in which they were first met.
#[derive(Debug, Clone)]
pub(super) struct ListInterner<T> {
    all: Vec<T>,
    positions: FxHashMap<T, u32>,
}

impl<T> Default for ListInterner<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            positions: FxHashMap::default(),
        }
    }
}

impl<T: Clone + Eq + Hash> ListInterner<T> {
    /// The position of a value, which is added if it is new.
    pub(super) fn of<Q>(&mut self, value: &Q) -> u32
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
    {
        if let Some(&known) = self.positions.get(value) {
            return known;
        }
        let position = u32::try_from(self.all.len())
            .expect("invariant: no more values than shards, of which there are fewer than 2^32");
        self.all.push(value.to_owned());
        self.positions.insert(value.to_owned(), position);
        position
    }

    /// All values by position.
    pub(super) fn all(&self) -> &[T] {
        &self.all
    }

    /// The same, without the positions by value.
    pub(super) fn into_all(self) -> Vec<T> {
        self.all
    }
}

/// Lists of sites, each once, in the order in which they were first met.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteLists {
    all: Vec<Arc<[SiteId]>>,
    positions: FxHashMap<Arc<[SiteId]>, u32>,
}

impl SiteLists {
    /// The position of a list, which is added if it is new.
    pub(super) fn of(&mut self, sites: &[SiteId]) -> u32 {
        if let Some(&known) = self.positions.get(sites) {
            return known;
        }
        let position = u32::try_from(self.all.len())
            .expect("invariant: no more lists than shards, of which there are fewer than 2^32");
        let sites: Arc<[SiteId]> = sites.into();
        self.all.push(Arc::clone(&sites));
        self.positions.insert(sites, position);
        position
    }

    /// The list at a position.
    pub(super) fn get(&self, position: u32) -> &Arc<[SiteId]> {
        &self.all[position as usize]
    }
}

/// The shards of a class, ascending: its part of a list that all classes of a problem share.
#[derive(Debug, Clone, Default)]
pub struct ShardLists {
    all: Arc<Vec<ShardId>>,
    range: Range<usize>,
}

impl ShardLists {
    /// Of lists with these lengths, each its part of one list; `fill` puts shards to lists.
    pub(super) fn listed(
        lengths: &[usize],
        fill: impl FnOnce(&mut dyn FnMut(usize, ShardId)),
    ) -> Vec<Self> {
        let mut next = Vec::with_capacity(lengths.len());
        let mut total = 0;
        for length in lengths {
            next.push(total);
            total += length;
        }
        let mut all = vec![ShardId::new(0); total];
        fill(&mut |list, shard| {
            all[next[list]] = shard;
            next[list] += 1;
        });
        for (length, end) in lengths.iter().zip(&next) {
            let shards = &mut all[end - length..*end];
            if !shards.is_sorted() {
                shards.sort_unstable();
            }
        }
        let all = Arc::new(all);
        lengths
            .iter()
            .zip(next)
            .map(|(length, end)| Self {
                all: Arc::clone(&all),
                range: end - length..end,
            })
            .collect()
    }
}

impl Deref for ShardLists {
    type Target = [ShardId];
    fn deref(&self) -> &[ShardId] {
        &self.all[self.range.clone()]
    }
}

impl PartialEq for ShardLists {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<'a> IntoIterator for &'a ShardLists {
    type Item = &'a ShardId;
    type IntoIter = std::slice::Iter<'a, ShardId>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<ShardId> for ShardLists {
    fn from_iter<I: IntoIterator<Item = ShardId>>(shards: I) -> Self {
        let all: Vec<ShardId> = shards.into_iter().collect();
        Self {
            range: 0..all.len(),
            all: Arc::new(all),
        }
    }
}
