//! Dated: what holds on one day in normal operation, and who is asked about failures on it.

use super::super::planner::Planner;
use super::super::settle::{settle, settle_unless_short};
use super::super::settled::{Depth, SettledCase};
use super::super::sweep::{SweepRequest, Sweeper};
use super::answer::CaseOnDay;
use super::as_is::{AsIs, AsIsDay};
use super::cases::CasesOnDay;
use super::occasion::{Occasion, endless, may_close, on_day, pinned, planned_on};
use super::of_settled::of_settled;
use super::placed::with_homes;
use crate::error::Result;
use crate::formulation::FoundProfilePaths;
use crate::graph::Network;
use crate::model::{Band, ExistingShortfall, FailureSet, Homes, Inventory, Movers, Scenario};
use crate::plan::runway::{Adjustment, Condition, Day};
use crate::plan::{Before, Flow, Part, PeriodPlan};
use crate::solve::{Proof, Stop};
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// The paths of the first day.
    found: FoundProfilePaths,
    /// What components carry as is, on days that were asked about without events.
    as_is: Mutex<BTreeMap<Day, Arc<AsIsDay>>>,
}

/// Normal operation at a scenario's start, planned again.
struct NormalDay {
    planner: Planner,
    depth: Depth,
}

impl NormalDay {
    fn new(
        inventory: Arc<Inventory>,
        scenario: Scenario,
        found: &FoundProfilePaths,
        depth: Depth,
    ) -> Self {
        let planner = Planner::without_before(inventory, scenario, Some(found));
        Self { planner, depth }
    }

    fn settle<T>(&self, then: impl FnOnce(&SettledCase<'_, '_>) -> T) -> Result<T> {
        let asking = self.planner.asking();
        settle(asking, &asking.case(&[]), self.depth, None, then)
    }

