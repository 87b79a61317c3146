//! Drain: the transition from what holds before a maintenance to what holds while it lasts, wave by wave, done before it begins.

use super::super::downtime::downtime;
use super::super::plan::plan_of_numbers;
use super::super::planning_context::LoadedInventory;
use super::super::recovery::{may_lock_in, recovery};
use super::asked::{WindowsAsked, cases_of, frozen, is_same, maintenance, others_between};
use super::once_moved::{OnceMoved, once_moved};
use crate::error::{Error, Result};
use crate::graph::Network;
use crate::model::{Case, FailureSet, Inventory, PlannedDemand, Scenario};
use crate::plan::{HourTurn, Plan, Refusal, Status, SteeringGroups, Timing, Transition};
use crate::scenario::periods;
use crate::solve::Stop;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// What a plan looks at before the maintenance at first.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Hour by hour a plan looks further back from the maintenance until it knows the hours of all waves, up to this limit.
const FURTHEST: SignedDuration = SignedDuration::from_hours(168);

/// Different transitions that are looked at, at most.
const MOST: usize = 12;

/// What moving users away before a window takes: a plan that begins as long before it as its waves do.
#[derive(Debug, Clone)]
pub struct DrainPlan {
    /// When the maintenance begins.
    pub start: Timestamp,
    /// From the plan's beginning before the maintenance to its end, with what else happens then.
    pub scenario: Scenario,
    /// Its plan, without reasons, margins and ends of the forecast. Where it is not refused it is played forward, and the triggers
    /// are played that it has to recover from.
    pub plan: Plan,
    /// What further failures do once users have moved; `None` where that was not asked, or the plan is refused.
    pub once_moved: Option<OnceMoved>,
}

impl DrainPlan {
    /// The transitions into the maintenance and from state to state while it lasts, in order.
    pub fn transitions(&self) -> impl Iterator<Item = &Transition> {
        let periods = &self.plan.periods;
        let is_own =
            |transition: &&Transition| periods[transition.period].period.start >= self.start;
        self.plan.transitions.iter().filter(is_own)
    }

    /// Where steering turns between hours, in order: of the maintenance, and before it as far as it is planned.
    pub fn hour_turns(&self) -> impl Iterator<Item = &HourTurn> {
        self.plan.hour_turns.iter()
    }

    /// The transitions without safe waves, or without any that are done in time. Those of other events before the maintenance
    /// are among them: a plan of the same scenario is refused for them too.
    pub fn refused(&self) -> impl Iterator<Item = &Transition> {
        let transitions = self.plan.transitions.iter();
        transitions.filter(|transition| transition.refusal.is_some())
    }

    /// `true` if a plan of the same scenario is refused.
    pub fn is_refused(&self) -> bool {
        self.refused().next().is_some()
            || self
                .hour_turns()
                .any(|hour_turn| hour_turn.refusal.is_some())
    }

    /// When its first wave begins at the latest; `None` if nobody has to move before the maintenance, or it is refused.
    pub fn latest_start(&self) -> Option<Timestamp> {
        let mut ahead = self
            .transitions()
            .filter(|transition| transition.timing == Timing::Ahead);
        let first = ahead
            .next()
            .filter(|transition| !transition.waves.is_empty());
        first
            .filter(|_| !self.is_refused())
            .map(|transition| transition.start)
    }
}

/// Plans the drains of windows, given by their starts in the order in which they are to be taken, until one is not refused;
/// of those that are the same except for their time only the first is looked at, and no more than twelve. What `then` makes of
/// each is given back, in their order.
///
/// # Errors
/// Those of [`windows`](super::windows).
pub fn drains<T>(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    asked: &WindowsAsked,
    starts: impl Iterator<Item = Timestamp>,
    stop: &Stop,
    mut then: impl FnMut(&DrainPlan) -> T,
) -> Result<Vec<T>> {
    let since = frozen_since(scenario);
    let (inventory, scenario) = frozen(inventory, scenario);
    let (inventory, scenario) = (&*inventory, &*scenario);
    let network = Network::new(inventory);
    let loaded = LoadedInventory::alone(inventory, &network);
    let mut known: Vec<RefusedDrain> = Vec::new();
    let mut items = Vec::new();
    for start in starts {
        let ahead = |ahead| ahead_of(scenario, asked, (start, ahead), since);
        if known
            .iter()
            .any(|known| known.is_like(inventory, &ahead(known.ahead)))
        {
            continue;
        }
        let mut drain = drain(&loaded, &ahead, start, stop)?;
        if !drain.is_refused() {
            let over = (start, asked.over);
            judge(inventory, &mut drain, over, stop)?;
        }
        items.push(then(&drain));
        if !drain.is_refused() || items.len() == MOST {
            break;
        }
        known.push(RefusedDrain {
            ahead: start.duration_since(drain.scenario.start),
            cases: cases_of(inventory, &drain.scenario),
            scenario: drain.scenario,
        });
    }
    Ok(items)
}

