//! Arguments of `plimsoll runway`.

use super::values::{Answered, RunArgs, TypedInstant, instant};
use crate::model::{FailureSet, Recovery};
use crate::plan::runway::SampleStep;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `plimsoll runway`.
#[derive(Debug, Args)]
#[command(mut_arg("json", |json| json.help("Write runway.json to standard output instead of text")))]
pub(crate) struct RunwayArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML, for its policy, its events and its start; later ones are layered over earlier ones
    #[arg(
        long = "scenario",
        value_name = "FILE",
        required_unless_present = "from"
    )]
    pub(crate) scenarios: Vec<PathBuf>,
    /// First day; default: the start of the scenario. A day begins at midnight UTC
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub(crate) from: Option<TypedInstant>,
    /// End of the horizon: the first day that is not asked about
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub(crate) until: TypedInstant,
    /// Time between the days on which components are sampled: 1w, 1mo or 3mo; dates are to the day with each
    #[arg(long, value_name = "STEP", default_value = "1mo", value_parser = sample_step)]
    pub(crate) step: SampleStep,
    /// Kind of component that may fail
    #[arg(long, value_enum, default_value_t = FailureSet::Sites)]
    pub(crate) over: FailureSet,
    /// Largest number of simultaneous failures; 0 asks about normal operation alone
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub(crate) failures: u32,
    /// Answer to a failure: spillover to survivors by weight, replica failover, a new plan, or all three side by side
    #[arg(long, value_enum, default_value_t = Answered::Replan)]
    recovery: Answered,
    /// Folder to write tables, page and proofs into; one that `runway` wrote earlier is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

impl RunwayArgs {
    /// How failures are answered.
    pub(crate) fn recoveries(&self) -> Vec<Recovery> {
        self.recovery.recoveries()
    }
}

fn sample_step(text: &str) -> Result<SampleStep, String> {
    SampleStep::of_word(text).ok_or_else(|| "expected 1w, 1mo or 3mo".to_owned())
}
