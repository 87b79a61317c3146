//! Answers of `plimsoll explain`: why a shard is where it is, who fills a component, and everything that is explained.

mod component;
mod everything;
mod out_of_service;

pub use component::{ComponentAnswer, ComponentPeriod};
pub use everything::{PlanTables, everything, unseen};
pub use everything::{ShardAnswer, ShardPeriod};
