//! Waves: the transition from state to state, in words and as a runbook.
//!
//! Computed here are `on_way.rs`, `instants.rs`, `in_force.rs` and `closed.rs`: which weights hold when, and until when a wave
//! is undone. Above them stands one file for each section of the runbook, which `runbook.rs` puts together.

mod bars;
mod hours;
mod imperatives;
mod in_force;
mod instants;
mod on_way;
mod path_back;
mod runbook;
mod teller;
mod undo;
mod wave;
mod way;
mod words;

pub use bars::waves_chart;
pub use runbook::{RUNBOOK_FILE, runbook, runbook_of};
pub use teller::WayTeller;
pub use teller::duration;
pub(in crate::report) use teller::from_to;
