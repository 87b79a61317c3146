//! Periods: the spans between change points, in which nothing that a plan depends on changes (`model.md` §8).

use super::demand::is_counted;
use super::growth::dates_of_growth;
use super::knowledge::{Knowledge, acted_on, believed_ends, is_in_force};
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Event, Inventory, Onboarding, Phase, Scenario};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A span in which one plan holds, from `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Counted from 0 at the scenario's start.
    pub index: usize,
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next period, or the scenario's end.
    pub end: Timestamp,
    /// Blind if something in force is not detected yet; reacting if all is detected and not all acted on.
    pub phase: Phase,
}

impl Period {
    /// Its number as files have it.
    pub fn number(&self) -> u32 {
        u32::try_from(self.index).unwrap_or(u32::MAX)
    }

    /// Length in minutes: users × this is user-minutes.
    pub fn minutes(&self) -> f64 {
        self.end.duration_since(self.start).as_secs_f64() / 60.0
    }
}

/// A component that is actually affected before the plan in force takes it into account.
#[derive(Debug, Clone, PartialEq)]
pub struct Unanswered {
    /// Which.
    pub component: ComponentId,
    /// Blind while one of the events on it is undetected, else reacting.
    pub phase: Phase,
    /// The resources that they reduce, ascending; `None` is all of them.
    pub resources: Option<Vec<ResourceId>>,
    /// Share of the work through it that fails without slowing it down: `1 − Π (1 − loss)`.
    pub loss: f64,
}

/// The periods of a scenario, in order; they cover it without gap or overlap.
///
/// Change points are starts and ends of events, their detection and the instant at which they are acted on
/// (while the event still lasts), onboarding dates that count, firsts of month by which users have grown, and dates of
/// capacity changes.
pub fn periods(inventory: &Inventory, scenario: &Scenario) -> Vec<Period> {
    let mut points: BTreeSet<Timestamp> = BTreeSet::new();
    for event in scenario
        .events
        .iter()
        .filter(|event| event.is_planned_for())
    {
        points.extend([event.start, event.end]);
        if event.is_reacted_to() {
            let known = [event.detected, acted_on(event, &scenario.policy)];
            points.extend(known.into_iter().filter(|at| *at < event.end));
        }
    }
    points.extend(dated_changes(inventory, scenario));
    points.retain(|at| is_inside(scenario, *at));
    let starts = std::iter::once(scenario.start).chain(points.iter().copied());
    let ends = points.iter().copied().chain(std::iter::once(scenario.end));
    starts
        .zip(ends)
        .enumerate()
        .map(|(index, (start, end))| Period {
            index,
            start,
            end,
            phase: phase_at(scenario, start),
        })
        .collect()
}

/// From when to when what the planner believes at `at` holds: the span over which the plan that is in force then is meant
/// to stand. Events that nobody acts on yet do not end it.
pub(super) fn planned_span(
    inventory: &Inventory,
    scenario: &Scenario,
    at: Timestamp,
) -> (Timestamp, Timestamp) {
    let (mut start, mut end) = (scenario.start, scenario.end);
    let mut cut = |point: Timestamp| {
        if !is_inside(scenario, point) {
            return;
        }
        if point <= at {
            start = start.max(point);
        } else {
            end = end.min(point);
        }
    };
    for event in scenario
        .events
        .iter()
        .filter(|event| event.is_planned_for())
    {
        let known = acted_on(event, &scenario.policy);
        if known < event.end {
            cut(known);
            believed_ends(event, scenario)
                .into_iter()
                .for_each(&mut cut);
        }
    }
    dated_changes(inventory, scenario).for_each(cut);
    (start, end)
}

/// The dates from which on onboarding that counts, growth and capacity changes hold.
fn dated_changes<'a>(
    inventory: &'a Inventory,
    scenario: &'a Scenario,
) -> impl Iterator<Item = Timestamp> + 'a {
    let counted = |row: &&Onboarding| is_counted(row, scenario, row.date);
    let onboarding = inventory.onboarding.iter().filter(counted);
    let changes = inventory.capacity_changes.iter();
    onboarding
        .map(|row| row.date)
        .chain(changes.map(|change| change.date))
        .chain(dates_of_growth(inventory, scenario))
}

/// `true` after the start and before the end of a scenario.
fn is_inside(scenario: &Scenario, at: Timestamp) -> bool {
    scenario.start < at && at < scenario.end
}

/// Whether everything in force at `at` is known and planned for.
fn phase_at(scenario: &Scenario, at: Timestamp) -> Phase {
    let mut phase = Phase::Known;
    for event in unanswered_events(scenario, at) {
        if at < event.detected {
            return Phase::Blind;
        }
        phase = Phase::Reacting;
    }
    phase
}

/// The events that actually hold at `at`, and do not yet for the planner.
fn unanswered_events(scenario: &Scenario, at: Timestamp) -> impl Iterator<Item = &Event> {
    let holds = move |event: &Event, view| is_in_force(event, scenario, at, view);
    scenario
        .events
        .iter()
        .filter(move |event| holds(event, Knowledge::True) && !holds(event, Knowledge::Believed))
}

/// The components actually affected at `at` by events that the plan in force does not take into account, ascending.
///
/// How much is left of each stands in the two cases of [`case_at`](super::case_at).
pub fn unanswered(inventory: &Inventory, scenario: &Scenario, at: Timestamp) -> Vec<Unanswered> {
    let waited_for = inventory.waited_for();
    let mut all: BTreeMap<ComponentId, Unanswered> = BTreeMap::new();
    for event in unanswered_events(scenario, at) {
        let (resources, loss) = match event.reduction() {
            Some(reduction) => (reduction.resources.as_deref(), reduction.loss),
            None if event.slow().is_some() => (Some(waited_for.as_slice()), 0.0),
            None => continue,
        };
        for &component in event.kind.components() {
            let affected = all.entry(component).or_insert_with(|| Unanswered {
                component,
                phase: Phase::Reacting,
                resources: Some(Vec::new()),
                loss: 0.0,
            });
            if at < event.detected {
                affected.phase = Phase::Blind;
            }
            affected.loss = 1.0 - (1.0 - affected.loss) * (1.0 - loss);
            affected.resources = union(affected.resources.take(), resources);
        }
    }
    all.into_values().collect()
}

/// Both lists in one, ascending; `None` is all resources.
fn union(known: Option<Vec<ResourceId>>, more: Option<&[ResourceId]>) -> Option<Vec<ResourceId>> {
    let mut both = known?;
    both.extend_from_slice(more?);
    both.sort_unstable();
    both.dedup();
    Some(both)
}

#[cfg(test)]
mod tests;
