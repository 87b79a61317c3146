//! Options: what the arguments mean.

use super::args::{
    Answered, CheckArgs, CompareArgs, ExplainArgs, GenerateArgs, Instant, MergeArgs, Over, Part,
    PlanArgs, ReplayArgs, SweepArgs, VerifyArgs, Whence, WindowArgs,
};
use crate::engine::{Asked, Begin, GrayAsked};
use crate::generate;
use crate::model::{FailureSet, Recovery};
use jiff::SignedDuration;
use std::path::PathBuf;
use std::time::Duration;

/// What `plimsoll window` is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WindowOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones; may be none.
    pub(crate) scenarios: Vec<PathBuf>,
    /// What is maintained, by id.
    pub(crate) components: Vec<String>,
    /// How long.
    pub(crate) duration: SignedDuration,
    /// The first start.
    pub(crate) between: Instant,
    /// Every start is before that.
    pub(crate) and: Instant,
    /// From one start to the next.
    pub(crate) step: SignedDuration,
    /// What might fail besides; `None` is not asked.
    pub(crate) over: Option<FailureSet>,
    /// Where table and chart are written, if they are.
    pub(crate) out: Option<PathBuf>,
    /// Most threads; `None` leaves it to the machine.
    pub(crate) threads: Option<usize>,
    /// Text, JSON or nothing.
    pub(crate) format: Format,
}

impl From<WindowArgs> for WindowOptions {
    fn from(args: WindowArgs) -> Self {
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            components: args.component,
            duration: args.duration,
            between: args.between,
            and: args.and,
            step: args.step,
            over: (!args.no_failures).then(|| failure_set(args.over)),
            out: args.out,
            threads: args.threads,
            format: format_of(args.json, args.quiet),
        }
    }
}

/// What `plimsoll replay` is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReplayOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones.
    pub(crate) scenarios: Vec<PathBuf>,
    /// What is carried out.
    pub(crate) played: Played,
    /// Where the replay is written.
    pub(crate) out: PathBuf,
    /// The longest step in seconds; `None` leaves it to the scenario.
    pub(crate) step: Option<f64>,
    /// Most threads; `None` leaves it to the machine.
    pub(crate) threads: Option<usize>,
    /// Whether charts are drawn.
    pub(crate) charts: Charts,
    /// Text, JSON or nothing.
    pub(crate) format: Format,
}

/// What is carried out in a replay beside nobody doing anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Played {
    /// A plan that is made for it.
    Made,
    /// The written plan of a folder.
    Written(PathBuf),
    /// Nothing else.
    Nothing,
}

impl From<ReplayArgs> for ReplayOptions {
    fn from(args: ReplayArgs) -> Self {
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            played: match (args.plan, args.do_nothing) {
                (Some(folder), _) => Played::Written(folder),
                (None, true) => Played::Nothing,
                (None, false) => Played::Made,
            },
            out: args.out,
            step: args.step,
            threads: args.threads,
            charts: charts(args.no_charts),
            format: format_of(args.json, args.quiet),
        }
    }
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

/// What `plimsoll check` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones.
    pub(crate) scenarios: Vec<PathBuf>,
    /// Text or JSON.
    pub(crate) format: Format,
}

impl From<CheckArgs> for CheckOptions {
    fn from(args: CheckArgs) -> Self {
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            format: if args.json {
                Format::Json
            } else {
                Format::Text
            },
        }
    }
}

/// What `plimsoll plan` is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlanOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones.
    pub(crate) scenarios: Vec<PathBuf>,
    /// Where the plan is written.
    pub(crate) out: PathBuf,
    /// When to end with the best plan so far.
    pub(crate) time_limit: Option<Duration>,
    /// Most threads; `None` leaves it to the machine.
    pub(crate) threads: Option<usize>,
    /// Whether charts are drawn.
    pub(crate) charts: Charts,
    /// Text, JSON or nothing.
    pub(crate) format: Format,
}

/// Whether charts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charts {
    /// One for every period.
    Drawn,
    /// None.
    None,
}

impl From<PlanArgs> for PlanOptions {
    fn from(args: PlanArgs) -> Self {
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            out: args.out,
            time_limit: args.time_limit,
            threads: args.threads,
            charts: charts(args.no_charts),
            format: format_of(args.json, args.quiet),
        }
    }
}

/// What `plimsoll verify` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerifyOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones.
    pub(crate) scenarios: Vec<PathBuf>,
    /// Folder of the written plan, sweep or replay.
    pub(crate) folder: PathBuf,
    /// Folder of the plan that was replayed.
    pub(crate) plan: Option<PathBuf>,
    /// Text, JSON or nothing.
    pub(crate) format: Format,
}

impl From<VerifyArgs> for VerifyOptions {
    fn from(args: VerifyArgs) -> Self {
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            folder: args.folder,
            plan: args.plan,
            format: format_of(args.json, args.quiet),
        }
    }
}

/// What `plimsoll explain` is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// Everything that explanations.json says.
    Everything,
    /// Why a shard is where it is.
    Shard(String),
    /// Who fills a component.
    Component(String),
}

/// What `plimsoll explain` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExplainOptions {
    /// Folder of a written plan.
    pub(crate) plan: PathBuf,
    /// What is asked.
    pub(crate) question: Question,
    /// The only period that is asked about; `None` is all.
    pub(crate) period: Option<usize>,
    /// Text or JSON.
    pub(crate) format: Format,
}

impl From<ExplainArgs> for ExplainOptions {
    fn from(args: ExplainArgs) -> Self {
        Self {
            plan: args.plan,
            question: match (args.shard, args.component) {
                (Some(shard), _) => Question::Shard(shard),
                (None, Some(component)) => Question::Component(component),
                (None, None) => Question::Everything,
            },
            period: args.period,
            format: format_of(args.json, false),
        }
    }
}

