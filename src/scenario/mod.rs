//! The scenario: its file, and what is available and demanded at any instant of it.
//!
//! `read/` goes from TOML to a scenario. `instant.rs` makes the case of an instant, from `growth.rs` and `demand.rs` (users),
//! `knowledge.rs` (who knows what when) and `free_share.rs` (growth). `periods.rs` cuts the time into periods, `hours.rs`
//! a period into slices of its hours; `difference.rs` compares two scenarios, and `merged.rs` makes one
//! text of several layers.

mod demand;
mod difference;
mod free_share;
mod growth;
mod hours;
mod instant;
mod knowledge;
mod merged;
mod months;
mod periods;
mod read;

#[cfg(test)]
mod tiny;

pub use crate::model::Band;
pub use demand::{
    JOINING_HOURS, has_forecast_range, is_joining_evenly, shares_there, still_to_come, users_at,
    users_of_shard,
};
pub use difference::{KeyDifference, differences};
pub use free_share::{free_share_lowered, may_be_lowered};
pub use growth::{dates_of_growth, grown_until, users_on};
pub use hours::{even_spans, hours_at, hours_between};
pub(crate) use instant::capacities_at;
pub use instant::{BaseDemand, case_at, case_before, case_of_events, headroom_target};
pub use knowledge::{Knowledge, acted_on, ends_with_it, goes_on, in_force, is_in_force};
pub use merged::MergedLayers;
pub use months::{MonthPart, minutes_of_month, months};
pub use periods::{Period, Unanswered, periods, unanswered};
pub(crate) use read::titled;
pub use read::{Reading, ScenarioText, manual, read};
