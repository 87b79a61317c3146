//! Reconnecting users: those whose access point or site changes.

use super::moves::Move;
use super::plan::{Flow, GroupKey, OrderedGroup, Part};
use crate::ids::{AccessPointId, SiteId};
use crate::model::{Inventory, Policy};
use std::collections::BTreeMap;

/// Group and site, as a key that can be ordered.
type Key = (OrderedGroup, SiteId);

fn entries(flows: &[Flow]) -> BTreeMap<Key, BTreeMap<AccessPointId, f64>> {
    let mut all: BTreeMap<Key, BTreeMap<AccessPointId, f64>> = BTreeMap::new();
    for flow in flows {
        *all.entry((flow.group.ordered(), flow.path.site))
            .or_default()
            .entry(flow.path.access_point)
            .or_default() += flow.users;
    }
    all
}

/// Users whose site changes, and of those who stay as many as must change access point: at each site the users
/// of a group enter by shares, and what an access point loses of its share has to enter elsewhere.
pub fn reconnecting_users(
    inventory: &Inventory,
    policy: &Policy,
    previous: &[Flow],
    now: &[Flow],
    parts: &[Part],
    moves: &[Move],
) -> f64 {
    let group_of = |shard| GroupKey::of(inventory, policy, shard).ordered();
    let mut staying: BTreeMap<Key, f64> = BTreeMap::new();
    for part in parts {
        if let Some(site) = part.site {
            *staying.entry((group_of(part.shard), site)).or_default() += part.users;
        }
    }
    let mut reconnecting = 0.0;
    for moved in moves {
        *staying
            .entry((group_of(moved.shard), moved.to))
            .or_default() -= moved.users;
        if moved.from.is_some() {
            reconnecting += moved.users;
        }
    }
    let (before, after) = (entries(previous), entries(now));
    for (key, users) in staying {
        let (Some(before), Some(after)) = (before.get(&key), after.get(&key)) else {
            continue;
        };
        let (all_before, all_after): (f64, f64) = (before.values().sum(), after.values().sum());
        if all_before > 0.0 && all_after > 0.0 {
            let lost: f64 = before
                .iter()
                .map(|(access_point, users)| {
                    let left = after.get(access_point).copied().unwrap_or(0.0);
                    (users / all_before - left / all_after).max(0.0)
                })
                .sum();
            reconnecting += users.max(0.0) * lost;
        }
    }
    reconnecting
}
