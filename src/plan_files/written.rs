//! A written plan, and a written sweep: the tables of an output folder, with the lines on which their rows stand.

use super::asked_documents::{SWEEP_FILE, SweepSummary};
use super::certificate::{
    CERTIFICATE_FILE, CaseProof, Certificate, DISPLACED_FILE, DisplacedUsers, PROOFS_FILE,
    read_proofs,
};
use super::document::read_json;
use super::folder::{Lacking, PlanFile, bytes_of, each_is_known, each_stands_once, required, rows};
use super::read_table::read_rows;
use super::rows::{
    AccessPointRow, AssignmentRow, BeforeRow, BlindRow, ChangeBackRow, ChangeRow, HeadroomRow,
    HoursRow, MoveRow, ProtectionGrayRow, ProtectionRow, SteeringRow, TenantRow, UnservedRow,
};
use super::summary::{SUMMARY_FILE, Summary};
use super::sweep_rows::{
    ComponentRow, FailureRow, GrayRow, HomeRow, InvolvedRow, SideBySideRow, SiteUtilizationRow,
    SurvivableRow, UnservedByTierRow, UtilizationBeforeRow, WorstRow,
};
use super::table::{Lined, Row};
use super::wave_rows::{RampRow, StabilityRow, WaveLoadRow, WaveRow, WaveWeightRow};
use crate::diagnostic::{Finding, has_errors};
use serde::de::DeserializeOwned;

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

/// The journal that runbook.sh keeps: of the folder, but not written by us, and so never replaced.
pub(crate) const JOURNAL_FILE: &str = "runbook.log";

/// Files of an output folder that are made from the others and are not read; earlier versions wrote `hour_turns.csv`.
pub(crate) const NOT_READ: [&str; 8] = [
    "explanations.json",
    "hour_turns.csv",
    "report.html",
    "runbook.csv",
    "runbook.html",
    JOURNAL_FILE,
    "runbook.md",
    "runbook.sh",
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
    let (before, after): (Vec<Finding>, Vec<Finding>) = of_others.into_iter().partition(is_before);
    findings.extend(before.into_iter().chain(of_assignment).chain(after));
    each_is_known(files, &PLAN_FILES, &NOT_READ, &mut findings);
    ((!has_errors(&findings)).then_some(plan), findings)
}

/// All files but assignment.csv, read in the order of [`PLAN_FILES`].
fn others(files: &[PlanFile<'_>], findings: &mut Vec<Finding>) -> WrittenPlan {
    let back = |all: Vec<Lined<ChangeBackRow>>| {
        let rows = all.into_iter().map(|change_back_row| Lined {
            line: change_back_row.line,
            row: change_back_row.row.0,
        });
        rows.collect()
    };
    WrittenPlan {
        assignment: Vec::new(),
        summary: bytes_of(files, SUMMARY_FILE).and_then(|bytes| read_json(bytes, findings)),
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
        certificate: bytes_of(files, CERTIFICATE_FILE).and_then(|bytes| read_json(bytes, findings)),
        lacking: Lacking::of(files),
    }
}

/// The rows of a file that has to be there; that it is missing is a finding.
fn required_rows<R: Row>(files: &[PlanFile<'_>], findings: &mut Vec<Finding>) -> Vec<Lined<R>> {
    let expected = "at least assignment.csv and steering.csv";
    let bytes = required(files, R::FILE, expected, findings);
    bytes.map_or_else(Vec::new, |bytes| read_rows(bytes, findings))
}

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

/// The files of a sweep's folder.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenSweep {
    /// sweep.json
    pub summary: SweepSummary,
    /// `by_failure.csv`
    pub failures: Vec<Lined<FailureRow>>,
    /// proofs.jsonl
    pub proofs: Option<Vec<Lined<CaseProof>>>,
    /// displaced.jsonl
    pub displaced: Option<Vec<Lined<DisplacedUsers>>>,
    /// `unserved_by_tier.csv`
    pub unserved: Option<Vec<Lined<UnservedByTierRow>>>,
    /// involved.csv
    pub involved: Option<Vec<Lined<InvolvedRow>>>,
    /// `by_component.csv`
    pub components: Option<Vec<Lined<ComponentRow>>>,
    /// `worst_by_kind.csv`
    pub worst: Option<Vec<Lined<WorstRow>>>,
    /// survivable.csv
    pub survivable: Option<Vec<Lined<SurvivableRow>>>,
    /// `site_utilization.csv`
    pub sites: Option<Vec<Lined<SiteUtilizationRow>>>,
    /// gray.csv
    pub gray: Option<Vec<Lined<GrayRow>>>,
    /// before.csv
    pub before: Option<Vec<Lined<BeforeRow>>>,
    /// `utilization_before.csv`
    pub utilization_before: Option<Vec<Lined<UtilizationBeforeRow>>>,
    /// homes.csv
    pub homes: Option<Vec<Lined<HomeRow>>>,
    /// assignment.csv
    pub assignment: Option<Vec<Lined<AssignmentRow>>>,
    /// steering.csv
    pub steering: Option<Vec<Lined<SteeringRow>>>,
    /// The columns that these files lack.
    pub lacking: Lacking,
}

/// Files of a sweep's folder that are made from the others and are not read.
const NOT_READ_OF_SWEEP: [&str; 2] = ["explanations.json", "report.html"];

/// Reads the files of a sweep's folder. `None` if there is an error among the findings.
pub fn read_sweep_folder(files: &[PlanFile<'_>]) -> (Option<WrittenSweep>, Vec<Finding>) {
    let mut findings = Vec::new();
    each_stands_once(files, &mut findings);
    let expected = "at least sweep.json and by_failure.csv";
    let summary = required(files, SWEEP_FILE, expected, &mut findings)
        .and_then(|bytes| read_json(bytes, &mut findings));
    let failures = required(files, FailureRow::FILE, expected, &mut findings)
        .map(|bytes| read_rows(bytes, &mut findings));
    let proofs = lines(files, PROOFS_FILE, &mut findings);
    let displaced = lines(files, DISPLACED_FILE, &mut findings);
    let read = summary
        .zip(failures)
        .map(|(summary, failures)| WrittenSweep {
            summary,
            failures,
            proofs,
            displaced,
            unserved: rows(files, &mut findings),
            involved: rows(files, &mut findings),
            components: rows(files, &mut findings),
            worst: rows(files, &mut findings),
            survivable: rows(files, &mut findings),
            sites: rows(files, &mut findings),
            gray: rows(files, &mut findings),
            before: rows(files, &mut findings),
            utilization_before: rows(files, &mut findings),
            homes: rows(files, &mut findings),
            assignment: rows(files, &mut findings),
            steering: rows(files, &mut findings),
            lacking: Lacking::of(files),
        });
    each_is_known(files, &SWEEP_FILES, &NOT_READ_OF_SWEEP, &mut findings);
    (read.filter(|_| !has_errors(&findings)), findings)
}

fn lines<T: DeserializeOwned>(
    files: &[PlanFile<'_>],
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Lined<T>>> {
    bytes_of(files, name).map(|bytes| read_proofs(name, bytes, findings))
}
