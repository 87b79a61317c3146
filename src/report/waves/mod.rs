//! Waves: the way from state to state, in words and as a runbook.
//!
//! What is done when is computed in `on_way`, `instants`, `in_force` and `closed`; each other file tells a part of it.

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
