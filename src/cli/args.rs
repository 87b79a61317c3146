//! Args: what was typed, and what it means.

mod runway;
mod values;
mod what_if;

pub(crate) use runway::RunwayArgs;
pub(crate) use values::{
    CasePart, Format, InputArgs, OutputArgs, RunArgs, TypedInstant, Verbosity,
};
pub(crate) use what_if::WhatIfArgs;

use crate::engine::{Begin, GrayAsked, SweepRequest, WaveOfPlan};
use crate::generate;
use crate::model::FailureSet;
use crate::plan_files::Inputs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;
use std::path::PathBuf;
use std::time::Duration;
use values::{Answered, instant, length, minutes, seconds, severity, step, threads};

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
    /// Is my input sound? Every finding with file, line, column and fix
    #[command(after_help = "Examples:\n  \
        plimsoll check data/tiny\n  \
        plimsoll check data/tiny --scenario data/tiny/drain-chicago.toml\n  \
        plimsoll check data/tiny --summary\n  \
        plimsoll check data/tiny --json | jq '.findings[].code'")]
    Check(CheckArgs),
    /// Which users move where and when, and how much headroom is left
    #[command(after_help = "Examples:\n  \
        plimsoll plan data/tiny --scenario data/tiny/drain-chicago.toml --out plan\n  \
        plimsoll plan INVENTORY --scenario base.toml --scenario patch.toml --out plan --no-charts\n  \
        plimsoll plan data/tiny --drain chi --from 2012-11-17T02:00-06:00 --to 2012-11-17T06:00-06:00 --out plan\n  \
        plimsoll plan INVENTORY --fail lb-1 --degrade lb-2=0.5 --surge 1.2 --now --out plan\n  \
        plimsoll plan INVENTORY --scenario S --out plan --json | jq '.periods[].unserved_users'")]
    Plan(PlanArgs),
    /// Does this written plan, generated or hand-made, really hold? Also for a sweep or a replay
    #[command(after_help = "Examples:\n  \
        plimsoll verify data/tiny --scenario data/tiny/drain-chicago.toml plan\n  \
        plimsoll verify INVENTORY --scenario S replay --plan plan\n  \
        plimsoll verify INVENTORY --scenario S plan --json | jq '.broken[].code'")]
    Verify(VerifyArgs),
    /// Why is this shard at its site, and what would other sites cost; why is this component full, and with which load?
    #[command(after_help = "Examples:\n  \
        plimsoll explain plan\n  \
        plimsoll explain plan --shard bank-1\n  \
        plimsoll explain plan --component lb-sat-2\n  \
        plimsoll explain plan --shard bank-1 --period 3 --json")]
    Explain(ExplainArgs),
    /// Two plans or two runways side by side, or a plan and its base state
    #[command(after_help = "Examples:\n  \
        plimsoll compare plan-of-tuesday plan-of-today\n  \
        plimsoll compare plan\n  \
        plimsoll compare A B --out difference\n  \
        plimsoll compare runway runway-with-racks --out moved\n  \
        plimsoll compare A B --json | jq -r .verdict")]
    Compare(CompareArgs),
    /// What breaks next? Contingency analysis: every failure, every pair, on top of a scenario
    #[command(after_help = "Examples:\n  \
        plimsoll sweep data/tiny --scenario data/tiny/drain-chicago.toml --out sweep\n  \
        plimsoll sweep INVENTORY --scenario S --failures 2 --over sites --recovery all --out sweep\n  \
        plimsoll sweep INVENTORY --scenario S --failures 2 --part 3/8 --out part-3\n  \
        plimsoll sweep INVENTORY --scenario S --resume sweep")]
    Sweep(SweepArgs),
    /// One sweep joined from its parts
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
    /// When do we run out? The last day on which users are served as they grow: in normal operation, and after failures
    #[command(after_help = "Examples:\n  \
        plimsoll runway data/global --from 2026-12-01 --until 2028-12-01 --out runway\n  \
        plimsoll runway INVENTORY --scenario S --until 2028-01-01 --failures 2 --recovery all --out runway\n  \
        plimsoll runway INVENTORY --from 2027-01-01 --until 2029-01-01 --json | jq .verdict\n\n\
        Exit codes: 0 every condition holds up to the end of the horizon and nobody is trapped, 1 otherwise, 2 bad input, \
        3 stopped, 4 internal error")]
    Runway(RunwayArgs),
    /// What would users have felt? The scenario played forward, with a plan and without action
    #[command(after_help = "Examples:\n  \
        plimsoll replay data/tiny --scenario data/tiny/drain-chicago.toml --out replay\n  \
        plimsoll replay INVENTORY --scenario S --plan plan --out replay --step 10\n  \
        plimsoll replay INVENTORY --scenario S --do-nothing --out replay --json | jq '.runs[].down_minutes'\n\n\
        Exit codes: 0 no users down, 1 users down or not checked, 2 bad input, 3 stopped, 4 internal error")]
    Replay(ReplayArgs),
    /// A made-up inventory of any size, with scenarios to plan
    #[command(after_help = "Examples:\n  \
        plimsoll generate --out made\n  \
        plimsoll generate --out large --sites 60 --access-points 200 --client-regions 1200 --shards 1000000\n  \
        plimsoll generate --out meshed --mesh 150 --shards 3000 --seed 7")]
    Generate(GenerateArgs),
    /// The runbook of a written plan, as text, as a page, as a table or as a script
    #[command(after_help = "Examples:\n  \
        plimsoll runbook demo/plan\n  \
        plimsoll runbook demo/plan --format html > runbook.html\n  \
        plimsoll runbook demo/plan --format csv | cut -d, -f1,2,6\n\n\
        A script is there if the scenario has [commands]. Exit codes: 0 printed, 2 bad input")]
    Runbook(RunbookArgs),
    /// What does this code of a finding mean, and how is it fixed? The text of docs/errors.md
    #[command(after_help = "Examples:\n  \
        plimsoll rule P3002\n  \
        plimsoll rule P3002 P7401 --json | jq '.rules[].title'")]
    Rule(RuleArgs),
}

