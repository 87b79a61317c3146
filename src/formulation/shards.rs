//! Shards of classes: one list for all classes of a problem, of which each has its part.

use crate::ids::ShardId;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// The shards of a class, ascending: its part of a list that all classes of a problem share.
#[derive(Debug, Clone, Default)]
pub struct Shards {
    all: Arc<Vec<ShardId>>,
    own: Range<usize>,
}

impl Shards {
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
            let own = &mut all[end - length..*end];
            if !own.is_sorted() {
                own.sort_unstable();
            }
        }
        let all = Arc::new(all);
        lengths
            .iter()
            .zip(next)
            .map(|(length, end)| Self {
                all: Arc::clone(&all),
                own: end - length..end,
            })
            .collect()
    }
}

impl Deref for Shards {
    type Target = [ShardId];
    fn deref(&self) -> &[ShardId] {
        &self.all[self.own.clone()]
    }
}

impl PartialEq for Shards {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<'a> IntoIterator for &'a Shards {
    type Item = &'a ShardId;
    type IntoIter = std::slice::Iter<'a, ShardId>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<ShardId> for Shards {
    fn from_iter<I: IntoIterator<Item = ShardId>>(shards: I) -> Self {
        let all: Vec<ShardId> = shards.into_iter().collect();
        Self {
            own: 0..all.len(),
            all: Arc::new(all),
        }
    }
}
