//! The plan and what is said about it: who is served where over which path, what that loads, what it costs.

mod access_points;
mod blind;
pub mod check;
pub mod compare;
mod extract;
mod headroom;
mod measure;
mod moves;
#[expect(clippy::module_inception, reason = "the type is the floor's subject")]
mod plan;
mod reasons;
mod reconnect;

pub use access_points::{AccessPointChange, access_point_changes};
pub use blind::{Hurt, blind_window};
pub use extract::{Served, flows, loads, parts};
pub(crate) use extract::{crossing, users_by_site};
pub use headroom::{Margin, margins};
pub use measure::{Stage, stages};
pub(crate) use moves::has_copy;
pub use moves::{Move, Origin, moves, reason};
pub use plan::{Before, Flow, ForecastEnd, GroupKey, Part, PeriodPlan, Plan, Status, Totals};
pub use reasons::unserved_reasons;
pub use reconnect::reconnecting_users;
