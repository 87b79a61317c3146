//! Search: all that a runway is asked, one end of the forecast after the other.

use super::answer::CaseOnDay;
use super::cases::stopped;
use super::dated::Dated;
use super::events::event_sets;
use super::known_days::KnownDays;
use super::occasion::Occasion;
use super::rows::{RowSearch, worst};
use super::samples::{components, samples};
use super::stretches::{DayStretch, Trend, stretches};
use super::trapped::TrapSearch;
use crate::error::{Error, Result};
use crate::model::{Band, FailureSet, Inventory, Movers, PlannedDemand, Recovery, Scenario};
use crate::plan::runway::{Condition, Day, Runway, RunwayRow, SampleStep, TrappedUsers};
use crate::solve::Stop;
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::iter;

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
    /// Whether it is asked what components carry, and when they run out.
    pub with_components: bool,
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
    let bands = by_band(inventory, scenario, asked, stop)?;
    let expected = &bands[&Band::Expected];
    let first = Occasion {
        day: 0,
        events: &[],
    };
    let today = expected.cases(Condition::ServedUnder, first)?;
    let answers = today.all(stop)?;
    let known = KnownDays::default();
    let fail = answers.iter().filter(|answer| answer.fails);
    let asked_today = (Condition::ServedUnder, 0, 0);
    known.keep(expected, asked_today, worst(fail.cloned()));
    let events = event_sets(scenario);
    let is_planned_again = asked.recoveries.contains(&Recovery::Replan);
    let trapped_today = if is_planned_again {
        trapped_in(&answers)
    } else {
        Vec::new()
    };
    let trapped = TrapSearch {
        bands: iter::once(expected)
            .chain(bands.range(Band::High..).map(|(_, dated)| dated))
            .collect(),
        recoveries: &asked.recoveries,
        events: &events,
        contingencies: today.contingencies(),
        days,
        stop,
    };
    let mut found = Runway {
        from: asked.from,
        days,
        failures: asked.failures,
        trapped: trapped.all(trapped_today)?,
        events,
        rows: Vec::new(),
        samples: Vec::new(),
        components: Vec::new(),
        contingencies: today.contingencies().clone(),
        is_stopped: false,
    };
    drop(today);
    if days == 0 {
        return Ok(found);
    }
    match fill(
        &mut found,
        (inventory, scenario),
        asked,
        (&bands, &known),
        stop,
    ) {
        Err(Error::StoppedEarly) if !found.rows.is_empty() => found.is_stopped = true,
        settled => settled?,
    }
    found.rows.sort_by_key(|row| {
        let of_failures = (row.recovery, row.adjustment);
        (row.condition, row.events, of_failures, row.band)
    });
    Ok(found)
}

/// The inventory at every end of the forecast that is another than what is expected, and as expected.
pub(super) fn by_band<'a>(
    inventory: &Inventory,
    scenario: &'a Scenario,
    asked: &RunwayRequest,
    stop: &Stop,
) -> Result<BTreeMap<Band, Dated<'a>>> {
    let days = asked.days();
    let mut bands: BTreeMap<Band, Dated<'a>> = BTreeMap::new();
    for band in [Band::Expected, Band::Low, Band::High] {
        if band == Band::Expected || inventory.has_end_of_forecast(band) {
            let dates = (asked.from, days, band);
            let failures = (asked.over, asked.failures);
            let mut dated = Dated::new(inventory, scenario, dates, failures, stop)?;
            // The paths of today are the same whatever will be.
            if let Some(expected) = bands.get(&Band::Expected) {
                dated.keep_paths_of(expected);
            }
            bands.insert(band, dated);
        }
    }
    Ok(bands)
}

/// Adds rows, samples and components.
fn fill(
    found: &mut Runway,
    (inventory, scenario): (&Inventory, &Scenario),
    asked: &RunwayRequest,
    (bands, known_days): (&BTreeMap<Band, Dated<'_>>, &KnownDays),
    stop: &Stop,
) -> Result<()> {
    let days = found.days;
    let sampled = asked.step.days(asked.from, days);
    let events = found.events.clone();
    let trends = |band| trends(inventory, scenario, (asked.from, days), band);
    let mut known: BTreeMap<Band, Vec<RunwayRow>> = BTreeMap::new();
    for &band in &asked.bands {
        let apart = if bands.contains_key(&band) {
            band
        } else {
            Band::Expected
        };
        if let Entry::Vacant(entry) = known.entry(apart) {
            let search = RowSearch {
                dated: &bands[&apart],
                band: apart,
                stretches: trends(apart),
                sampled: &sampled,
                contingencies: &found.contingencies,
                events: &events,
                recoveries: &asked.recoveries,
                known: known_days,
                stop,
            };
            let mut rows = Vec::new();
            let ended = search.rows(&mut rows);
            if ended.is_err() {
                found.rows.extend(rows);
                return ended;
            }
            entry.insert(rows);
        }
        let rows = known.get(&apart).into_iter().flatten();
        let rows = rows.map(|row| RunwayRow {
            band,
            ..row.clone()
        });
        found.rows.extend(rows);
    }
    stopped(stop)?;
    if !asked.with_components {
        return Ok(());
    }
    let [low, expected, high] = [Band::Low, Band::Expected, Band::High]
        .map(|band| bands.get(&band).unwrap_or(&bands[&Band::Expected]));
    found.samples = samples([low, expected, high], &sampled, stop)?;
    found.components = components(expected, &trends(Band::Expected), &found.samples, stop)?;
    Ok(())
}

/// Cases of the first day that trap users.
fn trapped_in(answers: &[CaseOnDay]) -> Vec<TrappedUsers> {
    let trapped = answers.iter().map(|answer| TrappedUsers {
        case: answer.failure.case,
        day: 0,
        events: 0,
        recovery: Recovery::Replan,
        users: answer.trapped,
    });
    trapped.filter(|trapped| trapped.users > NOBODY).collect()
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
