//! runway.json: what a runway was asked, and what it found.

use super::document::{JsonFile, read_json, shortest};
use super::folder::{PlanFile, each_is_known, each_stands_once, required, rows};
use super::read_table::read_rows;
use super::rows::BeforeRow;
use super::runway_rows::{ComponentRunwayRow, DayUseRow, GapRow, PlacedRow, RunwayRow};
use super::summary::Inputs;
use super::table::{Lined, Row as _};
use crate::diagnostic::{Finding, has_errors};
use serde::{Deserialize, Serialize};

/// File name of what a runway was asked and found.
pub const RUNWAY_FILE: &str = "runway.json";

/// The format that this version writes.
pub const RUNWAY_FORMAT: &str = "plimsoll-runway/1";

/// The folder of the proofs in a folder of a runway.
pub const RUNWAY_PROOFS: &str = "proofs";

/// The scenario in a folder of a runway for which none was named.
pub const RUNWAY_SCENARIO: &str = "runway.toml";

/// The files of a runway's folder that are read back.
pub const RUNWAY_FILES: [&str; 7] = [
    RUNWAY_FILE,
    RunwayRow::FILE,
    GapRow::FILE,
    ComponentRunwayRow::FILE,
    DayUseRow::FILE,
    PlacedRow::FILE,
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
    /// Cases that trap users, those of the first day before others, those of most users first.
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

/// A case that traps users: they have no site in it, even with unlimited capacity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrappedCase {
    /// Which, from 0.
    pub case: u64,
    /// What fails in it, joined by `+`; empty where nothing does.
    pub failing: String,
    /// The first day on which it was found to trap users.
    #[serde(default)]
    pub date: String,
    /// Events of the scenario that are in force.
    #[serde(default)]
    pub events: Vec<EventName>,
    /// How the failure is answered.
    #[serde(default)]
    pub recovery: String,
    /// How many on that day.
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

/// The files of a runway's folder, apart from its proofs.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenRunway {
    /// runway.json
    pub summary: RunwaySummary,
    /// runway.csv
    pub rows: Vec<Lined<RunwayRow>>,
    /// gaps.csv
    pub gaps: Option<Vec<Lined<GapRow>>>,
    /// components.csv
    pub components: Option<Vec<Lined<ComponentRunwayRow>>>,
    /// utilization.csv
    pub uses: Option<Vec<Lined<DayUseRow>>>,
    /// placed.csv
    pub placed: Option<Vec<Lined<PlacedRow>>>,
    /// before.csv
    pub before: Option<Vec<Lined<BeforeRow>>>,
}

impl WrittenRunway {
    /// The names of the files that are there.
    pub fn files(&self) -> Vec<&'static str> {
        let all = [
            (RUNWAY_FILE, true),
            (RunwayRow::FILE, true),
            (GapRow::FILE, self.gaps.is_some()),
            (ComponentRunwayRow::FILE, self.components.is_some()),
            (DayUseRow::FILE, self.uses.is_some()),
            (PlacedRow::FILE, self.placed.is_some()),
            (BeforeRow::FILE, self.before.is_some()),
        ];
        all.into_iter()
            .filter_map(|(file, is_there)| is_there.then_some(file))
            .collect()
    }
}

/// Files of a runway's folder that are made from the others and are not read.
const NOT_READ_OF_RUNWAY: [&str; 2] = ["report.html", RUNWAY_SCENARIO];

/// Reads the files of a runway's folder. `None` if there is an error among the findings.
pub fn read_runway_folder(files: &[PlanFile<'_>]) -> (Option<WrittenRunway>, Vec<Finding>) {
    let mut findings = Vec::new();
    each_stands_once(files, &mut findings);
    let expected = "at least runway.json and runway.csv";
    let summary = required(files, RUNWAY_FILE, expected, &mut findings)
        .and_then(|bytes| read_json(bytes, &mut findings));
    let rows_of = required(files, RunwayRow::FILE, expected, &mut findings)
        .map(|bytes| read_rows(bytes, &mut findings));
    let read = summary
        .zip(rows_of)
        .map(|(summary, runway_rows)| WrittenRunway {
            summary,
            rows: runway_rows,
            gaps: rows(files, &mut findings),
            components: rows(files, &mut findings),
            uses: rows(files, &mut findings),
            placed: rows(files, &mut findings),
            before: rows(files, &mut findings),
        });
    each_is_known(files, &RUNWAY_FILES, &NOT_READ_OF_RUNWAY, &mut findings);
    (read.filter(|_| !has_errors(&findings)), findings)
}
