//! A period in summary.json: its totals and levels, how it is reached, and what it stands.

use super::document::{shortest, shortest_if_any};
use crate::model::{Goal, Holds, Measure};
use serde::{Deserialize, Serialize};

/// One period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeriodSummary {
    /// Counts from 0.
    pub period: u32,
    /// First instant, ISO 8601 with an offset.
    pub start: String,
    /// First instant after it.
    pub end: String,
    /// The expected demand.
    #[serde(flatten)]
    pub totals: Totals,
    /// Written headroom targets that are missed, and were so before by no less; absent in files of before it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets_missed_before: Option<u64>,
    /// Both ends of the forecast, where onboarding has low and high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<ForecastBand>,
    /// How large an error of the inputs the plan stands; absent if no factor serves everyone who has an open site, or
    /// if it was not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<ErrorMargin>,
    /// What the plan survives in addition; absent where that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<ProtectionSummary>,
    /// The transition to the period; absent where nobody has to go anywhere.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub way: Option<WaySummary>,
    /// Steering that changes between its hours; absent where that brings nobody through anything that says how many it
    /// accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour_turns: Option<HourTurnsSummary>,
    /// How its components stand with all retries running; absent where nobody retries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stability: Option<StabilitySummary>,
    /// What users feel by the plan's own replay; absent where that was not played to the period's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downtime: Option<DowntimeSummary>,
}

impl PeriodSummary {
    /// Why the plan is refused for the transition to the period, or for steering between its hours; `None` if it is not.
    pub fn refused(&self) -> Option<String> {
        let path = self.way.as_ref().and_then(|item| item.refused.clone());
        let hours = self
            .hour_turns
            .as_ref()
            .and_then(|hour_turns_summary| hour_turns_summary.refused.clone());
        let all: Vec<String> = path.into_iter().chain(hours).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// Steering that changes between the hours of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HourTurnsSummary {
    /// How many there are.
    pub count: u64,
    /// Why the plan is refused; absent where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Changes that were found to make it safe, a sentence each; absent where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<String>,
}

/// The transition to a period; every wave is in waves.csv.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaySummary {
    /// How many waves there are.
    pub waves: u64,
    /// How long they take, gates included, in minutes; absent where there is no safe transition.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub wave_minutes: Option<f64>,
    /// How long they take at least, without gates, as rates and acceptance prove.
    #[serde(serialize_with = "shortest")]
    pub least_minutes: f64,
    /// When the first wave before the period begins at the latest; absent where all follow its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_start: Option<String>,
    /// Why the plan is refused; absent where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Changes that were found to make it safe, a sentence each; absent where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<String>,
}

/// What a plan survives of what `[protect]` names; the cases that it does not survive are in protection.csv.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProtectionSummary {
    /// How many fail at once, at most.
    pub failures: u32,
    /// Of what.
    pub over: String,
    /// How they are answered.
    pub recovery: String,
    /// How many cases there are.
    pub cases: u64,
    /// How many of them leave nobody unserved who is served without them.
    pub survived: u64,
    /// Users who are unserved in the others and would not be without the failures, all of them together.
    #[serde(serialize_with = "shortest")]
    pub unserved_users: f64,
    /// What is proven: every plan that serves as many without failures leaves this many unserved at least.
    #[serde(serialize_with = "shortest")]
    pub least_unserved_users: f64,
    /// What silent faults cost before they are detected; absent where that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gray: Option<ProtectionGraySummary>,
}

/// What silent faults cost before they are detected; tenants are in `protection_gray.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProtectionGraySummary {
    /// How many members are gray at once, at most.
    pub gray: u32,
    /// Of what.
    pub gray_over: String,
    /// The share of the work through a gray member that is lost.
    #[serde(serialize_with = "shortest")]
    pub severity: f64,
    /// Minutes until it is detected.
    #[serde(serialize_with = "shortest")]
    pub detect_minutes: f64,
    /// Tenants who lose more than they may, counted once for each of their tiers.
    pub tenants_beyond: u64,
    /// Their users who lose their work beyond that.
    #[serde(serialize_with = "shortest")]
    pub users_beyond: f64,
}

/// How far demand and capacities may be off with the same verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorMargin {
    /// What holds up to there.
    pub holds: Holds,
    /// Users who have no open site, whatever the factor: they are left out.
    #[serde(serialize_with = "shortest")]
    pub left_out_users: f64,
    /// How many times as large all demand may be; absent if nothing limits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand_factor: Option<Limit>,
    /// What share of all capacities may be missing; absent if nothing limits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_error: Option<Limit>,
}

