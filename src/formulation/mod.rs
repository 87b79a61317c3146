//! From model, graph and case to a linear program: classes, default paths, keyed rows and columns (`model.md` §§1–4).
//!
//! The program is written in the displacement form: every class stays on its default path unless a priced
//! column moves it. Nothing here solves anything.

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
mod interner;
pub mod joint;
mod kinds;
mod loads_table;
mod narrowed;
mod open_ways;
mod per_class;
mod pool;
#[cfg(test)]
pub(crate) mod posed;
mod problem;
mod route;
pub mod rows;
mod rules;
mod sampled;
mod scaling;
mod setting;
mod shards;
mod site_lists;
mod spared;
mod stays;
mod ways;

pub use affected::{Affected, Touches, UsableByProfile};
pub use class::{Class, ClassId, Classes, Detail, Who, WhoId, copies};
pub use class_of::ClassOf;
pub use column::{Column, ColumnKey, PathId, PathTable};
pub use default::DefaultPath;
pub use demand::{Demand, DemandId, Group, GroupId};
pub use fixed::{FixedLoads, background_in};
pub use folded::Folded;
pub use kinds::{Crowd, Kind, KindId, Kinds, Mark, Spot, Standing};
pub use loads_table::{LoadsId, LoadsOfUser, LoadsTable};
pub use narrowed::Narrowed;
pub use open_ways::OpenWays;
pub use per_class::PerClass;
pub use pool::{members_behind, members_in, members_of_all};
pub use problem::{Problem, summed};
pub use route::Route;
pub use rules::{Rules, SiteSet};
pub use scaling::{Holds, Rigour, Scaling, is_symmetric, pursues_targets, spares_unaffected};
pub use setting::{Narrowing, Setting, Standby};
pub use shards::Shards;
pub use spared::{Spared, TakenOver};
pub use stays::{Stay, Stays, Tie};
pub use ways::{FoundWays, Ways};
