//! Failures that a plan of a maintenance does not count with, and the command that checks them.

use super::Briefing;
use crate::model::Event;
use crate::report::grammar::{only_if, short};
use crate::report::span::moment;
use crate::scenario::acted_on;

impl Briefing<'_> {
    /// That a failure begins with a maintenance, so that the drain counts with it; `None` where none does.
    pub(super) fn failure_as_a_surprise(&self) -> Option<String> {
        let (events, policy) = (&self.scenario.events, &self.scenario.policy);
        let planned = events.iter().filter(|event| event.maintenance().is_some());
        let with = planned.filter_map(|maintenance| {
            let is_with = |event: &&Event| {
                event.is_reacted_to() && acted_on(event, policy) == maintenance.start
            };
            let failure = events.iter().find(is_with)?;
            Some((maintenance, failure))
        });
        let (maintenance, failure) = with.min_by_key(|(maintenance, _)| maintenance.start)?;
        let at = moment(self.scenario, maintenance.start);
        Some(format!(
            "Not checked: {} of {} after the drain of {}; both begin at {at}, so this drain is planned with knowledge of the {0}.",
            failure.kind.event_type().noun(),
            self.title(failure),
            self.title(maintenance),
        ))
    }

    /// The name of the first component of an event, and how many more it has.
    fn title(&self, event: &Event) -> String {
        let components = event.kind.components();
        let first = components
            .first()
            .map(|component| self.inventory.component_title(*component));
        let more = components.len().saturating_sub(1);
        let more = only_if(more > 0, || format!(" and {more} more"));
        format!("{}{more}", short(first.unwrap_or("a component")))
    }
}
