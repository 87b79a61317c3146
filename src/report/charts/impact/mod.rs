//! The worst failures, ranked: who is unserved by tier, and where everyone is served what headroom is missing.
//!
//! Every tier has a column of bars of its own, all on one scale, so that tiers are told apart by their place and need no
//! colours. Below 900 pixels, and where there are too many tiers, a bar holds all tiers and the words below it tell them apart.

mod chart;
mod layout;
mod narrow;
mod paint;
#[cfg(test)]
mod tests;
mod wide;

pub use chart::{Impact, ImpactBlock, ImpactChart, ImpactRow, MissingAt};
