//! A written sweep: the files of its folder, with the lines on which their rows stand.

use super::folder::{PlanFile, bytes_of, each_is_known, each_stands_once, required, rows};
use super::lacking::Lacking;
use super::read_table::read_rows;
use super::rows::{AssignmentRow, BeforeRow, SteeringRow};
use super::sweep_document::{SWEEP_FILE, SWEEP_FILES, SweepSummary, read_sweep};
use super::sweep_proofs::{CaseProof, DISPLACED_FILE, DisplacedUsers, PROOFS_FILE, read_proofs};
use super::sweep_rows::{
    ComponentRow, FailureRow, GrayRow, HomeRow, InvolvedRow, SiteUtilizationRow, SurvivableRow,
    UnservedByTierRow, UtilizationBeforeRow, WorstRow,
};
use super::table::{Lined, Row as _};
use crate::diagnostic::{Finding, has_errors};

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
const NOT_READ: [&str; 2] = ["explanations.json", "report.html"];

/// Reads the files of a sweep's folder. `None` if there is an error among the findings.
pub fn read_sweep_folder(files: &[PlanFile<'_>]) -> (Option<WrittenSweep>, Vec<Finding>) {
    let mut findings = Vec::new();
    each_stands_once(files, &mut findings);
    let expected = "at least sweep.json and by_failure.csv";
    let summary = required(files, SWEEP_FILE, expected, &mut findings)
        .and_then(|bytes| read_sweep(bytes, &mut findings));
    let failures = required(files, FailureRow::FILE, expected, &mut findings)
        .map(|bytes| read_rows(bytes, &mut findings));
    let proofs = bytes_of(files, PROOFS_FILE);
    let proofs = proofs.map(|bytes| read_proofs(PROOFS_FILE, bytes, &mut findings));
    let displaced = bytes_of(files, DISPLACED_FILE);
    let displaced = displaced.map(|bytes| read_proofs(DISPLACED_FILE, bytes, &mut findings));
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
    each_is_known(files, &SWEEP_FILES, &NOT_READ, &mut findings);
    (read.filter(|_| !has_errors(&findings)), findings)
}
