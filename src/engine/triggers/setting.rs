//! Setting: the scenario and the inventory in which a trigger is all that happens.

use super::{AHEAD, STEP, Trigger, TriggerParts, varying};
use crate::model::{
    Disconnect, Event, EventKind, Inventory, Reduction, ReplayPolicy, Scenario, Surge,
};
use crate::plan::Loses;
use crate::scenario::{acted_on, grown_until};
use jiff::Timestamp;
use std::borrow::Cow;

impl Trigger<'_> {
    /// The scenario in which what is in force goes on, and the trigger is all that happens.
    pub(super) fn scenario(
        &self,
        inventory: &Inventory,
        scenario: &Scenario,
        ([begins, over], end): ([Timestamp; 2], Timestamp),
        parts: TriggerParts,
    ) -> Scenario {
        let in_force = |event: &&Event| {
            let is_meant = event.disconnect().is_none();
            is_meant
                && acted_on(event, &scenario.policy) <= self.period.period.start
                && event.end > self.period.period.start
        };
        let events = scenario.events.iter().filter(in_force).cloned();
        let mut events: Vec<Event> = events
            .map(|event| Event {
                end: Timestamp::MAX,
                kind: arrived(event.kind),
                ..event
            })
            .collect();
        let components = self.hit.components(inventory);
        events.push(Event {
            kind: match self.loses {
                Loses::Sessions => EventKind::Disconnect(Disconnect {
                    components,
                    client_region: None,
                }),
                Loses::Capacity => self.hit.event(inventory),
                Loses::Work => EventKind::Failure(Reduction {
                    components,
                    resources: Some(varying(inventory).collect()),
                    capacity: 0.0,
                    loss: 0.0,
                }),
            },
            start: begins,
            end: over,
            // Nobody knows of it before it is over.
            detected: match self.loses {
                Loses::Sessions => begins,
                Loses::Capacity | Loses::Work => over,
            },
            drain_minutes: None,
            is_end_assumed: false,
        });
        Scenario {
            // Who has joined by then is there.
            start: begins.checked_sub(AHEAD).unwrap_or(begins),
            end,
            events,
            queued: Vec::new(),
            commands: crate::model::Commands::default(),
            replay: ReplayPolicy {
                step_seconds: match parts {
                    TriggerParts::Rough => STEP,
                    TriggerParts::Exact(seconds) => seconds,
                },
                ..scenario.replay
            },
            ..scenario.clone()
        }
    }
}

/// The same, of which everybody has come who comes with it.
fn arrived(kind: EventKind) -> EventKind {
    match kind {
        EventKind::Surge(surge) => EventKind::Surge(Surge {
            arrive_minutes: 0.0,
            ..surge
        }),
        other => other,
    }
}

/// The inventory in which nobody joins, users do not grow, and nothing is built, after a play begins.
pub(super) fn frozen<'a>(
    inventory: &'a Inventory,
    scenario: &Scenario,
    start: Timestamp,
) -> Cow<'a, Inventory> {
    let is_later = |date: Timestamp| date > start;
    let rows = inventory
        .onboarding
        .iter()
        .map(|onboarding| onboarding.date);
    let mut dates = rows.chain(
        inventory
            .capacity_changes
            .iter()
            .map(|capacity_change| capacity_change.date),
    );
    if !dates.any(is_later) && inventory.growth.is_empty() {
        return Cow::Borrowed(inventory);
    }
    let mut frozen = inventory.clone();
    frozen
        .onboarding
        .retain(|onboarding| !is_later(onboarding.date));
    let grown = grown_until(scenario, start);
    frozen.growth.iter_mut().for_each(|rate| rate.end_by(grown));
    frozen
        .capacity_changes
        .retain(|capacity_change| !is_later(capacity_change.date));
    Cow::Owned(frozen)
}
