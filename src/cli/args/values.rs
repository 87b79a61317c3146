//! Values: what single arguments are spelt as, and what several commands are asked alike.

use crate::cli::progress::Progress;
use crate::model::Recovery;
use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use jiff::civil::Time;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// An instant as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypedInstant {
    pub(crate) at: Timestamp,
    /// The offset from UTC that was typed with it.
    pub(crate) offset: Option<Offset>,
}

/// One of some equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CasePart {
    /// Which, from 1.
    pub(crate) position: usize,
    /// Of how many.
    pub(crate) of: usize,
}

impl FromStr for CasePart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(position, of)| {
            let position = position.parse().ok()?;
            let of = of.parse().ok()?;
            (1 <= position && position <= of).then_some(Self { position, of })
        });
        numbers.ok_or_else(|| "expected I/N with 1 <= I <= N, such as 2/8".to_owned())
    }
}

impl fmt::Display for CasePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.position, self.of)
    }
}

pub(super) fn length(text: &str) -> Result<SignedDuration, String> {
    let length: Option<SignedDuration> = text.parse().ok();
    length
        .filter(SignedDuration::is_positive)
        .ok_or_else(|| "expected a length of time above 0, such as 4h, 90m or 1h30m".to_owned())
}

pub(super) fn step(text: &str) -> Result<f64, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|value| 0.0 < *value && *value <= 3600.0)
        .ok_or_else(|| "expected a number of seconds above 0 up to 3600, such as 10".to_owned())
}

/// A date, or a date and time, with an offset or in UTC.
pub(super) fn instant(text: &str) -> Result<TypedInstant, String> {
    if let Ok(pieces) = Pieces::parse(text) {
        let time = pieces.time().unwrap_or(Time::midnight());
        let offset = pieces.to_numeric_offset();
        let civil = pieces.date().to_datetime(time);
        let at = offset.unwrap_or(Offset::UTC).to_timestamp(civil);
        if let Ok(at) = at {
            return Ok(TypedInstant { at, offset });
        }
    }
    Err("expected a date such as 2026-11-21, or a time such as 2026-11-21T02:00-06:00".to_owned())
}

/// A share above 0 up to 1.
pub(super) fn severity(text: &str) -> Result<f64, String> {
    let share = text.parse().ok();
    share
        .filter(|share| 0.0 < *share && *share <= 1.0)
        .ok_or_else(|| "expected a share above 0 up to 1, such as 0.5".to_owned())
}

pub(super) fn minutes(text: &str) -> Result<f64, String> {
    let minutes: Option<f64> = text.parse().ok();
    minutes
        .filter(|minutes| minutes.is_finite() && *minutes >= 0.0)
        .ok_or_else(|| "expected a number of minutes, 0 or more".to_owned())
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected a number of seconds, 0 or more".to_owned())
}

/// Most threads that can be asked for; more only wait for each other, or for memory.
const MOST_THREADS: u64 = 1024;

/// What reads a number of threads.
pub(super) fn threads() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=MOST_THREADS)
}

/// How failures are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Answered {
    /// Spillover: the survivors take the users by their weights
    Rescale,
    /// Replica failover: each shard runs at its prepared copy
    Replicas,
    /// A new plan
    Replan,
    /// All three, side by side
    All,
}

impl Answered {
    pub(super) fn recoveries(self) -> Vec<Recovery> {
        match self {
            Self::Rescale => vec![Recovery::Rescale],
            Self::Replicas => vec![Recovery::Replicas],
            Self::Replan => vec![Recovery::Replan],
            Self::All => Recovery::ALL.to_vec(),
        }
    }
}

/// An inventory, and a scenario for it.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Folder of the inventory's CSV files
    pub(crate) inventory: PathBuf,
    /// Scenario file in TOML; later ones are layered over earlier ones
    #[arg(long = "scenario", value_name = "FILE", required = true)]
    pub(crate) scenarios: Vec<PathBuf>,
}

/// How results are shown.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct OutputArgs {
    /// Print only warnings and errors
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// Write one JSON object to standard output instead of text
    #[arg(long)]
    json: bool,
}

/// How a command that takes long is run.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct RunArgs {
    /// Largest number of threads; the result is the same
    #[arg(long, value_name = "N", value_parser = threads())]
    pub(crate) threads: Option<usize>,
    /// No charts
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

/// What is shown in addition to results.
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

    /// What is shown in addition to them.
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
