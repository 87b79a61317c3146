//! What changes or adds load over time: onboarding, capacity changes, background, risk groups, load curves.

use super::shard::Shard;
use crate::ids::{ClientRegionId, ComponentId, ProfileId, ResourceId, ShardId, TenantId, TierId};
use jiff::Timestamp;

/// Which end of the forecast is meant: of onboarding and of growth together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// The columns `users` and `monthly`.
    Expected,
    /// The columns `low`.
    Low,
    /// The columns `high`.
    High,
}

impl Band {
    /// All of them, the low end first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Expected, Self::High];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Expected => "expected",
            Self::High => "high",
        }
    }
}

/// Users who join a shard from a date on (negative: who leave).
#[derive(Debug, Clone, PartialEq)]
pub struct Onboarding {
    /// From when.
    pub date: Timestamp,
    /// Which shard.
    pub shard: ShardId,
    /// Expected.
    pub users: i64,
    /// Low end of the forecast.
    pub low: i64,
    /// High end of the forecast.
    pub high: i64,
}

impl Onboarding {
    /// Users who join at this end of the forecast.
    pub fn joining(&self, band: Band) -> i64 {
        match band {
            Band::Expected => self.users,
            Band::Low => self.low,
            Band::High => self.high,
        }
    }
}

/// Days of the month in which rates of growth are given: a year of 365.25 days ÷ 12.
pub const DAYS_OF_MONTH: f64 = 30.4375;

/// A rate at which the users of some shards grow, compounding.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowthRate {
    /// From when.
    pub start: Timestamp,
    /// Until when; `None` is without an end.
    pub end: Option<Timestamp>,
    /// Only shards of this tenant.
    pub tenant: Option<TenantId>,
    /// Only shards of this client region.
    pub client_region: Option<ClientRegionId>,
    /// Only shards of this profile.
    pub profile: Option<ProfileId>,
    /// Only shards of this tier.
    pub tier: Option<TierId>,
    /// Expected: the share by which users grow in a month of [`DAYS_OF_MONTH`] days; above −1.
    pub monthly: f64,
    /// Low end of the forecast.
    pub low: f64,
    /// High end of the forecast.
    pub high: f64,
}

impl GrowthRate {
    /// `true` if it is a rate of this shard: every selector matches.
    pub fn is_of(&self, shard: &Shard) -> bool {
        self.tenant.is_none_or(|tenant| tenant == shard.tenant)
            && self
                .client_region
                .is_none_or(|id| id == shard.client_region)
            && self.profile.is_none_or(|profile| profile == shard.profile)
            && self.tier.is_none_or(|tier| tier == shard.tier)
    }

    /// The rate of a month at this end of the forecast.
    pub fn rate(&self, band: Band) -> f64 {
        match band {
            Band::Expected => self.monthly,
            Band::Low => self.low,
            Band::High => self.high,
        }
    }

    /// It ends at `at` at the latest.
    pub fn end_by(&mut self, at: Timestamp) {
        self.end = Some(self.end.map_or(at, |end| end.min(at)));
    }

    /// By what it multiplies users between two instants:
    /// `(1 + rate)^(days of [start, end) ∩ [from, until) ÷ 30.4375)`. 1 where the two have no time in common.
    pub fn factor(&self, [from, until]: [Timestamp; 2], band: Band) -> f64 {
        let begins = self.start.max(from);
        let ends = self.end.map_or(until, |end| end.min(until));
        if begins >= ends {
            return 1.0;
        }
        let days = ends.duration_since(begins).as_secs_f64() / 86_400.0;
        (1.0 + self.rate(band)).powf(days / DAYS_OF_MONTH)
    }
}

/// A new capacity from a date on.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityChange {
    /// From when.
    pub date: Timestamp,
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// The new value; `None` is unlimited.
    pub capacity: Option<f64>,
}

/// What services outside this inventory use.
#[derive(Debug, Clone, PartialEq)]
pub struct Background {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// How much.
    pub load: f64,
}

/// Components that fail together.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskGroup {
    /// Unique among risk groups.
    pub id: String,
    /// Its components, ascending.
    pub components: Vec<ComponentId>,
}

/// Demand by hour of the week, as factors of the peak.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadCurve {
    /// Unique among load curves.
    pub id: String,
    /// 168 factors from Monday 00:00 local.
    pub factors: Vec<f64>,
}