/// One limit of a margin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Up to which a plan of whole shards was found.
    #[serde(serialize_with = "shortest")]
    pub verified: f64,
    /// Beyond which there is none; absent if nothing limits it.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub bound: Option<f64>,
    /// The period that has it, where all are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// What binds first; absent is the move limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Of what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

/// The same totals at both ends of the forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastBand {
    /// Every onboarding row at its low end.
    pub low: Totals,
    /// Every onboarding row at its high end.
    pub high: Totals,
}

/// What a period comes to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// All of them.
    #[serde(serialize_with = "shortest")]
    pub users: f64,
    /// Served nowhere.
    #[serde(serialize_with = "shortest")]
    pub unserved_users: f64,
    /// Served at another site than their current one.
    #[serde(serialize_with = "shortest")]
    pub moved_users: f64,
    /// Of these, to a site without a copy of their shard.
    #[serde(serialize_with = "shortest")]
    pub copied_users: f64,
    /// Back at their site of shards.csv after the events.
    #[serde(serialize_with = "shortest")]
    pub returned_users: f64,
    /// Whose access point or site changes.
    #[serde(serialize_with = "shortest")]
    pub reconnecting_users: f64,
    /// Largest share of a headroom target that is missing beyond s⁰.
    #[serde(serialize_with = "shortest")]
    pub worst_shortfall: f64,
    /// Standby access points that are open, by name.
    pub opened_access_points: Vec<String>,
    /// Levels, in the order in which they were decided.
    pub stages: Vec<Stage>,
}

/// One level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// What it minimises.
    pub goal: Goal,
    /// Which rank, for `unserved`: its tiers' names joined by `+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Which of two, for `headroom` and `moves`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Optimum over fractional homes.
    #[serde(serialize_with = "shortest")]
    pub value: f64,
    /// What is proven for it.
    #[serde(serialize_with = "shortest")]
    pub bound: f64,
    /// (value − bound) ÷ max(1, |value|).
    #[serde(serialize_with = "shortest")]
    pub gap: f64,
    /// What the written plan of whole shards has.
    #[serde(serialize_with = "shortest")]
    pub plan: f64,
    /// What plans of whole shards do not go below that have the same values at all stages before; absent where that is not known.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub whole_bound: Option<f64>,
    /// Its bound was met at once.
    pub skipped: bool,
}

impl Stage {
    /// How the level is called in `price_stage` and in tables: its goal, then tier or measure.
    pub fn name(&self) -> String {
        match self.tier.as_deref().or(self.measure.map(Measure::word)) {
            Some(part) => format!("{} {part}", self.goal.word()),
            None => self.goal.word().to_owned(),
        }
    }
}

/// How components and resources stand with all retries running, in the period itself; each is in stability.csv.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StabilitySummary {
    /// How many recover by themselves.
    pub stable: u64,
    /// How many a trigger can lock in.
    pub vulnerable: u64,
    /// How many carry more than they have.
    pub overloaded: u64,
    /// The least margin; absent where nothing has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_margin: Option<LeastMargin>,
}

/// The component and resource with the least margin to an overload that keeps itself up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeastMargin {
    /// Component id.
    pub component: String,
    /// Resource id.
    pub resource: String,
    /// A share of the capacity; below 0 a trigger can lock it in.
    #[serde(serialize_with = "shortest")]
    pub margin: f64,
}

/// What users feel in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DowntimeSummary {
    /// Users down at once, at most.
    #[serde(serialize_with = "shortest")]
    pub most_users_down: f64,
    /// User minutes in which they are.
    #[serde(serialize_with = "shortest")]
    pub user_minutes: f64,
    /// Of these, those of users who are served nowhere.
    #[serde(serialize_with = "shortest")]
    pub unserved_minutes: f64,
    /// Of these, those that the plan names in addition, the aftermath included.
    #[serde(serialize_with = "shortest")]
    pub named_minutes: f64,
    /// Of these, those of outages.
    #[serde(serialize_with = "shortest")]
    pub outage_minutes: f64,
    /// When the aftermath is over; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aftermath_until: Option<String>,
    /// Until when anybody is down that the plan serves; absent where nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_until: Option<String>,
}
