//! Shards by name: the rows of a table mostly follow shards.csv, so that the next name is known before it is read.

use crate::ids::{Names, ShardId};
use std::collections::HashMap;

/// Shards by name.
pub(super) struct ShardNames<'a> {
    names: &'a Names,
    /// `None` where the names ascend: then they can be searched as they are.
    by_name: Option<HashMap<&'a str, ShardId>>,
}

impl<'a> ShardNames<'a> {
    /// Those of an inventory.
    pub(super) fn new(names: &'a Names) -> Self {
        let mut pairs = names.iter().zip(names.iter().skip(1));
        let is_ascending = pairs.all(|(one, next)| one < next);
        let all = names.iter().enumerate();
        let by_name = || {
            all.map(|(index, name)| (name, ShardId::new(index)))
                .collect()
        };
        Self {
            names,
            by_name: (!is_ascending).then(by_name),
        }
    }

    /// The shard of a name.
    pub(super) fn get(&self, name: &str) -> Option<ShardId> {
        if let Some(by_name) = &self.by_name {
            return by_name.get(name).copied();
        }
        let (mut low, mut high) = (0, self.names.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.names.get(middle) < name {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let is_it = low < self.names.len() && self.names.get(low) == name;
        is_it.then(|| ShardId::new(low))
    }

    /// The same, where it is probably `last` or the shard behind it.
    pub(super) fn get_near(&self, last: Option<ShardId>, name: &str) -> Option<ShardId> {
        let next = last.map_or(0, |last| last.index() + 1);
        let is_it = |index: usize| index < self.names.len() && self.names.get(index) == name;
        if is_it(next) {
            return Some(ShardId::new(next));
        }
        last.filter(|last| is_it(last.index()))
            .or_else(|| self.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_whatever_order_they_stand_and_are_asked_for() {
        for ids in [["a", "b", "c"], ["b", "c", "a"]] {
            let names: Names = ids.into_iter().collect();
            let shards = ShardNames::new(&names);
            for last in [None, Some(ShardId(0)), Some(ShardId(1)), Some(ShardId(2))] {
                for (index, id) in ids.iter().enumerate() {
                    assert_eq!(shards.get_near(last, id), Some(ShardId::new(index)));
                }
                assert_eq!(shards.get_near(last, "aa"), None);
                assert_eq!(shards.get_near(last, "d"), None);
            }
        }
    }
}
