//! `WaveOfPlan`: a wave as the command line names it.

use std::fmt;
use std::str::FromStr;

/// A wave of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaveOfPlan {
    /// The period to which it leads; counts from 0.
    pub period: u32,
    /// Counts from 1 in a period.
    pub wave: u32,
}

impl FromStr for WaveOfPlan {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(period, wave)| {
            let (period, wave) = (period.parse().ok()?, wave.parse().ok()?);
            Some(Self { period, wave })
        });
        numbers.ok_or_else(|| {
            "expected a period and a wave of it as in waves.csv, such as 1/2; a step is none: finish its wave, or undo it and name the one before"
                .to_owned()
        })
    }
}

impl fmt::Display for WaveOfPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.period, self.wave)
    }
}
