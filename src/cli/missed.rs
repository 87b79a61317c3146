//! Missed: a warning of headroom targets that are missed before a scenario begins.

use crate::diagnostic::{Code, Finding, Place, Severity};
use crate::engine::{Missed, missed_before};
use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::report::words::missed_already;
use crate::solve::Stop;

/// Targets of network components, or as a scenario sets them, that the state before misses (a warning).
const MISSED_BEFORE: Code = Code("P3409");

/// What is missed before a scenario and no line of sites.csv is warned of (`P3408`): at network components, and where the
/// scenario sets another target than the inventory; `None` if nothing is.
pub(super) fn of_scenario(
    inventory: &Inventory,
    scenario: &Scenario,
    file: &str,
) -> Result<Option<Finding>> {
    let missed = missed_before(inventory, scenario, &Stop::default())?;
    let is_warned_of = |own: &Missed| {
        let written = inventory.own_headroom(own.component);
        let written = written.unwrap_or_else(|| inventory.resources[own.resource.index()].headroom);
        own.component.index() < inventory.sites.len() && own.target <= written
    };
    let missed = missed.into_iter().filter(|own| !is_warned_of(own));
    let missed = missed.map(|own| ((own.component, own.resource), [own.headroom, own.target]));
    let words = missed_already(inventory, missed.collect());
    Ok(words.map(|found| Finding {
        severity: Severity::Warning,
        code: MISSED_BEFORE,
        place: Place {
            file: file.to_owned(),
            line: None,
            column: None,
        },
        found: format!("headroom that is missing before anything happens: {found}"),
        expected: "every headroom target met".to_owned(),
        hint: "a plan keeps what is missing (`existing_shortfall = \"keep\"`): add capacity, lower the target, or plan with \
               \"repair\""
            .to_owned(),
    }))
}
