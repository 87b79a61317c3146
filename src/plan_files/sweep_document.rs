//! sweep.json: what a sweep was asked.

use super::document::{JsonFormat, is_default, read_document};
use super::rows::{AssignmentRow, BeforeRow, SteeringRow};
use super::summary::{Inputs, shortest};
use super::sweep_proofs::{DISPLACED_FILE, PROOFS_FILE};
use super::sweep_rows::{
    ComponentRow, FailureRow, GrayRow, HomeRow, InvolvedRow, SideBySideRow, SiteUtilizationRow,
    SurvivableRow, UnservedByTierRow, UtilizationBeforeRow, WorstRow,
};
use super::table::Row;
use crate::diagnostic::Finding;
use serde::{Deserialize, Serialize};
use std::io;

/// File name of what a sweep was asked.
pub const SWEEP_FILE: &str = "sweep.json";

/// The format that this version writes; earlier numbers are read too.
pub const SWEEP_FORMAT: &str = "plimsoll-sweep/2";

/// The files of a sweep's folder that are read back.
pub const SWEEP_FILES: [&str; 17] = [
    SWEEP_FILE,
    PROOFS_FILE,
    DISPLACED_FILE,
    FailureRow::FILE,
    UnservedByTierRow::FILE,
    InvolvedRow::FILE,
    ComponentRow::FILE,
    SurvivableRow::FILE,
    SiteUtilizationRow::FILE,
    GrayRow::FILE,
    BeforeRow::FILE,
    UtilizationBeforeRow::FILE,
    HomeRow::FILE,
    WorstRow::FILE,
    SideBySideRow::FILE,
    AssignmentRow::FILE,
    SteeringRow::FILE,
];

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
    /// At most so many fail at once.
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
    /// At most so many at once.
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
    /// Most unserved users of any case.
    #[serde(serialize_with = "shortest")]
    pub most_unserved_users: f64,
    /// The first case that has so many; absent where nobody is unserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_case: Option<u64>,
    /// How many cases were settled in which way.
    pub settled_by: Vec<SettledCount>,
}

/// How many cases were settled in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledCount {
    /// Which way.
    pub by: String,
    /// How many cases.
    pub cases: u64,
}

/// Writes sweep.json with a line break at its end.
///
/// # Errors
/// What `writer` reports, and a number that is not finite.
pub fn write_sweep(sweep: &SweepSummary, mut writer: impl io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut writer, sweep)?;
    writer.write_all(b"\n")
}

/// Reads sweep.json; `None` if it cannot be read, with the reason among the findings.
pub fn read_sweep(bytes: &[u8], findings: &mut Vec<Finding>) -> Option<SweepSummary> {
    let document = JsonFormat {
        file: SWEEP_FILE,
        format: SWEEP_FORMAT,
        expected: "what `plimsoll sweep` writes",
    };
    read_document(
        &document,
        bytes,
        |read: &SweepSummary| &read.format,
        findings,
    )
}
