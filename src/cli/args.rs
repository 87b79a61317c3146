//! Args: what was typed.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Plimsoll, a capacity planner for online services that run from many datacenters.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    about = "How much load is safe: plans for an online service that runs from many datacenters",
    arg_required_else_help = true,
    after_help = "Exit codes: 0 sound, 1 users unserved or a target missed, 2 bad input, 3 stopped before \
                  there was a plan, 4 internal error"
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Is my input sound? Every finding with file, line, column, and what to do
    #[command(after_help = "Examples:\n  \
        plimsoll check data/tiny\n  \
        plimsoll check data/tiny --scenario data/tiny/scenario.toml\n  \
        plimsoll check data/tiny --json | jq '.findings[].code'")]
    Check(CheckArgs),
}

/// Arguments of `plimsoll check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Vec<PathBuf>,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
