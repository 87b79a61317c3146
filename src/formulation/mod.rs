//! From model, graph and case to a linear program: classes, default paths, keyed rows and columns (`model.md` §§1–4).
//!
//! The program is written in the displacement form: every class stays on its default path unless a priced
//! column moves it. Nothing here solves anything.

mod affected;
mod class;
mod column;
mod default;
mod demand;
mod fixed;
pub mod goals;
mod narrowed;
mod pool;
mod problem;
pub mod rows;
mod rules;
mod scaling;
mod setting;
mod ways;

pub use affected::affected_shards;
pub use class::{Class, ClassId, Classes};
pub use column::{Column, ColumnKey, PathId, PathTable};
pub use default::DefaultPath;
pub use demand::{Demand, DemandId, Group, GroupId};
pub use fixed::FixedLoads;
pub use pool::members_in;
pub use problem::Problem;
pub use rules::Rules;
pub use scaling::{Holds, Rigour, Scaling, is_symmetric, pursues_targets, spares_unaffected};
pub use setting::{Setting, Standby};
pub use ways::Ways;