/// The drain of one start planned by the peak of all users, in place of hour by hour; `None` where that plan is refused, leaves
/// users unserved, misses a target or has an outage.
///
/// # Errors
/// Those of [`windows`](super::windows).
pub fn drain_by_peak(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    asked: &WindowsAsked,
    start: Timestamp,
    stop: &Stop,
) -> Result<Option<DrainPlan>> {
    let since = frozen_since(scenario);
    let (inventory, scenario) = frozen(inventory, scenario);
    let (inventory, scenario) = (&*inventory, &*scenario);
    let network = Network::new(inventory);
    let loaded = LoadedInventory::alone(inventory, &network);
    let ahead = |ahead| {
        let mut one_scenario = ahead_of(scenario, asked, (start, ahead), since);
        one_scenario.policy.demand = PlannedDemand::Peak;
        one_scenario
    };
    let mut drain = drain(&loaded, &ahead, start, stop)?;
    if drain.is_refused() {
        return Ok(None);
    }
    judge(inventory, &mut drain, (start, None), stop)?;
    Ok(Some(drain).filter(|drain_plan| drain_plan.plan.is_good()))
}

/// Finds out what users feel of a plan that is not refused, and what further failures do once they have moved.
fn judge(
    inventory: &Arc<Inventory>,
    drain: &mut DrainPlan,
    (start, over): (Timestamp, Option<FailureSet>),
    stop: &Stop,
) -> Result<()> {
    let (scenario, plan) = (&drain.scenario, &drain.plan);
    let failures = || {
        let of = |over| once_moved(inventory, (scenario, plan), (start, over), stop);
        over.map(of).transpose()
    };
    let felt = || -> Result<_> {
        let replayed = downtime(inventory, scenario, plan, stop)?;
        // As `plan` of the same scenario does: what it does not check is not checked here either, and is to be said.
        let is_asked = may_lock_in(inventory, scenario, plan);
        let recovered = is_asked.then(|| recovery(inventory, scenario, plan, stop));
        Ok((replayed, recovered.transpose()?))
    };
    let (failures, felt) = rayon::join(failures, felt);
    let (replayed, recovered) = felt?;
    drain.once_moved = failures?;
    drain.plan.set_replayed(replayed);
    drain.plan.recovery = recovered;
    if stop.is_raised() {
        return Err(Error::StoppedEarly);
    }
    Ok(())
}

/// A scenario of which the drain is known.
struct RefusedDrain {
    /// How long before the maintenance it begins.
    ahead: SignedDuration,
    scenario: Scenario,
    cases: Vec<Case>,
}

impl RefusedDrain {
    /// `true` if another scenario is the same except for its time.
    fn is_like(&self, inventory: &Inventory, other: &Scenario) -> bool {
        let begins = |scenario: &Scenario| -> Vec<SignedDuration> {
            let periods = periods(inventory, scenario).into_iter();
            periods
                .map(|period| period.start.duration_since(scenario.start))
                .collect()
        };
        begins(&self.scenario) == begins(other) && is_same(&self.cases, &cases_of(inventory, other))
    }
}

/// Since when at the latest a plan has to begin: where nobody joins once the scenario has begun, with it.
fn frozen_since(scenario: &Scenario) -> Option<Timestamp> {
    let is_frozen = scenario.policy.freeze_onboarding;
    is_frozen.then_some(scenario.start)
}

/// The scenario of a maintenance that begins at a time, with the time `ahead` before it, and since an instant if there is one.
fn ahead_of(
    scenario: &Scenario,
    asked: &WindowsAsked,
    (start, ahead): (Timestamp, SignedDuration),
    since: Option<Timestamp>,
) -> Scenario {
    let maintenance = maintenance(asked, start);
    let begin = start.checked_sub(ahead).unwrap_or(Timestamp::MIN);
    let begin = since.map_or(begin, |since| since.min(begin));
    let alone = others_between(scenario, begin, maintenance.end);
    let events = alone.events.iter().cloned().chain([maintenance]).collect();
    Scenario { events, ..alone }
}

/// The drain of one window: planned from ever further ahead until no wave begins before the plan does.
fn drain(
    loaded: &LoadedInventory<'_>,
    ahead: &dyn Fn(SignedDuration) -> Scenario,
    start: Timestamp,
    stop: &Stop,
) -> Result<DrainPlan> {
    let mut scenario = ahead(HOUR);
    let groups = SteeringGroups::new(loaded.inventory, &scenario.policy);
    loop {
        let plan = plan_of_numbers(loaded, &groups, &scenario, stop)?;
        if plan.status == Status::Stopped {
            return Err(Error::StoppedEarly);
        }
        let drain = DrainPlan {
            start,
            scenario,
            plan,
            once_moved: None,
        };
        let begins = drain.transitions().map(|transition| transition.start).min();
        let needed = begins.map_or(SignedDuration::ZERO, |begins| start.duration_since(begins));
        let planned = start.duration_since(drain.scenario.start);
        let needed = needed.max(since(&drain, start));
        if needed <= planned || planned >= FURTHEST {
            return Ok(drain);
        }
        // Whole hours, for demand differs from hour to hour.
        let hours = SignedDuration::from_hours(needed.as_hours() + 1);
        scenario = ahead(hours.min(FURTHEST));
    }
}

/// How long before a maintenance the events began that are in force when its plan does, where what they make users do may
/// take the time that the drain needs.
fn since(drain: &DrainPlan, start: Timestamp) -> SignedDuration {
    let is_late = |transition: &Transition| transition.refusal == Some(Refusal::TooLong);
    if !drain.refused().any(is_late) {
        return SignedDuration::ZERO;
    }
    let events = drain.scenario.events.iter();
    let planned_for = events.filter(|event| event.is_planned_for());
    let first = planned_for.map(|event| event.start).min().unwrap_or(start);
    start.duration_since(first.min(start))
}
