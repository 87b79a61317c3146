//! Dated: what holds on one day in normal operation, and who is asked about failures on it.

use super::super::planner::Planner;
use super::super::settle::settle;
use super::super::settled::Depth;
use super::super::sweep::{SweepRequest, Sweeper};
use super::answer::CaseOnDay;
use super::as_is::{AsIs, AsIsDay};
use super::cases::CasesOnDay;
use super::of_settled::of_settled;
use super::placed::with_homes;
use crate::error::Result;
use crate::graph::Network;
use crate::model::{
    Band, Event, ExistingShortfall, FailureSet, Inventory, MoveRule, Policy, Scenario,
};
use crate::plan::runway::{Adjustment, Condition, Day};
use crate::plan::{Before, Flow, Part, PeriodPlan};
use crate::solve::Stop;
use crate::units::{FEASIBILITY, NOBODY};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A day, and the events of the scenario that are in force on it, by position there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion<'e> {
    pub(super) day: Day,
    pub(super) events: &'e [usize],
}

/// An inventory at an end of the forecast, asked day by day.
pub(super) struct Dated<'a> {
    /// With the low or high end of the forecast in place of what is expected, and with homes for those who come.
    inventory: Arc<Inventory>,
    /// The same with all shards pinned to their homes.
    pinned: Arc<Inventory>,
    /// The same with so much less capacity that what is left within it is less than the capacity.
    strict: Arc<Inventory>,
    scenario: &'a Scenario,
    from: Timestamp,
    over: FailureSet,
    failures: usize,
    network: Network,
    /// The state of the first day, whose steering goes on.
    steering: Before,
    /// What components carry as is, on days that were asked about without events.
    as_is: Mutex<BTreeMap<Day, Arc<AsIsDay>>>,
}

/// An inventory that nothing is limited in: who is unserved in it has no site.
pub(super) fn endless(inventory: &Inventory) -> Arc<Inventory> {
    let mut endless = inventory.clone();
    endless.capacity.fill(None);
    endless.capacity_changes.clear();
    Arc::new(endless)
}

/// The same where shards stay at home that have one.
pub(super) fn pinned(inventory: &Inventory) -> Inventory {
    let mut pinned = inventory.clone();
    let shards: &mut [crate::model::Shard] = &mut pinned.shards;
    for shard in shards.iter_mut().filter(|shard| shard.site.is_some()) {
        shard.move_rule = MoveRule::Pinned;
    }
    pinned
}

impl<'a> Dated<'a> {
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed;
    /// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised while homes are sought for those who come.
    pub(super) fn new(
        inventory: &Inventory,
        scenario: &'a Scenario,
        (from, days, band): (Timestamp, Day, Band),
        (over, failures): (FailureSet, usize),
        stop: &Stop,
    ) -> Result<Self> {
        let of_band = inventory.at_end_of_forecast(band);
        let of_band = with_homes(of_band, scenario, (from, days), stop)?;
        let mut strict = of_band.clone();
        let changes = strict.capacity_changes.iter_mut();
        let changed = changes.filter_map(|change| change.capacity.as_mut());
        for capacity in strict.capacity.iter_mut().flatten().chain(changed) {
            *capacity *= 1.0 - FEASIBILITY;
        }
        let first = Occasion {
            day: 0,
            events: &[],
        };
        let inventory = Arc::new(of_band);
        let first = on_day(scenario, from, first);
        let steering = Planner::new(Arc::clone(&inventory), first)?
            .before()
            .clone();
        Ok(Self {
            network: Network::new(&inventory),
            pinned: Arc::new(pinned(&inventory)),
            inventory,
            strict: Arc::new(strict),
            scenario,
            from,
            over,
            failures,
            steering,
            as_is: Mutex::default(),
        })
    }

    /// The same where the paths that stay as is are those of another end of the forecast.
    pub(super) fn keep_paths_of(&mut self, other: &Self) {
        self.steering = other.steering.clone();
    }

    /// The state of the first day, whose steering goes on.
    pub(super) fn steering(&self) -> &Before {
        &self.steering
    }

    /// The inventory by which a condition is asked.
    pub(super) fn variant(&self, condition: Condition, adjustment: Adjustment) -> &Arc<Inventory> {
        if !condition.is_under_failures() && adjustment != Adjustment::Rebalanced {
            &self.pinned
        } else {
            self.inventory_of(condition)
        }
    }

    pub(super) fn inventory(&self) -> &Arc<Inventory> {
        &self.inventory
    }

    pub(super) fn scenario(&self) -> &Scenario {
        self.scenario
    }

    /// What may fail, and how many at once.
    pub(super) fn failures(&self) -> (FailureSet, usize) {
        (self.over, self.failures)
    }

    /// The scenario of an occasion.
    pub(super) fn on(&self, occasion: Occasion<'_>) -> Scenario {
        on_day(self.scenario, self.from, occasion)
    }

