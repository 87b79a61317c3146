//! Scenario files: text in, a scenario and findings out.

mod brackets;
mod commands;
mod effects;
mod events;
mod findings;
mod layer;
mod manual;
mod names;
mod policy;
mod protect;
mod queued;
mod schema;
mod table;
mod titled;
mod value;
mod whole;

#[cfg(test)]
mod tests;

pub use manual::manual;
pub(crate) use titled::titled;
pub use whole::{Reading, ScenarioText, read};
