//! Row families: one file each.

mod class;
mod exposure;
mod headroom;
mod hold;
mod load;
mod move_limit;
mod scaled;
mod stability;
mod survival;

pub use super::ids::RowId;
pub use super::load_row::LoadRow;
pub use class::class_limit;
pub use exposure::{Counted, ExposureRow};
pub use headroom::{hard_limit, kept_share, target_limit};
pub use hold::hold_limit;
pub use load::LoadRows;
pub use move_limit::move_limit;
pub use scaled::{Scaled, Side};
pub use stability::with_retries;
pub use survival::{Survival, SurvivalRow};
