//! runway.json: what a runway was asked, and what it found.

use super::document::{JsonFile, shortest};
use super::rows::BeforeRow;
use super::runway_rows::{ComponentRunwayRow, DayUseRow, GapRow, RunwayRow};
use super::summary::Inputs;
use super::table::Row as _;
use serde::{Deserialize, Serialize};

/// File name of what a runway was asked and found.
pub const RUNWAY_FILE: &str = "runway.json";

/// The format that this version writes.
pub const RUNWAY_FORMAT: &str = "plimsoll-runway/1";

/// The folder of the proofs in a folder of a runway.
pub const RUNWAY_PROOFS: &str = "proofs";

/// The files of a runway's folder that are read back.
pub const RUNWAY_FILES: [&str; 6] = [
    RUNWAY_FILE,
    RunwayRow::FILE,
    GapRow::FILE,
    ComponentRunwayRow::FILE,
    DayUseRow::FILE,
    BeforeRow::FILE,
];

/// runway.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunwaySummary {
    /// [`RUNWAY_FORMAT`].
    pub format: String,
    /// Version of the program that wrote it.
    pub plimsoll: String,
    /// Name of the scenario.
    pub scenario: String,
    /// `false` if it was stopped before all rows were settled.
    pub complete: bool,
    /// What it was made from.
    pub inputs: Inputs,
    /// The first day that is asked about.
    pub from: String,
    /// The first day that is not asked about any more.
    pub until: String,
    /// How far apart sampled days are: `1w`, `1mo` or `3mo`.
    pub step: String,
    /// Of which members failures are.
    pub over: String,
    /// At most this many fail at once.
    pub failures: u32,
    /// How failures are answered.
    pub recoveries: Vec<String>,
    /// Which ends of the forecast.
    pub bands: Vec<String>,
    /// How many cases there are, with the one without a failure.
    pub cases: u64,
    /// Sets of events of the scenario that rows are asked with; the first is none.
    pub events: Vec<Vec<EventName>>,
    /// Cases that trap users on the first day, those of most users first.
    pub trapped: Vec<TrappedCase>,
    /// Sentences that a reader acts on.
    pub verdict: RunwayVerdictWords,
    /// Proofs in the folder `proofs`: which row of runway.csv, from 1, on which day.
    pub proofs: Vec<RunwayProof>,
}

/// An event of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventName {
    /// Its position in the scenario, from 1.
    pub number: u32,
    /// What it is, and of what.
    pub name: String,
}

/// A case that traps users on the first day: they have no site in it, even with unlimited capacity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrappedCase {
    /// Which, from 0.
    pub case: u64,
    /// What fails in it, joined by `+`; empty where nothing does.
    pub failing: String,
    /// How many.
    #[serde(serialize_with = "shortest")]
    pub users: f64,
}

/// What is said of a runway first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunwayVerdictWords {
    /// What is wrong already, or soon.
    pub alarms: Vec<String>,
    /// Until when what is asked holds.
    pub answer: String,
    /// Why, and what moving users is worth.
    pub reasons: Vec<String>,
    /// The first thing to do.
    pub first_action: String,
    /// What is not checked, and what is not proven.
    pub not_checked: Vec<String>,
}

/// One proof: a sweep of one day, in a folder of its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunwayProof {
    /// The folder in `proofs`.
    pub name: String,
    /// The row of runway.csv, from 1, the header left out.
    pub row: u32,
    /// The day.
    pub date: String,
    /// `true` if it proves that the condition holds on the day; else that it fails.
    pub holds: bool,
}

impl JsonFile for RunwaySummary {
    const FILE: &'static str = RUNWAY_FILE;
    const FORMAT: &'static str = RUNWAY_FORMAT;
    const EXPECTED: &'static str = "a document as `plimsoll runway` writes it";

    fn format(&self) -> &str {
        &self.format
    }
}