/// What `plimsoll compare` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CompareOptions {
    /// Folder of a written plan.
    pub(crate) a: PathBuf,
    /// Folder of another one; `None` compares with the state before.
    pub(crate) b: Option<PathBuf>,
    /// Where tables, chart and page are written, if at all.
    pub(crate) out: Option<PathBuf>,
    /// Text, JSON or nothing.
    pub(crate) format: Format,
}

impl From<CompareArgs> for CompareOptions {
    fn from(args: CompareArgs) -> Self {
        Self {
            a: args.a,
            b: args.b,
            out: args.out,
            format: format_of(args.json, args.quiet),
        }
    }
}

/// What `plimsoll generate` is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GenerateOptions {
    /// Where the inventory is written.
    pub(crate) out: PathBuf,
    /// How large and of what kind it is to be.
    pub(crate) size: generate::Options,
    /// Text or nothing.
    pub(crate) format: Format,
}

impl From<GenerateArgs> for GenerateOptions {
    fn from(args: GenerateArgs) -> Self {
        Self {
            out: args.out,
            size: generate::Options {
                sites: args.sites,
                access_points: args.access_points,
                client_regions: args.client_regions,
                shards: args.shards,
                elements_per_site: args.elements_per_site,
                mesh: args.mesh,
                residency: args.residency,
                replicas: args.replicas,
                utilization: args.utilization,
                seed: args.seed,
            },
            format: format_of(false, args.quiet),
        }
    }
}

/// What `plimsoll sweep` is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SweepOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones.
    pub(crate) scenarios: Vec<PathBuf>,
    /// Where the sweep is written, and what is asked.
    pub(crate) task: SweepTask,
    /// How long cases are gathered before they are written down.
    pub(crate) journal_every: Duration,
    /// Most threads; `None` leaves it to the machine.
    pub(crate) threads: Option<usize>,
    /// Whether charts are drawn.
    pub(crate) charts: Charts,
    /// Text, JSON or nothing.
    pub(crate) format: Format,
}

/// A sweep that is begun or gone on with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SweepTask {
    /// A new one.
    Begin {
        /// Where it is written.
        out: PathBuf,
        /// What is asked.
        asked: Asked,
        /// Which part of the cases; `None` is all.
        part: Option<Part>,
    },
    /// An unfinished one.
    Resume(PathBuf),
}

impl From<SweepArgs> for SweepOptions {
    fn from(args: SweepArgs) -> Self {
        let task = match (args.resume, args.out) {
            (Some(unfinished), _) => SweepTask::Resume(unfinished),
            (None, out) => SweepTask::Begin {
                // The arguments ask for one of the two.
                out: out.unwrap_or_default(),
                asked: Asked {
                    over: failure_set(args.over),
                    failures: args.failures as usize,
                    recoveries: recoveries(args.recovery),
                    period: args.period,
                    begin: match args.from {
                        Whence::Start => Begin::Start,
                        Whence::Plan => Begin::Plan,
                    },
                    is_full: args.full,
                    gray: (args.gray > 0).then(|| GrayAsked {
                        over: failure_set(args.gray_over.unwrap_or(args.over)),
                        most: args.gray as usize,
                        severity: args.severity,
                        minutes: args.detect_minutes,
                    }),
                },
                part: args.part,
            },
        };
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            task,
            journal_every: args.journal_every,
            threads: args.threads,
            charts: charts(args.no_charts),
            format: format_of(args.json, args.quiet),
        }
    }
}

/// What `plimsoll merge` is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MergeOptions {
    /// Folder of the inventory.
    pub(crate) inventory: PathBuf,
    /// Scenario files, later ones layered over earlier ones.
    pub(crate) scenarios: Vec<PathBuf>,
    /// Folders of the parts.
    pub(crate) parts: Vec<PathBuf>,
    /// Where the sweep is written.
    pub(crate) out: PathBuf,
    /// Most threads; `None` leaves it to the machine.
    pub(crate) threads: Option<usize>,
    /// Whether charts are drawn.
    pub(crate) charts: Charts,
    /// Text, JSON or nothing.
    pub(crate) format: Format,
}

impl From<MergeArgs> for MergeOptions {
    fn from(args: MergeArgs) -> Self {
        Self {
            inventory: args.inventory,
            scenarios: args.scenario,
            parts: args.parts,
            out: args.out,
            threads: args.threads,
            charts: charts(args.no_charts),
            format: format_of(args.json, args.quiet),
        }
    }
}

fn failure_set(over: Over) -> FailureSet {
    match over {
        Over::Sites => FailureSet::Sites,
        Over::AccessPoints => FailureSet::AccessPoints,
        Over::Elements => FailureSet::Elements,
        Over::Links => FailureSet::Links,
        Over::RiskGroups => FailureSet::RiskGroups,
        Over::Components => FailureSet::Components,
    }
}

fn recoveries(answered: Answered) -> Vec<Recovery> {
    match answered {
        Answered::Rescale => vec![Recovery::Rescale],
        Answered::Replicas => vec![Recovery::Replicas],
        Answered::Replan => vec![Recovery::Replan],
        Answered::All => Recovery::ALL.to_vec(),
    }
}

fn charts(are_left_out: bool) -> Charts {
    if are_left_out {
        Charts::None
    } else {
        Charts::Drawn
    }
}

fn format_of(json: bool, quiet: bool) -> Format {
    match (json, quiet) {
        (true, _) => Format::Json,
        (false, true) => Format::Quiet,
        (false, false) => Format::Text,
    }
}
