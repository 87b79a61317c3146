//! A written plan: the tables of an output folder, with the lines on which their rows stand.

use super::certificate::{CERTIFICATE_FILE, Certificate, read_certificate};
use super::change_row::{ChangeBackRow, ChangeRow};
use super::folder::{PlanFile, bytes_of, each_is_known, each_stands_once, required, rows};
use super::lacking::Lacking;
use super::read_table::read_rows;
use super::rows::{
    AccessPointRow, AssignmentRow, BeforeRow, BlindRow, HeadroomRow, HoursRow, MoveRow,
    ProtectionGrayRow, ProtectionRow, SteeringRow, UnservedRow,
};
use super::stability::StabilityRow;
use super::summary::{SUMMARY_FILE, Summary, read_summary};
use super::table::{Lined, Row};
use super::tenant_row::TenantRow;
use super::wave_rows::{RampRow, WaveRow};
use super::wave_state_rows::{WaveLoadRow, WaveWeightRow};
use crate::diagnostic::{Finding, has_errors};

/// The tables of an output folder. A plan made by hand may have only the first two.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WrittenPlan {
    /// assignment.csv
    pub assignment: Vec<Lined<AssignmentRow>>,
    /// steering.csv
    pub steering: Vec<Lined<SteeringRow>>,
    /// summary.json
    pub summary: Option<Summary>,
    /// moves.csv
    pub moves: Option<Vec<Lined<MoveRow>>>,
    /// headroom.csv
    pub headroom: Option<Vec<Lined<HeadroomRow>>>,
    /// stability.csv
    pub stability: Option<Vec<Lined<StabilityRow>>>,
    /// blind.csv
    pub blind: Option<Vec<Lined<BlindRow>>>,
    /// before.csv
    pub before: Option<Vec<Lined<BeforeRow>>>,
    /// hours.csv
    pub hours: Option<Vec<Lined<HoursRow>>>,
    /// `access_points.csv`
    pub access_points: Option<Vec<Lined<AccessPointRow>>>,
    /// unserved.csv
    pub unserved: Option<Vec<Lined<UnservedRow>>>,
    /// tenants.csv
    pub tenants: Option<Vec<Lined<TenantRow>>>,
    /// changes.csv
    pub changes: Option<Vec<Lined<ChangeRow>>>,
    /// `changes_back.csv`
    pub changes_back: Option<Vec<Lined<ChangeRow>>>,
    /// protection.csv
    pub protection: Option<Vec<Lined<ProtectionRow>>>,
    /// `protection_gray.csv`
    pub protection_gray: Option<Vec<Lined<ProtectionGrayRow>>>,
    /// waves.csv
    pub waves: Option<Vec<Lined<WaveRow>>>,
    /// ramp.csv
    pub ramp: Option<Vec<Lined<RampRow>>>,
    /// `wave_weights.csv`
    pub wave_weights: Option<Vec<Lined<WaveWeightRow>>>,
    /// `wave_loads.csv`
    pub wave_loads: Option<Vec<Lined<WaveLoadRow>>>,
    /// certificate.json
    pub certificate: Option<Certificate>,
    /// The columns that these files lack.
    pub lacking: Lacking,
}

/// The files that are read, in the order in which findings are reported.
pub const PLAN_FILES: [&str; 21] = [
    SUMMARY_FILE,
    AssignmentRow::FILE,
    MoveRow::FILE,
    SteeringRow::FILE,
    HeadroomRow::FILE,
    StabilityRow::FILE,
    BlindRow::FILE,
    BeforeRow::FILE,
    HoursRow::FILE,
    AccessPointRow::FILE,
    UnservedRow::FILE,
    TenantRow::FILE,
    ChangeRow::FILE,
    ChangeBackRow::FILE,
    ProtectionRow::FILE,
    ProtectionGrayRow::FILE,
    WaveRow::FILE,
    RampRow::FILE,
    WaveWeightRow::FILE,
    WaveLoadRow::FILE,
    CERTIFICATE_FILE,
];

/// Files of an output folder that are made from the others and are not read; earlier versions wrote `hour_turns.csv`.
pub(crate) const NOT_READ: [&str; 4] = [
    "explanations.json",
    "hour_turns.csv",
    "report.html",
    "runbook.md",
];

/// Reads the files of an output folder. `None` if there is an error among the findings.
pub fn read(files: &[PlanFile<'_>]) -> (Option<WrittenPlan>, Vec<Finding>) {
    let mut findings = Vec::new();
    each_stands_once(files, &mut findings);
    // The largest beside all others.
    let mut of_assignment = Vec::new();
    let mut of_others = Vec::new();
    let (assignment, plan) = rayon::join(
        || required_rows(files, &mut of_assignment),
        || others(files, &mut of_others),
    );
    let plan = WrittenPlan { assignment, ..plan };
    let is_before = |finding: &Finding| finding.place.file == SUMMARY_FILE;
    let (before, behind): (Vec<Finding>, Vec<Finding>) = of_others.into_iter().partition(is_before);
    findings.extend(before.into_iter().chain(of_assignment).chain(behind));
    each_is_known(files, &PLAN_FILES, &NOT_READ, &mut findings);
    ((!has_errors(&findings)).then_some(plan), findings)
}

/// All files but assignment.csv, read in the order of [`PLAN_FILES`].
fn others(files: &[PlanFile<'_>], findings: &mut Vec<Finding>) -> WrittenPlan {
    let back = |all: Vec<Lined<ChangeBackRow>>| {
        let rows = all.into_iter().map(|own| Lined {
            line: own.line,
            row: own.row.0,
        });
        rows.collect()
    };
    WrittenPlan {
        assignment: Vec::new(),
        summary: bytes_of(files, SUMMARY_FILE).and_then(|own| read_summary(own, findings)),
        moves: rows(files, findings),
        steering: required_rows(files, findings),
        headroom: rows(files, findings),
        stability: rows(files, findings),
        blind: rows(files, findings),
        before: rows(files, findings),
        hours: rows(files, findings),
        access_points: rows(files, findings),
        unserved: rows(files, findings),
        tenants: rows(files, findings),
        changes: rows(files, findings),
        changes_back: rows(files, findings).map(back),
        protection: rows(files, findings),
        protection_gray: rows(files, findings),
        waves: rows(files, findings),
        ramp: rows(files, findings),
        wave_weights: rows(files, findings),
        wave_loads: rows(files, findings),
        certificate: bytes_of(files, CERTIFICATE_FILE)
            .and_then(|own| read_certificate(own, findings)),
        lacking: Lacking::of(files),
    }
}

/// The rows of a file that has to be there; that it is missing is a finding.
fn required_rows<R: Row>(files: &[PlanFile<'_>], findings: &mut Vec<Finding>) -> Vec<Lined<R>> {
    let expected = "at least assignment.csv and steering.csv";
    let bytes = required(files, R::FILE, expected, findings);
    bytes.map_or_else(Vec::new, |own| read_rows(own, findings))
}
