//! The command line: the only floor that opens files, reads the environment or prints.

mod args;
mod clock;
mod commands;
mod exit;
mod files;
mod folder;
mod input;
mod journal;
#[cfg(test)]
mod look;
mod memory;
mod new_folder;
mod progress;
mod render;
mod replayed;
mod run;
mod stored;
mod sweep_folder;
mod sweep_task;
mod terminal;
#[cfg(test)]
mod tests;

pub use memory::Allocator;
pub use run::run;
