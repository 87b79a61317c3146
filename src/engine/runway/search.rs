//! Search: for every condition, adjustment and end of the forecast the days on which it fails.

use super::answer::CaseOnDay;
use super::dated::{CasesOnDay, Dated};
use super::stretches::{DayStretch, Trend, failing, stretches};
use crate::error::{Error, Result};
use crate::model::{Band, FailureSet, Inventory, Movers, PlannedDemand, Recovery, Scenario};
use crate::plan::runway::{
    Adjustment, Condition, Day, FirstFailure, Runway, RunwayRow, SampleStep, TrappedUsers,
    WholeShards,
};
use crate::solve::{Proof, Stop};
use crate::units::NOBODY;
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a runway is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunwayRequest {
    /// The first day: its beginning, midnight UTC.
    pub from: Timestamp,
    /// The first day that is not asked about.
    pub until: Timestamp,
    /// What may fail.
    pub over: FailureSet,
    /// At most this many at once.
    pub failures: usize,
    /// Which ends of the forecast.
    pub bands: Vec<Band>,
    /// How failures are answered.
    pub recoveries: Vec<Recovery>,
    /// On which days components are sampled.
    pub step: SampleStep,
}

impl RunwayRequest {
    /// How many days that is.
    fn days(&self) -> Day {
        let days = self
            .until
            .duration_since(self.from)
            .as_hours()
            .div_euclid(24);
        Day::try_from(days).unwrap_or(0)
    }
}

/// Until when conditions hold under the policy of a scenario. Where a stop is raised, as many rows as were settled by then.
///
/// # Errors
/// [`Error::StoppedEarly`] if a stop is raised before there is a row; [`Error::Solver`] if every attempt of the solver failed;
/// [`Error::Internal`] if there are more cases than can be counted.
pub fn runway(
    inventory: &Inventory,
    scenario: &Scenario,
    asked: &RunwayRequest,
    stop: &Stop,
) -> Result<Runway> {
    let days = asked.days();
    let of_band = |band| {
        let failures = (asked.over, asked.failures);
        Dated::new(inventory, scenario, (asked.from, band), failures)
    };
    let today = of_band(Band::Expected)?.cases(Condition::ServedUnder, 0)?;
    let mut found = Runway {
        from: asked.from,
        days,
        failures: asked.failures,
        events: vec![Vec::new()],
        rows: Vec::new(),
        samples: Vec::new(),
        components: Vec::new(),
        trapped: trapped_today(&today, stop)?,
        contingencies: today.contingencies().clone(),
        is_stopped: false,
    };
    for &band in &asked.bands {
        let dated = of_band(band)?;
        let search = BandSearch {
            dated: &dated,
            band,
            stretches: trends(inventory, scenario, (asked.from, days), band),
            stop,
        };
        match search.rows(&mut found.rows) {
            Err(Error::StoppedEarly) if !found.rows.is_empty() => {
                found.is_stopped = true;
                break;
            }
            settled => settled?,
        }
    }
    Ok(found)
}

/// Cases that trap users on the first day, those of most users first.
fn trapped_today(cases: &CasesOnDay, stop: &Stop) -> Result<Vec<TrappedUsers>> {
    let all = answers(cases, stop)?;
    let mut trapped: Vec<TrappedUsers> = all
        .iter()
        .map(|answer| TrappedUsers {
            case: answer.failure.case,
            users: answer.trapped,
        })
        .filter(|trapped| trapped.users > NOBODY)
        .collect();
    trapped.sort_by(|a, b| b.users.total_cmp(&a.users).then(a.case.cmp(&b.case)));
    Ok(trapped)
}

/// What every case comes to, in their order.
fn answers(cases: &CasesOnDay, stop: &Stop) -> Result<Vec<CaseOnDay>> {
    let count = cases.contingencies().count();
    let all: Vec<Result<CaseOnDay>> = (0..count)
        .into_par_iter()
        .map(|case| {
            stopped(stop)?;
            cases.ask(case)
        })
        .collect();
    all.into_iter().collect()
}

fn stopped(stop: &Stop) -> Result<()> {
    if stop.is_raised() {
        return Err(Error::StoppedEarly);
    }
    Ok(())
}

/// How users change day by day; where what is asked does not follow from users and capacities alone, every day is asked.
pub(super) fn trends(
    inventory: &Inventory,
    scenario: &Scenario,
    (from, days): (Timestamp, Day),
    band: Band,
) -> Vec<DayStretch> {
    let policy = &scenario.policy;
    let is_monotone = policy.demand == PlannedDemand::Peak
        && policy.movers == Movers::All
        && policy.max_moved_users.is_none();
    if is_monotone {
        return stretches(inventory, from, days, band);
    }
    vec![DayStretch {
        days: 0..days,
        trend: Trend::Mixed,
    }]
}

/// The conditions at one end of the forecast.
struct BandSearch<'a> {
    dated: &'a Dated<'a>,
    band: Band,
    stretches: Vec<DayStretch>,
    stop: &'a Stop,
}

