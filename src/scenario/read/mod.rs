//! Scenario files: text in, a scenario and findings out.

mod brackets;
mod events;
mod findings;
mod kind;
mod known;
mod layer;
mod manual;
mod names;
mod number;
mod policy;
mod protect;
mod queued;
mod reduction;
mod replay;
mod schema;
mod sessions;
mod slow;
mod source;
mod span;
mod surge;
mod table;
mod value;
mod waves;
mod whole;

#[cfg(test)]
mod tests;

pub use manual::manual;
pub use whole::{Reading, ScenarioText, read};
