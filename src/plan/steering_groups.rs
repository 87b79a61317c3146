//! Steering groups: users that steering cannot tell apart, numbered once for all shards.

use super::state::GroupKey;
use crate::ids::{ProfileId, ShardId};
use crate::model::{Inventory, Policy};
use std::collections::BTreeMap;

/// The steering group of every shard, by number; numbers ascend as keys do.
#[derive(Debug, Clone)]
pub struct SteeringGroups {
    /// Shards: the number of their group.
    of_shard: Vec<u32>,
    /// Groups, ascending.
    keys: Vec<GroupKey>,
    /// Client regions: how many groups come before theirs. One more entry closes the last.
    first: Vec<u32>,
}

/// Profile and limit, in the order of the groups of a client region.
fn within_region(key: &GroupKey) -> (ProfileId, Option<u64>) {
    (key.profile, key.max_latency.map(f64::to_bits))
}

impl SteeringGroups {
    /// The groups of an inventory under a policy.
    pub fn new(inventory: &Inventory, policy: &Policy) -> Self {
        // Groups are numbered within their client region as they come, then once more in their order.
        let mut of_region = vec![BTreeMap::new(); inventory.client_regions.len()];
        let mut of_shard: Vec<u32> = (0..inventory.shards.len())
            .map(|shard| {
                let key = GroupKey::of(inventory, policy, ShardId::new(shard));
                let known = &mut of_region[key.client_region.index()];
                let next = number(known.len());
                known.entry(within_region(&key)).or_insert((next, key)).0
            })
            .collect();
        let mut keys = Vec::new();
        let mut first = Vec::with_capacity(of_region.len() + 1);
        let numbers: Vec<Vec<u32>> = of_region
            .into_iter()
            .map(|known| {
                first.push(number(keys.len()));
                let mut numbers = vec![0; known.len()];
                for (as_it_came, key) in known.into_values() {
                    numbers[as_it_came as usize] = number(keys.len());
                    keys.push(key);
                }
                numbers
            })
            .collect();
        first.push(number(keys.len()));
        for (group, shard) in of_shard.iter_mut().zip(&inventory.shards) {
            *group = numbers[shard.client_region.index()][*group as usize];
        }
        Self {
            of_shard,
            keys,
            first,
        }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// `true` if there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The number of a shard's group.
    pub fn of_shard(&self, shard: ShardId) -> usize {
        self.of_shard[shard.index()] as usize
    }

    /// The number of a group; `None` if no shard is in it.
    pub fn of(&self, key: &GroupKey) -> Option<usize> {
        let region = key.client_region.index();
        let (begin, end) = (self.first[region] as usize, self.first[region + 1] as usize);
        self.keys[begin..end]
            .binary_search_by_key(&within_region(key), within_region)
            .ok()
            .map(|position| begin + position)
    }

    /// The key of a group.
    pub fn key(&self, group: usize) -> &GroupKey {
        &self.keys[group]
    }
}

/// A count of groups; there are no more than shards.
fn number(count: usize) -> u32 {
    u32::try_from(count).expect("invariant: the readers refuse tables of 2^32 rows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{self, SourceFile};
    use crate::scenario::{self, ScenarioText};
    use crate::units::Milliseconds;

    macro_rules! tiny {
        ($($name:literal),*) => {
            [$(SourceFile {
                name: $name.into(),
                bytes: include_bytes!(concat!("../../data/tiny/", $name)).to_vec(),
            }),*]
        };
    }

    #[test]
    fn groups_ascend_by_client_region_profile_and_limit_and_every_shard_is_in_its_own() {
        let mut inventory = inventory::read(&tiny![
            "access_points.csv",
            "client_regions.csv",
            "elements.csv",
            "links.csv",
            "profiles.csv",
            "replicas.csv",
            "resources.csv",
            "shards.csv",
            "sites.csv",
            "tiers.csv"
        ])
        .inventory
        .expect("what is shipped is sound");
        let text = include_str!("../../data/tiny/drain-chicago.toml").to_owned();
        let name = "drain-chicago.toml".into();
        let mut policy = scenario::read(&[ScenarioText { name, text }], &inventory)
            .scenario
            .expect("what is shipped is sound")
            .policy;
        // The later of two shards of one client region and profile has the smaller limit; no limit comes first.
        let first = inventory.shards[0].clone();
        policy.max_latency = None;
        let limits = [None, Some(80.0), Some(20.0), Some(80.0)];
        inventory.shards.truncate(limits.len());
        for (row, limit) in inventory.shards.iter_mut().zip(limits) {
            *row = first.clone();
            row.max_latency = limit.map(Milliseconds);
        }
        let shards = inventory.shards.len();
        assert_eq!(shards, limits.len());
        let groups = SteeringGroups::new(&inventory, &policy);
        let of_shards: Vec<usize> = (0..shards)
            .map(|shard| groups.of_shard(ShardId::new(shard)))
            .collect();
        assert_eq!(of_shards, [0, 2, 1, 2]);
        for (shard, group) in of_shards.into_iter().enumerate() {
            let key = GroupKey::of(&inventory, &policy, ShardId::new(shard));
            assert_eq!(groups.key(group), &key);
            assert_eq!(groups.of(&key), Some(group));
        }
        let unknown = GroupKey {
            max_latency: Some(30.0),
            ..*groups.key(0)
        };
        assert_eq!(groups.of(&unknown), None);
    }
}
