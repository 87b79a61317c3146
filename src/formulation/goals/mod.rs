//! Goals: what a plan minimises, level by level; one file each (`model.md` §4).

mod access_points;
mod headroom;
mod latency;
mod level;
mod moves;
mod relief;
mod unserved;

pub use crate::model::{Level, levels};
pub use access_points::is_counted;
pub use headroom::users_missing;
pub use latency::latency_per_user;
pub use level::{Objective, counts_mover, per_user};
pub use unserved::tier_label;
