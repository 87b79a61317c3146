//! The plan and what is said about it: who is served where over which path, what that loads, what it costs.
//!
//! `plan.rs` and `state.rs` have the types. `extract.rs` takes users and loads over from an outcome. `headroom.rs`,
//! `measure.rs`, `moves.rs`, `access_points.rs`, `blind.rs`, `tenants.rs`, `stability.rs` and `transition.rs` say what
//! follows from them; the referee asks the same makers with its loads. `changes/` is what has to be done, and when.
//! `explain/` says why, `compare/` compares two plans, `sweep/` has what failures come to, `check/` is the referee.

mod access_points;
mod affected_users;
mod blind;
mod by_group_and_site;
mod changes;
pub mod check;
pub mod compare;
mod current_weights;
mod cut;
mod downtime;
mod end_state;
pub mod explain;
mod extract;
mod full_back;
mod headroom;
mod homes;
mod hour_turn;
mod independent_retries;
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
mod relaxed;
pub mod replay;
pub mod runway;
mod shift;
mod site_loads;
mod stability;
mod state;
mod stays_down;
mod steady;
mod steering_groups;
pub mod sweep;
mod tenant_account;
mod tenants;
mod transition;
mod waiting;
mod wave_weights;

pub use access_points::{AccessPointChange, access_point_changes, most_entering};
pub use affected_users::affected_users;
pub use blind::blind_window;
pub(crate) use by_group_and_site::ByGroupAndSite;
pub use changes::{Change, Step, are_paths_changed, changes, rollback};
pub(crate) use current_weights::with_current_weights;
pub use cut::{Bond, Cut, Stopped};
pub use downtime::{Downtime, NotCounted, Outage, Paced, PeriodDowntime, Raised, Relief, Shortage};
pub use downtime::{Loses, Recovery, Trial};
pub use end_state::{EndStateDates, EndStateGap, EndStateRunway};
pub(crate) use extract::{MeanDemands, crossing_by_slice};
pub use extract::{Served, flows, loads, most, parts};
pub use full_back::FullBack;
pub use headroom::{ComponentSpare, Margin, margins};
pub(crate) use homes::{homes_after, settle_shard};
pub use hour_turn::HourTurn;
pub use independent_retries::{IndependentRetries, crosses, independent_at, independent_retries};
pub use margin::{ErrorMargin, Limit, Sites};
pub use measure::{Stage, stage_name, stages};
pub(crate) use moves::has_copy;
pub use moves::{Move, Origin, moves, reason};
pub(crate) use open_path::is_open;
pub use plan::{BlindImpact, ForecastEnd, JointSummary, PeriodPlan, Plan, Status, Totals};
pub(crate) use plan::{least_bound, least_limit};
pub(crate) use pool_shares::still_out;
pub use protection::{MOST_WATCHED, Protection, Unprotected};
pub(crate) use reconnect::{entries, reconnecting_users};
pub use relaxed::Relaxed;
pub(crate) use shift::{Mover, ServedBefore, Shift, Staying, settled};
pub(crate) use site_loads::SiteLoads;
pub use stability::{Loaded, RetryMargin, Stability, least_margin, retry_loads, retry_margins};
pub use state::{Before, Carried, Flow, GroupKey, Part, flows_in};
pub use stays_down::StaysDown;
pub(crate) use steady::steadied;
pub use steering_groups::SteeringGroups;
pub use tenant_account::{TenantAccount, TenantMonth};
pub use tenants::tenants;
pub(crate) use transition::spare_sessions;
pub use transition::{
    Allowed, Barred, Carries, Exposed, Fullness, Overloaded, Pace, PaceLimit, Ramp, Refusal,
    Remedy, SiteTraffic, Standing, Timing, Transition, Undo, Wave,
};
pub use waiting::{Waiting, waiting};
pub use wave_weights::{WaveWeight, wave_weights};
