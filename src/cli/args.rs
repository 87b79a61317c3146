//! Args: what was typed.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

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
    /// Who goes where, when; what headroom is left
    #[command(after_help = "Examples:\n  \
        plimsoll plan data/tiny --scenario data/tiny/drain-chicago.toml --out plan\n  \
        plimsoll plan INVENTORY --scenario base.toml --scenario patch.toml --out plan --no-charts\n  \
        plimsoll plan INVENTORY --scenario S --out plan --json | jq '.periods[].unserved_users'")]
    Plan(PlanArgs),
    /// Does this written plan, ours or hand-made, really hold?
    #[command(after_help = "Examples:\n  \
        plimsoll verify data/tiny --scenario data/tiny/drain-chicago.toml plan\n  \
        plimsoll verify INVENTORY --scenario S plan --json | jq '.broken[].code'")]
    Verify(VerifyArgs),
    /// Why is this shard here, and what would it cost elsewhere; why is this component full, and who fills it?
    #[command(after_help = "Examples:\n  \
        plimsoll explain plan\n  \
        plimsoll explain plan --shard bank-1\n  \
        plimsoll explain plan --component lb-sat-2\n  \
        plimsoll explain plan --shard bank-1 --period 3 --json")]
    Explain(ExplainArgs),
    /// Two plans side by side, or a plan beside the state before it
    #[command(after_help = "Examples:\n  \
        plimsoll compare plan-of-tuesday plan-of-today\n  \
        plimsoll compare plan\n  \
        plimsoll compare A B --out difference\n  \
        plimsoll compare A B --json | jq -r .verdict")]
    Compare(CompareArgs),
}

/// Arguments of `plimsoll explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Folder of a written plan
    #[arg(value_name = "DIR")]
    pub(crate) plan: PathBuf,
    /// Ask about this shard
    #[arg(long, value_name = "S", conflicts_with = "component")]
    pub(crate) shard: Option<String>,
    /// Ask about this site, access point, element or link
    #[arg(long, value_name = "E")]
    pub(crate) component: Option<String>,
    /// Ask about this period only, counted from 0
    #[arg(long, value_name = "N")]
    pub(crate) period: Option<usize>,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Folder of a written plan
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// Folder of another one; left out: the state before A is compared with A
    #[arg(value_name = "B")]
    pub(crate) b: Option<PathBuf>,
    /// Folder to write tables, chart and page into; one that Plimsoll wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print only errors
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) scenario: Vec<PathBuf>,
    /// Folder to write the plan into; one that Plimsoll wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// End with the best plan so far after so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) time_limit: Option<Duration>,
    /// Use at most so many threads; the result is the same
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Draw no charts
    #[arg(long)]
    pub(crate) no_charts: bool,
    /// Print only errors
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Write summary.json to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) scenario: Vec<PathBuf>,
    /// Folder of the written plan: at least assignment.csv and steering.csv
    pub(crate) plan: PathBuf,
    /// Print nothing; the exit code tells
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
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

/// A time of so many seconds.
fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected a number of seconds, 0 or more".to_owned())
}
