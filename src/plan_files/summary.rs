//! summary.json: the totals of a plan, for other programs.

use super::document::{JsonFile, shortest, shortest_if_any};
use super::end_state_summary::EndStateSummary;
use super::period_summary::{ErrorMargin, PeriodSummary};
use crate::model::{Goal, Holds, Measure};
use crate::units::NOBODY;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
    /// Users who are down until the scenario ends at components that the plan keeps and knows to lose work; absent where there
    /// are none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub stays_down_users: Option<f64>,
    /// Which triggers it recovers from by itself; absent where that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoverySummary>,
    /// Until when its last homes and paths hold as users grow as expected; absent where they do not grow in two years, and where
    /// the plan is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_state_runway: Option<EndStateSummary>,
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

/// What planning all periods together comes to, in users who move in all of them. It is asked where users move in two periods
/// or more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct JointSummary {
    /// In this plan.
    #[serde(serialize_with = "shortest")]
    pub moved_users: f64,
    /// In the plan that was made period after period, and looks ahead nowhere; this one is that one where both are the same.
    #[serde(rename = "sequential_moved_users", serialize_with = "shortest")]
    pub sequential_users: f64,
    /// What is proven: fewer cannot do, with fractional homes too, where no level before moves may be worse than in the
    /// sequential plan in any period, and users that it splits or leaves unserved stay as they are there. 0 where others
    /// are left unserved or split, or move while nothing is in force: nothing is proven of such plans.
    #[serde(serialize_with = "shortest")]
    pub bound: f64,
}

impl JointSummary {
    /// `true` if the plan is the joint one: fewer users move than in the sequential plan, or more, by what nobody could know.
    pub fn is_joint(&self) -> bool {
        (self.moved_users - self.sequential_users).abs() > NOBODY
    }
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
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
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
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub offered: Option<f64>,
    /// What there is capacity for in a second then.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub capacity: Option<f64>,
}

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
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub recovers_seconds: Option<f64>,
    /// Users who stay down.
    #[serde(serialize_with = "shortest")]
    pub still_down: f64,
    /// Users who stay down after it in the state before the plan; absent where that was not played.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "shortest_if_any"
    )]
    pub still_down_before: Option<f64>,
}

/// Seconds of the clock, by phase, one after the other: together they are the whole run except for its last file.
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

impl JsonFile for Summary {
    const FILE: &'static str = SUMMARY_FILE;
    const FORMAT: &'static str = FORMAT;
    const EXPECTED: &'static str = "a summary as `plimsoll plan` writes it";

    fn format(&self) -> &str {
        &self.format
    }
}

/// Declares that a choice is written as its word.
macro_rules! written_as_word {
    ($($choice:ty),*) => {$(
        impl Serialize for $choice {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    )*};
}
written_as_word!(Goal, Measure, Holds);

impl<'de> Deserialize<'de> for Goal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::of_word(&word).ok_or_else(|| Error::custom(format!("no such goal: `{word}`")))
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_of(deserializer, &Self::ALL, Self::word)
    }
}

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
    let found = all.iter().find(|item| word_of(**item) == word);
    found.copied().ok_or_else(|| {
        let words: Vec<String> = all
            .iter()
            .map(|item| format!("`{}`", word_of(*item)))
            .collect();
        let expected = match &words[..] {
            [a, b] => format!("{a} or {b}"),
            _ => format!("one of {}", words.join(", ")),
        };
        Error::custom(format!("unknown variant `{word}`, expected {expected}"))
    })
}
