//! Reconnecting users: those whose access point or site changes.

use super::by_group_and_site::ByGroupAndSite;
use super::moves::Move;
use super::state::{Flow, Part};
use super::steering_groups::SteeringGroups;
use crate::ids::AccessPointId;
use std::collections::BTreeMap;

/// By group and site: users by access point.
pub(crate) type Entries = ByGroupAndSite<BTreeMap<AccessPointId, f64>>;

/// Where users of flows enter; groups without shards have nobody who stays.
pub(crate) fn entries(groups: &SteeringGroups, flows: &[Flow]) -> Entries {
    let mut all = Entries::new(groups.len());
    for flow in flows {
        if let Some(group) = groups.of(&flow.group) {
            let users = all.entry(group, flow.path.site);
            *users.entry(flow.path.access_point).or_default() += flow.users;
        }
    }
    all
}

/// Users whose site changes, and of those who stay as many as must change access point: at each site the users
/// of a group enter by shares, and what an access point loses of its share has to enter elsewhere.
pub(crate) fn reconnecting_users(
    groups: &SteeringGroups,
    [before, after]: [&Entries; 2],
    parts: impl Iterator<Item = Part>,
    moves: &[Move],
) -> f64 {
    let mut staying: ByGroupAndSite<f64> = ByGroupAndSite::new(groups.len());
    for part in parts {
        if let Some(site) = part.site {
            *staying.entry(groups.of_shard(part.shard), site) += part.users;
        }
    }
    let mut reconnecting = 0.0;
    for moved in moves {
        *staying.entry(groups.of_shard(moved.shard), moved.to) -= moved.users;
        if moved.from.is_some() {
            reconnecting += moved.users;
        }
    }
    for (group, site, users) in staying.iter() {
        let (Some(before), Some(after)) = (before.get(group, site), after.get(group, site)) else {
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