    /// Whether a condition of normal operation holds on an occasion.
    ///
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
    pub(super) fn normal(
        &self,
        (condition, adjustment): (Condition, Adjustment),
        occasion: Occasion<'_>,
    ) -> Result<CaseOnDay> {
        let scenario = self.on(occasion);
        let inventory = match adjustment {
            Adjustment::AsIs | Adjustment::Steered => &self.pinned,
            Adjustment::Rebalanced => &self.inventory,
        };
        let answer = if adjustment == Adjustment::AsIs {
            self.as_is(occasion).of(condition)
        } else {
            Self::planned(inventory, scenario.clone(), condition)?
        };
        if answer.trapped <= NOBODY {
            return Ok(answer);
        }
        // An event that takes a home away traps only those whom the rules leave no other.
        let rules = if occasion.events.is_empty() {
            inventory
        } else {
            &self.inventory
        };
        let without_limits = Self::planned(&endless(rules), scenario, Condition::Served)?;
        Ok(answer.with_trapped(without_limits.trapped))
    }

    /// What components carry as is.
    pub(super) fn as_is(&self, occasion: Occasion<'_>) -> Arc<AsIsDay> {
        /// Beyond that many days nothing is kept, so that memory has a bound.
        const MOST_KEPT: usize = 200;
        let known = || self.as_is.lock().unwrap_or_else(PoisonError::into_inner);
        let is_quiet = occasion.events.is_empty();
        if is_quiet && let Some(of_day) = known().get(&occasion.day) {
            return Arc::clone(of_day);
        }
        let as_is = AsIs::new(&self.inventory, &self.network, &self.steering);
        let of_day = Arc::new(as_is.on(&self.on(occasion)));
        let mut known = known();
        if is_quiet && known.len() < MOST_KEPT {
            known.insert(occasion.day, Arc::clone(&of_day));
        }
        of_day
    }

    /// Who is where as is, and on which paths.
    pub(super) fn assignment(&self, occasion: Occasion<'_>) -> (Vec<Part>, Vec<Flow>) {
        let as_is = AsIs::new(&self.inventory, &self.network, &self.steering);
        as_is.assignment(&self.on(occasion))
    }

    /// The plan that may move everybody.
    ///
    /// # Errors
    /// Those of [`plan`](super::super::plan).
    pub(super) fn rebalanced(&self, occasion: Occasion<'_>, stop: &Stop) -> Result<PeriodPlan> {
        planned_on(Arc::clone(&self.inventory), self.on(occasion), stop)
    }

    /// What a condition of normal operation comes to in the best plan at a scenario's start.
    fn planned(
        inventory: &Arc<Inventory>,
        scenario: Scenario,
        condition: Condition,
    ) -> Result<CaseOnDay> {
        let planner = Planner::without_before(Arc::clone(inventory), scenario);
        let asking = planner.asking();
        let case = asking.case(&[]);
        let depth = match condition {
            Condition::Target => Depth::Verdict,
            Condition::Served | Condition::ServedUnder | Condition::StableUnder => Depth::Unserved,
        };
        settle(asking, &case, depth, None, |settled| {
            of_settled(settled, condition, 0)
        })
    }

    /// Every case of failures on an occasion, to be asked one by one.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal) if there are more cases than can be counted.
    pub(super) fn cases(&self, condition: Condition, occasion: Occasion<'_>) -> Result<CasesOnDay> {
        let mut scenario = self.on(occasion);
        let is_stable = condition == Condition::StableUnder;
        scenario.policy.require_stable = is_stable;
        let inventory = if is_stable {
            &self.strict
        } else {
            &self.inventory
        };
        let sweeper = self.sweeper((inventory, scenario.clone()), Depth::Unserved)?;
        Ok(CasesOnDay::new(sweeper, condition, self.sweep(), scenario))
    }

    /// The same, settled up to headroom targets.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal) if there are more cases than can be counted.
    pub(super) fn verdicts(&self, occasion: Occasion<'_>) -> Result<Sweeper> {
        self.sweeper((&self.inventory, self.on(occasion)), Depth::Verdict)
    }

    /// The inventory of a condition: with less capacity where that has to be more than what is carried.
    pub(super) fn inventory_of(&self, condition: Condition) -> &Arc<Inventory> {
        if condition == Condition::StableUnder {
            &self.strict
        } else {
            &self.inventory
        }
    }

    fn sweep(&self) -> SweepRequest {
        SweepRequest::new(self.over, self.failures)
    }

    fn sweeper(
        &self,
        (inventory, scenario): (&Arc<Inventory>, Scenario),
        depth: Depth,
    ) -> Result<Sweeper> {
        let planner = Planner::without_before(Arc::clone(inventory), scenario);
        Sweeper::of_start(planner, self.sweep(), depth)
    }
}

/// The plan of a scenario's first period, for the expected demand.
///
/// # Errors
/// Those of [`plan`](super::super::plan).
pub(super) fn planned_on(
    inventory: Arc<Inventory>,
    scenario: Scenario,
    stop: &Stop,
) -> Result<PeriodPlan> {
    let options = super::super::plan::Options {
        stop,
        watch: &super::super::watch::NoWatch,
    };
    let planner = Planner::without_before(inventory, scenario);
    let (_, plan) = planner.at_period(0, &options)?;
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
            ..scenario.policy.clone()
        },
        events: events.collect(),
        protect: None,
        queued: Vec::new(),
        ..scenario.clone()
    }
}
