//! Trigger: what is hit, and the scenario and the inventory in which it is all that happens.

use crate::ids::ResourceId;
use crate::model::{
    Disconnect, Event, EventKind, Failing, Inventory, Reduction, ReplayPolicy, Scenario, Surge,
};
use crate::plan::{Loses, PeriodPlan};
use crate::scenario::{acted_on, grown_until};
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;

/// What is played before a trigger begins: who is down then is not down because of it.
pub(super) const AHEAD: SignedDuration = SignedDuration::from_mins(2);

/// Seconds of the steps of a play, and of one that is closer.
pub(super) const STEP: f64 = 60.0;
const SHORT_STEP: f64 = 5.0;

/// How a trigger is played.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) enum TriggerParts {
    /// In long parts where clients try again soon.
    Rough,
    /// As exactly as a replay in steps of this many seconds.
    Exact(f64),
}

impl TriggerParts {
    /// In long steps, then in short ones. The longer the steps, the later clients try again: what recovers in long steps may not
    /// in short ones, and vice versa.
    pub(in crate::engine) const EXACT: [Self; 2] = [Self::Exact(STEP), Self::Exact(SHORT_STEP)];
}

/// A trigger in the hours of a period.
pub(in crate::engine) struct Trigger<'a> {
    pub(in crate::engine) period: &'a PeriodPlan,
    pub(in crate::engine) hit: Failing,
    pub(in crate::engine) loses: Loses,
    /// When it may begin: in each hour that is like no other, first where most is used of what users of it pass.
    pub(in crate::engine) begins: Vec<Timestamp>,
    /// The most that anything is used then which users of what is hit pass.
    pub(in crate::engine) utilization: f64,
    /// Users who pass what is hit.
    pub(in crate::engine) users: f64,
}

pub(super) fn varying(inventory: &Inventory) -> impl Iterator<Item = ResourceId> + '_ {
    let resources = (0..inventory.resources.len()).map(ResourceId::new);
    resources.filter(|resource| inventory.resources[resource.index()].varies)
}

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
