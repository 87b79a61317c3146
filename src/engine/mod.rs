//! The engine: joins formulation, solve and plan. Scenario in, plan out.

mod before;
mod cuts;
mod kept;
mod margin;
mod period;
mod plan;
mod watch;
mod whole_shards;

pub use plan::{Options, plan};
pub use watch::{NoWatch, Stage, Watch};
