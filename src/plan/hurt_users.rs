//! Users who are hurt in truth while the plan does not count with it, each counted once.

use super::plan::PeriodPlan;
use crate::ids::LinkId;
use crate::model::{Component, Inventory, LinkEnd};
use std::collections::BTreeMap;

/// Something that paths cross: a link, or a place with all members of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Crossed {
    Link(LinkId),
    Place(LinkEnd),
}

/// How many of the served users of a period are hurt while nobody acts.
///
/// `blind.csv` counts whoever crosses two hurt components at both; here they count once: of users of whom one
/// component hurts the share `a` and another the share `b`, `1 − (1 − a)·(1 − b)` are hurt. Of the resources of
/// a component the one that hurts most counts, and the members of a pool hurt their parts of its users.
pub fn hurt_users(inventory: &Inventory, period: &PeriodPlan) -> f64 {
    let mut affected: BTreeMap<Crossed, f64> = BTreeMap::new();
    for of_component in period.blind.chunk_by(|a, b| a.component == b.component) {
        let users = of_component.iter().map(|hurt| hurt.users_affected);
        let most = users.fold(0.0, f64::max);
        let crossed = match inventory.component(of_component[0].component) {
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
            *affected.entry(crossed).or_default() += most;
        }
    }
    let crosses = |links: &[LinkId], crossed: &Crossed| match *crossed {
        Crossed::Link(id) => links.contains(&id),
        Crossed::Place(place) => links
            .iter()
            .any(|link| inventory.links[link.index()].to == place),
    };
    let shares: Vec<(Crossed, f64)> = affected
        .into_iter()
        .map(|(crossed, affected)| {
            let flows = period.flows.iter();
            let crossing: f64 = flows
                .filter(|flow| crosses(&flow.path.links, &crossed))
                .map(|flow| flow.users)
                .sum();
            let share = if crossing > 0.0 {
                (affected / crossing).min(1.0)
            } else {
                0.0
            };
            (crossed, share)
        })
        .collect();
    period
        .flows
        .iter()
        .map(|flow| {
            let spared: f64 = shares
                .iter()
                .filter(|(crossed, _)| crosses(&flow.path.links, crossed))
                .map(|(_, share)| 1.0 - share)
                .product();
            flow.users * (1.0 - spared)
        })
        .sum()
}
