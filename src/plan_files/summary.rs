//! summary.json: the totals of a plan, for other programs.

use super::document::{JsonFormat, read_document};
pub(super) use super::document::{shortest, shortest_if_any};
use super::downtime::{DowntimeSummary, OutageSummary, ReplayedSummary};
use super::recovery::RecoverySummary;
use super::seconds::Seconds;
use super::stability::StabilitySummary;
use crate::diagnostic::Finding;
use crate::model::{Goal, Holds, Measure};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::io;

/// File name of the summary.
pub const SUMMARY_FILE: &str = "summary.json";

/// The format that this version writes; earlier numbers are read too.
pub const FORMAT: &str = "plimsoll-plan/2";

/// summary.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`FORMAT`].
    pub format: String,
    /// Version of the program that wrote it.
    pub plimsoll: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Complete, or stopped by a limit.
    pub status: Status,
    /// What it was made from; absent of a plan that does not say.
    #[serde(default, skip_serializing_if = "Inputs::is_unknown")]
    pub inputs: Inputs,
    /// How large the computation was.
    pub model: ModelSize,
    /// From 0.
    pub periods: Vec<PeriodSummary>,
    /// The least margin of all periods; absent if some period has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<ErrorMargin>,
    /// What planning all periods together comes to; absent where it was not asked, or had no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<JointSummary>,
    /// How much of the plan was played forward; absent where nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<ReplayedSummary>,
    /// Who is down in that beyond what the plan names; absent where nobody is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<OutageSummary>,
    /// Which triggers it recovers from by itself; absent where that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoverySummary>,
    /// Where the time went.
    pub seconds: Seconds,
    /// How many warnings there were.
    pub warnings: u64,
}

/// Whether the planner ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every level of every period is proven within tolerance.
    Complete,
    /// Every period is planned, but some level keeps a gap between its value and what is proven.
    Unproven,
    /// A limit ended it: the best plan so far.
    Stopped,
}

/// Digests of the input, such as `blake3:…`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inputs {
    /// Of the inventory folder.
    pub inventory: String,
    /// Of the scenario files.
    pub scenario: String,
}

impl Inputs {
    /// `true` if nothing is known of them.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// What planning all periods together comes to, in users who move in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct JointSummary {
    /// In this plan.
    #[serde(serialize_with = "shortest")]
    pub moved_users: f64,
    /// In the plan that was made period after period; this one is that one where both are the same.
    #[serde(serialize_with = "shortest")]
    pub sequential_moved_users: f64,
    /// What the planner proves: fewer cannot do at levels before moves that are no worse in any period, with split
    /// shards neither.
    #[serde(serialize_with = "shortest")]
    pub bound: f64,
}

/// How large the computation was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelSize {
    /// Shards of the inventory.
    pub shards: u64,
    /// Classes of shards.
    pub classes: u64,
    /// Client region, profile and latency limit.
    pub groups: u64,
    /// Paths that were looked at.
    pub paths: u64,
    /// Rows of the largest program.
    pub rows: u64,
    /// Columns of the largest program.
    pub columns: u64,
    /// Nonzeros of the largest program.
    pub nonzeros: u64,
}

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
    /// Written headroom targets that are missed, and were so before by no less; absent in files of before it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets_missed_before: Option<u64>,
    /// Both ends of the forecast, where onboarding has low and high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<ForecastBand>,
    /// How large an error of the inputs the plan stands; absent if no factor serves everyone who has an open site, or
    /// if it was not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<ErrorMargin>,
    /// What the plan survives besides; absent where that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<ProtectionSummary>,
    /// The way to the period; absent where nobody has to go anywhere.
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
    /// Why the plan is refused for the way to the period, or for steering between its hours; `None` if it is not.
    pub fn refused(&self) -> Option<String> {
        let way = self.way.as_ref().and_then(|own| own.refused.clone());
        let hours = self.hour_turns.as_ref().and_then(|own| own.refused.clone());
        let all: Vec<String> = way.into_iter().chain(hours).collect();
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

/// The way to a period; every wave is in waves.csv.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaySummary {
    /// How many waves there are.
    pub waves: u64,
    /// How long they take, gates included, in minutes; absent where there is no safe way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "shortest_if_any")]
    pub wave_minutes: Option<f64>,
    /// How long they take at least, without gates, as rates and acceptance prove.
    #[serde(serialize_with = "shortest")]
    pub least_minutes: f64,
    /// When the first wave ahead of the period begins at the latest; absent where all follow its start.
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
    /// What is proven: every plan that serves as many without failures leaves so many unserved at least.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "shortest_if_any")]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "shortest_if_any")]
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

/// Writes the summary with a line break at its end.
///
/// # Errors
/// What `writer` reports, and a number that is not finite.
pub fn write_summary(summary: &Summary, mut writer: impl io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut writer, summary)?;
    writer.write_all(b"\n")
}

/// Reads the summary; `None` if it cannot be read, with the reason among the findings.
pub fn read_summary(bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Summary> {
    let document = JsonFormat {
        file: SUMMARY_FILE,
        format: FORMAT,
        expected: "a summary as `plimsoll plan` writes it",
    };
    read_document(&document, bytes, |read: &Summary| &read.format, findings)
}

/// Written as its word.
impl Serialize for Goal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Read from its word.
impl<'de> Deserialize<'de> for Goal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::of_word(&word).ok_or_else(|| Error::custom(format!("no such goal: `{word}`")))
    }
}

/// Written as its word.
impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Read from its word.
impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_of(deserializer, &Self::ALL, Self::word)
    }
}

/// Written as its word.
impl Serialize for Holds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Read from its word.
impl<'de> Deserialize<'de> for Holds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_of(deserializer, &Self::ALL, Self::word)
    }
}

/// The value of a word, as serde names what it expects.
fn one_of<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    all: &[T],
    word_of: fn(T) -> &'static str,
) -> Result<T, D::Error> {
    let word = String::deserialize(deserializer)?;
    let found = all.iter().find(|own| word_of(**own) == word);
    found.copied().ok_or_else(|| {
        let words: Vec<String> = all
            .iter()
            .map(|own| format!("`{}`", word_of(*own)))
            .collect();
        let expected = match &words[..] {
            [a, b] => format!("{a} or {b}"),
            _ => format!("one of {}", words.join(", ")),
        };
        Error::custom(format!("unknown variant `{word}`, expected {expected}"))
    })
}
