//! The command line: the only floor that opens files, reads the environment or prints.

mod args;
mod clock;
mod commands;
mod exit;
mod files;
mod folder;
mod for_homes;
mod input;
mod journal;
mod judging;
mod log;
#[cfg(test)]
mod look;
mod memory;
mod missed;
mod new_folder;
mod options;
mod progress;
mod recalled;
mod render;
mod replayed;
mod run;
mod stored;
mod swept;
mod terminal;
#[cfg(test)]
mod tests;

pub use memory::Allocator;
pub use run::run;
