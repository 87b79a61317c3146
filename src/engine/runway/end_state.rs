//! End state: until when the homes and paths with which a plan ends hold as users grow, if nothing fails.

use super::as_is::{AsIs, AsIsDay};
use super::cases::stopped;
use super::occasion::{Occasion, on_day};
use super::stretches::{DayStretch, Trend, counts_from, failing_in, stretches};
use crate::error::{Error, Result};
use crate::graph::Network;
use crate::model::{Band, Homes, Inventory, PlannedDemand, Scenario};
use crate::plan::runway::{Condition, Day};
use crate::plan::{EndStateDates, EndStateGap, EndStateRunway, Flow, Plan};
use crate::scenario::goes_on;
use crate::solve::Stop;
use crate::units::NOBODY;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};
use std::collections::BTreeMap;

/// How far ahead is asked: hardware is ordered and delivered within that time, and a forecast is worth little after it.
const YEARS: i64 = 2;

/// Days that are asked at most × (shards + flows), at 2 µs each: 40 ms, a twentieth of the processor time of a drain of data/global.
const MOST_WORK: u64 = 20_000;

/// Until when the homes and paths at a plan's end hold as users grow as expected; `None` where they do not grow within the
/// horizon, and of a plan that is not to be begun.
///
/// Homes stay, and so do the shares of paths, as in a runway as is (`docs/model.md` §13). Events that end
/// after the scenario, or whose end is assumed, stay in force. Users of shards without a home are not counted.
///
/// # Errors
/// [`Error::Internal`] if a day cannot be asked about.
pub fn end_state(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    stop: &Stop,
) -> Result<Option<EndStateRunway>> {
    let Some((from, until)) = horizon(scenario) else {
        return Ok(None);
    };
    if plan.is_refused() || !grows(inventory, scenario, until) {
        return Ok(None);
    }
    let days = until.duration_since(from).as_hours().div_euclid(24);
    let days = Day::try_from(days).unwrap_or(0);
    let ending = PlanEnding {
        inventory,
        scenario,
        from,
        days,
        in_force: (0..scenario.events.len())
            .filter(|event| goes_on(&scenario.events[*event], scenario))
            .collect(),
        homes: plan.homes_at_end(inventory),
    };
    let found = match ending.dates(plan, stop) {
        Err(Error::StoppedEarly) => Err(EndStateGap::Stopped),
        found => found?,
    };
    Ok(Some(EndStateRunway {
        from,
        days,
        newcomers: ending.newcomers(),
        in_force: ending.in_force,
        found,
    }))
}

/// The first midnight, UTC, at the end of a scenario or after it, and that of the horizon; `None` beyond the calendar.
fn horizon(scenario: &Scenario) -> Option<(Timestamp, Timestamp)> {
    let date = scenario.end.to_zoned(TimeZone::UTC).date();
    let begins = |date: jiff::civil::Date| Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    let midnight = begins(date)?;
    let first = if midnight < scenario.end {
        date.tomorrow().ok()?
    } else {
        date
    };
    let last = first.checked_add(Span::new().years(YEARS)).ok()?;
    Some((begins(first)?, begins(last)?))
}

/// `true` if users are expected to become more or fewer between the end of a scenario and an instant.
fn grows(inventory: &Inventory, scenario: &Scenario, until: Timestamp) -> bool {
    let mut rates = inventory.growth.iter();
    let mut joining = inventory.onboarding.iter();
    let is_within = |at: Timestamp| scenario.end <= at && at < until;
    rates.any(|rate| {
        let lasts = rate.end.is_none_or(|end| end > scenario.end);
        rate.start < until && lasts && rate.rate(Band::Expected) != 0.0
    }) || joining.any(|row| is_within(row.date) && row.joining(Band::Expected) != 0)
}

/// How a plan ends.
struct PlanEnding<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    from: Timestamp,
    days: Day,
    in_force: Vec<usize>,
    homes: Homes,
}

impl PlanEnding<'_> {
    fn dates(
        &self,
        plan: &Plan,
        stop: &Stop,
    ) -> Result<std::result::Result<EndStateDates, EndStateGap>> {
        let Some(last) = plan.periods.last() else {
            return Ok(Err(EndStateGap::Stopped));
        };
        let flows = last.last_flows();
        // Nobody is planned again: whatever the policy says of moves, loads follow users.
        let trends = stretches(self.inventory, self.from, self.days, Band::Expected);
        let size = (self.inventory.shards.len() + flows.len()) as u64;
        let gap = if last.totals.unserved > NOBODY {
            EndStateGap::Unserved
        } else if self.scenario.policy.demand == PlannedDemand::Hourly {
            EndStateGap::Hours
        } else if most_asked(&trends).saturating_mul(size) > MOST_WORK {
            EndStateGap::Work
        } else {
            return self.asked(flows, &trends, stop).map(Ok);
        };
        Ok(Err(gap))
    }

    fn asked(&self, flows: &[Flow], trends: &[DayStretch], stop: &Stop) -> Result<EndStateDates> {
        let network = Network::new(self.inventory);
        let stays = (self.homes.clone(), flows);
        let as_is = AsIs::new((self.inventory, &network), stays, None);
        let mut known: BTreeMap<Day, AsIsDay> = BTreeMap::new();
        let mut fails = |condition: Condition, day: Day| -> Result<bool> {
            stopped(stop)?;
            let of_day = known.entry(day).or_insert_with(|| {
                let events = &self.in_force;
                as_is.on(&on_day(self.scenario, self.from, Occasion { day, events }))
            });
            Ok(of_day.fails(condition))
        };
        let target = first_failing(trends, |day| fails(Condition::Target, day))?;
        // What meets its target is not full.
        let served = match target {
            Some(_) => first_failing(trends, |day| fails(Condition::Served, day))?,
            None => None,
        };
        Ok(EndStateDates { target, served })
    }

    /// The first day on which users join that have no home at the plan's end.
    fn newcomers(&self) -> Option<Day> {
        let joining =
            self.inventory.onboarding.iter().filter(|row| {
                row.joining(Band::Expected) > 0 && self.homes.main(row.shard).is_none()
            });
        let days = joining.map(|row| counts_from(self.from, row.date).unwrap_or(0));
        days.min().filter(|day| *day < self.days)
    }
}

/// How many days are asked about at most: both ends of all stretches, and what bisecting one of them for each condition takes.
fn most_asked(trends: &[DayStretch]) -> u64 {
    let length = |stretch: &DayStretch| u64::from(stretch.days.end - stretch.days.start);
    let halvings = |days: u64| u64::from(days.max(1).ilog2()) + 1;
    let of_stretch = |stretch: &DayStretch| match stretch.trend {
        Trend::Rising => 1,
        Trend::Falling => 1 + halvings(length(stretch)),
        Trend::Mixed => length(stretch),
    };
    let longest = trends.iter().map(length).max().unwrap_or(0);
    trends.iter().map(of_stretch).sum::<u64>() + 2 * halvings(longest)
}

/// The first day of some stretches on which a condition fails.
fn first_failing(
    trends: &[DayStretch],
    mut fails: impl FnMut(Day) -> Result<bool>,
) -> Result<Option<Day>> {
    for stretch in trends {
        let spans = failing_in(stretch, false, &mut fails)?;
        if let Some(first) = spans.into_iter().find(|span| !span.is_empty()) {
            return Ok(Some(first.start));
        }
    }
    Ok(None)
}
