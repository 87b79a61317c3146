//! How many tenants of each tier stay within their promise, the later a silent fault is detected.
//!
//! A bar is all tenants of a tier: blue are those of whom the worst fault costs no more than a month's promise allows,
//! dark red the others.

mod chart;
#[cfg(test)]
mod tests;

pub use chart::{Detected, ExposureChart, TierExposure};
