//! Who reconnects: users whose site or access point changes.

use super::by_group::ByGroup;
use super::ground::Ground;
use super::moves::Move;
use super::parts::Assignment;
use super::steering::Entries;

/// Users whose site changes, and of those who stay as many as must change access point: at each site, the
/// users of a group enter by shares, and what an access point loses of its share has to enter elsewhere.
pub(super) fn reconnecting(
    ground: &Ground<'_>,
    assignment: &Assignment,
    moves: &[Move],
    previous: &Entries,
    now: &Entries,
) -> f64 {
    let mut staying: ByGroup<f64> = ByGroup::new(ground.groups.len());
    for (shard, part) in assignment.served() {
        *staying.entry(ground.group_of(shard), part.site) += part.users;
    }
    let mut reconnecting = 0.0;
    for of_shard in moves {
        *staying.entry(ground.group_of(of_shard.shard), of_shard.to) -= of_shard.users;
        if of_shard.from.is_some() {
            reconnecting += of_shard.users;
        }
    }
    for (group, site, users) in staying.iter() {
        let key = (group, site);
        if let (Some(previous), Some(now)) = (previous.points.get(&key), now.points.get(&key)) {
            let (all_before, all_now): (f64, f64) = (previous.values().sum(), now.values().sum());
            if all_before > 0.0 && all_now > 0.0 {
                let lost: f64 = previous
                    .iter()
                    .map(|(access_point, users)| {
                        let left = now.get(access_point).copied().unwrap_or_default();
                        (users / all_before - left / all_now).max(0.0)
                    })
                    .sum();
                reconnecting += users.max(0.0) * lost;
            }
        }
    }
    reconnecting
}
