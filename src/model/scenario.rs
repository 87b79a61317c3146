//! Scenario: a span of time, a policy and events.

use super::commands::Commands;
use super::event::Event;
use super::policy::{Policy, Protect, WavePolicy};
use super::replay::{Queued, ReplayPolicy};
use jiff::{Timestamp, tz::Offset};

/// What is to be planned for.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// First instant.
    pub start: Timestamp,
    /// First instant after it; later than `start`.
    pub end: Timestamp,
    /// The offset from UTC in which instants are printed: that of `start` as written.
    pub offset: Offset,
    /// What is permitted and preferred.
    pub policy: Policy,
    /// In the order of the files.
    pub events: Vec<Event>,
    /// What the plan must survive in addition.
    pub protect: Option<Protect>,
    /// How users are moved from one state to the next.
    pub waves: WavePolicy,
    /// What a replay assumes.
    pub replay: ReplayPolicy,
    /// What is queued when it begins.
    pub queued: Vec<Queued>,
    /// What operators run to carry out steps of the runbook; Plimsoll runs none of it.
    pub commands: Commands,
}
