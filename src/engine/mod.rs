//! The engine: joins formulation, solve and plan. Scenario in, plan out.
//!
//! `plan.rs` goes from period to period, `before.rs` says what was before, `period.rs` plans one, `whole_shards.rs` rounds
//! it, with `relocations.rs` and `swaps/` to look for better homes. `describe.rs` says what came out.
//! `planner.rs` holds what many questions share; `parts.rs`, `by_kind.rs` and `relieve.rs` settle a case without a solver;
//! `whole_case.rs` and `whole_fill.rs` look for whole shards in it.
//!
//! Each analysis has a folder: `sweep/` (failures), `protect/` (homes that survive them), `waves/` (from state to state),
//! `windows/` (the best time), `joint/` (all periods at once), `cuts/` (who needs more than there is), `replay/` (played
//! forward). `margin.rs` says how far inputs may be off, `explain.rs` what more capacity would change.

mod before;
mod best_homes;
mod busy_hours;
mod by_kind;
mod cascades;
mod cuts;
mod describe;
mod downtime;
mod explain;
mod falling;
mod for_homes;
mod full_back;
mod instant;
mod joint;
mod margin;
mod margin_search;
mod missed;
mod named;
mod naming;
mod near;
mod outage_pace;
mod outage_relief;
mod overfilled;
mod parts;
mod period;
mod plan;
mod planner;
mod planning_context;
mod protect;
mod proven_worse;
mod quotas;
mod recall;
mod recovery;
mod relieve;
mod relocations;
mod replay;
mod replayed;
mod resume;
mod risk_before;
mod runway;
mod sequence;
mod settle;
mod settled;
mod swaps;
mod sweep;
mod triggers;
mod verdict;
mod watch;
mod waves;
mod whole_case;
mod whole_fill;
mod whole_shards;
mod windows;
mod worlds;

pub use downtime::{downtime, downtime_within};
pub use explain::explain;
pub use for_homes::steering_for;
pub use missed::{LoadBefore, Missed, UnservedShards, loads_before, missed_before};
pub use plan::{Options, plan};
pub use planner::Planner;
pub use recall::Recalled;
pub use recovery::{may_lock_in, recovery, recovery_within};
pub use replay::{replay, replay_plan};
pub use replayed::replay_findings;
pub use resume::{ResumedPlan, WaveOfPlan, resume_after};
pub use runway::{DayProof, RunwayProver, RunwayRequest, end_state, runway};
pub use sweep::{Begin, CaseStretch, GrayAsked, SweepRequest, SweepRun, Sweeper};
pub use verdict::{Unserved, Verdict};
pub use watch::{NoWatch, Stage, Watch};
pub use waves::transitions_of_plan;
pub use windows::{
    DrainPlan, MoversDecide, OnceMoved, OneMore, Ranking, Window, WindowsAsked, WindowsStep,
    Without, drain_by_peak, drains, movers_decide, ranking, windows, without,
};
