//! What a replay assumes of clients, and what is queued when it begins.

use crate::ids::{ComponentId, ResourceId};

/// `[replay]`: how clients behave, and how finely time is cut (`docs/model.md` §9, Replay).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplayPolicy {
    /// The longest step, in seconds, above 0.
    pub step_seconds: f64,
    /// Seconds that a client waits before its first retry.
    pub backoff_seconds: f64,
    /// What every further wait is multiplied by, at least 1.
    pub backoff_factor: f64,
    /// Share by which waits are spread evenly to both sides, 0 to 1.
    pub jitter: f64,
    /// Seconds after which clients that have given up connecting try again.
    pub return_seconds: f64,
    /// The longest that a new session may have to wait at what says how many it accepts, in seconds: what would wait longer
    /// is turned away.
    pub accept_queue_seconds: f64,
}

impl ReplayPolicy {
    /// The shortest part in which a step is played because clients try again soon, in seconds: a sixtieth of the longest
    /// step, but no less than 1 s, unless steps are.
    #[must_use]
    pub fn shortest_seconds(&self) -> f64 {
        (self.step_seconds / 60.0).max(1.0).min(self.step_seconds)
    }
}

impl Default for ReplayPolicy {
    /// Minutes; retries at once, turned away after five minutes, again after one.
    fn default() -> Self {
        Self {
            step_seconds: 60.0,
            backoff_seconds: 0.0,
            backoff_factor: 1.0,
            jitter: 0.0,
            return_seconds: 60.0,
            accept_queue_seconds: 300.0,
        }
    }
}

/// `[[queued]]`: work that waits when the scenario begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queued {
    /// Where.
    pub component: ComponentId,
    /// For what.
    pub resource: ResourceId,
    /// How much, in the resource's unit times seconds.
    pub amount: f64,
}
