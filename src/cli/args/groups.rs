//! Groups of arguments: what several commands are asked alike.

use super::values::threads;
use crate::cli::progress::Progress;
use clap::Args;
use std::path::PathBuf;

/// An inventory, and a scenario for it.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long = "scenario", value_name = "FILE", required = true)]
    pub(crate) scenarios: Vec<PathBuf>,
}

/// How results are told.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct OutputArgs {
    /// Print only errors
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    json: bool,
}

/// How a command that takes long is run.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct RunArgs {
    /// Use at most so many threads; the result is the same
    #[arg(long, value_name = "N", value_parser = threads())]
    pub(crate) threads: Option<usize>,
    /// Draw no charts
    #[arg(long)]
    pub(crate) no_charts: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object, for programs.
    Json,
    /// Nothing but errors.
    Quiet,
}

/// What is told beside results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Progress, warnings and errors.
    All,
    /// Errors only.
    Errors,
}

impl OutputArgs {
    /// How results are written.
    pub(crate) fn format(self) -> Format {
        match (self.json, self.quiet) {
            (true, _) => Format::Json,
            (false, true) => Format::Quiet,
            (false, false) => Format::Text,
        }
    }

    /// What is told beside them.
    pub(crate) fn verbosity(self) -> Verbosity {
        if self.format() == Format::Quiet {
            Verbosity::Errors
        } else {
            Verbosity::All
        }
    }
}

impl Verbosity {
    /// Shows what is being done, if it is to be shown.
    pub(crate) fn progress(self, what: &'static str) -> Option<Progress> {
        (self == Self::All).then(|| Progress::start(what))
    }
}
