//! Args: what was typed.

mod values;

pub(crate) use values::{Instant, Part};

use crate::generate::Options;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;
use std::path::PathBuf;
use std::time::Duration;
use values::{instant, length, minutes, seconds, severity, step, threads};

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
    /// Does this written plan, ours or hand-made, really hold? The same of a sweep or a replay
    #[command(after_help = "Examples:\n  \
        plimsoll verify data/tiny --scenario data/tiny/drain-chicago.toml plan\n  \
        plimsoll verify INVENTORY --scenario S replay --plan plan\n  \
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
    /// What breaks next: every failure, every pair, on top of a scenario
    #[command(after_help = "Examples:\n  \
        plimsoll sweep data/tiny --scenario data/tiny/drain-chicago.toml --out sweep\n  \
        plimsoll sweep INVENTORY --scenario S --failures 2 --over sites --recovery all --out sweep\n  \
        plimsoll sweep INVENTORY --scenario S --failures 2 --part 3/8 --out part-3\n  \
        plimsoll sweep INVENTORY --scenario S --resume sweep")]
    Sweep(SweepArgs),
    /// The parts of one sweep put together
    #[command(after_help = "Example:\n  \
        plimsoll merge INVENTORY --scenario S part-1 part-2 part-3 --out sweep")]
    Merge(MergeArgs),
    /// When is the best time for a maintenance? Every start in a span, ranked by what it costs
    #[command(after_help = "Examples:\n  \
        plimsoll window data/global --component lon --duration 4h --between 2026-11-21 --and 2026-11-28\n  \
        plimsoll window INVENTORY --component lb-1 --duration 90m --between 2026-11-21T18:00-06:00 \
        --and 2026-11-22T06:00-06:00 --step 15m\n  \
        plimsoll window INVENTORY --scenario S --component chi --duration 4h --between 2026-11-21 \
        --and 2026-11-28 --out windows")]
    Window(WindowArgs),
    /// What would users have felt? The scenario played forward, with a plan and with nobody doing anything
    #[command(after_help = "Examples:\n  \
        plimsoll replay data/tiny --scenario data/tiny/drain-chicago.toml --out replay\n  \
        plimsoll replay INVENTORY --scenario S --plan plan --out replay --step 10\n  \
        plimsoll replay INVENTORY --scenario S --do-nothing --out replay --json | jq '.runs[].down_minutes'\n\n\
        Exit codes: 0 nobody is down, 1 users are down, 2 bad input, 3 stopped, 4 internal error")]
    Replay(ReplayArgs),
    /// A made-up inventory of any size, with scenarios to plan
    #[command(after_help = "Examples:\n  \
        plimsoll generate --out made\n  \
        plimsoll generate --out large --sites 60 --access-points 200 --client-regions 1200 --shards 1000000\n  \
        plimsoll generate --out meshed --mesh 150 --shards 3000 --seed 7")]
    Generate(GenerateArgs),
}

