//! Answers of `plimsoll explain`: why a shard is where it is, and who fills a component.

mod component;
mod everything;
mod shard;

pub use component::{ComponentAnswer, ComponentPeriod};
pub use everything::everything;
pub use shard::{ShardAnswer, ShardPeriod};
