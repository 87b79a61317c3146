//! Users who are actually affected while the plan does not take it into account, each counted once.

use super::plan::{BlindImpact, PeriodPlan};
use crate::ids::{ComponentId, LinkId};
use crate::model::{Component, Inventory, LinkEnd};
use std::collections::BTreeMap;

/// How many of the served users of a period are affected while nobody acts.
///
/// `blind.csv` counts users who cross two affected components at both; here they count once: where of the users one
/// component affects the share `a` and another the share `b`, `1 − (1 − a)·(1 − b)` are affected. Of the resources of
/// a component the one that affects most counts, and the members of a pool affect their parts of its users.
pub fn affected_users(inventory: &Inventory, period: &PeriodPlan) -> f64 {
    let flows = period.flows.iter();
    let of_time = period.shares_of_time();
    flows
        .zip(affected_shares(inventory, period))
        .map(|(flow, share)| flow.users * share * of_time[flow.slice])
        .sum()
}

/// By flow of a period, the share of its users who are affected while nobody acts.
fn affected_shares(inventory: &Inventory, period: &PeriodPlan) -> Vec<f64> {
    let places = AffectedPlaces::of_period(inventory, period);
    let flows = period.flows.iter();
    flows.map(|flow| places.share(&flow.path.links)).collect()
}

/// Something that a path crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Crossed {
    Link(LinkId),
    Place(LinkEnd),
}

/// Links and places, each with the share of those who cross it who are affected there. Of a component's resources the
/// one that affects most counts; the members of a pool affect their parts of its users.
pub(super) struct AffectedPlaces<'a> {
    inventory: &'a Inventory,
    shares: BTreeMap<Crossed, f64>,
}

impl<'a> AffectedPlaces<'a> {
    /// Those of the plan of a period.
    pub(super) fn of_period(inventory: &'a Inventory, period: &PeriodPlan) -> Self {
        let crossing = |component: ComponentId| period.crossing_within(component.index());
        Self::new(inventory, &period.blind, crossing)
    }

    /// Those of a blind window, of the users who cross each component.
    pub(super) fn new(
        inventory: &'a Inventory,
        blind: &[BlindImpact],
        crossing: impl Fn(ComponentId) -> f64,
    ) -> Self {
        let shares = affected_places(inventory, blind, crossing);
        Self { inventory, shares }
    }

    /// `true` if nobody is affected anywhere.
    pub(super) fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }

    /// The share of the users of a path who are affected, from its first link on.
    pub(super) fn share(&self, links: &[LinkId]) -> f64 {
        if self.is_empty() {
            return 0.0;
        }
        let crossed = links.iter().flat_map(|&link| {
            let end = Crossed::Place(self.inventory.links[link.index()].to);
            [Crossed::Link(link), end]
        });
        let shares = crossed.filter_map(|place| self.shares.get(&place));
        1.0 - shares.map(|share| 1.0 - share).product::<f64>()
    }
}

fn affected_places(
    inventory: &Inventory,
    blind: &[BlindImpact],
    of: impl Fn(ComponentId) -> f64,
) -> BTreeMap<Crossed, f64> {
    let mut affected: BTreeMap<Crossed, f64> = BTreeMap::new();
    for of_component in blind.chunk_by(|a, b| a.component == b.component) {
        let most = of_component
            .iter()
            .map(|affected| affected.users_affected)
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
