//! Users of every shard at an instant, and by how much surges multiply them.

use super::growth::{GrowthFactors, grown_until, has_range, users_of};
use crate::ids::{ShardId, TenantId};
use crate::model::{Band, Inventory, Onboarding, PerShard, Scenario, Shard, Surge};
use jiff::Timestamp;
use ndarray::Array2;
use std::collections::BTreeMap;

/// `true` if the row counts at `at`: it is dated up to `at`, and onboarding is not frozen by then.
pub(super) fn is_counted(row: &Onboarding, scenario: &Scenario, at: Timestamp) -> bool {
    row.date <= at && !(scenario.policy.freeze_onboarding && row.date >= scenario.start)
}

/// Over how many hours users of a row of onboarding.csv who join come, evenly, from its date on. Loads count all of them
/// from the date; what users feel, and user minutes, count who is there.
pub const JOINING_HOURS: f64 = 24.0;

/// `true` if users of a row join so within a scenario: they are not there when it begins.
pub fn is_joining_evenly(row: &Onboarding, scenario: &Scenario) -> bool {
    row.users > 0 && row.date > scenario.start && is_counted(row, scenario, row.date)
}

/// By shard of which somebody joins within the scenario: of the users that it has from `start` on, the share that is there
/// on average up to `end`, within which nothing else changes. Of all other shards everybody is.
pub fn shares_there(
    inventory: &Inventory,
    scenario: &Scenario,
    (start, end): (Timestamp, Timestamp),
    base_users: &PerShard<f64>,
) -> BTreeMap<ShardId, f64> {
    let mut joining: BTreeMap<ShardId, Vec<&Onboarding>> = BTreeMap::new();
    let rows = inventory.onboarding.iter();
    for row in rows.filter(|row| row.date <= start && is_joining_evenly(row, scenario)) {
        joining.entry(row.shard).or_default().push(row);
    }
    let share = |(shard, rows): (ShardId, Vec<&Onboarding>)| {
        let all = base_users[shard.index()];
        let there = mean_there(&rows, all, (start, end));
        (all > 0.0 && there < all).then(|| (shard, there / all))
    };
    joining.into_iter().filter_map(share).collect()
}

/// Hours from an instant to another.
fn hours(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 3600.0
}

/// Users of some rows who have not come yet, at an instant at which all of these have begun.
pub fn still_to_come(rows: &[&Onboarding], at: Timestamp) -> f64 {
    let of_row = |row: &&Onboarding| {
        let left = 1.0 - hours(row.date, at) / JOINING_HOURS;
        row.users as f64 * left.max(0.0)
    };
    rows.iter().map(of_row).sum()
}

/// The mean users of a shard who are there, of `all` that it has once everybody of these rows has come: never fewer than nobody,
/// where others have left.
fn mean_there(rows: &[&Onboarding], all: f64, (start, end): (Timestamp, Timestamp)) -> f64 {
    let ends = rows
        .iter()
        .map(|row| hours(start, row.date) + JOINING_HOURS);
    let whole = hours(start, end);
    let mut cuts: Vec<f64> = ends.filter(|value| (0.0..whole).contains(value)).collect();
    cuts.extend([0.0, whole]);
    cuts.sort_by(f64::total_cmp);
    let there = |after: f64| {
        let of_row = |row: &&Onboarding| {
            let left = 1.0 - (hours(row.date, start) + after) / JOINING_HOURS;
            row.users as f64 * left.max(0.0)
        };
        all - rows.iter().map(of_row).sum::<f64>()
    };
    // Between two cuts it grows evenly, from nobody on.
    let of_piece = |pair: &[f64]| {
        let (from, to) = (there(pair[0]), there(pair[1]));
        let area = if from >= 0.0 {
            f64::midpoint(from, to)
        } else if to > 0.0 {
            to * to / (2.0 * (to - from))
        } else {
            0.0
        };
        area * (pair[1] - pair[0])
    };
    let sum: f64 = cuts.windows(2).map(of_piece).sum();
    if whole > 0.0 { sum / whole } else { 0.0 }
}