    /// The same; `None` if the best plan leaves users unserved who are not trapped, or misses a target of that depth.
    fn settle_unless_short<T>(
        &self,
        then: impl FnOnce(&SettledCase<'_, '_>) -> T,
    ) -> Result<Option<T>> {
        let asking = self.planner.asking();
        settle_unless_short(asking, &asking.case(&[]), self.depth, None, then)
    }
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
        let planner = Planner::new(Arc::clone(&inventory), first)?;
        Ok(Self {
            network: Network::new(&inventory),
            pinned: Arc::new(pinned(&inventory)),
            inventory,
            strict: Arc::new(strict),
            scenario,
            from,
            over,
            failures,
            steering: planner.before().clone(),
            found: planner.found().clone(),
            as_is: Mutex::default(),
        })
    }

    /// The same where the paths that stay as is are those of another end of the forecast.
    pub(super) fn keep_paths_of(&mut self, other: &Self) {
        self.steering = other.steering.clone();
        self.found = other.found.clone();
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

    /// The first day: its beginning.
    pub(super) fn from(&self) -> Timestamp {
        self.from
    }

    pub(super) fn scenario(&self) -> &Scenario {
        self.scenario
    }

    /// The paths of the first day, used again where they still hold.
    pub(super) fn found(&self) -> &FoundProfilePaths {
        &self.found
    }

    /// What may fail, and how many at once.
    pub(super) fn failures(&self) -> (FailureSet, usize) {
        (self.over, self.failures)
    }

    /// The scenario of an occasion.
    pub(super) fn on(&self, occasion: Occasion<'_>) -> Scenario {
        on_day(self.scenario, self.from, occasion)
    }

    /// The same where it is asked who is unserved, or what failures do.
    ///
    /// Where anybody may move, that is the same whether targets that were missed before count or not. If they do not, whatever a
    /// case does not touch stays where it is, and need not be looked at.
    fn on_as_kept(&self, occasion: Occasion<'_>) -> Scenario {
        let mut scenario = self.on(occasion);
        if scenario.policy.movers == Movers::All {
            scenario.policy.existing_shortfall = ExistingShortfall::Keep;
        }
        scenario
    }

    /// What a condition of normal operation comes to on an occasion.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(super) fn normal(
        &self,
        (condition, adjustment): (Condition, Adjustment),
        occasion: Occasion<'_>,
    ) -> Result<CaseOnDay> {
        let answer = if adjustment == Adjustment::AsIs {
            self.as_is(occasion).of(condition)
        } else {
            let planned = |settled: &SettledCase<'_, '_>| of_settled(settled, condition, 0);
            let asked = self.asked_normally((condition, adjustment), occasion);
            asked.settle(planned)?
        };
        if !self.may_be_closed(&answer, adjustment, occasion) {
            return Ok(answer);
        }
        // An event that takes a home away traps only those without another site by the rules.
        let rules = if occasion.events.is_empty() {
            self.homed(adjustment)
        } else {
            &self.inventory
        };
        let scenario = self.on_normally(condition, occasion);
        let asked = NormalDay::new(endless(rules), scenario, &self.found, Depth::Unserved);
        let trapped = asked.settle(|settled| of_settled(settled, Condition::Served, 0).trapped)?;
        Ok(answer.with_trapped(trapped))
    }

    /// How far it is proven that a condition of normal operation holds on an occasion; `None` if it fails. Nothing is settled
    /// beyond that.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(super) fn holds_normally(
        &self,
        (condition, adjustment): (Condition, Adjustment),
        occasion: Occasion<'_>,
    ) -> Result<Option<Proof>> {
        let full = || {
            let answer = self.normal((condition, adjustment), occasion)?;
            Ok((!answer.fails).then_some(answer.proof))
        };
        if adjustment == Adjustment::AsIs {
            return full();
        }
        let asked = self.asked_normally((condition, adjustment), occasion);
        match asked.settle_unless_short(|settled| of_settled(settled, condition, 0))? {
            None => Ok(None),
            Some(answer) if answer.fails => Ok(None),
            // What a capacity of 0 closes is known only where all is settled.
            Some(answer) if self.may_be_closed(&answer, adjustment, occasion) => full(),
            Some(answer) => Ok(Some(answer.proof)),
        }
    }

    /// The scenario by which a condition of normal operation is asked.
    fn on_normally(&self, condition: Condition, occasion: Occasion<'_>) -> Scenario {
        match condition {
            Condition::Target => self.on(occasion),
            Condition::Served | Condition::ServedUnder | Condition::StableUnder => {
                self.on_as_kept(occasion)
            }
        }
    }

    /// With homes that stay, or as the rules permit.
    fn homed(&self, adjustment: Adjustment) -> &Arc<Inventory> {
        match adjustment {
            Adjustment::AsIs | Adjustment::Steered => &self.pinned,
            Adjustment::Rebalanced => &self.inventory,
        }
    }

    fn asked_normally(
        &self,
        (condition, adjustment): (Condition, Adjustment),
        occasion: Occasion<'_>,
    ) -> NormalDay {
        let depth = match condition {
            Condition::Target => Depth::Verdict,
            Condition::Served | Condition::ServedUnder | Condition::StableUnder => Depth::Unserved,
        };
        let inventory = Arc::clone(self.homed(adjustment));
        let scenario = self.on_normally(condition, occasion);
        NormalDay::new(inventory, scenario, &self.found, depth)
    }

    /// `true` if users without a site may have one where nothing is limited.
    fn may_be_closed(
        &self,
        answer: &CaseOnDay,
        adjustment: Adjustment,
        occasion: Occasion<'_>,
    ) -> bool {
        // Where homes stay, an event may take them away, which does not trap those who have another by the rules.
        let is_home_lost = !occasion.events.is_empty() && adjustment != Adjustment::Rebalanced;
        let may_close = || may_close(self.homed(adjustment), &self.on(occasion));
        answer.trapped > NOBODY && (is_home_lost || may_close())
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
        let of_day = Arc::new(self.stays().on(&self.on(occasion)));
        let mut known = known();
        if is_quiet && known.len() < MOST_KEPT {
            known.insert(occasion.day, Arc::clone(&of_day));
        }
        of_day
    }

    /// Who is where as is, and on which paths.
    pub(super) fn assignment(&self, occasion: Occasion<'_>) -> (Vec<Part>, Vec<Flow>) {
        self.stays().assignment(&self.on(occasion))
    }

    /// Today's homes, and the steering of the first day.
    fn stays(&self) -> AsIs<'_> {
        let homes = Homes::whole(self.inventory.shards.iter().map(|shard| shard.site));
        AsIs::new(
            (&self.inventory, &self.network),
            (homes, &self.steering.flows),
            Some(&self.found),
        )
    }

    /// The plan that may move everybody.
    ///
    /// # Errors
    /// Those of [`plan`](super::super::plan).
    pub(super) fn rebalanced(&self, occasion: Occasion<'_>, stop: &Stop) -> Result<PeriodPlan> {
        planned_on(Arc::clone(&self.inventory), self.on(occasion), stop)
    }

    /// Every case of failures on an occasion, to be asked one by one.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal) if there are more cases than can be counted.
    pub(super) fn cases(&self, condition: Condition, occasion: Occasion<'_>) -> Result<CasesOnDay> {
        let mut scenario = self.on_as_kept(occasion);
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

    /// The same, settled up to headroom targets, as a sweep does.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal) if there are more cases than can be counted.
    pub(super) fn verdicts(&self, occasion: Occasion<'_>) -> Result<Sweeper> {
        self.sweeper((&self.inventory, self.on_as_kept(occasion)), Depth::Verdict)
    }

    /// Normal operation, with homes and steering planned again: settled up to headroom targets, also those missed before.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal) if it cannot be asked.
    pub(super) fn repaired(&self, occasion: Occasion<'_>) -> Result<Sweeper> {
        let asked = SweepRequest::new(self.over, 0);
        let (scenario, known) = (self.on(occasion), Some(&self.found));
        let planner = Planner::without_before(Arc::clone(&self.inventory), scenario, known);
        Sweeper::of_start(planner, asked, Depth::Verdict)
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
        let known = Some(&self.found);
        let planner = Planner::without_before(Arc::clone(inventory), scenario, known);
        Sweeper::of_start(planner, self.sweep(), depth)
    }
}
