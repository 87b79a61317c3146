//! Failures that a plan of a maintenance does not count with, and the command that checks them.

use super::Briefing;
use crate::model::{Event, Reduction};
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

    /// That a further failure is not counted with, and how to check it; nothing without a maintenance, or with `[protect]`.
    pub(super) fn further_failure(&self) -> Option<String> {
        let scenario = self.scenario;
        let mut reductions = scenario.events.iter().filter_map(Event::maintenance);
        let is_any = reductions.any(|reduction: &Reduction| !reduction.components.is_empty());
        let is_protected = !scenario.policy.split_shards
            && (scenario.protect.as_ref()).is_some_and(|protect| protect.failures > 0);
        (is_any && !is_protected).then(|| {
            "Not checked: a further failure (N-1). To check: plimsoll sweep INVENTORY --from plan --scenario FILE --out DIR."
                .to_owned()
        })
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
