//! The scenario of the maintenance in the window that is told, for `plan` to make its runbook.

use super::ToldDrain;
use crate::model::Inventory;
use crate::report::span::Clock;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// File name of that scenario.
pub const MAINTENANCE_FILE: &str = "maintenance.toml";

/// The scenario of a maintenance of some components, pools or risk groups, given by their ids, ahead of which stands a
/// drain. It is layered over the scenario of the ranking, if there is one: events add up.
pub fn maintenance_file(
    inventory: &Inventory,
    ids: &[String],
    clock: Clock,
    drain: &ToldDrain,
) -> String {
    let [from, start, end] =
        [drain.planned_from, drain.start, drain.end].map(|at| clock.instant(at));
    let mut text = format!(
        "# The maintenance, from as far ahead of it as its drain needs; a layer over what the ranking was made with.\n\
         [scenario]\nname = \"maintenance\"\nstart = {from}\nend = {end}\n\n[policy]\ndemand = \"hourly\"\n"
    );
    let mut known = BTreeSet::new();
    for id in ids.iter().filter(|id| known.insert(id.as_str())) {
        let is_pool = || inventory.pools.iter().any(|own| own.id == *id);
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
