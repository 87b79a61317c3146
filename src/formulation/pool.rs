//! Which members of a pool carry its load (`model.md` §1, Pools).

use crate::ids::{ComponentId, ElementId, PoolId};
use crate::model::{Case, Inventory};
use ndarray::Array2;

/// The members of a pool that carry its load in a case, ascending.
///
/// A member that is gone is out. A member known to have less than full capacity is pulled out if that leaves
/// at least as much spare capacity for every resource that it limits; members are asked in the order of their ids, again
/// until nothing changes, and the last one stays. The spare capacity of a pool is the least of its members' times
/// their number. `background` is that of the case ([`background_in`](super::background_in)).
pub fn members_in(
    inventory: &Inventory,
    case: &Case,
    background: &Array2<f64>,
    pool: PoolId,
) -> Vec<ElementId> {
    let component = |member: ElementId| inventory.element_component(member).index();
    let limited = |member: ElementId| {
        (0..inventory.resources.len())
            .filter(move |&resource| case.nominal[[component(member), resource]].is_some())
    };
    let mut members: Vec<ElementId> = inventory.pools[pool.index()]
        .members
        .iter()
        .copied()
        .filter(|&member| !case.gone[component(member)])
        .collect();
    let is_reduced = |member: ElementId| {
        let available = case.available.row(component(member));
        available.iter().any(|left| *left < 1.0)
    };
    loop {
        let pulled_out = members.iter().copied().find(|&member| {
            let without: Vec<ElementId> =
                members.iter().copied().filter(|&m| m != member).collect();
            !without.is_empty()
                && is_reduced(member)
                && limited(member).all(|resource| {
                    spare(inventory, case, background, &without, resource)
                        >= spare(inventory, case, background, &members, resource)
                })
        });
        match pulled_out {
            Some(member) => members.retain(|&other| other != member),
            None => return members,
        }
    }
}

/// By pool, its members that carry its load in a case, ascending ([`members_in`]).
pub fn members_of_all(
    inventory: &Inventory,
    case: &Case,
    background: &Array2<f64>,
) -> Vec<Vec<ComponentId>> {
    let pools = (0..inventory.pools.len()).map(PoolId::new);
    let members = pools.map(|pool| {
        let members = members_in(inventory, case, background, pool).into_iter();
        members
            .map(|member| inventory.element_component(member))
            .collect()
    });
    members.collect()
}

/// By pool, the members that carry its load while the waves after a period's start go on.
///
/// A member that carried before the period and is only reduced in it is left by and by, with steering, and not at one
/// instant. One that comes back before the waves are done waits for their end. `states` are the members that carry before
/// the period and in it, `case` is the period's case, and `here` the case that holds, with the members that carry in it.
pub fn members_after(
    inventory: &Inventory,
    states: [&[Vec<ComponentId>]; 2],
    case: &Case,
    here: (&Case, &[Vec<ComponentId>]),
) -> Vec<Vec<ComponentId>> {
    let pools = inventory.pools.iter().enumerate();
    let of_pool = pools.map(|(pool, row)| {
        let [before, after] = states.map(|components| &components[pool]);
        let is_open = |member: &ComponentId| {
            let at = member.index();
            !case.gone[at] && !here.0.gone[at]
        };
        let carries = |member: &ComponentId| {
            if after.contains(member) {
                here.1[pool].contains(member)
            } else {
                before.contains(member) && is_open(member)
            }
        };
        let members = row.members.iter();
        let members = members.map(|element| inventory.element_component(*element));
        let members: Vec<ComponentId> = members.filter(carries).collect();
        if members.is_empty() {
            here.1[pool].clone()
        } else {
            members
        }
    });
    of_pool.collect()
}

/// The most that a hash over `members` can carry of a resource.
fn spare(
    inventory: &Inventory,
    case: &Case,
    background: &Array2<f64>,
    members: &[ElementId],
    resource: usize,
) -> f64 {
    members
        .iter()
        .filter_map(|&member| {
            let component = inventory.element_component(member).index();
            case.capacity(component, resource)
                .map(|capacity| capacity - background[[component, resource]])
        })
        .fold(f64::INFINITY, f64::min)
        * members.len() as f64
}
