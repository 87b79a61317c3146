//! Users who are hurt in truth while the plan does not count with it, each counted once.

use super::plan::PeriodPlan;
use super::state::Flow;
use crate::ids::{ComponentId, LinkId};
use crate::model::{Component, Inventory, LinkEnd};
use std::collections::BTreeMap;

/// How many of the served users of a period are hurt while nobody acts.
///
/// `blind.csv` counts whoever crosses two hurt components at both; here they count once: of users of whom one
/// component hurts the share `a` and another the share `b`, `1 − (1 − a)·(1 − b)` are hurt. Of the resources of
/// a component the one that hurts most counts, and the members of a pool hurt their parts of its users.
pub fn hurt_users(inventory: &Inventory, period: &PeriodPlan) -> f64 {
    let flows = period.flows.iter();
    let of_time = period.shares_of_time();
    flows
        .zip(hurt_shares(inventory, period))
        .map(|(flow, share)| flow.users * share * of_time[flow.slice])
        .sum()
}

/// By flow of a period, the share of its users who are hurt while nobody acts.
pub(super) fn hurt_shares(inventory: &Inventory, period: &PeriodPlan) -> Vec<f64> {
    let places = hurt_places(inventory, period);
    let hurt = |flow: &Flow| {
        let spared: f64 = crossed(inventory, flow)
            .filter_map(|place| places.get(&place))
            .map(|share| 1.0 - share)
            .product();
        1.0 - spared
    };
    if places.is_empty() {
        return vec![0.0; period.flows.len()];
    }
    period.flows.iter().map(hurt).collect()
}

/// Something that a path crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Crossed {
    Link(LinkId),
    Place(LinkEnd),
}

/// What the path of a flow crosses, from the first link on.
fn crossed<'a>(inventory: &'a Inventory, flow: &'a Flow) -> impl Iterator<Item = Crossed> + 'a {
    flow.path.links.iter().flat_map(|&link| {
        let end = Crossed::Place(inventory.links[link.index()].to);
        [Crossed::Link(link), end]
    })
}

/// Links and places, each with the share of those who cross it who are hurt there. Of a component's resources the
/// one that hurts most counts; the members of a pool hurt their parts of its users.
fn hurt_places(inventory: &Inventory, period: &PeriodPlan) -> BTreeMap<Crossed, f64> {
    let mut affected: BTreeMap<Crossed, f64> = BTreeMap::new();
    for of_component in period.blind.chunk_by(|a, b| a.component == b.component) {
        let most = of_component
            .iter()
            .map(|hurt| hurt.users_affected)
            .fold(0.0, f64::max);
        let place = match inventory.component(of_component[0].component) {
            Component::Link(id) => Crossed::Link(id),
            Component::Site(id) => Crossed::Place(LinkEnd::Site(id)),
            Component::AccessPoint(id) => Crossed::Place(LinkEnd::AccessPoint(id)),
            Component::Element(id) => Crossed::Place(
                inventory.elements[id.index()]
                    .pool
                    .map_or(LinkEnd::Element(id), LinkEnd::Pool),
            ),
        };
        if most > 0.0 {
            *affected.entry(place).or_default() += most;
        }
    }
    let crossing = |place: &Crossed| -> f64 {
        let of = |component: ComponentId| period.crossing_within(component.index());
        match *place {
            Crossed::Link(id) => of(inventory.link_component(id)),
            Crossed::Place(LinkEnd::Site(id)) => of(inventory.site_component(id)),
            Crossed::Place(LinkEnd::AccessPoint(id)) => of(inventory.access_point_component(id)),
            Crossed::Place(LinkEnd::Element(id)) => of(inventory.element_component(id)),
            Crossed::Place(LinkEnd::Pool(id)) => inventory.pools[id.index()]
                .members
                .iter()
                .map(|&member| of(inventory.element_component(member)))
                .sum(),
            Crossed::Place(LinkEnd::ClientRegion(_)) => 0.0,
        }
    };
    affected
        .into_iter()
        .filter_map(|(place, affected)| {
            let crossing = crossing(&place);
            (crossing > 0.0).then(|| (place, (affected / crossing).min(1.0)))
        })
        .collect()
}
