//! The network as a directed graph: places, links, and the cheapest paths from client regions to sites.
//!
//! No file format and no linear program: prices come in as numbers, paths go out.

mod build;
mod dominance;
mod paths;
mod reach;
mod search;
mod usable;

pub use build::{Network, PlaceId};
pub use paths::{Path, PathCost, PricedPaths};
pub use reach::{Reach, least_latencies};
pub use search::Prices;
pub use usable::Usable;
