//! Dated: what holds on one day.

use super::super::planner::Planner;
use super::super::settle::settle;
use super::super::settled::{Depth, SettledCase};
use super::super::sweep::{SweepRequest, Sweeper, priced};
use super::answer::CaseOnDay;
use super::as_is::AsIs;
use super::variants::{endless, pinned, strict};
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{
    Band, Contingencies, ExistingShortfall, FailureSet, Inventory, Policy, Scenario,
};
use crate::plan::Before;
use crate::plan::runway::{Adjustment, Condition, Day, FirstFailure};
use crate::units::{NOBODY, SOLVER_TOLERANCE};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, OnceLock};

/// An inventory at an end of the forecast, asked day by day.
pub(super) struct Dated<'a> {
    /// With the low or high end of the forecast in place of what is expected.
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
}

impl<'a> Dated<'a> {
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
    pub(super) fn new(
        inventory: &Inventory,
        scenario: &'a Scenario,
        (from, band): (Timestamp, Band),
        (over, failures): (FailureSet, usize),
    ) -> Result<Self> {
        let of_band = inventory.at_end_of_forecast(band);
        let (pinned, strict) = (pinned(&of_band), strict(&of_band));
        let inventory = Arc::new(of_band);
        let first = on_day(scenario, from, 0);
        let steering = Planner::new(Arc::clone(&inventory), first)?
            .before()
            .clone();
        Ok(Self {
            network: Network::new(&inventory),
            inventory,
            pinned: Arc::new(pinned),
            strict: Arc::new(strict),
            scenario,
            from,
            over,
            failures,
            steering,
        })
    }

    /// Whether a condition of normal operation holds on a day.
    ///
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
    pub(super) fn normal(
        &self,
        (condition, adjustment): (Condition, Adjustment),
        day: Day,
    ) -> Result<CaseOnDay> {
        let scenario = on_day(self.scenario, self.from, day);
        let inventory = match adjustment {
            Adjustment::AsIs | Adjustment::Steered => &self.pinned,
            Adjustment::Rebalanced => &self.inventory,
        };
        let answer = if adjustment == Adjustment::AsIs {
            AsIs::new(&self.inventory, &self.network, &self.steering).on(&scenario, condition)
        } else {
            Self::planned(inventory, scenario.clone(), condition)?
        };
        if answer.trapped <= NOBODY {
            return Ok(answer);
        }
        let without_limits =
            Self::planned(&Arc::new(endless(inventory)), scenario, Condition::Served)?;
        Ok(answer.with_trapped(without_limits.trapped))
    }

    /// What a condition of normal operation comes to in the best plan at a scenario's start.
    fn planned(
        inventory: &Arc<Inventory>,
        scenario: Scenario,
        condition: Condition,
    ) -> Result<CaseOnDay> {
        let planner = Planner::new(Arc::clone(inventory), scenario)?;
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

    /// Every case of failures on a day, to be asked one by one.
    ///
    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed;
    /// [`Error::Internal`](crate::error::Error::Internal) if there are more cases than can be counted.
    pub(super) fn cases(&self, condition: Condition, day: Day) -> Result<CasesOnDay> {
        let mut scenario = on_day(self.scenario, self.from, day);
        let is_stable = condition == Condition::StableUnder;
        scenario.policy.require_stable = is_stable;
        let inventory = if is_stable {
            &self.strict
        } else {
            &self.inventory
        };
        let asked = SweepRequest::new(self.over, self.failures);
        let sweeper = Sweeper::of_unserved(Arc::clone(inventory), scenario.clone(), asked.clone())?;
        Ok(CasesOnDay {
            sweeper,
            condition,
            asked,
            scenario,
            without_limits: OnceLock::new(),
        })
    }
}

/// The cases of a day.
pub(super) struct CasesOnDay {
    sweeper: Sweeper,
    condition: Condition,
    asked: SweepRequest,
    scenario: Scenario,
    /// The same cases where nothing is limited, once somebody may be trapped.
    without_limits: OnceLock<Sweeper>,
}

impl CasesOnDay {
    pub(super) fn contingencies(&self) -> &Contingencies {
        self.sweeper.contingencies()
    }

