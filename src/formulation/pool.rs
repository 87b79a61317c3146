//! Which members of a pool carry its load (`model.md` §1, Pools).

use crate::ids::{ElementId, PoolId};
use crate::model::{Case, Inventory};

/// The members of a pool that carry its load in a case, ascending.
///
/// A member that is gone is out. A member known to have less than full capacity is pulled out if that leaves
/// at least as much room for every resource that it limits; the least available member is asked first.
/// The room of a pool is the least capacity of its members times their number.
pub fn members_in(inventory: &Inventory, case: &Case, pool: PoolId) -> Vec<ElementId> {
    let component = |member: ElementId| inventory.element_component(member).index();
    let share = |member: ElementId| {
        (0..inventory.resources.len())
            .filter(|&resource| case.nominal[[component(member), resource]].is_some())
            .map(|resource| case.available[[component(member), resource]])
            .fold(1.0, f64::min)
    };
    let mut members: Vec<ElementId> = inventory.pools[pool.index()]
        .members
        .iter()
        .copied()
        .filter(|&member| !case.gone[component(member)])
        .collect();
    let mut partial: Vec<ElementId> = members
        .iter()
        .copied()
        .filter(|&member| share(member) < 1.0)
        .collect();
    partial.sort_by(|&a, &b| share(a).total_cmp(&share(b)).then(a.cmp(&b)));
    for member in partial {
        let without: Vec<ElementId> = members.iter().copied().filter(|&m| m != member).collect();
        let is_better_out = (0..inventory.resources.len())
            .filter(|&resource| case.nominal[[component(member), resource]].is_some())
            .all(|resource| {
                room(inventory, case, &without, resource)
                    >= room(inventory, case, &members, resource)
            });
        if is_better_out {
            members = without;
        }
    }
    members
}

/// The most that a hash over `members` can carry of a resource.
fn room(inventory: &Inventory, case: &Case, members: &[ElementId], resource: usize) -> f64 {
    if members.is_empty() {
        return 0.0;
    }
    members
        .iter()
        .filter_map(|&member| case.capacity(inventory.element_component(member).index(), resource))
        .fold(f64::INFINITY, f64::min)
        * members.len() as f64
}
