//! What summary.json says of triggers that were played; `docs/output.md` says what each key means.

use super::document::{shortest, shortest_if_any};
use serde::{Deserialize, Serialize};

/// Which triggers a plan recovers from by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecoverySummary {
    /// How many triggers there are.
    pub triggers: u64,
    /// How many of them were not played, because the work for them was spent.
    pub not_checked: u64,
    /// How many of those that recover were not played closely in every hour, because the work for that was spent.
    #[serde(default)]
    pub only_rough: u64,
    /// The trigger whose recovery takes longest; absent where none was played that recovers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slowest: Option<TriggerSummary>,
    /// The triggers after which users stay down, most users first.
    pub locked_in: Vec<TriggerSummary>,
}

/// One trigger, played forward.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriggerSummary {
    /// The period whose homes, steering and pools stay, from 0.
    pub period: u32,
    /// What is hit, by id: a component or a risk group.
    pub hit: String,
    /// What it loses for ten minutes: `sessions`, `capacity` or `work`.
    pub loses: String,
    /// First instant, ISO 8601 with an offset.
    pub start: String,
    /// Seconds after the trigger until nobody is down because of it, foretold beyond a day; absent where somebody stays down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "shortest_if_any")]
    pub recovers_seconds: Option<f64>,
    /// Users who stay down.
    #[serde(serialize_with = "shortest")]
    pub still_down: f64,
}
