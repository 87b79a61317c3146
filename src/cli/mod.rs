//! The command line: the only floor that opens files, reads the environment or prints.
//!
//! `args/` is what was typed, `commands/` has one file for each command: read, run, document and tables, write.
//! `input.rs` reads inventories and scenarios, `stored.rs` a written plan. `folder.rs` and `new_folder.rs` put an output
//! folder in its place as a whole; `journal.rs`, `sweep_task.rs` and `sweep_folder.rs` are for sweeps that go on.
//! `exit.rs` has the exit codes, `memory.rs` gives freed memory back between phases.

mod args;
mod by_hand;
mod clock;
mod commands;
mod exit;
mod files;
mod folder;
mod input;
mod journal;
mod load_summary;
#[cfg(test)]
mod look;
mod memory;
mod new_folder;
mod progress;
mod render;
mod replayed;
mod resume;
mod run;
mod runway_folder;
mod stored;
mod sweep_folder;
mod sweep_task;
mod terminal;
#[cfg(test)]
mod tests;

pub use memory::Allocator;
pub use run::run;
