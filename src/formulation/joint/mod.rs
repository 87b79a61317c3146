//! The joint program: all periods of a scenario at once, so that nobody moves twice where once would do (`model.md` §8).
//!
//! Shards that nothing tells apart in any period are one joint class. What it may do is a trajectory: a home in every
//! period and a path there. Nothing here solves anything.

mod class;
mod period;
mod problem;
mod reach;

pub use class::Trajectory;
pub use class::{JointClass, JointClassId, Stand, joint_classes};
pub use period::JointPeriod;
pub use problem::{Begun, Counts, JointProblem, StoodBefore};
pub use reach::{Reached, Reaches};
