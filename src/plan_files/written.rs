//! A written plan: the tables of an output folder, with the lines on which their rows stand.

use super::certificate::{CERTIFICATE_FILE, Certificate, read_certificate};
use super::change_row::{ChangeBackRow, ChangeRow};
use super::folder::{self, PlanFile, each_is_known, each_stands_once};
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
    let mut plan = WrittenPlan {
        lacking: Lacking::of(files),
        ..WrittenPlan::default()
    };
    each_stands_once(files, &mut findings);
    // The largest beside all others.
    let mut of_assignment = Vec::new();
    let mut of_others = Vec::new();
    let (assignment, ()) = rayon::join(
        || {
            let bytes = bytes_of(files, AssignmentRow::FILE, &mut of_assignment)?;
            Some(read_rows(bytes, &mut of_assignment))
        },
        || {
            let others = PLAN_FILES
                .iter()
                .filter(|name| **name != AssignmentRow::FILE);
            for name in others {
                if let Some(bytes) = bytes_of(files, name, &mut of_others) {
                    plan.read(name, bytes, &mut of_others);
                }
            }
        },
    );
    plan.assignment = assignment.unwrap_or_default();
    let is_before = |finding: &Finding| finding.place.file == SUMMARY_FILE;
    let (before, behind): (Vec<Finding>, Vec<Finding>) = of_others.into_iter().partition(is_before);
    findings.extend(before.into_iter().chain(of_assignment).chain(behind));
    each_is_known(files, &PLAN_FILES, &NOT_READ, &mut findings);
    ((!has_errors(&findings)).then_some(plan), findings)
}

impl WrittenPlan {
    /// Reads any file but assignment.csv.
    fn read(&mut self, name: &str, bytes: &[u8], findings: &mut Vec<Finding>) {
        match name {
            SUMMARY_FILE => self.summary = read_summary(bytes, findings),
            CERTIFICATE_FILE => self.certificate = read_certificate(bytes, findings),
            SteeringRow::FILE => self.steering = read_rows(bytes, findings),
            MoveRow::FILE => self.moves = Some(read_rows(bytes, findings)),
            HeadroomRow::FILE => self.headroom = Some(read_rows(bytes, findings)),
            StabilityRow::FILE => self.stability = Some(read_rows(bytes, findings)),
            BlindRow::FILE => self.blind = Some(read_rows(bytes, findings)),
            BeforeRow::FILE => self.before = Some(read_rows(bytes, findings)),
            HoursRow::FILE => self.hours = Some(read_rows(bytes, findings)),
            AccessPointRow::FILE => self.access_points = Some(read_rows(bytes, findings)),
            UnservedRow::FILE => self.unserved = Some(read_rows(bytes, findings)),
            TenantRow::FILE => self.tenants = Some(read_rows(bytes, findings)),
            ChangeRow::FILE => self.changes = Some(read_rows(bytes, findings)),
            ProtectionRow::FILE => self.protection = Some(read_rows(bytes, findings)),
            ProtectionGrayRow::FILE => self.protection_gray = Some(read_rows(bytes, findings)),
            WaveRow::FILE => self.waves = Some(read_rows(bytes, findings)),
            RampRow::FILE => self.ramp = Some(read_rows(bytes, findings)),
            WaveWeightRow::FILE => self.wave_weights = Some(read_rows(bytes, findings)),
            WaveLoadRow::FILE => self.wave_loads = Some(read_rows(bytes, findings)),
            _ => self.changes_back = Some(changes_back(bytes, findings)),
        }
    }
}

/// The bytes of a file; that one is missing which has to be there is a finding.
fn bytes_of<'a>(
    files: &[PlanFile<'a>],
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<&'a [u8]> {
    if name == AssignmentRow::FILE || name == SteeringRow::FILE {
        let expected = "at least assignment.csv and steering.csv";
        folder::required(files, name, expected, findings)
    } else {
        folder::bytes_of(files, name)
    }
}

/// The rows of `changes_back.csv`, which are those of changes.csv in another file.
fn changes_back(bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<Lined<ChangeRow>> {
    read_rows::<ChangeBackRow>(bytes, findings)
        .into_iter()
        .map(|lined| Lined {
            line: lined.line,
            row: lined.row.0,
        })
        .collect()
}