/// Arguments of `plimsoll runbook`.
#[derive(Debug, Args)]
pub(crate) struct RunbookArgs {
    /// Folder of a written plan
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    /// Format in which it is printed
    #[arg(long, value_enum, default_value_t = RunbookFormat::Md)]
    pub(crate) format: RunbookFormat,
}

/// In which format a runbook is printed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RunbookFormat {
    /// Markdown
    Md,
    /// A page for the browser
    Html,
    /// One row for each step
    Csv,
    /// A script that shows, asks and runs
    Sh,
}

/// Arguments of `plimsoll rule`.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    /// Code of a finding, such as P3002
    #[arg(value_name = "CODE", required = true)]
    pub(crate) codes: Vec<String>,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll sweep`.
#[derive(Debug, Args)]
#[command(mut_arg("json", |json| json.help("Write sweep.json to standard output instead of text")))]
pub(crate) struct SweepArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Folder to write the sweep into; one that `sweep` wrote earlier is replaced
    #[arg(long, value_name = "DIR", required_unless_present = "resume")]
    out: Option<PathBuf>,
    /// Largest number of simultaneous failures
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    failures: u32,
    /// Kind of component that may fail
    #[arg(long, value_enum, default_value_t = FailureSet::Sites)]
    over: FailureSet,
    /// Answer to a failure: spillover to survivors by weight, replica failover, a new plan, or all three side by side
    #[arg(long, value_enum, default_value_t = Answered::Replan)]
    recovery: Answered,
    /// Sites of users before a new plan answers a failure: those at the start of the period, or those of the
    /// scenario's own plan
    #[arg(long, value_enum, default_value_t = Begin::Start)]
    from: Begin,
    /// Largest number of simultaneous gray members, in addition to failures; they deliver less and appear healthy
    #[arg(long, value_name = "N", default_value_t = 0)]
    gray: u32,
    /// Share of the work through a gray member that is lost, above 0 up to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = severity)]
    severity: f64,
    /// Minutes until a gray member is detected
    #[arg(long, value_name = "MINUTES", default_value_t = 60.0, value_parser = minutes)]
    detect_minutes: f64,
    /// Kind of component that may turn gray; default: that of --over
    #[arg(long, value_enum)]
    gray_over: Option<FailureSet>,
    /// All levels of every case, so that the fewest users move and the fewest access points open
    #[arg(long)]
    full: bool,
    /// Period of the scenario in which components fail, counted from 0; default: the first with the most events in
    /// force
    #[arg(long, value_name = "N")]
    period: Option<usize>,
    /// Part I of N equal parts of the cases; `plimsoll merge` joins them
    #[arg(long, value_name = "I/N")]
    part: Option<CasePart>,
    /// Seconds between two saves of the sweep; a kill loses the work since the last one
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) journal_every: Duration,
    /// Folder of an unfinished sweep that is continued
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "failures", "over", "recovery", "from", "gray", "severity", "detect_minutes", "gray_over", "full", "period", "part"])]
    pub(crate) resume: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// A sweep of some cases, new or begun by an earlier run.
pub(crate) struct SweepTask {
    /// Where it is written.
    pub(crate) out: PathBuf,
    pub(crate) asked: SweepRequest,
    /// Which part of the cases; `None` is all.
    pub(crate) part: Option<CasePart>,
    /// What the earlier run was made from.
    pub(crate) inputs: Option<Inputs>,
}

impl SweepArgs {
    /// The new sweep that is asked for.
    pub(crate) fn task(&self) -> SweepTask {
        SweepTask {
            // The arguments ask for a folder, or for one to go on with.
            out: self.out.clone().unwrap_or_default(),
            asked: SweepRequest {
                over: self.over,
                failures: self.failures as usize,
                recoveries: self.recovery.recoveries(),
                period: self.period,
                begin: self.from,
                is_full: self.full,
                gray: (self.gray > 0).then(|| GrayAsked {
                    over: self.gray_over.unwrap_or(self.over),
                    most: self.gray as usize,
                    severity: self.severity,
                    minutes: self.detect_minutes,
                }),
            },
            part: self.part,
            inputs: None,
        }
    }
}

/// Arguments of `plimsoll window`.
#[derive(Debug, Args)]
pub(crate) struct WindowArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Component under maintenance: a site, access point, element or link, a pool (all its members), or a risk group;
    /// give several to take them out together
    #[arg(long = "component", value_name = "E", required = true)]
    pub(crate) components: Vec<String>,
    /// Duration of the maintenance, such as 4h or 90m
    #[arg(long, value_name = "TIME", value_parser = length)]
    pub(crate) duration: SignedDuration,
    /// Earliest start: a date, or a date and time; without an offset, UTC
    #[arg(long, value_name = "WHEN", value_parser = instant)]
    pub(crate) between: TypedInstant,
    /// End of the allowed start times: the maintenance begins before it
    #[arg(long, value_name = "WHEN", value_parser = instant)]
    pub(crate) and: TypedInstant,
    /// Time from one start to the next
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = length)]
    pub(crate) step: SignedDuration,
    /// Scenario file in TOML, for its policy and other events; later ones are layered over earlier ones; `start` and
    /// `end` may be left out
    #[arg(long = "scenario", value_name = "FILE")]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Kind of component that may also fail during the maintenance, one at a time
    #[arg(long, value_enum, default_value_t = FailureSet::Sites)]
    over: FailureSet,
    /// No analysis of further failures
    #[arg(long, conflicts_with = "over")]
    no_failures: bool,
    /// Folder to write table and chart into; one that `window` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Largest number of threads; the result is the same
    #[arg(long, value_name = "N", value_parser = threads())]
    pub(crate) threads: Option<usize>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

impl WindowArgs {
    /// What might also fail; `None` is not asked.
    pub(crate) fn over(&self) -> Option<FailureSet> {
        (!self.no_failures).then_some(self.over)
    }
}

/// Arguments of `plimsoll replay`.
#[derive(Debug, Args)]
#[command(mut_arg("json", |json| json.help("Write replay.json to standard output instead of text")))]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Folder of the written plan that is carried out, generated or hand-made; default: a new plan
    #[arg(long, value_name = "DIR", conflicts_with = "do_nothing")]
    plan: Option<PathBuf>,
    /// Replay without any action or plan
    #[arg(long)]
    do_nothing: bool,
    /// Folder to write the replay into; one that `replay` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Longest step in seconds, above 0 up to 3600; default: that of the scenario
    #[arg(long, value_name = "SECONDS", value_parser = step)]
    pub(crate) step: Option<f64>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// What is carried out in a replay next to the no-action baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CarriedOut {
    /// A plan that is made for it.
    Made,
    /// The written plan of a folder.
    Written(PathBuf),
    /// Nothing else.
    Nothing,
}

impl ReplayArgs {
    /// What is carried out.
    pub(crate) fn played(&self) -> CarriedOut {
        match (&self.plan, self.do_nothing) {
            (Some(folder), _) => CarriedOut::Written(folder.clone()),
            (None, true) => CarriedOut::Nothing,
            (None, false) => CarriedOut::Made,
        }
    }
}

/// Arguments of `plimsoll merge`.
#[derive(Debug, Args)]
#[command(mut_arg("json", |json| json.help("Write sweep.json to standard output instead of text")))]
pub(crate) struct MergeArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Folders of the parts, in any order
    #[arg(value_name = "PART", required = true)]
    pub(crate) parts: Vec<PathBuf>,
    /// Folder to write the sweep into; one that `sweep` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `plimsoll generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Folder to write the inventory into; one that `generate` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) size: generate::Options,
    /// Print only warnings and errors
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Arguments of `plimsoll explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Folder of a written plan
    #[arg(value_name = "DIR")]
    pub(crate) plan: PathBuf,
    /// Shard to explain
    #[arg(long, value_name = "S", conflicts_with = "component")]
    pub(crate) shard: Option<String>,
    /// Site, access point, element or link to explain
    #[arg(long, value_name = "E")]
    pub(crate) component: Option<String>,
    /// Period to explain, counted from 0; default: all
    #[arg(long, value_name = "N")]
    pub(crate) period: Option<usize>,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `plimsoll compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Folder of a written plan, or of a runway
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// Folder of a second one of the same kind; default: A, a plan, is compared with its base state
    #[arg(value_name = "B")]
    pub(crate) b: Option<PathBuf>,
    /// Folder to write tables, chart and page into; one that Plimsoll wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What `--scenario` is in a command that can do without.
