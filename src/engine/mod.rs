//! The engine: joins formulation, solve and plan. Scenario in, plan out.

mod before;
mod cuts;
mod describe;
mod explain;
mod kept;
mod margin;
mod near;
mod period;
mod plan;
mod planner;
mod proven_worse;
mod quotas;
mod recall;
mod relocations;
mod swaps;
mod trials;
mod verdict;
mod watch;
mod whole_shards;

pub use explain::explain;
pub use plan::{Options, plan};
pub use planner::Planner;
pub use recall::Recalled;
pub use verdict::{Missing, Unserved, Verdict};
pub use watch::{NoWatch, Stage, Watch};
