//! Sentences about retries that a play takes for independent of the attempt before.

use super::grammar::{counted_with, listed};
use super::numbers;
use super::waves::TransitionWriter;
use crate::ids::ComponentId;
use crate::model::{Component, Inventory};
use crate::plan::independent_retries;

/// What a finding depends on while such retries are not checked.
pub(in crate::report) const IF_AVOIDED: &str = "if retries avoid the fault";

/// `Not checked: retries that meet the same fault again at Filter 1. Played forward, each retry may take any member of the pool.`, and
/// what follows if no retry helps.
pub(in crate::report) fn not_checked(
    inventory: &Inventory,
    components: &[ComponentId],
    otherwise: &str,
) -> String {
    let names = components
        .iter()
        .map(|component| inventory.component_title(*component));
    let names = listed(&names.collect::<Vec<_>>());
    let is_member = |component: &ComponentId| match inventory.component(*component) {
        Component::Element(element) => inventory.elements[element.index()].pool.is_some(),
        _ => false,
    };
    let assumed = if components.iter().any(is_member) {
        "Played forward, each retry may take any member of the pool."
    } else {
        "Played forward, each retry has the same chance as the first attempt."
    };
    format!(
        "Not checked: retries that meet the same fault again at {names}. {assumed} If no retry helps, {otherwise}."
    )
}

impl TransitionWriter<'_> {
    /// That the plan's own play lets retries succeed that may meet the same fault again; `None` where it does not, or was not
    /// played.
    pub(in crate::report) fn retries_not_checked(&self) -> Option<String> {
        let plan = self.plan;
        let played = plan.replayed.as_ref();
        played.filter(|downtime| downtime.not_counted.is_none() && downtime.step_seconds > 0.0)?;
        let one_independent_retries = independent_retries(self.inventory, self.scenario, plan)?;
        let users = numbers::users_up(one_independent_retries.users);
        let down = counted_with(&users, "user", ["is", "are"]);
        let otherwise = format!("up to {down} down");
        Some(not_checked(
            self.inventory,
            &one_independent_retries.components,
            &otherwise,
        ))
    }
}
