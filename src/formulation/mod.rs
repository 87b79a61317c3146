//! From model, graph and case to a linear program: classes, default paths, keyed rows and columns (`model.md` §§1–4).
//!
//! The program is written in the displacement form: every class stays on its default path unless a priced
//! column moves it. Nothing here solves anything.
//!
//! `kinds.rs` and `folded.rs` fold shards that nothing tells apart, `class.rs` makes the classes of a case. `rules.rs` says
//! where a class may be, `default.rs` and `ways.rs` by which path. `rows/` has one row family a file, `goals/` what a user
//! adds to a goal. `problem.rs` puts all together, `joint/` does so for all periods at once.

mod affected;
mod class;
mod class_of;
mod column;
mod default;
mod demand;
mod exposed;
mod fixed;
mod folded;
pub mod goals;
mod ids;
mod interner;
pub mod joint;
mod kinds;
mod load_row;
mod narrowed;
mod open_profile_paths;
mod per_class;
mod pool;
#[cfg(test)]
pub(crate) mod posed;
mod problem;
mod profile_paths;
mod reused_classes;
mod route;
pub mod rows;
mod rules;
mod sampled;
mod scaling;
mod setting;
mod stays;
mod unchanged_classes;

pub use affected::{Affected, Touches};
pub use class::{Class, Classes, Detail, Who, copies};
pub use class_of::ClassOf;
pub use column::{Column, ColumnKey, PathTable};
pub use column::{LoadsOfUser, LoadsTable};
pub use default::DefaultPath;
pub use demand::{Demand, Group};
pub use fixed::{FixedLoads, background_in};
pub use folded::Folded;
pub use ids::{ClassId, DemandId, GroupId, LoadsId, PathId, RowId, WhoId};
pub use interner::ShardLists;
pub use kinds::{Crowd, Kind, KindId, Kinds, Mark, Spot, Standing};
pub use narrowed::Narrowed;
pub use open_profile_paths::OpenProfilePaths;
pub use per_class::PerClass;
pub use pool::{members_after, members_in, members_of_all};
pub use problem::{Problem, summed};
pub use profile_paths::{FoundProfilePaths, ProfilePaths};
pub use reused_classes::ReusedClasses;
pub use route::Route;
pub use rules::{Rules, SiteSet};
pub use scaling::{Rigour, Scaling, is_symmetric, pursues_targets, spares_unaffected};
pub use setting::{Narrowing, Setting, StandbyUse};
pub use stays::{Stay, Tie};
pub use unchanged_classes::{Stays, UnchangedClasses};
