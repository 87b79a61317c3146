//! Values: what single arguments are spelt as.

use clap::builder::RangedU64ValueParser;
use jiff::civil::Time;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// An instant as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypedInstant {
    /// When.
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

/// A length of time above nothing.
pub(super) fn length(text: &str) -> Result<SignedDuration, String> {
    let length: Option<SignedDuration> = text.parse().ok();
    length
        .filter(SignedDuration::is_positive)
        .ok_or_else(|| "expected a length of time above 0, such as 4h, 90m or 1h30m".to_owned())
}

/// A step of a replay.
pub(super) fn step(text: &str) -> Result<f64, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|own| 0.0 < *own && *own <= 3600.0)
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

/// So many minutes.
pub(super) fn minutes(text: &str) -> Result<f64, String> {
    let minutes: Option<f64> = text.parse().ok();
    minutes
        .filter(|minutes| minutes.is_finite() && *minutes >= 0.0)
        .ok_or_else(|| "expected a number of minutes, 0 or more".to_owned())
}

/// A time of so many seconds.
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
