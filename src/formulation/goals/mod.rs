//! Goals: what a plan minimises, level by level; one file each (`model.md` §4).

mod access_points;
mod copied;
mod headroom;
mod latency;
mod level;
mod moves;
mod relief;
mod unserved;

pub use access_points::is_counted;
pub use copied::copied_per_user;
pub use headroom::users_missing;
pub use latency::latency_per_user;
pub use level::{Level, Objective, levels};
pub use moves::moved_per_user;
pub use relief::relief_per_user;
pub use unserved::tier_label;
