//! The plan and what is said about it: who is served where over which path, what that loads, what it costs.

mod access_points;
mod blind;
mod by_group_and_site;
mod changes;
pub mod check;
pub mod compare;
mod cut;
mod downtime;
pub mod explain;
mod extract;
mod full_back;
mod headroom;
mod homes;
mod hour_turn;
mod hurt_users;
mod joint;
mod margin;
mod measure;
mod moves;
mod nobody;
mod open_path;
#[expect(clippy::module_inception, reason = "the type is the floor's subject")]
mod plan;
mod pool_shares;
mod proof;
mod protection;
mod reconnect;
mod recovery;
mod relaxed;
pub mod replay;
mod shift;
mod site_loads;
mod stability;
mod steady;
mod steering_groups;
pub mod sweep;
mod tenants;
mod transition;
mod waiting;
mod wave_weights;

pub use access_points::{AccessPointChange, access_point_changes};
pub use blind::{Hurt, blind_window};
pub(crate) use by_group_and_site::ByGroupAndSite;
pub use changes::{Change, Step, are_paths_changed, changes, way_back};
pub use cut::{Bond, Cut, Stopped};
pub use downtime::{Downtime, NotCounted, Outage, Paced, PeriodDowntime, Raised, Relief, Shortage};
pub(crate) use extract::{MeanDemands, crossing_by_slice};
pub use extract::{Served, flows, loads, most, parts};
pub use full_back::FullBack;
pub use headroom::{Margin, margins};
pub(crate) use homes::homes_after;
pub use hour_turn::{HourSchedule, HourTurn};
pub use hurt_users::hurt_users;
pub use joint::JointPeriods;
pub use margin::{ErrorMargin, Limit, Sites};
pub(crate) use margin::{least_bound, least_limit};
pub use measure::{Stage, stage_name, stages};
pub(crate) use moves::has_copy;
pub use moves::{Move, Origin, moves, reason};
pub(crate) use open_path::is_open;
pub use plan::{
    Before, Carried, Flow, ForecastEnd, GroupKey, Part, PeriodPlan, Plan, Status, Totals, flows_in,
};
pub(crate) use pool_shares::still_out;
pub use proof::PROVEN;
pub use protection::{MOST_WATCHED, Protection, Unprotected};
pub use reconnect::reconnecting_users;
pub use recovery::{Loses, Recovery, Trial};
pub use relaxed::Relaxed;
pub(crate) use shift::{Mover, ServedBefore, Shift, Staying, settled};
pub(crate) use site_loads::SiteLoads;
pub use stability::{Loaded, RetryMargin, Stability, least_margin, retry_loads, retry_margins};
pub(crate) use steady::steadied;
pub use steering_groups::SteeringGroups;
pub use tenants::{TenantAccount, TenantMonth, tenants};
pub(crate) use transition::spare_sessions;
pub use transition::{
    Allowed, Barred, Carries, Exposed, Fullness, Overloaded, Pace, PaceLimit, Ramp, Refusal,
    Remedy, SiteTraffic, Standing, Timing, Transition, Undo, Wave,
};
pub use waiting::{Waiting, waiting};
pub use wave_weights::{WaveWeight, wave_weights};
