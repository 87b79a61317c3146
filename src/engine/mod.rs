//! The engine: joins formulation, solve and plan. Scenario in, plan out.

mod before;
mod busy_hours;
mod by_kind;
mod cascades;
mod cuts;
mod describe;
mod downtime;
mod dust;
mod explain;
mod falling;
mod for_homes;
mod foreseen;
mod instant;
mod joint;
mod kept;
mod margin;
mod margin_search;
mod named;
mod naming;
mod near;
mod outage_pace;
mod outage_relief;
mod parted;
mod parts;
mod period;
mod plan;
mod planner;
mod posed;
mod protect;
mod proven_worse;
mod quotas;
mod recall;
mod recovery;
mod relieve;
mod relocations;
mod repair;
mod replay;
mod replayed;
mod settle;
mod swaps;
mod sweep;
mod trials;
mod triggers;
mod verdict;
mod watch;
mod waves;
mod whole_shards;
mod windows;
mod worlds;

pub use downtime::{downtime, downtime_within};
pub use explain::explain;
pub use for_homes::steering_for;
pub use plan::{Options, plan};
pub use planner::Planner;
pub use recall::Recalled;
pub use recovery::{may_lock_in, recovery, recovery_within};
pub use replay::{replay, replay_plan};
pub use replayed::replay_findings;
pub use sweep::{Asked, Begin, Course, GrayAsked, Stretch, Sweeper};
pub use verdict::{Unserved, Verdict};
pub use watch::{NoWatch, Stage, Watch};
pub use waves::ways;
pub use windows::{
    Drain, OneMore, Ranking, Window, WindowsAsked, WindowsStep, Without, drains, ranking, windows,
    without,
};