/// `true` if the two ends of the forecast differ in some period: a row that counts before the scenario's end has
/// `low` or `high` apart from `users`, or a row of growth.csv apart from `monthly`.
pub fn has_forecast_range(inventory: &Inventory, scenario: &Scenario) -> bool {
    has_range(inventory, scenario)
        || inventory.onboarding.iter().any(|row| {
            (row.low != row.users || row.high != row.users)
                && row.date < scenario.end
                && is_counted(row, scenario, row.date)
        })
}

/// Users by shard with every onboarding row and the growth that count at `at`, before surges; never below 0.
pub fn users_at(inventory: &Inventory, scenario: &Scenario, at: Timestamp, band: Band) -> Vec<f64> {
    let counts = |row: &Onboarding| is_counted(row, scenario, at);
    users_of(inventory, counts, grown_until(scenario, at), band)
}

/// The expected users of one shard at an instant of a scenario, before surges.
pub fn users_of_shard(
    inventory: &Inventory,
    scenario: &Scenario,
    shard: ShardId,
    at: Timestamp,
) -> f64 {
    let until = grown_until(scenario, at);
    let factors = GrowthFactors::new(inventory, until, Band::Expected);
    let row = &inventory.shards[shard.index()];
    let joining = inventory
        .onboarding
        .iter()
        .filter(|row| row.shard == shard && is_counted(row, scenario, at))
        .map(|joining| joining.users as f64 * factors.since(row, joining.date));
    let users = row.users as f64 * factors.since(row, Timestamp::MIN);
    (users + joining.sum::<f64>()).max(0.0)
}

/// What the surges in force do to a shard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Surged {
    /// The product of their factors.
    pub(super) factor: f64,
    /// `true` if one of them raises or lowers demand.
    pub(super) is_surged: bool,
}

impl Surged {
    const NOT: Self = Self {
        factor: 1.0,
        is_surged: false,
    };

    fn add(&mut self, surge: &Surge) {
        self.factor *= surge.factor;
        self.is_surged = true;
    }
}

/// The surges in force, arranged so that a shard is looked up without walking all of them.
pub(super) struct Surges<'a> {
    /// Client region × profile: the surges that name no tenant.
    by_place: Array2<Surged>,
    /// Those that name one.
    by_tenant: BTreeMap<TenantId, Vec<&'a Surge>>,
}

impl<'a> Surges<'a> {
    /// Arranges the surges in force.
    pub(super) fn new(inventory: &Inventory, surges: impl Iterator<Item = &'a Surge>) -> Self {
        let shape = (inventory.client_regions.len(), inventory.profiles.len());
        let mut all = Self {
            by_place: Array2::from_elem(shape, Surged::NOT),
            by_tenant: BTreeMap::new(),
        };
        for surge in surges {
            if let Some(tenant) = surge.tenant {
                all.by_tenant.entry(tenant).or_default().push(surge);
                continue;
            }
            for ((client_region, profile), surged) in all.by_place.indexed_iter_mut() {
                if surge
                    .client_region
                    .is_none_or(|id| id.index() == client_region)
                    && surge.profile.is_none_or(|id| id.index() == profile)
                {
                    surged.add(surge);
                }
            }
        }
        all
    }

    /// `true` if there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.by_tenant.is_empty() && self.by_place.iter().all(|surged| *surged == Surged::NOT)
    }

    /// What they do to `shard`: those count whose selectors all match.
    pub(super) fn on(&self, shard: &Shard) -> Surged {
        let mut surged = self.by_place[[shard.client_region.index(), shard.profile.index()]];
        for surge in self.by_tenant.get(&shard.tenant).into_iter().flatten() {
            if surge
                .client_region
                .is_none_or(|id| id == shard.client_region)
                && surge.profile.is_none_or(|id| id == shard.profile)
            {
                surged.add(surge);
            }
        }
        surged
    }
}
