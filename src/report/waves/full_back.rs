//! Full back: what the path back says of a place that cannot carry all whom the state before serves there.

use super::words::Teller;
use crate::plan::FullBack;
use crate::report::numbers;
use crate::report::words::listed;

impl Teller<'_> {
    /// That nobody is to go back, and what would be too full.
    pub(super) fn no_path_back(&self, full: FullBack, leave: &str) -> String {
        let [component, load, capacity] = self.carried(full);
        format!(
            "{leave}: there is no path back to the state before. With everybody where he was before, {component} would carry {load} when the scenario ends ({}), and it can carry {capacity}. Demand has grown since the scenario began, or capacity has changed. A scenario that begins then, with `after = \"return\"`, plans who can go back.",
            self.clock().moment(self.scenario.end),
        )
    }

    /// That the state before had too much somewhere as well.
    pub(super) fn full_as_before(&self, full: FullBack) -> String {
        let [component, load, capacity] = self.carried(full);
        format!(
            " With everybody where he was before, {component} would carry {load} again, as before the scenario, and it can carry {capacity}."
        )
    }

    /// A component, what it would carry, and what it can.
    fn carried(&self, full: FullBack) -> [String; 3] {
        let row = &self.inventory.resources[full.resource.index()];
        let quantity = |of: f64| numbers::quantity(of, &row.unit);
        let load = format!("{} of {}", quantity(full.load), listed(&[&row.id]));
        [
            self.component_by_hand(full.component),
            load,
            quantity(full.capacity),
        ]
    }
}
