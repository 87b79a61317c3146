//! Waves: the transition from state to state, in words and as a runbook.
//!
//! Computed here are `on_way.rs`, `instants.rs`, `in_force.rs` and `closed.rs`: which weights hold when, and until when a wave
//! is undone. Above them stands one file for each section of the runbook, which `runbook.rs` puts together.

mod back;
mod back_order;
mod bars;
mod commands;
mod first;
mod hold;
mod hours;
mod how_to_work;
mod idle;
mod imperatives;
mod in_force;
mod informed;
mod instants;
mod page;
mod path_back;
mod pieces;
mod readings;
mod runbook;
mod script;
mod script_back;
mod script_undo;
mod section;
mod since_first;
mod step_table;
mod tasks;
mod undo;
mod wave;
mod wave_of_transition;
mod weights;
mod what_stands;
mod without_fix;
mod words;
mod writer;

pub use bars::waves_chart;
pub(in crate::report) use first::{first_step, step_count};
pub use page::RUNBOOK_PAGE;
pub use runbook::{RUNBOOK_FILE, runbook, runbook_files, runbook_of};
pub use script::SCRIPT_FILE;
pub use writer::TransitionWriter;
pub use writer::duration;
pub(in crate::report) use writer::from_to;
