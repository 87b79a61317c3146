//! Waves: the transition from state to state, in words and as a runbook.
//!
//! Computed here are `on_way.rs`, `instants.rs`, `in_force.rs` and `closed.rs`: which weights hold when, and until when a wave
//! is undone. Above them stands one file for each section of the runbook, which `runbook.rs` puts together.

mod amounts;
mod bars;
mod closed;
mod gate;
mod hours;
mod imperatives;
mod in_force;
mod instants;
mod left_over;
mod not_begun;
mod on_way;
mod path_back;
mod runbook;
mod stops;
mod teller;
mod undo;
mod wave;
mod way;
mod words;

pub use amounts::duration;
pub use bars::waves_chart;
pub use runbook::{RUNBOOK_FILE, runbook, runbook_of};
pub use teller::WayTeller;
pub(in crate::report) use teller::from_to;
