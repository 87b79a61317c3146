//! Pools: which members carry an equal share.

use super::fixed::Fixed;
use super::ground::Ground;
use crate::ids::ComponentId;
use crate::model::Case;

/// Pools: the members that carry load; a pool without any carries nobody.
///
/// Members that are gone carry none. A member that has less than its capacity is pulled out if the others
/// leave at least as much room for every resource that it limits; one after the other in the order of their
/// ids, again until nothing changes, and never the last.
pub(super) fn carrying_members(
    ground: &Ground<'_>,
    case: &Case,
    fixed: &Fixed,
) -> Vec<Vec<ComponentId>> {
    let inventory = ground.inventory;
    inventory
        .pools
        .iter()
        .map(|pool| {
            let mut members: Vec<ComponentId> = pool
                .members
                .iter()
                .map(|&member| inventory.element_component(member))
                .filter(|member| !case.gone[member.index()])
                .collect();
            while let Some(position) = first_to_pull_out(&members, case, fixed) {
                members.remove(position);
            }
            members
        })
        .collect()
}

/// By pool, who carries while the waves of a period go on behind its start.
///
/// "Those of the period that carry now; and those that carried before it, do not in it, and are open in it and now. All that
/// carry now where there are none." `states` are the members before and in the period, `gone` says what is gone in it and
/// now.
pub(super) fn carrying_behind(
    ground: &Ground<'_>,
    states: [&[Vec<ComponentId>]; 2],
    gone: [&[bool]; 2],
    now: &[Vec<ComponentId>],
) -> Vec<Vec<ComponentId>> {
    let inventory = ground.inventory;
    let mut all = Vec::new();
    for (pool, row) in inventory.pools.iter().enumerate() {
        let mut own = Vec::new();
        for member in row
            .members
            .iter()
            .map(|own| inventory.element_component(*own))
        {
            let [was, is] = states.map(|own| own[pool].contains(&member));
            let is_open = gone.iter().all(|own| !own[member.index()]);
            let stays = is && now[pool].contains(&member);
            let is_left = was && !is && is_open;
            if stays || is_left {
                own.push(member);
            }
        }
        all.push(if own.is_empty() {
            now[pool].clone()
        } else {
            own
        });
    }
    all
}

/// The first reduced member without which there is at least as much room for all that it limits.
fn first_to_pull_out(members: &[ComponentId], case: &Case, fixed: &Fixed) -> Option<usize> {
    if members.len() < 2 {
        return None;
    }
    let resources = case.nominal.ncols();
    (0..members.len()).find(|&position| {
        let member = members[position].index();
        if (0..resources).all(|resource| case.available[[member, resource]] >= 1.0) {
            return false;
        }
        let others: Vec<ComponentId> = [&members[..position], &members[position + 1..]].concat();
        (0..resources)
            .filter(|&resource| case.nominal[[member, resource]].is_some())
            .all(|resource| {
                room(&others, case, fixed, resource) >= room(members, case, fixed, resource)
            })
    })
}

/// What equal shares on `members` can carry beside the fixed load; infinite if none limits the resource.
fn room(members: &[ComponentId], case: &Case, fixed: &Fixed, resource: usize) -> f64 {
    let least = members
        .iter()
        .filter_map(|member| {
            let left = case.capacity(member.index(), resource)?;
            Some(left - fixed.load[[member.index(), resource]])
        })
        .fold(f64::INFINITY, f64::min);
    least * members.len() as f64
}
