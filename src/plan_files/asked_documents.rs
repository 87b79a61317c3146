//! What a sweep and a replay were asked: sweep.json and replay.json.

use super::document::{
    AS_WRITTEN, JsonFile, UNREADABLE, is_default, read_json, shortest, shortest_if_any,
};
use super::summary::Inputs;
use crate::diagnostic::{Finding, Place};
use serde::{Deserialize, Serialize};

/// File name of what a sweep was asked.
pub const SWEEP_FILE: &str = "sweep.json";

/// The format that this version writes; earlier numbers are read too.
pub const SWEEP_FORMAT: &str = "plimsoll-sweep/2";

/// How much of a sweep a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SweepStatus {
    /// All cases.
    Complete,
    /// The cases of one part, all of them.
    Part,
    /// Not all cases that were asked for: it was stopped.
    Partial,
}

/// Where users are when failures are answered by planning again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SweepFrom {
    /// Where the period begins.
    #[default]
    Start,
    /// Where the scenario's own plan homes them.
    Plan,
}

/// sweep.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepSummary {
    /// [`SWEEP_FORMAT`].
    pub format: String,
    /// Version of the program that wrote it.
    pub plimsoll: String,
    /// Name of the scenario.
    pub scenario: String,
    /// How much of it is here.
    pub status: SweepStatus,
    /// What it was made from.
    pub inputs: Inputs,
    /// Of which members.
    pub over: String,
    /// At most this many fail at once.
    pub failures: u32,
    /// How failures are answered.
    pub recoveries: Vec<String>,
    /// Whether all levels were settled.
    pub full: bool,
    /// Where planning again begins; absent where it begins at the homes of the period's start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: SweepFrom,
    /// What may deliver less without saying so; absent if nothing was asked about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gray: Option<GraySummary>,
    /// The period of the scenario, from 0.
    pub period: u32,
    /// First instant of the period.
    pub start: String,
    /// Which of how many parts, such as `2/8`; absent for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How many cases there are in all, with the one without a failure.
    pub cases: u64,
    /// The first case that is here.
    pub first_case: u64,
    /// How many are here, one after the other.
    pub cases_done: u64,
    /// What was found, by recovery.
    #[serde(default)]
    pub found: Vec<SweepTotals>,
}

/// What was asked about members that silently deliver less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraySummary {
    /// Of which members.
    pub over: String,
    /// At most this many at once.
    pub most: u32,
    /// The share of the work through a gray member that is lost.
    #[serde(serialize_with = "shortest")]
    pub severity: f64,
    /// Minutes until it is detected.
    #[serde(serialize_with = "shortest")]
    pub detect_minutes: f64,
}

/// What was found under one recovery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepTotals {
    /// How failures are answered.
    pub recovery: String,
    /// Cases in which everybody is served and every headroom target is met.
    pub hold: u64,
    /// Cases that leave somebody unserved.
    pub unserved: u64,
    /// Cases in which everybody is served, but a target is missed.
    pub target_missed: u64,
    /// Cases whose values are not proven.
    pub unproven: u64,
    /// Cases of planning again whose plan may split a shard, although the policy serves each at one site, and for which no
    /// placement of whole shards was found; absent where the recovery plans nothing, and in files written before it was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_shards_not_checked: Option<u64>,
    /// Cases in which everybody is served if shards may be split, and the best placement of whole shards that was found leaves
    /// somebody unserved; absent where the recovery plans nothing, and in files written before it was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_shards_unserved: Option<u64>,
    /// Cases in which everybody is served with whole shards too, but that placement misses more of a headroom target; absent
    /// likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_shards_target_missed: Option<u64>,
    /// Most users that the placement of whole shards leaves unserved where split shards serve everybody, in any case;
    /// absent where there is none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub whole_shards_most_unserved_users: Option<f64>,
    /// Most unserved users of any case.
    #[serde(serialize_with = "shortest")]
    pub most_unserved_users: f64,
    /// The first case that has this many; absent where nobody is unserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_case: Option<u64>,
    /// How many cases were settled in which manner.
    pub settled_by: Vec<SettledCount>,
}

/// How many cases were settled in one manner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledCount {
    /// The manner.
    pub by: String,
    /// How many cases.
    pub cases: u64,
}

impl JsonFile for SweepSummary {
    const FILE: &'static str = SWEEP_FILE;
    const FORMAT: &'static str = SWEEP_FORMAT;
    const EXPECTED: &'static str = "a document as `plimsoll sweep` writes it";

    fn format(&self) -> &str {
        &self.format
    }
}

/// File name of what a replay came to.
pub const REPLAY_FILE: &str = "replay.json";

/// The format that this version writes; earlier numbers are read too.
pub const REPLAY_FORMAT: &str = "plimsoll-replay/2";

/// The longest step of a replay, in seconds.
const LONGEST_STEP: f64 = 3_600.0;

/// How a replay was played, as far as replay.json says it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct WrittenReplay {
    /// The format.
    pub format: String,
    /// The plan that was carried out, if one was.
    pub plan: Option<ReplayedPlan>,
    /// What was taken for granted.
    pub assumed: Assumed,
}

/// A plan that was carried out in a replay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReplayedPlan {
    /// It was made for the replay; else it was in a folder.
    pub made_here: bool,
}

/// What was taken for granted in a replay.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Assumed {
    /// Length of a step.
    pub step_seconds: f64,
}

impl JsonFile for WrittenReplay {
    const FILE: &'static str = REPLAY_FILE;
    const FORMAT: &'static str = REPLAY_FORMAT;
    const EXPECTED: &'static str = "the results of a replay as `plimsoll replay` writes them";

    fn format(&self) -> &str {
        &self.format
    }
}

/// Reads replay.json; `None` if it cannot be read, with the reason among the findings.
pub fn read_replay(bytes: &[u8], findings: &mut Vec<Finding>) -> Option<WrittenReplay> {
    let read: WrittenReplay = read_json(bytes, findings)?;
    let step = read.assumed.step_seconds;
    if step > 0.0 && step <= LONGEST_STEP {
        return Some(read);
    }
    let place = Place {
        column: Some("assumed.step_seconds".to_owned()),
        ..Place::whole(REPLAY_FILE)
    };
    let expected = format!("seconds above 0 up to {LONGEST_STEP}");
    let found = format!("`{step}`");
    findings.push(Finding::error(
        UNREADABLE, place, found, expected, AS_WRITTEN,
    ));
    None
}
