//! The network as a directed graph: places, links, and the cheapest paths from client regions to sites.
//!
//! No file format and no linear program: prices come in as numbers, paths go out. `usable.rs` says who may use what,
//! `search/` and `dominance.rs` find cheapest paths under latency limits, from both ends (`halves.rs`, `joins.rs`).
//! `reach.rs` says what lies on some path, `through.rs` remembers it, `cut.rs` finds the min cut of a flow.

mod build;
mod cut;
mod dominance;
mod halves;
mod joins;
mod paths;
mod reach;
mod search;
mod sides;
mod through;
mod usable;

pub use build::{Network, PlaceId};
pub use cut::FlowNetwork;
pub use paths::{FoundPaths, Path, PathCost, PricedPaths};
pub use reach::least_latencies;
pub use search::Prices;
pub use through::{PathsThrough, ThroughComponents};
pub use usable::Usable;
