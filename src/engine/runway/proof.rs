//! Proof: the sweeps of single days that show that dates are right: that a condition holds on the last day of every stretch
//! before it fails, and that it fails on the day after.

use super::super::plan::Options;
use super::super::planner::Planner;
use super::super::sweep::{SweepRequest, Sweeper};
use super::dated::on_day;
use super::search::{RunwayRequest, trends};
use super::stretches::Trend;
use super::variants::variant;
use crate::error::Result;
use crate::model::{Adjustment, Inventory, Recovery, Scenario};
use crate::plan::Before;
use crate::plan::runway::{Day, Runway, RunwayRow};
use crate::solve::Proof;
use std::collections::BTreeMap;
use std::ops::Range;

/// Days within a stretch in which users both join and leave that are proven one by one, at most.
const MOST_DAYS: usize = 32;

/// One side of a date: a day on which a row holds, or fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayProof {
    /// Position of the row.
    pub row: usize,
    /// The day.
    pub day: Day,
    /// Whether the condition holds on it.
    pub holds: bool,
}

/// The days that prove the dates of a runway, row by row. Rows that compare loads as is need none, and what is not proven
/// has none.
pub fn day_proofs(inventory: &Inventory, scenario: &Scenario, runway: &Runway) -> Vec<DayProof> {
    let mut by_band = BTreeMap::new();
    let mut proofs = Vec::new();
    for (position, row) in runway.rows.iter().enumerate() {
        if !is_shown(row) {
            continue;
        }
        let stretches = by_band
            .entry(row.band)
            .or_insert_with(|| trends(inventory, scenario, (runway.from, runway.days), row.band));
        let until = row.fails_from().unwrap_or(runway.days);
        let days = stretches.iter().flat_map(|stretch| {
            let within = stretch.days.start..stretch.days.end.min(until);
            holding(within, stretch.trend)
        });
        let days: Vec<Day> = days.collect();
        if days.len() > MOST_DAYS {
            continue;
        }
        let proof = |day, holds| DayProof {
            row: position,
            day,
            holds,
        };
        proofs.extend(days.into_iter().map(|day| proof(day, true)));
        proofs.extend(row.fails_from().map(|day| proof(day, false)));
    }
    proofs
}

/// Whether sweeps show what a row says.
fn is_shown(row: &RunwayRow) -> bool {
    let is_planned = row.condition.is_under_failures() || row.adjustment != Adjustment::AsIs;
    let is_again = row
        .recovery
        .is_none_or(|recovery| recovery == Recovery::Replan);
    let is_at_home = !row.condition.is_under_failures() || row.adjustment == Adjustment::AsIs;
    row.proof == Proof::Proven && row.events == 0 && is_planned && is_again && is_at_home
}

/// The days of a stretch on which a condition has to hold for it to hold on all of them.
fn holding(days: Range<Day>, trend: Trend) -> Vec<Day> {
    if days.is_empty() {
        return Vec::new();
    }
    match trend {
        Trend::Rising => vec![days.end - 1],
        Trend::Falling => vec![days.start],
        Trend::Mixed => days.collect(),
    }
}

/// What is asked on the day of a proof: all cases, or the one without a failure.
///
/// # Errors
/// Those of [`Sweeper::new`].
pub fn sweeper_of(
    inventory: &Inventory,
    scenario: &Scenario,
    (asked, row): (&RunwayRequest, &RunwayRow),
    day: Day,
    options: &Options<'_>,
) -> Result<Sweeper> {
    let of_band = inventory.at_end_of_forecast(row.band);
    let inventory = variant(&of_band, row.condition, row.adjustment);
    let mut dated = on_day(scenario, asked.from, day);
    let is_under = row.condition.is_under_failures();
    dated.policy.require_stable = row.condition == crate::model::Condition::StableUnder;
    let failures = if is_under { asked.failures } else { 0 };
    Sweeper::new(
        inventory,
        dated,
        SweepRequest::new(asked.over, failures),
        options,
    )
}

/// The state before the first day, as expected: the paths that stay as is.
///
/// # Errors
/// [`Error::Solver`](crate::error::Error::Solver) if every attempt of the solver failed.
pub fn before_of(
    inventory: &Inventory,
    scenario: &Scenario,
    asked: &RunwayRequest,
) -> Result<Before> {
    let planner = Planner::new(inventory.clone(), on_day(scenario, asked.from, 0))?;
    Ok(planner.before().clone())
}
