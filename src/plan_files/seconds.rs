//! Seconds: what each phase of a run took.

use serde::{Deserialize, Serialize};

/// Seconds of the clock, by phase, one after the other: together they are the whole run but for its last file.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Seconds {
    /// Reading and validating.
    pub read: f64,
    /// Graph, classes, first program.
    pub model: f64,
    /// All levels.
    pub solve: f64,
    /// From fractional homes to whole shards.
    pub whole_shards: f64,
    /// What binds, what more of it would change, and why shards are where they are; up to 200,000 shards this goes on while the
    /// plan is judged, and only what it takes longer counts.
    #[serde(default)]
    pub explain: f64,
    /// How large an error the plan stands.
    #[serde(default)]
    pub margin: f64,
    /// What is decided of all periods together, and both ends of the forecast.
    #[serde(default)]
    pub all_periods: f64,
    /// Waves from state to state, and what each tenant has of the plan.
    #[serde(default)]
    pub waves: f64,
    /// The plan's own replay, and what it recovers from.
    #[serde(default)]
    pub replay: f64,
    /// The referee, and beside it the tables to disk.
    pub verify: f64,
    /// Tables as bytes, charts and page.
    pub write: f64,
}