impl BandSearch<'_> {
    /// Adds the row of every condition, one after the other.
    fn rows(&self, rows: &mut Vec<RunwayRow>) -> Result<()> {
        for condition in Condition::ALL {
            if condition.is_under_failures() {
                rows.push(self.of_cases(condition)?);
                continue;
            }
            for adjustment in Adjustment::ALL {
                rows.push(self.of_normal(condition, adjustment)?);
            }
        }
        Ok(())
    }

    /// A condition of normal operation.
    fn of_normal(&self, condition: Condition, adjustment: Adjustment) -> Result<RunwayRow> {
        let mut known: BTreeMap<Day, CaseOnDay> = BTreeMap::new();
        let mut ask = |day: Day| -> Result<CaseOnDay> {
            stopped(self.stop)?;
            if let Some(answer) = known.get(&day) {
                return Ok(answer.clone());
            }
            let answer = self.dated.normal((condition, adjustment), day)?;
            known.insert(day, answer.clone());
            Ok(answer)
        };
        let spans = failing(&self.stretches, |day| Ok(ask(day)?.fails))?;
        let first = match spans.first() {
            Some(span) => Some(ask(span.start)?),
            None => None,
        };
        let before = spans.first().and_then(|span| span.start.checked_sub(1));
        let proof = match before {
            Some(day) => ask(day)?.proof,
            None => Proof::Proven,
        };
        Ok(self.row((condition, adjustment, None), spans, first, proof))
    }

    /// A condition of all cases of failures, which are answered by planning again: who moved before does not matter.
    fn of_cases(&self, condition: Condition) -> Result<RunwayRow> {
        let (dated, stop) = (self.dated, self.stop);
        // The case that failed last is asked first.
        let mut likely = 0;
        let mut proof = Proof::Proven;
        let mut days: BTreeMap<Day, (bool, Proof)> = BTreeMap::new();
        let spans = failing(&self.stretches, |day| {
            if let Some((fails, _)) = days.get(&day) {
                return Ok(*fails);
            }
            let cases = dated.cases(condition, day)?;
            let found = any_failing(&cases, likely, stop)?;
            likely = found.0.unwrap_or(likely);
            days.insert(day, (found.0.is_some(), found.1));
            Ok(found.0.is_some())
        })?;
        let mut first = None;
        if let Some(span) = spans.first() {
            let all = answers(&dated.cases(condition, span.start)?, stop)?;
            let failing = all.into_iter().filter(|answer| answer.fails);
            first = failing.reduce(|worst, next| {
                if next.failure.unserved > worst.failure.unserved {
                    next
                } else {
                    worst
                }
            });
            let before = span.start.checked_sub(1).and_then(|day| days.get(&day));
            proof = before.map_or(Proof::Proven, |(_, proof)| *proof);
        }
        let row = (condition, Adjustment::AsIs, Some(Recovery::Replan));
        Ok(self.row(row, spans, first, proof))
    }

    fn row(
        &self,
        (condition, adjustment, recovery): (Condition, Adjustment, Option<Recovery>),
        failing: Vec<Range<Day>>,
        first: Option<CaseOnDay>,
        before: Proof,
    ) -> RunwayRow {
        let after = first.as_ref().map_or(Proof::Proven, |answer| answer.proof);
        RunwayRow {
            condition,
            events: 0,
            recovery,
            adjustment,
            band: self.band,
            failing,
            first: first.map(|answer| FirstFailure {
                trapped: answer.trapped,
                ..answer.failure
            }),
            whole_shards: WholeShards::NotChecked,
            proof: if before == Proof::Proven {
                after
            } else {
                before
            },
        }
    }
}

/// A case that fails, if any does, and how far it is proven that none does; the likely one is asked first.
fn any_failing(cases: &CasesOnDay, likely: usize, stop: &Stop) -> Result<(Option<usize>, Proof)> {
    let count = cases.contingencies().count();
    if likely > 0 && likely < count {
        let answer = cases.ask(likely)?;
        if answer.fails {
            return Ok((Some(likely), answer.proof));
        }
    }
    let found = (0..count)
        .into_par_iter()
        .filter(|case| *case != likely || likely == 0);
    let found: Vec<Result<(usize, CaseOnDay)>> = found
        .map(|case| {
            stopped(stop)?;
            Ok((case, cases.ask(case)?))
        })
        .collect();
    let mut proof = Proof::Proven;
    let mut worst: Option<(usize, FirstFailure)> = None;
    for answer in found {
        let (case, answer) = answer?;
        if answer.proof != Proof::Proven {
            proof = answer.proof;
        }
        let is_worse = worst
            .as_ref()
            .is_none_or(|(_, failure)| answer.failure.unserved > failure.unserved);
        if answer.fails && is_worse {
            worst = Some((case, answer.failure));
        }
    }
    Ok((worst.map(|(case, _)| case), proof))
}
