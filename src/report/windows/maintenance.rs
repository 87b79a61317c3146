//! The scenario of the recommended start, maintenance.toml, and maintenances of the given scenario whose time is looked for.

use super::drain::DrainReport;
use crate::model::{Event, EventKind, Inventory, Reduction};
use crate::report::span::Clock;
use crate::scenario::MergedLayers;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// File name of that scenario.
pub const MAINTENANCE_FILE: &str = "maintenance.toml";

/// The scenario of a maintenance of some components, pools or risk groups, given by their ids, with before it a
/// drain. It has all that the ranking was made with, so that a plan of it alone is the plan of the recommended start.
pub fn maintenance_file(
    inventory: &Inventory,
    ids: &[String],
    base: &MergedLayers,
    clock: Clock,
    drain: &DrainReport,
) -> String {
    let [from, start, end] =
        [drain.planned_from, drain.start, drain.end].map(|at| clock.instant(at));
    let mut text = "# The maintenance with the time that its drain needs before it, and all that the ranking was made with.\n\
         # It ends with the maintenance; with a later end, a plan of it brings users back in waves.\n"
        .to_owned();
    text += &base.text(["maintenance", &from, &end]);
    let mut known = BTreeSet::new();
    for id in ids.iter().filter(|id| known.insert(id.as_str())) {
        let is_pool = || inventory.pools.iter().any(|pool| pool.id == *id);
        let key = if inventory.component_named(id).is_some() || is_pool() {
            "component"
        } else {
            "risk_group"
        };
        // What JSON escapes in a text, TOML escapes alike.
        let id = serde_json::Value::String(id.clone());
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n[[event]]\nkind = \"maintenance\"\n{key} = {id}\nstart = {start}\nend = {end}\n"
        );
    }
    text
}

/// Positions of the events that take out nothing but what is to be maintained: this is the maintenance whose time is looked for.
pub fn own_maintenances(events: &[Event], asked: &Reduction) -> Vec<usize> {
    let is_own = |event: &Event| match &event.kind {
        EventKind::Maintenance(reduction) => {
            let all = || reduction.components.iter();
            let is_whole = Reduction {
                components: asked.components.clone(),
                ..reduction.clone()
            } == *asked;
            is_whole && all().all(|component| asked.components.contains(component))
        }
        _ => false,
    };
    let positions = events.iter().enumerate();
    let positions = positions.filter(|(_, event)| is_own(event));
    positions.map(|(position, _)| position).collect()
}
