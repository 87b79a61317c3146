//! Growth: the users of every shard after compounding growth and onboarding (`growth.csv`, `onboarding.csv`).

use crate::ids::{ClientRegionId, ProfileId, TenantId, TierId};
use crate::model::{Band, GrowthRate, Inventory, Onboarding, Scenario, Shard};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use std::collections::BTreeMap;

/// Users by shard at a date: `max(0, users · G(start, t) + Σ onboarding · G(date, t))`, with every onboarding row dated up
/// to it. `G(a, t)` is the product over the shard's rows of growth.csv of `(1 + rate)^months` between `a` and `t`; users
/// of shards.csv grow in each row from its start on.
///
/// Users who leave take their growth along, and the sum is cut at 0 once, at the end, so the order of rows never matters.
pub fn users_on(inventory: &Inventory, date: Timestamp, band: Band) -> Vec<f64> {
    users_of(inventory, |row| row.date <= date, date, band)
}

/// The same with those rows of onboarding.csv that are counted, grown up to an instant.
pub(super) fn users_of(
    inventory: &Inventory,
    is_counted: impl Fn(&Onboarding) -> bool,
    until: Timestamp,
    band: Band,
) -> Vec<f64> {
    let mut factors = GrowthFactors::new(inventory, until, band);
    let shards = inventory.shards.iter();
    let mut users: Vec<f64> = shards
        .map(|shard| shard.users as f64 * factors.of(shard))
        .collect();
    let counted = || inventory.onboarding.iter().filter(|row| is_counted(row));
    for row in counted() {
        let index = row.shard.index();
        let grown = factors.since(&inventory.shards[index], row.date);
        users[index] += row.joining(band) as f64 * grown;
    }
    for row in counted() {
        let total = &mut users[row.shard.index()];
        *total = total.max(0.0);
    }
    users
}

/// What rows of growth.csv can select by; the tenant only where some row names one.
type Selectors = (Option<TenantId>, ClientRegionId, ProfileId, TierId);

/// By what growth up to an instant multiplies users.
pub(super) struct GrowthFactors<'a> {
    rates: &'a [GrowthRate],
    has_tenants: bool,
    until: Timestamp,
    band: Band,
    /// Since every row's start, by what rows can select by.
    known: BTreeMap<Selectors, f64>,
    /// The last that was asked for: shards that follow one another are often alike.
    last: Option<(Selectors, f64)>,
}

impl<'a> GrowthFactors<'a> {
    pub(super) fn new(inventory: &'a Inventory, until: Timestamp, band: Band) -> Self {
        let rates = &inventory.growth;
        Self {
            rates,
            has_tenants: rates.iter().any(|rate| rate.tenant.is_some()),
            until,
            band,
            known: BTreeMap::new(),
            last: None,
        }
    }

    /// For users who are there from the start of every row.
    fn of(&mut self, shard: &Shard) -> f64 {
        if self.rates.is_empty() {
            return 1.0;
        }
        let tenant = Some(shard.tenant).filter(|_| self.has_tenants);
        let selectors = (tenant, shard.client_region, shard.profile, shard.tier);
        if let Some((last, factor)) = self.last
            && last == selectors
        {
            return factor;
        }
        let factor = match self.known.get(&selectors) {
            Some(factor) => *factor,
            None => self.since(shard, Timestamp::MIN),
        };
        self.known.insert(selectors, factor);
        self.last = Some((selectors, factor));
        factor
    }

    /// For users who join at a date.
    pub(super) fn since(&self, shard: &Shard, date: Timestamp) -> f64 {
        let rates = self.rates.iter().filter(|rate| rate.is_of(shard));
        rates
            .map(|rate| rate.factor([date, self.until], self.band))
            .product()
    }
}

/// Up to when growth counts at an instant of a scenario: up to its start, and from the first of each month inside it
/// (midnight UTC) up to there. With `freeze_onboarding` what grows from the start on never counts.
pub fn grown_until(scenario: &Scenario, at: Timestamp) -> Timestamp {
    if scenario.policy.freeze_onboarding {
        return scenario.start;
    }
    let month = Offset::UTC.to_datetime(at).date().first_of_month();
    let first = Offset::UTC.to_timestamp(month.at(0, 0, 0, 0));
    first.map_or(scenario.start, |first| first.max(scenario.start))
}

/// The instants inside a scenario from which on users have grown: firsts of month, where a row that is of some shard, or
/// may be, has lasted since the one before.
pub fn dates_of_growth(inventory: &Inventory, scenario: &Scenario) -> Vec<Timestamp> {
    let mut dates = Vec::new();
    if inventory.growth.is_empty() || scenario.policy.freeze_onboarding {
        return dates;
    }
    let mut before = scenario.start;
    let mut month = Offset::UTC
        .to_datetime(scenario.start)
        .date()
        .first_of_month();
    while let Ok(next) = month.checked_add(Span::new().months(1)) {
        let Ok(first) = Offset::UTC.to_timestamp(next.at(0, 0, 0, 0)) else {
            break;
        };
        if first >= scenario.end {
            break;
        }
        if inventory
            .growth
            .iter()
            .any(|rate| grows(rate, [before, first]))
        {
            dates.push(first);
        }
        (month, before) = (next, first);
    }
    dates
}

/// `true` if a rate changes users between two instants, at either end of the forecast.
fn grows(rate: &GrowthRate, span: [Timestamp; 2]) -> bool {
    let is_any = [rate.monthly, rate.low, rate.high]
        .iter()
        .any(|rate| *rate != 0.0);
    let [from, until] = span;
    is_any && rate.start < until && rate.end.is_none_or(|end| end > from)
}

/// `true` if both ends of the forecast differ by growth alone in some period of a scenario.
pub(super) fn has_range(inventory: &Inventory, scenario: &Scenario) -> bool {
    let last = dates_of_growth(inventory, scenario).last().copied();
    let until = last.unwrap_or(scenario.start);
    let is_wide = |rate: &GrowthRate| rate.low < rate.monthly || rate.monthly < rate.high;
    let mut rates = inventory.growth.iter();
    rates.any(|rate| is_wide(rate) && rate.start < until)
}
