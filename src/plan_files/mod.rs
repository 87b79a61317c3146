//! The written plan: one struct per row of every file of the output folder, written and read.
//!
//! Writers take values and an `impl Write`, readers take bytes. What is wrong with a file is a
//! [`Finding`](crate::diagnostic::Finding) with its line and column.
//!
//! ```
//! use plimsoll::plan_files::{MoveRow, How, Reason, Row, read_rows, write_rows};
//! let row = MoveRow {
//!     period: 0,
//!     wave: None,
//!     shard: "g1".into(),
//!     users: 60.0,
//!     from_site: Some("a".into()),
//!     to_site: "b".into(),
//!     how: How::Copy,
//!     reason: Reason::Drained,
//! };
//! let mut bytes = Vec::new();
//! write_rows([&row], &mut bytes)?;
//! assert_eq!(bytes, b"period,wave,shard,users,from_site,to_site,how,reason\n0,,g1,60,a,b,copy,drained\n");
//! let mut findings = Vec::new();
//! let rows = read_rows::<MoveRow>(&bytes, &mut findings);
//! assert_eq!((rows[0].line, &rows[0].row), (2, &row));
//! # Ok::<(), std::io::Error>(())
//! ```

mod cell;
mod certificate;
mod change_row;
mod cuts;
mod document;
mod downtime;
pub mod explanations;
mod folder;
mod guard;
mod lacking;
mod read_table;
mod recovery;
mod replay_document;
mod rows;
mod seconds;
mod stability;
mod summary;
mod sweep_document;
mod sweep_proofs;
mod sweep_rows;
mod sweep_written;
mod table;
mod tenant_row;
mod wave_rows;
mod wave_state_rows;
mod words;
mod write_table;
mod written;

pub use crate::model::{Holds, Measure};
pub use cell::{CalendarMonth, CellValue, Signed, Text, decimal};
pub use certificate::{
    CERTIFICATE_FILE, CERTIFICATE_FORMAT, Certificate, KeptBy, KeptLevel, LevelCertificate,
    PeriodCertificate, PriceOfRow, PriceVector, SetVector, read_certificate, write_certificate,
};
pub use change_row::{ChangeBackRow, ChangeRow};
pub use cuts::{CutKind, CutRow};
pub use document::is_read;
pub use downtime::{DowntimeSummary, OutageSummary, PlayedExtent, ReplayedSummary};
pub use folder::PlanFile;
pub use guard::{guarded, unguarded};
pub use lacking::Lacking;
pub use read_table::read_rows;
pub use recovery::{RecoverySummary, TriggerSummary};
pub use replay_document::{REPLAY_FILE, REPLAY_FORMAT, WrittenReplay, read_replay};
pub use rows::{
    AccessPointRow, AssignmentRow, BeforeRow, BlindRow, HeadroomRow, HoursRow, MoveRow,
    ProtectionGrayRow, ProtectionRow, SteeringRow, UnservedRow,
};
pub use seconds::Seconds;
pub use stability::{LeastMargin, StabilityRow, StabilitySummary};
pub use summary::{
    ErrorMargin, FORMAT, ForecastBand, HourTurnsSummary, Inputs, JointSummary, Limit, ModelSize,
    PeriodSummary, ProtectionGraySummary, ProtectionSummary, SUMMARY_FILE, Stage, Status, Summary,
    Totals, WaySummary, read_summary, write_summary,
};
pub use sweep_document::{
    GraySummary, SWEEP_FILE, SWEEP_FILES, SWEEP_FORMAT, SettledCount, SweepFrom, SweepStatus,
    SweepSummary, SweepTotals, read_sweep, write_sweep,
};
pub use sweep_proofs::{
    CaseProof, DISPLACED_FILE, DisplacedUsers, LikeShard, PROOFS_FILE, UsersOf, proof_line,
    read_proofs,
};
pub use sweep_rows::{
    ComponentRow, FailureRow, GrayRow, HomeRow, InvolvedRow, SideBySideRow, SiteUtilizationRow,
    SurvivableRow, UnservedByTierRow, UtilizationBeforeRow, WorstRow,
};
pub use sweep_written::{WrittenSweep, read_sweep_folder};
pub(crate) use table::differing;
pub use table::{By, ColumnRule, DeclaredColumn, Lined, Row, joined};
pub use tenant_row::TenantRow;
pub use wave_rows::{MOST_STOPS, RampRow, WaveRow};
pub(crate) use wave_rows::{OF_SITES, RAMP};
pub(crate) use wave_state_rows::{LOADS, WEIGHTS};
pub use wave_state_rows::{WaveLoadRow, WaveWeightRow};
pub use words::{
    AccessPointUse, Action, BlindPhase, Cause, Counted, EventWord, How, Reason, Role, SettledBy,
    Stability, StepSetting, Timing,
};
pub use write_table::{write_rows, written_rows};
pub(crate) use written::NOT_READ;
pub use written::{PLAN_FILES, WrittenPlan, read};
