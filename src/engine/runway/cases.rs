//! Cases: every case of failures on one day.

use super::super::planner::Planner;
use super::super::settled::{Depth, SettledCase};
use super::super::sweep::{SweepRequest, Sweeper};
use super::answer::CaseOnDay;
use super::occasion::{endless, may_close};
use super::of_settled::of_settled;
use crate::error::{Error, Result};
use crate::model::{Contingencies, Scenario};
use crate::plan::runway::Condition;
use crate::solve::{Proof, Stop};
use crate::units::NOBODY;
use rayon::prelude::*;
use std::sync::OnceLock;

/// The cases of a day, answered by planning again.
pub(super) struct CasesOnDay {
    sweeper: Sweeper,
    condition: Condition,
    asked: SweepRequest,
    scenario: Scenario,
    /// The same cases where nothing is limited, once somebody may be trapped.
    without_limits: OnceLock<Sweeper>,
}

impl CasesOnDay {
    pub(super) fn new(
        sweeper: Sweeper,
        condition: Condition,
        asked: SweepRequest,
        scenario: Scenario,
    ) -> Self {
        Self {
            sweeper,
            condition,
            asked,
            scenario,
            without_limits: OnceLock::new(),
        }
    }

    pub(super) fn contingencies(&self) -> &Contingencies {
        self.sweeper.contingencies()
    }

    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(super) fn ask(&self, case: usize) -> Result<CaseOnDay> {
        let condition = self.condition;
        let of = |settled: &SettledCase<'_, '_>| of_settled(settled, condition, case);
        let answer = self.sweeper.settled(case, of)?;
        if answer.trapped <= NOBODY || !self.may_close() {
            return Ok(answer);
        }
        let of = |settled: &SettledCase<'_, '_>| of_settled(settled, condition, case).trapped;
        let trapped = self.without_limits()?.settled(case, of)?;
        Ok(answer.with_trapped(trapped))
    }

    /// How far it is proven that the condition holds in a case; `None` if it fails. Nothing is settled beyond that.
    ///
    /// # Errors
    /// [`Error::Solver`] if every attempt of the solver failed.
    pub(super) fn holds(&self, case: usize) -> Result<Option<Proof>> {
        let condition = self.condition;
        let of = |settled: &SettledCase<'_, '_>| of_settled(settled, condition, case);
        let Some(answer) = self.sweeper.settled_unless_short(case, of)? else {
            return Ok(None);
        };
        // What a capacity of 0 closes is known only where all is settled.
        let is_closed = answer.trapped > NOBODY && !answer.fails && self.may_close();
        let answer = if is_closed { self.ask(case)? } else { answer };
        Ok((!answer.fails).then_some(answer.proof))
    }

    fn may_close(&self) -> bool {
        may_close(self.sweeper.planner().inventory(), &self.scenario)
    }

    /// What some cases come to, in their order.
    ///
    /// # Errors
    /// [`Error::StoppedEarly`] if a stop is raised; [`Error::Solver`] if every attempt of the solver failed.
    pub(super) fn answers(&self, cases: &[usize], stop: &Stop) -> Result<Vec<CaseOnDay>> {
        let all: Vec<Result<CaseOnDay>> = cases
            .par_iter()
            .map(|case| {
                stopped(stop)?;
                self.ask(*case)
            })
            .collect();
        all.into_iter().collect()
    }

    /// What all of them come to.
    ///
    /// # Errors
    /// As [`Self::answers`].
    pub(super) fn all(&self, stop: &Stop) -> Result<Vec<CaseOnDay>> {
        let cases: Vec<usize> = (0..self.contingencies().count()).collect();
        self.answers(&cases, stop)
    }

    /// By case, users who have no site even where nothing is limited.
    ///
    /// # Errors
    /// As [`Self::answers`].
    pub(super) fn trapped(&self, stop: &Stop) -> Result<Vec<f64>> {
        let sweeper = self.without_limits()?;
        let cases = 0..self.contingencies().count();
        let all = cases.into_par_iter().map(|case| {
            stopped(stop)?;
            let of = |settled: &SettledCase<'_, '_>| of_settled(settled, self.condition, case);
            Ok(sweeper.settled(case, of)?.trapped)
        });
        let all: Vec<Result<f64>> = all.collect();
        all.into_iter().collect()
    }

    fn without_limits(&self) -> Result<&Sweeper> {
        if let Some(known) = self.without_limits.get() {
            return Ok(known);
        }
        let inventory = endless(self.sweeper.planner().inventory());
        let known = Some(self.sweeper.planner().found());
        let planner = Planner::without_before(inventory, self.scenario.clone(), known);
        let sweeper = Sweeper::of_start(planner, self.asked.clone(), Depth::Unserved)?;
        Ok(self.without_limits.get_or_init(|| sweeper))
    }
}

/// # Errors
/// [`Error::StoppedEarly`] if a stop is raised.
pub(super) fn stopped(stop: &Stop) -> Result<()> {
    if stop.is_raised() {
        return Err(Error::StoppedEarly);
    }
    Ok(())
}

/// The number that a case of some contingencies has among others, of which no member is missing: it fails the same.
pub(super) fn same_case(of: &Contingencies, case: usize, among: &Contingencies) -> usize {
    let fails_same = |other: &usize| {
        among.kind(*other) == of.kind(case) && among.failing(*other).eq(of.failing(case))
    };
    if of.count() == among.count() {
        return case;
    }
    (0..among.count()).find(fails_same).unwrap_or(0)
}