const SCENARIO_OR_WHAT_IF: &str = "Scenario file in TOML; later ones are layered over earlier ones. Not needed with --from or --now";

/// Arguments of `plimsoll plan`.
#[derive(Debug, Args)]
#[command(mut_arg("json", |json| json.help("Write summary.json to standard output instead of text")))]
#[command(mut_arg("scenarios", |argument| argument.required(false).help(SCENARIO_OR_WHAT_IF)))]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Folder to write the plan into; one that Plimsoll wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Seconds until planning ends with the best plan so far
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) time_limit: Option<Duration>,
    /// Wave of an earlier plan that is done, its hold included, from which to plan again; INVENTORY is the folder of that plan. In
    /// the middle of a wave, finish it first, or undo it and name the one before
    #[arg(long, value_name = "PERIOD/WAVE")]
    pub(crate) resume_after: Option<WaveOfPlan>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) what_if: WhatIfArgs,
}

/// Arguments of `plimsoll verify`.
#[derive(Debug, Args)]
#[command(mut_arg("quiet", |quiet| quiet.help("Print nothing; only the exit code is set")))]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Folder of the written plan, sweep or replay; a plan needs at least assignment.csv, and missing steering is
    /// planned
    pub(crate) folder: PathBuf,
    /// Folder of the replayed plan, if a replay is verified
    #[arg(long, value_name = "DIR")]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Arguments of `plimsoll check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long = "scenario", value_name = "FILE")]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Load, capacity and utilization of every resource and kind of component before any event; shows wrong units
    #[arg(long)]
    pub(crate) summary: bool,
    /// With --summary: the same on this date too, with the growth, onboarding and capacity changes up to it
    #[arg(long, value_name = "DATE", requires = "summary", value_parser = instant)]
    pub(crate) until: Option<TypedInstant>,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
