//! What changes or adds load over time: onboarding, capacity changes, background, risk groups, load curves.

use crate::ids::{ComponentId, ResourceId, ShardId};
use jiff::Timestamp;

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
