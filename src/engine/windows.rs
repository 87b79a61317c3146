//! Windows: what a maintenance would cost at every time at which it might begin.

mod alike;
mod one_more;

use super::plan::Options;
use super::planner::Planner;
use super::settle::{Depth, settle};
use super::watch::NoWatch;
use crate::error::{Error, Result};
use crate::formulation::goals::Level;
use crate::model::{
    Case, Event, EventKind, FailureSet, Inventory, PlannedDemand, Policy, Reduction, Scenario,
};
use crate::plan::sweep::Missing;
use crate::scenario::{Band, Knowledge, case_at, periods};
use crate::solve::{Proof, Stop};
use crate::units::{AGREEMENT, NOBODY};
use jiff::{SignedDuration, Timestamp};
use one_more::BusyHours;
use rayon::prelude::*;
use std::cmp::Ordering;
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
    /// What might fail besides while it lasts, one at a time; `None` does not ask.
    pub over: Option<FailureSet>,
}

/// What a maintenance costs that begins at one time: the values of the levels up to moves over fractional homes, at the
/// worst hour of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Unserved users by rank of tiers that have users, first rank first.
    pub unserved: Vec<f64>,
    /// What headroom is missing at worst; `None` if no target is missed.
    pub missing: Option<Missing>,
    /// The same in all, in users.
    pub missing_users: f64,
    /// Users who move to another site.
    pub moved: f64,
    /// What one more failure would do; `None` where it was not asked.
    pub failures: Option<OneMore>,
    /// `true` if value and bound of every level agree.
    pub is_proven: bool,
}

/// What one more failure would do at some hour of a maintenance, each at the hour at which it leaves most unserved, where
/// users may be moved anew for it.
#[derive(Debug, Clone, PartialEq)]
pub struct OneMore {
    /// How many failures were looked at.
    pub cases: usize,
    /// How many of them leave users unserved whom the maintenance does not.
    pub broken: usize,
    /// What fails in the one that leaves most unserved, by its id, and how many users those are; `None` if none leaves
    /// any.
    pub worst: Option<(String, f64)>,
}

impl Window {
    /// Unserved users of all ranks.
    pub fn unserved_users(&self) -> f64 {
        self.unserved.iter().sum()
    }

    /// The worst missing share of a headroom target; 0 if none is missed.
    pub fn worst_shortfall(&self) -> f64 {
        self.missing.map_or(0.0, |missing| missing.share)
    }

    /// Users whom one more failure would leave unserved at worst; 0 if that was not asked.
    pub fn at_risk(&self) -> f64 {
        let worst = self.failures.as_ref().and_then(|own| own.worst.as_ref());
        worst.map_or(0.0, |(_, users)| *users)
    }

    /// `true` if everybody is served and no headroom target is missed.
    pub fn holds(&self) -> bool {
        self.unserved_users() <= NOBODY && self.worst_shortfall() <= AGREEMENT
    }

    /// The better of two comes first: fewer unserved users, rank by rank; then less headroom missing at worst; then fewer
    /// users whom one more failure leaves unserved, and fewer such failures; then fewer moves; then the earlier one.
    pub fn compare(&self, other: &Self) -> Ordering {
        let users = |a: f64, b: f64| {
            if (a - b).abs() <= NOBODY.max(AGREEMENT * a.max(b)) {
                Ordering::Equal
            } else {
                a.total_cmp(&b)
            }
        };
        let share = |a: f64, b: f64| {
            if (a - b).abs() <= AGREEMENT {
                Ordering::Equal
            } else {
                a.total_cmp(&b)
            }
        };
        let ranks = self.unserved.iter().zip(&other.unserved);
        let broken = |own: &Self| own.failures.as_ref().map_or(0, |own| own.broken);
        ranks
            .map(|(a, b)| users(*a, *b))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
            .then_with(|| share(self.worst_shortfall(), other.worst_shortfall()))
            .then_with(|| users(self.at_risk(), other.at_risk()))
            .then_with(|| broken(self).cmp(&broken(other)))
            .then_with(|| users(self.moved, other.moved))
            .then_with(|| self.start.cmp(&other.start))
    }
}

/// How far [`windows`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowsStep {
    /// So many steps will be done in all.
    All(usize),
    /// One more is done.
    Done,
}