    /// # Errors
    /// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
    pub(super) fn ask(&self, case: usize) -> Result<CaseOnDay> {
        let condition = self.condition;
        let of = |settled: &SettledCase<'_, '_>| of_settled(settled, condition, case);
        let answer = self.sweeper.settled(case, of)?;
        if answer.trapped <= NOBODY {
            return Ok(answer);
        }
        let of = |settled: &SettledCase<'_, '_>| of_settled(settled, condition, case).trapped;
        let trapped = self.without_limits()?.settled(case, of)?;
        Ok(answer.with_trapped(trapped))
    }

    fn without_limits(&self) -> Result<&Sweeper> {
        if let Some(known) = self.without_limits.get() {
            return Ok(known);
        }
        let inventory = Arc::new(endless(self.sweeper.planner().inventory()));
        let scenario = self.scenario.clone();
        let sweeper = Sweeper::of_unserved(inventory, scenario, self.asked.clone())?;
        Ok(self.without_limits.get_or_init(|| sweeper))
    }
}

/// What a settled case says of a condition.
fn of_settled(settled: &SettledCase<'_, '_>, condition: Condition, case: usize) -> CaseOnDay {
    let problem = settled.problem;
    let ranks = || (0..problem.classes.ranks.len()).map(Level::Unserved);
    let trapped: f64 = ranks().map(|level| settled.value_by_default(level)).sum();
    let all: f64 = ranks().map(|level| settled.value(level)).sum();
    let unserved = (all - trapped).max(0.0);
    let is_asked: fn(Level) -> bool = match condition {
        Condition::Target => |level| level == Level::Worst,
        Condition::Served | Condition::ServedUnder | Condition::StableUnder => {
            |level| matches!(level, Level::Unserved(_))
        }
    };
    let missing = settled
        .levels
        .iter()
        .find(|level| level.level == Level::Worst);
    let missing = missing.map_or(0.0, |level| level.value);
    let fails = match condition {
        Condition::Target => unserved > NOBODY || missing > SOLVER_TOLERANCE,
        Condition::Served | Condition::ServedUnder | Condition::StableUnder => unserved > NOBODY,
    };
    let binding = fails.then(|| binding(settled, is_asked)).flatten();
    let value = if condition == Condition::Target {
        missing
    } else {
        unserved
    };
    CaseOnDay {
        failure: FirstFailure {
            case,
            binding: binding.map(|(at, _)| at),
            short: binding.map_or(0.0, |(_, gain)| value / gain),
            unserved,
            trapped,
        },
        trapped,
        proof: settled.proof,
        fails,
    }
}

/// Where more capacity would help first at the first of some levels that has a price, and by how much a unit of it would.
fn binding(
    settled: &SettledCase<'_, '_>,
    is_asked: fn(Level) -> bool,
) -> Option<((ComponentId, ResourceId), f64)> {
    let priced = priced(settled.problem, &settled.levels, is_asked);
    let gains = settled.levels.iter().filter(|level| is_asked(level.level));
    let rows = &settled.problem.rows.rows;
    let gain = |at: (ComponentId, ResourceId)| {
        let of_level = gains.clone().map(|level| {
            let of_rows = rows.iter().zip(&level.gains);
            let of_rows = of_rows.filter(|(row, _)| (row.component, row.resource) == at);
            of_rows.map(|(_, gain)| *gain).fold(0.0, f64::max)
        });
        of_level.fold(0.0, f64::max)
    };
    let all = priced.into_iter().map(|at| (at, gain(at)));
    // The first of several that would help as much.
    all.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// The scenario of a day: its beginning, without events. Every unmet headroom target counts, also one that was missed before.
pub(super) fn on_day(scenario: &Scenario, from: Timestamp, day: Day) -> Scenario {
    let hours = SignedDuration::from_hours(24 * i64::from(day));
    let start = from.checked_add(hours).unwrap_or(Timestamp::MAX);
    let end = start.checked_add(SignedDuration::from_secs(1));
    Scenario {
        start,
        end: end.unwrap_or(Timestamp::MAX),
        policy: Policy {
            existing_shortfall: ExistingShortfall::Repair,
            freeze_onboarding: false,
            ..scenario.policy.clone()
        },
        events: Vec::new(),
        protect: None,
        queued: Vec::new(),
        ..scenario.clone()
    }
}
