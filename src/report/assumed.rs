//! Ends of events that nobody stated: a plan needs them, and reports name them as assumed.

use super::grammar::at_most;
use super::period::happening;
use super::span::moment;
use crate::model::{Inventory, Scenario};

/// Events that are listed.
const MOST: usize = 3;

/// `Assumed, because no end was given: failure of Chicago ends at 06:00. Give one with --to.`; `None` if all ends are stated.
pub(super) fn assumed_ends(inventory: &Inventory, scenario: &Scenario) -> Option<String> {
    let assumed = scenario.events.iter().filter(|event| event.is_end_assumed);
    let ends = assumed.map(|event| {
        let noun = event.kind.event_type().noun();
        let subject = happening(inventory, event).subject;
        let end = moment(scenario, event.end);
        format!("{noun} of {subject} ends at {end}")
    });
    let ends = at_most(ends.collect(), MOST, |more| {
        format!("and {more} more events")
    });
    (!ends.is_empty()).then(|| {
        format!(
            "Assumed, because no end was given: {}. Give one with --to.",
            ends.join("; ")
        )
    })
}