/// Looks at every time at which a maintenance might begin, in their order, beside what else happens in a scenario; `watch`
/// is told how far that is. Times at which the same is available and demanded are looked at once.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if the stop was raised before all were looked at;
/// `Error::Solver` if the solver failed every way.
pub fn windows(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    asked: &WindowsAsked,
    stop: &Stop,
    watch: &(dyn Fn(WindowsStep) + Sync),
) -> Result<Vec<Window>> {
    let frozen = frozen(inventory, scenario);
    let (inventory, scenario) = frozen
        .as_ref()
        .map_or((inventory, scenario), |own| (&own.0, &own.1));
    let scenarios: Vec<Scenario> = asked
        .starts
        .iter()
        .map(|start| at_time(scenario, asked, *start))
        .collect();
    let cases: Vec<Vec<Case>> = scenarios
        .par_iter()
        .map(|own| cases_of(inventory, own))
        .collect();
    // By start, the first one at which everything is the same.
    let like: Vec<usize> = (0..cases.len())
        .map(|own| {
            let mut earlier = 0..own;
            earlier
                .find(|&other| is_same(&cases[own], &cases[other]))
                .unwrap_or(own)
        })
        .collect();
    let alone: Vec<usize> = (0..cases.len()).filter(|own| like[*own] == *own).collect();
    let alone: Vec<(&Scenario, &[Case])> = alone
        .iter()
        .map(|own| (&scenarios[*own], &*cases[*own]))
        .collect();
    let hours = asked
        .over
        .map(|over| BusyHours::new(inventory, over, &alone));
    let of_failures = hours.as_ref().map_or(0, BusyHours::count);
    watch(WindowsStep::All(alone.len() + of_failures));
    let found: Result<Vec<Window>> = alone
        .par_iter()
        .map(|(scenario, _)| {
            let found = window(inventory, scenario, stop);
            watch(WindowsStep::Done);
            found
        })
        .collect();
    let mut found = found?;
    if let Some(hours) = hours {
        let failures = hours.one_more(inventory, stop, &|| watch(WindowsStep::Done))?;
        for (window, failures) in found.iter_mut().zip(failures) {
            window.failures = Some(failures);
        }
    }
    let mut found = found.into_iter();
    let mut all: Vec<Window> = Vec::with_capacity(like.len());
    for (scenario, like) in scenarios.iter().zip(&like) {
        let known = all.get(*like).cloned().or_else(|| found.next());
        all.extend(known.map(|known| Window {
            start: scenario.start,
            end: scenario.end,
            ..known
        }));
    }
    Ok(all)
}

/// What is asked about where nobody joins once the scenario has begun: each window begins a scenario of its own, so those
/// are left out who would join from the first one's start on. `None` where growth goes on.
fn frozen(inventory: &Arc<Inventory>, scenario: &Scenario) -> Option<(Arc<Inventory>, Scenario)> {
    if !scenario.policy.freeze_onboarding {
        return None;
    }
    let mut without = Inventory::clone(inventory);
    without.onboarding.retain(|row| row.date < scenario.start);
    let mut growing = scenario.clone();
    growing.policy.freeze_onboarding = false;
    Some((Arc::new(without), growing))
}

/// The scenario of a maintenance that begins at a time: from its start to its end, with what else happens then.
fn at_time(scenario: &Scenario, asked: &WindowsAsked, start: Timestamp) -> Scenario {
    let end = start.checked_add(asked.duration).unwrap_or(Timestamp::MAX);
    let others = scenario.events.iter();
    let others = others.filter(|event| event.start < end && event.end > start);
    let maintenance = Event {
        kind: EventKind::Maintenance(asked.reduction.clone()),
        start,
        end,
        detected: start,
        drain_minutes: None,
    };
    Scenario {
        start,
        end,
        events: others.cloned().chain([maintenance]).collect(),
        protect: None,
        policy: Policy {
            demand: PlannedDemand::Hourly,
            ..scenario.policy.clone()
        },
        ..scenario.clone()
    }
}

/// What is available and demanded in the periods of a scenario.
fn cases_of(inventory: &Inventory, scenario: &Scenario) -> Vec<Case> {
    let periods = periods(inventory, scenario).into_iter();
    periods
        .map(|period| {
            let (knowledge, band) = (Knowledge::Believed, Band::Expected);
            case_at(inventory, scenario, period.start, knowledge, band)
        })
        .collect()
}

/// `true` if the same is available and demanded, whenever that is.
fn is_same(a: &[Case], b: &[Case]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_one(a, b))
}

fn is_one(a: &Case, b: &Case) -> bool {
    a.hours.factors() == b.hours.factors() && is_as_available(a, b)
}

/// `true` if the same is available, and the same demanded but for the hours.
fn is_as_available(a: &Case, b: &Case) -> bool {
    let now = Case {
        hours: Arc::clone(&a.hours),
        ..b.clone()
    };
    *a == now
}

/// What the maintenance of a scenario costs; what one more failure would do is not asked.
fn window(inventory: &Arc<Inventory>, scenario: &Scenario, stop: &Stop) -> Result<Window> {
    let mut worst: Option<Window> = None;
    for period in periods(inventory, scenario) {
        if stop.is_raised() {
            return Err(Error::StoppedEarly);
        }
        let own = of_period(inventory, scenario, period.index, stop)?;
        worst = Some(match worst {
            None => own,
            Some(known) => both(&known, &own),
        });
    }
    worst.ok_or_else(|| Error::Internal("a window without a period".into()))
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

/// What one period of it comes to.
fn of_period(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    period: usize,
    stop: &Stop,
) -> Result<Window> {
    let mut planner = Planner::new(Arc::clone(inventory), scenario.clone())?;
    if period > 0 {
        let watch = &NoWatch;
        (planner, _) = planner.at_period(period, &Options { stop, watch })?;
    }
    let case = planner.asking().case(&[]);
    settle(planner.asking(), &case, Depth::Moves, None, |settled| {
        let ranks = 0..settled.problem.classes.ranks.len();
        let is_proven =
            settled.proof == Proof::Proven && planner.proof_of_before() == Proof::Proven;
        Window {
            start: scenario.start,
            end: scenario.end,
            unserved: ranks
                .map(|rank| settled.value(Level::Unserved(rank)))
                .collect(),
            missing: super::verdict::missing(settled),
            missing_users: settled.value(Level::Total),
            moved: settled.value(Level::Moved).max(0.0),
            failures: None,
            is_proven,
        }
    })
}
