//! Waves: the way from state to state, in words and as a runbook.

mod bars;
mod closed;
mod deadline;
mod durations;
mod full_back;
mod fullness;
mod gate;
mod hours;
mod in_force;
mod instant_weights;
mod left_over;
mod not_begun;
mod overloads;
mod parts;
mod path_back;
mod runbook;
mod stability;
mod steering;
mod steps;
mod stops;
mod subject;
mod undo;
mod words;

pub use bars::waves_chart;
pub use durations::duration;
pub(in crate::report) use runbook::from_to;
pub use runbook::{RUNBOOK_FILE, runbook, runbook_of};
pub use words::Teller;
