//! Other members: pools of which others carry while waves ahead of a period go on than in that period.

use super::context::Ways;
use super::turned::Turned;
use crate::formulation::{background_in, members_of_all};
use crate::ids::{ComponentId, PoolId};
use crate::model::{Case, EventKind, Inventory, LinkEnd};
use crate::plan::{Flow, Plan};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The instant from which on the members of every pool that a period newly leads users through are those that carry in it: one
/// comes only then, or a fault that nobody foresees takes one. `None` if they are from the start.
///
/// A pool that users are steered through before has steps and waves of its own where its members change.
pub(super) fn same_members_from(
    ways: &Ways<'_>,
    plan: &Plan,
    quiet: &Case,
    (period, turned): (usize, &Turned),
) -> Option<Timestamp> {
    let inventory = ways.inventory;
    if inventory.pools.is_empty() || !is_accepting(inventory) {
        return None;
    }
    let own = &plan.periods[period];
    let passed = pools(ways, own.first_flows());
    let members = &turned.members[1];
    let is_faulty = |member: &ComponentId| {
        let mut events = ways.scenario.events.iter();
        events.any(|event| {
            let components = match &event.kind {
                EventKind::Failure(own) | EventKind::Gray(own) => &own.components,
                EventKind::Slow(own) => &own.components,
                _ => return false,
            };
            let is_there = event.start <= own.period.start && own.period.start < event.end;
            is_there && components.contains(member)
        })
    };
    let is_other = |case: &Case, flows: &[Flow]| {
        let before = pools(ways, flows);
        let mut newly = passed.difference(&before).peekable();
        if newly.peek().is_none() {
            return false;
        }
        let then = members_of_all(inventory, case, &background_in(inventory, case));
        newly.any(|pool| {
            let [then, now] = [&then, members].map(|own| &own[pool.index()]);
            let comes = now.iter().any(|own| !then.contains(own));
            let mut goes = then.iter().filter(|own| !now.contains(own));
            comes || goes.any(is_faulty)
        })
    };
    let mut past = plan.periods[..period].iter().rev();
    if let Some(other) = past.find(|own| is_other(&own.case, &own.flows)) {
        return Some(other.period.end);
    }
    let first = plan.periods.first()?.period.start;
    is_other(quiet, &plan.before.flows).then_some(first)
}

/// `true` if anything accepts so many new sessions a second: where nothing does, nobody waits who connects anew.
fn is_accepting(inventory: &Inventory) -> bool {
    let mut components = (0..inventory.component_count()).map(ComponentId::new);
    components.any(|own| inventory.accepts_per_second(own).is_some())
}

/// The pools that users are steered through.
fn pools(ways: &Ways<'_>, flows: &[Flow]) -> BTreeSet<PoolId> {
    let mut all = BTreeSet::new();
    for flow in flows.iter().filter(|own| own.users > 0.0) {
        let places = flow.path.places(ways.network).into_iter();
        all.extend(places.filter_map(|place| match ways.network.end(place) {
            LinkEnd::Pool(pool) => Some(pool),
            _ => None,
        }));
    }
    all
}
