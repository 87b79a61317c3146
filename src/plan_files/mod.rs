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

mod asked_documents;
mod cell;
mod certificate;
mod document;
mod end_state_summary;
pub mod explanations;
mod folder;
mod period_summary;
mod read_table;
mod rows;
mod runway_document;
mod runway_rows;
mod summary;
mod sweep_rows;
mod table;
mod wave_rows;
mod words;
mod written;

pub use crate::model::{Holds, Measure};
pub use asked_documents::{
    GraySummary, REPLAY_FILE, REPLAY_FORMAT, SWEEP_FILE, SWEEP_FORMAT, SettledCount, SweepFrom,
    SweepStatus, SweepSummary, SweepTotals, WrittenReplay, read_replay,
};
pub use cell::{CalendarMonth, CellValue, Signed, Text, decimal, guarded, unguarded};
pub use certificate::{
    CERTIFICATE_FILE, CERTIFICATE_FORMAT, CaseProof, Certificate, DISPLACED_FILE, DisplacedUsers,
    KeptBy, KeptLevel, LevelCertificate, LikeShard, PROOFS_FILE, PeriodCertificate, PriceOfRow,
    PriceVector, SetVector, UsersOf, proof_line, read_proofs,
};
pub use document::{JsonFile, is_read, read_json, write_json};
pub use end_state_summary::EndStateSummary;
pub use explanations::{CutKind, CutRow};
pub(crate) use folder::rows;
pub use folder::{Lacking, PlanFile};
pub use period_summary::{
    DowntimeSummary, ErrorMargin, ForecastBand, HourTurnsSummary, LeastMargin, Limit,
    PeriodSummary, ProtectionGraySummary, ProtectionSummary, StabilitySummary, Stage, Totals,
    WaySummary,
};
pub use read_table::read_rows;
pub use rows::{
    AccessPointRow, AssignmentRow, BeforeRow, BlindRow, ChangeBackRow, ChangeRow, HeadroomRow,
    HoursRow, MoveRow, ProtectionGrayRow, ProtectionRow, SteeringRow, TenantRow, UnservedRow,
};
pub use runway_document::{
    EventName, RUNWAY_FILE, RUNWAY_FILES, RUNWAY_FORMAT, RUNWAY_PROOFS, RUNWAY_SCENARIO,
    RunwayProof, RunwaySummary, RunwayVerdictWords, TrappedCase, WrittenRunway, read_runway_folder,
};
pub use runway_rows::{ComponentRunwayRow, DayUseRow, GapRow, PlacedRow, RunwayRow};
pub use summary::{
    FORMAT, Inputs, JointSummary, ModelSize, OutageSummary, PlayedExtent, RecoverySummary,
    ReplayedSummary, SUMMARY_FILE, Seconds, Status, Summary, TriggerSummary,
};
pub use sweep_rows::{
    ComponentRow, FailureRow, GrayRow, HomeRow, InvolvedRow, SideBySideRow, SiteUtilizationRow,
    SurvivableRow, UnservedByTierRow, UtilizationBeforeRow, WorstRow,
};
pub(crate) use table::differing;
pub use table::{
    By, ColumnRule, DeclaredColumn, Lined, Row, joined, rows_in, write_rows, written_rows,
};
pub(crate) use wave_rows::{LOADS, OF_SITES, RAMP, WEIGHTS};
pub use wave_rows::{
    MOST_STOPS, RampRow, RunbookRow, StabilityRow, WaveLoadRow, WaveRow, WaveWeightRow,
};
pub use words::{
    AccessPointUse, Action, BlindPhase, Cause, Counted, EventWord, How, Reason, Role, SettledBy,
    Stability, StepSetting, Timing,
};
pub(crate) use written::{JOURNAL_FILE, NOT_READ};
pub use written::{PLAN_FILES, SWEEP_FILES, WrittenPlan, WrittenSweep, read, read_sweep_folder};
