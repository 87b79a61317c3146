//! Independent retries: faults that a retry may meet again, while a play lets it succeed as if it were another attempt
//! (`docs/model.md` §9, Stages).

use super::plan::{PeriodPlan, Plan};
use crate::ids::{ComponentId, LinkId};
use crate::model::{Component, Event, EventKind, Inventory, LinkEnd, Phase, Resource, Scenario};
use crate::scenario::{Knowledge, in_force};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// Users that a play of a plan serves by retries alone, where it is not known whether these meet the fault again.
#[derive(Debug, Clone, PartialEq)]
pub struct IndependentRetries {
    /// The components with a fault, the one with most such users first.
    pub components: Vec<ComponentId>,
    /// Users who are down if no retry helps: of all components together, the most in any period.
    pub users: f64,
}

/// The components of a fault at which a play lets a retry succeed that might meet the fault again: those that lose a share
/// of the work, since every attempt has the same chance, and members of a pool with another member that the fault spares,
/// since every attempt may take any member. Empty for everything else than failures and gray faults.
pub fn independent_at(inventory: &Inventory, event: &Event) -> Vec<ComponentId> {
    let (EventKind::Failure(fault) | EventKind::Gray(fault)) = &event.kind else {
        return Vec::new();
    };
    let is_member_of_others = |component: ComponentId| {
        let Component::Element(element) = inventory.component(component) else {
            return false;
        };
        let pool = inventory.elements[element.index()].pool;
        pool.is_some_and(|pool| {
            let mut members = inventory.pools[pool.index()].members.iter();
            members.any(|element| {
                !fault
                    .components
                    .contains(&inventory.element_component(*element))
            })
        })
    };
    let components = fault.components.iter().copied();
    components
        .filter(|component| {
            fault.loss > 0.0 || fault.capacity < 1.0 && is_member_of_others(*component)
        })
        .collect()
}

/// The users of a plan that are served by such retries alone; `None` where there are none.
pub fn independent_retries(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<IndependentRetries> {
    let mut most: BTreeMap<ComponentId, f64> = BTreeMap::new();
    let mut users: f64 = 0.0;
    for period in &plan.periods {
        let mut together = 0.0;
        for (component, lost) in lost_without_retries(inventory, scenario, period) {
            together += lost;
            let of_component = most.entry(component).or_default();
            *of_component = of_component.max(lost);
        }
        users = users.max(together.min(period.totals.users));
    }
    let mut ranked: Vec<(ComponentId, f64)> = most.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    (!ranked.is_empty()).then(|| IndependentRetries {
        components: ranked.into_iter().map(|pair| pair.0).collect(),
        users,
    })
}

/// By component with a fault that independent retries may avoid: the users that are down in a period if no retry helps.
fn lost_without_retries(
    inventory: &Inventory,
    scenario: &Scenario,
    period: &PeriodPlan,
) -> BTreeMap<ComponentId, f64> {
    let mut passing: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for event in &scenario.events {
        let start = period.period.start;
        let Some(event) = in_force(event, scenario, start, Knowledge::True) else {
            continue;
        };
        let loss = event.reduction().map_or(0.0, |reduction| reduction.loss);
        for component in independent_at(inventory, &event) {
            *passing.entry(component).or_insert(1.0) *= 1.0 - loss;
        }
    }
    let all = passing.into_iter().filter_map(|(component, passes)| {
        let is_retried = period.flows.iter().any(|flow| {
            let retries = inventory.profiles[flow.group.profile.index()].retries;
            retries > 0.0 && flow.users > NOBODY && crosses(inventory, &flow.path.links, component)
        });
        let failing = period.crossing_within(component.index()) * (1.0 - passes);
        let lost = failing.max(without_capacity(inventory, period, component));
        (is_retried && lost > NOBODY).then_some((component, lost))
    });
    all.collect()
}

/// The users of a component that a fault leaves no capacity for before the plan answers it: where work waits, all who
/// wait together.
fn without_capacity(inventory: &Inventory, period: &PeriodPlan, component: ComponentId) -> f64 {
    if period.period.phase == Phase::Known {
        return 0.0;
    }
    let here = period
        .blind
        .iter()
        .filter(|blind_impact| blind_impact.component == component);
    let lost = here.map(|blind_impact| {
        let resource = blind_impact
            .resource
            .map(|resource| &inventory.resources[resource.index()]);
        if blind_impact.users_excess > NOBODY && resource.is_some_and(Resource::is_waited_for) {
            blind_impact.users_affected
        } else {
            blind_impact.users_excess
        }
    });
    lost.fold(0.0, f64::max)
}

/// `true` if a path of these links passes a component, or the pool that it belongs to.
pub fn crosses(inventory: &Inventory, links: &[LinkId], component: ComponentId) -> bool {
    let place = match inventory.component(component) {
        Component::Link(link) => return links.contains(&link),
        Component::Site(id) => LinkEnd::Site(id),
        Component::AccessPoint(id) => LinkEnd::AccessPoint(id),
        Component::Element(id) => match inventory.elements[id.index()].pool {
            Some(pool) => LinkEnd::Pool(pool),
            None => LinkEnd::Element(id),
        },
    };
    links.iter().any(|link| {
        let link = &inventory.links[link.index()];
        link.from == place || link.to == place
    })
}
