//! Independent: the faults that retries of a run may meet again, while the replay lets them succeed, and what fails if none does.

use crate::ids::ComponentId;
use crate::model::{Event, Inventory, Scenario};
use crate::plan::independent_at;
use crate::plan::replay::{Moment, Passage, PassageFlow, Run, Short};
use crate::scenario::acted_on;
use crate::units::FEASIBILITY;
use std::collections::BTreeMap;

/// By component with a fault at which retries are independent: the share of its work that fails if no retry helps, at most.
/// Empty where nothing is tried again meanwhile.
pub(super) fn failing_without_retries(
    (inventory, scenario): (&Inventory, &Scenario),
    run: &Run,
) -> BTreeMap<ComponentId, f64> {
    let mut all: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for event in &scenario.events {
        let is_met = |moment: &&Moment| moment.start < event.end && event.start < moment.end;
        let mut met = run.moments.iter().filter(is_met);
        // A user without a session is one that tries to connect again.
        if !met.any(|moment| moment.again > 0.0 || moment.without_session > 0.0) {
            continue;
        }
        for component in independent_at(inventory, event) {
            let share = failing((inventory, scenario), (event, component), run);
            if share > FEASIBILITY {
                let most = all.entry(component).or_default();
                *most = most.max(share);
            }
        }
    }
    all
}

/// The share of the work through a component that fails by a fault at the first attempt, at most.
fn failing(
    (inventory, scenario): (&Inventory, &Scenario),
    (event, component): (&Event, ComponentId),
    run: &Run,
) -> f64 {
    let Some(fault) = event.reduction() else {
        return 0.0;
    };
    let is_gone = fault.capacity <= 0.0 && fault.resources.is_none();
    let unanswered = [
        event.start,
        acted_on(event, &scenario.policy).min(event.end),
    ];
    let is_unanswered =
        |moment: &Moment| moment.start < unanswered[1] && unanswered[0] < moment.end;
    if is_gone && run.moments.iter().any(is_unanswered) {
        return 1.0;
    }
    let is_in_force = |moment: &Moment| moment.start < event.end && event.start < moment.end;
    let here = run
        .passages
        .iter()
        .filter(|passage| passage.component == component);
    let of_flows = here.flat_map(|passage| {
        let flows = run.moments.iter().zip(&passage.flows);
        let during = flows.filter(|(moment, _)| is_in_force(moment));
        // A loss comes first: less is left that needs capacity.
        during.map(|(_, flow)| 1.0 - (1.0 - fault.loss) * (1.0 - lost(inventory, passage, flow)))
    });
    of_flows.fold(fault.loss, f64::max)
}

/// The share of what comes to a component that finds no capacity; all of it where it waits instead.
fn lost(inventory: &Inventory, passage: &Passage, flow: &PassageFlow) -> f64 {
    let Short::Resource(resource) = passage.short else {
        // New sessions that are not accepted are no work that fails.
        return 0.0;
    };
    if inventory.resources[resource.index()].is_waited_for() {
        return if flow.is_beyond() { 1.0 } else { 0.0 };
    }
    flow.first_lost()
}
