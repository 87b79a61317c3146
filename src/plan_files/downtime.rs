//! What summary.json says of a plan's own replay; `docs/output.md` says what each key means.

use super::document::{shortest, shortest_if_any};
use serde::{Deserialize, Serialize};

/// How much of the plan was played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayedSummary {
    /// How far.
    pub checked: PlayedExtent,
    /// From when on it was not, ISO 8601; absent where all of it or nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchecked_from: Option<String>,
    /// Why nothing counts; absent where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_counted: Option<String>,
    /// The longest step in which it was played, in seconds, where that is a shorter one than the scenario's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "shortest_if_any")]
    pub step_seconds: Option<f64>,
    /// Users down at once, at most.
    #[serde(serialize_with = "shortest")]
    pub most_users_down: f64,
    /// User minutes in which they are.
    #[serde(serialize_with = "shortest")]
    pub user_minutes: f64,
    /// What was found to leave no outage, a sentence each; absent where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<String>,
}

/// How far a plan was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlayedExtent {
    /// To its end.
    All,
    /// To its end, in parts that are longer than those of a replay.
    Roughly,
    /// Up to some instant.
    Part,
    /// Not at all.
    None,
}

/// Users who are down beyond what the plan names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutageSummary {
    /// First instant, ISO 8601 with an offset.
    pub start: String,
    /// When nobody is down any more; absent where somebody still is at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Users down at once, at most.
    #[serde(serialize_with = "shortest")]
    pub most_users_down: f64,
    /// User minutes in which they are.
    #[serde(serialize_with = "shortest")]
    pub user_minutes: f64,
    /// Where something is short, by id; absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Of what: a resource, or `sessions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What comes there in a second when most is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "shortest_if_any")]
    pub offered: Option<f64>,
    /// What there is room for in a second then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "shortest_if_any")]
    pub capacity: Option<f64>,
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
    /// Of these, those that the plan names besides, the aftermath included.
    #[serde(serialize_with = "shortest")]
    pub named_minutes: f64,
    /// Of these, those of outages.
    #[serde(serialize_with = "shortest")]
    pub outage_minutes: f64,
    /// When the aftermath is over; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aftermath_until: Option<String>,
    /// Until when anybody is down whom the plan serves; absent where nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_until: Option<String>,
}
