//! What is asked of a maintenance without a time, and what one costs that begins at a time.

use super::super::instant::Asking;
use super::super::plan::Options;
use super::super::planner::Planner;
use super::super::settle::settle;
use super::super::settled::Depth;
use super::super::verdict::missing;
use super::super::watch::NoWatch;
use super::any_hour::AnyHour;
use super::window::Window;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::model::{
    Case, Event, EventKind, FailureSet, Inventory, PlannedDemand, Policy, Reduction, Scenario,
};
use crate::plan::Before;
use crate::scenario::{Band, Knowledge, case_at, periods};
use crate::solve::{Proof, Stop};
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use std::sync::Arc;

/// A maintenance that has no time yet.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowsAsked {
    /// What it takes out.
    pub reduction: Reduction,
    /// How long it lasts.
    pub duration: SignedDuration,
    /// When it might begin, ascending.
    pub starts: Vec<Timestamp>,
    /// What might fail in addition while it lasts, one at a time; `None` does not ask.
    pub over: Option<FailureSet>,
}

/// An instant later, within which nothing that follows the hours changes.
pub(super) fn after_a_second(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(1)).unwrap_or(at)
}

/// What is asked about where nobody joins once the scenario has begun: each window begins a scenario of its own, so those
/// are left out who would join from the first one's start on.
pub(super) fn frozen<'a>(
    inventory: &'a Arc<Inventory>,
    scenario: &'a Scenario,
) -> (Cow<'a, Arc<Inventory>>, Cow<'a, Scenario>) {
    if !scenario.policy.freeze_onboarding {
        return (Cow::Borrowed(inventory), Cow::Borrowed(scenario));
    }
    let mut without = Inventory::clone(inventory);
    without.onboarding.retain(|row| row.date < scenario.start);
    without
        .growth
        .iter_mut()
        .for_each(|rate| rate.end_by(scenario.start));
    let mut growing = scenario.clone();
    growing.policy.freeze_onboarding = false;
    (Cow::Owned(Arc::new(without)), Cow::Owned(growing))
}

/// The scenario of a maintenance that begins at a time: from its start to its end, with what else happens then.
pub(super) fn at_time(scenario: &Scenario, asked: &WindowsAsked, start: Timestamp) -> Scenario {
    let maintenance = maintenance(asked, start);
    let alone = others_between(scenario, start, maintenance.end);
    let events = alone.events.iter().cloned().chain([maintenance]).collect();
    Scenario { events, ..alone }
}

/// The maintenance that begins at a time.
pub(super) fn maintenance(asked: &WindowsAsked, start: Timestamp) -> Event {
    Event {
        kind: EventKind::Maintenance(asked.reduction.clone()),
        start,
        end: start.checked_add(asked.duration).unwrap_or(Timestamp::MAX),
        detected: start,
        drain_minutes: None,
        is_end_assumed: false,
    }
}

/// What else happens in a scenario between two instants, planned hour by hour.
pub(super) fn others_between(scenario: &Scenario, start: Timestamp, end: Timestamp) -> Scenario {
    let others = scenario.events.iter();
    let others = others.filter(|event| event.start < end && event.end > start);
    Scenario {
        start,
        end,
        events: others.cloned().collect(),
        protect: None,
        policy: Policy {
            demand: PlannedDemand::Hourly,
            ..scenario.policy.clone()
        },
        ..scenario.clone()
    }
}

pub(super) fn cases_of(inventory: &Inventory, scenario: &Scenario) -> Vec<Case> {
    let periods = periods(inventory, scenario).into_iter();
    periods
        .map(|period| {
            let (knowledge, band) = (Knowledge::Believed, Band::Expected);
            case_at(inventory, scenario, period.start, knowledge, band)
        })
        .collect()
}

/// Users at the busiest instant of some cases: those of every client region times its factor of the peak.
pub(super) fn busiest_users(inventory: &Inventory, cases: &[Case]) -> f64 {
    let slices = cases.iter().flat_map(|case| {
        let mut of_rhythm = vec![0.0; case.hours.rhythm_count()];
        for (index, shard) in inventory.shards.iter().enumerate() {
            of_rhythm[case.hours.rhythm(shard.client_region)] += case.users(index);
        }
        let factors = case.hours.factors().rows().into_iter();
        factors.map(move |slice| slice.iter().zip(&of_rhythm).map(|(a, b)| a * b).sum())
    });
    slices.fold(0.0, f64::max)
}

/// `true` if the same is available and demanded, whenever that is.
pub(super) fn is_same(a: &[Case], b: &[Case]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_one(a, b))
}

pub(super) fn is_one(a: &Case, b: &Case) -> bool {
    a.hours.factors() == b.hours.factors() && is_as_available(a, b)
}

/// `true` if the same is available, and the same demanded except for the hours.
pub(super) fn is_as_available(a: &Case, b: &Case) -> bool {
    let now = Case {
        hours: Arc::clone(&a.hours),
        ..b.clone()
    };
    *a == now
}

/// What the maintenance of a scenario costs, given the state before; what one more failure would do is not asked.
pub(super) fn window(
    any_hour: &AnyHour<'_>,
    scenario: &Scenario,
    before: &Before,
    stop: &Stop,
) -> Result<Window> {
    let mut worst: Option<Window> = None;
    for period in periods(any_hour.inventory, scenario) {
        if stop.is_raised() {
            return Err(Error::StoppedEarly);
        }
        let window = if period.index == 0 {
            let then = |asking: Asking<'_>| asked_of(asking, scenario, before.proof);
            any_hour.at_start(scenario, before, then)?
        } else {
            of_later_period(any_hour.inventory, scenario, period.index, stop)?
        };
        worst = Some(match worst {
            None => window,
            Some(known) => both(&known, &window),
        });
    }
    worst.ok_or_else(|| Error::Internal("a window without a period".into()))
}

/// What a later period than the first comes to.
pub(super) fn of_later_period(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    period: usize,
    stop: &Stop,
) -> Result<Window> {
    let watch = &NoWatch;
    let planner = Planner::new(Arc::clone(inventory), scenario.clone())?;
    let (planner, _) = planner.at_period(period, &Options { stop, watch })?;
    asked_of(planner.asking(), scenario, planner.proof_of_before())
}

/// The window that the answers about a period give.
pub(super) fn asked_of(
    asking: Asking<'_>,
    scenario: &Scenario,
    of_before: Proof,
) -> Result<Window> {
    let case = asking.case(&[]);
    settle(asking, &case, Depth::Moves, None, |settled| {
        let ranks = 0..settled.problem.classes.ranks.len();
        let is_proven = settled.proof == Proof::Proven && of_before == Proof::Proven;
        Window {
            start: scenario.start,
            end: scenario.end,
            unserved: ranks
                .map(|rank| settled.value(Level::Unserved(rank)))
                .collect(),
            missing: missing(settled),
            missing_users: settled.value(Level::Total),
            moved: settled.value(Level::Moved).max(0.0),
            busiest_users: 0.0,
            failures: None,
            is_proven,
        }
    })
}

/// What two periods of one maintenance come to: the worse of each, and the moves of both.
fn both(a: &Window, b: &Window) -> Window {
    let ranks = a.unserved.iter().zip(&b.unserved);
    Window {
        unserved: ranks.map(|(a, b)| a.max(*b)).collect(),
        missing: if b.worst_shortfall() > a.worst_shortfall() {
            b.missing
        } else {
            a.missing
        },
        missing_users: a.missing_users.max(b.missing_users),
        moved: a.moved + b.moved,
        is_proven: a.is_proven && b.is_proven,
        ..a.clone()
    }
}
