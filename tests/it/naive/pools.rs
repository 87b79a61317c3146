//! Pools: which members carry load.

use super::at_instant::Believed;
use ndarray::Array2;
use plimsoll::ids::ComponentId;
use plimsoll::model::Inventory;

/// The members of every pool that carry an equal share; a pool without any is gone.
///
/// Decisions: one member after the other is looked at, in order and again until nothing changes; the last
/// member is never pulled out; room is counted in capacity less fixed load, not within the headroom target.
pub(crate) fn carrying_members(
    inventory: &Inventory,
    believed: &Believed,
    fixed: &Array2<f64>,
) -> Vec<Vec<ComponentId>> {
    inventory
        .pools
        .iter()
        .map(|pool| {
            let mut members: Vec<ComponentId> = pool
                .members
                .iter()
                .map(|&member| inventory.element_component(member))
                .filter(|member| !believed.gone[member.index()])
                .collect();
            while let Some(position) = first_to_pull_out(&members, believed, fixed) {
                members.remove(position);
            }
            members
        })
        .collect()
}

/// The first reduced member without which there is at least as much room for every resource it limits.
fn first_to_pull_out(
    members: &[ComponentId],
    believed: &Believed,
    fixed: &Array2<f64>,
) -> Option<usize> {
    if members.len() < 2 {
        return None;
    }
    let resources = believed.nominal.ncols();
    (0..members.len()).find(|&position| {
        let e = members[position].index();
        let limited: Vec<usize> = (0..resources)
            .filter(|&resource| believed.nominal[[e, resource]].is_some())
            .collect();
        let is_reduced = (0..resources).any(|resource| believed.available[[e, resource]] < 1.0);
        let mut others = members.to_vec();
        others.remove(position);
        is_reduced
            && limited.iter().all(|&resource| {
                spare(&others, believed, fixed, resource)
                    >= spare(members, believed, fixed, resource)
            })
    })
}

/// What the members carry together at most, each an equal share; infinite if none of them is limited.
fn spare(
    members: &[ComponentId],
    believed: &Believed,
    fixed: &Array2<f64>,
    resource: usize,
) -> f64 {
    let least = members
        .iter()
        .filter_map(|member| {
            believed
                .left(member.index(), resource)
                .map(|left| left - fixed[[member.index(), resource]])
        })
        .fold(f64::INFINITY, f64::min);
    least * members.len() as f64
}