/// Arguments of `plimsoll sweep`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct SweepArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) scenario: Vec<PathBuf>,
    /// Folder to write the sweep into; one that `sweep` wrote earlier is replaced
    #[arg(long, value_name = "DIR", required_unless_present = "resume")]
    pub(crate) out: Option<PathBuf>,
    /// At most so many fail at once
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) failures: u32,
    /// What may fail
    #[arg(long, value_enum, default_value_t = Over::Sites)]
    pub(crate) over: Over,
    /// How failures are answered: survivors keep their weights, each shard's takeover, a new plan, or all three side
    /// by side
    #[arg(long, value_enum, default_value_t = Answered::Replan)]
    pub(crate) recovery: Answered,
    /// Where users are when failures are answered by a new plan: where the period begins, or where the scenario's own
    /// plan homes them
    #[arg(long, value_enum, default_value_t = Whence::Start)]
    pub(crate) from: Whence,
    /// At most so many members deliver less without saying so, besides what fails
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) gray: u32,
    /// The share of the work through a gray member that is lost, above 0 up to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = severity)]
    pub(crate) severity: f64,
    /// Minutes until a gray member is noticed
    #[arg(long, value_name = "MINUTES", default_value_t = 60.0, value_parser = minutes)]
    pub(crate) detect_minutes: f64,
    /// What may turn gray; left out: what may fail
    #[arg(long, value_enum)]
    pub(crate) gray_over: Option<Over>,
    /// Settle all levels of every case, so that users moved and access points opened are the fewest
    #[arg(long)]
    pub(crate) full: bool,
    /// The period of the scenario in which something fails, counted from 0; left out: the first of those in which most
    /// events are in force
    #[arg(long, value_name = "N")]
    pub(crate) period: Option<usize>,
    /// Only the I-th of N equal parts of the cases; `plimsoll merge` joins them
    #[arg(long, value_name = "I/N")]
    pub(crate) part: Option<Part>,
    /// Write down what is done every so many seconds, so that a kill loses no more than that
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) journal_every: Duration,
    /// Go on with an unfinished sweep: the folder that it was to be written into
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "failures", "over", "recovery", "from", "gray", "severity", "detect_minutes", "gray_over", "full", "period", "part"])]
    pub(crate) resume: Option<PathBuf>,
    /// Use at most so many threads; the result is the same
    #[arg(long, value_name = "N", value_parser = threads())]
    pub(crate) threads: Option<usize>,
    /// Draw no charts
    #[arg(long)]
    pub(crate) no_charts: bool,
    /// Print only errors
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Write sweep.json to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll window`.
#[derive(Debug, Args)]
pub(crate) struct WindowArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// What is maintained: a site, access point, element or link, a pool (all its members), or a risk group; several
    /// are taken out together
    #[arg(long, value_name = "E", required = true)]
    pub(crate) component: Vec<String>,
    /// How long it lasts, such as 4h or 90m
    #[arg(long, value_name = "TIME", value_parser = length)]
    pub(crate) duration: SignedDuration,
    /// The first time at which it may begin: a date, or a date and time; without an offset, UTC
    #[arg(long, value_name = "WHEN", value_parser = instant)]
    pub(crate) between: Instant,
    /// It begins before that
    #[arg(long, value_name = "WHEN", value_parser = instant)]
    pub(crate) and: Instant,
    /// Time from one start to the next
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = length)]
    pub(crate) step: SignedDuration,
    /// Scenario file in TOML, for its policy and for what else happens; later ones are layered over earlier ones
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Vec<PathBuf>,
    /// What might fail besides while it lasts, one at a time
    #[arg(long, value_enum, default_value_t = Over::Sites)]
    pub(crate) over: Over,
    /// Do not ask what one more failure would do
    #[arg(long, conflicts_with = "over")]
    pub(crate) no_failures: bool,
    /// Folder to write table and chart into; one that `window` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Use at most so many threads; the result is the same
    #[arg(long, value_name = "N", value_parser = threads())]
    pub(crate) threads: Option<usize>,
    /// Print only errors
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll replay`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct ReplayArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) scenario: Vec<PathBuf>,
    /// Folder of the written plan that is carried out, ours or hand-made; left out: a plan is made
    #[arg(long, value_name = "DIR", conflicts_with = "do_nothing")]
    pub(crate) plan: Option<PathBuf>,
    /// Nobody does anything, and no plan is made
    #[arg(long)]
    pub(crate) do_nothing: bool,
    /// Folder to write the replay into; one that `replay` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The longest step in seconds, above 0 up to 3600, instead of the scenario's
    #[arg(long, value_name = "SECONDS", value_parser = step)]
    pub(crate) step: Option<f64>,
    /// Use at most so many threads; the result is the same
    #[arg(long, value_name = "N", value_parser = threads())]
    pub(crate) threads: Option<usize>,
    /// Draw no charts
    #[arg(long)]
    pub(crate) no_charts: bool,
    /// Print only errors
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Write replay.json to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll merge`.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Folders of the parts, in any order
    #[arg(value_name = "PART", required = true)]
    pub(crate) parts: Vec<PathBuf>,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) scenario: Vec<PathBuf>,
    /// Folder to write the sweep into; one that `sweep` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Use at most so many threads; the result is the same
    #[arg(long, value_name = "N", value_parser = threads())]
    pub(crate) threads: Option<usize>,
    /// Draw no charts
    #[arg(long)]
    pub(crate) no_charts: bool,
    /// Print only errors
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Write sweep.json to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// What may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Over {
    /// Datacenters
    Sites,
    /// Access points
    AccessPoints,
    /// Network elements
    Elements,
    /// Links
    Links,
    /// Risk groups, each as a whole
    RiskGroups,
    /// Sites, access points, elements and links
    Components,
}

/// How failures are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Answered {
    /// The survivors keep their weights
    Rescale,
    /// Each shard's precomputed takeover
    Replicas,
    /// A new plan
    Replan,
    /// All three, side by side
    All,
}

/// Where users are when something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Whence {
    /// Where the period begins
    Start,
    /// Where the scenario's own plan homes them
    Plan,
}

/// Arguments of `plimsoll generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Folder to write the inventory into; one that `generate` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Datacenters, 1 to 500
    #[arg(long, value_name = "N", default_value_t = Options::default().sites)]
    pub(crate) sites: usize,
    /// Access points, 1 to 2,000
    #[arg(long, value_name = "N", default_value_t = Options::default().access_points)]
    pub(crate) access_points: usize,
    /// Client regions, 1 to 20,000
    #[arg(long, value_name = "N", default_value_t = Options::default().client_regions)]
    pub(crate) client_regions: usize,
    /// Shards of all tenants together, 1 to 20,000,000
    #[arg(long, value_name = "N", default_value_t = Options::default().shards)]
    pub(crate) shards: usize,
    /// Load balancers, and from 3 on a firewall behind them, in front of each site; 0 to 64
    #[arg(long, value_name = "N", default_value_t = Options::default().elements_per_site)]
    pub(crate) elements_per_site: usize,
    /// Routers of a meshed backbone between access points and sites, 0 to 2,000; 0: every access point is linked
    /// to every site
    #[arg(long, value_name = "N", default_value_t = Options::default().mesh)]
    pub(crate) mesh: usize,
    /// Share of the tenants that must stay in a jurisdiction, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Options::default().residency)]
    pub(crate) residency: f64,
    /// Share of the shards that have copies at one or two other sites, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Options::default().replicas)]
    pub(crate) replicas: f64,
    /// Load of sites, access points and elements before anything happens, as a share of capacity, 0.01 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Options::default().utilization)]
    pub(crate) utilization: f64,
    /// Seed of the random numbers; the same seed and options make the same bytes
    #[arg(long, value_name = "N", default_value_t = Options::default().seed)]
    pub(crate) seed: u64,
    /// Print only errors
    #[arg(long)]
    pub(crate) quiet: bool,
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
    #[arg(long, value_name = "N", value_parser = threads())]
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
    /// Folder of the written plan, sweep or replay; of a plan at least assignment.csv: where steering.csv is absent, steering is planned for its homes
    pub(crate) folder: PathBuf,
    /// Folder of the plan that was replayed, where a replay of it is verified
    #[arg(long, value_name = "DIR")]
    pub(crate) plan: Option<PathBuf>,
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
