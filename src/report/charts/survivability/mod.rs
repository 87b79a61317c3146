//! How many tenants of each tier survive how many failures at once, whichever they are.
//!
//! A bar is all tenants of a tier: blue are those whom no case of so many failures leaves with unserved users, dark red
//! the others.

mod chart;
#[cfg(test)]
mod tests;

pub use chart::{SurvivabilityChart, TierSurvival};
