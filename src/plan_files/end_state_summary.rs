//! The part of summary.json about the time after a plan: until when its last homes and paths hold.

use serde::{Deserialize, Serialize};

/// Until when the homes and paths at a plan's end hold as users grow as expected, if nothing fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndStateSummary {
    /// The first day that is asked about, a date; it begins at midnight UTC.
    pub from: String,
    /// The first day that is not asked about, two years later.
    pub until: String,
    /// The events of the scenario that stay in force, by position from 0; absent where none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_force: Vec<u64>,
    /// The first day on which users join that have no home at the plan's end, and are not counted; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newcomers_from: Option<String>,
    /// The last day before a headroom target is missed; absent where one is missed from the first day on, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets_met_through: Option<String>,
    /// The first day on which a headroom target is missed; absent where none is on the days that are asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets_missed_from: Option<String>,
    /// The last day before some users do not fit; absent where they do not from the first day on, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_through: Option<String>,
    /// The first day on which some users do not fit; absent where all do on the days that are asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unserved_from: Option<String>,
    /// Why neither is known: `unserved`, `hours`, `work` or `stopped`; absent where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_checked: Option<String>,
}
