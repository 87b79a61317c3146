//! Growth by logarithms and civil days: by how much users have grown, and when they do.

use super::Band;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use plimsoll::model::{Inventory, Scenario};

/// The users of a shard for each that it had at `since`, or at the start of every row if there is no such instant.
pub(crate) fn grown(
    inventory: &Inventory,
    shard: usize,
    since: Option<Timestamp>,
    until: Timestamp,
    band: Band,
) -> f64 {
    let shard = &inventory.shards[shard];
    let mut logarithm = 0.0;
    for row in &inventory.growth {
        let is_meant = row.tenant.is_none_or(|id| id == shard.tenant)
            && row.client_region.is_none_or(|id| id == shard.client_region)
            && row.profile.is_none_or(|id| id == shard.profile)
            && row.tier.is_none_or(|id| id == shard.tier);
        let rate = match band {
            Band::Expected => row.monthly,
            Band::Low => row.low,
            Band::High => row.high,
        };
        let first = since.map_or(row.start, |since| since.max(row.start));
        let last = row.end.map_or(until, |end| end.min(until));
        let seconds = last.duration_since(first).as_secs_f64();
        if is_meant && seconds > 0.0 {
            // A month is 365.25 ÷ 12 days.
            logarithm += rate.ln_1p() * seconds / (365.25 / 12.0 * 86_400.0);
        }
    }
    logarithm.exp()
}

/// Up to when growth counts at an instant: the scenario's start, or the last first of month inside it up to there.
pub(crate) fn last_growth(scenario: &Scenario, at: Timestamp) -> Timestamp {
    if scenario.policy.freeze_onboarding {
        return scenario.start;
    }
    let firsts = all_firsts(scenario).into_iter();
    let passed = firsts.filter(|first| *first <= at);
    passed.max().unwrap_or(scenario.start)
}

/// The firsts of month inside a scenario at which users have grown since the one before.
pub(crate) fn firsts_of_month(inventory: &Inventory, scenario: &Scenario) -> Vec<Timestamp> {
    if scenario.policy.freeze_onboarding {
        return Vec::new();
    }
    let firsts = all_firsts(scenario);
    let grows = |first: &Timestamp| {
        let before = firsts.iter().filter(|other| *other < first).max();
        let before = before.copied().unwrap_or(scenario.start);
        inventory.growth.iter().any(|row| {
            let is_still = row.monthly == 0.0 && row.low == 0.0 && row.high == 0.0;
            !is_still && row.start < *first && row.end.is_none_or(|end| before < end)
        })
    };
    firsts.iter().copied().filter(grows).collect()
}

/// Midnight UTC of every first of month after the start and before the end.
fn all_firsts(scenario: &Scenario) -> Vec<Timestamp> {
    let mut day = scenario.start.to_zoned(TimeZone::UTC).date();
    let mut firsts = Vec::new();
    loop {
        let midnight = day.to_zoned(TimeZone::UTC).expect("UTC has no gaps");
        let at = midnight.timestamp();
        if at >= scenario.end {
            return firsts;
        }
        if day.day() == 1 && at > scenario.start {
            firsts.push(at);
        }
        day += 1.day();
    }
}
