//! Occasion: a day with the events in force on it, and what is planned or left out then.

use super::super::plan::Options;
use super::super::planner::Planner;
use super::super::watch::NoWatch;
use crate::error::{Error, Result};
use crate::model::{
    Event, EventKind, ExistingShortfall, Inventory, MoveRule, Policy, Scenario, Shard,
};
use crate::plan::PeriodPlan;
use crate::plan::runway::Day;
use crate::solve::Stop;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// A day, and the events of the scenario that are in force on it, by position there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion<'e> {
    pub(super) day: Day,
    pub(super) events: &'e [usize],
}

/// An inventory that nothing is limited in: who is unserved in it has no site.
pub(super) fn endless(inventory: &Inventory) -> Arc<Inventory> {
    let mut endless = inventory.clone();
    endless.capacity.fill(None);
    endless.capacity_changes.clear();
    Arc::new(endless)
}

/// `true` if a capacity of 0 may close what is open without limits. Where none does, users without a path have none either if
/// nothing is limited.
pub(super) fn may_close(inventory: &Inventory, scenario: &Scenario) -> bool {
    let changed = inventory.capacity_changes.iter();
    let changed = changed.filter_map(|change| change.capacity);
    let mut all = inventory.capacity.iter().flatten().copied().chain(changed);
    let takes_all = |event: &Event| match &event.kind {
        EventKind::Maintenance(taken) | EventKind::Failure(taken) | EventKind::Gray(taken) => {
            taken.resources.is_some() && taken.capacity <= 0.0
        }
        EventKind::Surge(_) | EventKind::Slow(_) | EventKind::Disconnect(_) => false,
    };
    all.any(|capacity| capacity <= 0.0) || scenario.events.iter().any(takes_all)
}

/// The same where shards stay at home that have one.
pub(super) fn pinned(inventory: &Inventory) -> Inventory {
    let mut pinned = inventory.clone();
    let shards: &mut [Shard] = &mut pinned.shards;
    for shard in shards.iter_mut().filter(|shard| shard.site.is_some()) {
        shard.move_rule = MoveRule::Pinned;
    }
    pinned
}

/// The plan of a scenario's first period, for the expected demand.
///
/// # Errors
/// Those of [`plan`](super::super::plan); [`Error::StoppedEarly`] also where a stop left a plan,
/// which need not be the best one.
pub(super) fn planned_on(
    inventory: Arc<Inventory>,
    scenario: Scenario,
    stop: &Stop,
) -> Result<PeriodPlan> {
    let options = Options {
        stop,
        watch: &NoWatch,
    };
    let planner = Planner::without_before(inventory, scenario, None);
    let (_, plan) = planner.at_period(0, &options)?;
    if stop.is_raised() {
        return Err(Error::StoppedEarly);
    }
    Ok(plan)
}

/// The scenario of an occasion: the day's beginning, with the events in force and known. Every unmet headroom target counts,
/// also one that was missed before.
pub(super) fn on_day(scenario: &Scenario, from: Timestamp, occasion: Occasion<'_>) -> Scenario {
    let hours = SignedDuration::from_hours(24 * i64::from(occasion.day));
    let start = from.checked_add(hours).unwrap_or(Timestamp::MAX);
    let end = start.checked_add(SignedDuration::from_secs(1));
    let end = end.unwrap_or(Timestamp::MAX);
    let events = occasion.events.iter().map(|event| Event {
        start,
        end,
        detected: start,
        drain_minutes: None,
        is_end_assumed: false,
        ..scenario.events[*event].clone()
    });
    Scenario {
        start,
        end,
        policy: Policy {
            existing_shortfall: ExistingShortfall::Repair,
            freeze_onboarding: false,
            reaction_minutes: 0.0,
            require_stable: false,
            ..scenario.policy.clone()
        },
        events: events.collect(),
        protect: None,
        queued: Vec::new(),
        ..scenario.clone()
    }
}
