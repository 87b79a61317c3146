//! Runway: until when conditions hold, case by case, and what fails first (`docs/model.md` §13).

use crate::ids::{ComponentId, ResourceId};
use crate::model::{Band, Contingencies, Recovery};
use crate::solve::Proof;
use jiff::Timestamp;
use std::ops::Range;

/// A day: how many days after the first that is asked about.
pub type Day = u32;

/// What is asked to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// In normal operation no headroom target is missed.
    Target,
    /// In normal operation everybody is served, trapped users apart.
    Served,
    /// In every case of some failures everybody is served, trapped users apart.
    ServedUnder,
    /// The same, and every component recovers by itself from an overload in each case with all retries running.
    StableUnder,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Target,
        Self::Served,
        Self::ServedUnder,
        Self::StableUnder,
    ];

    /// `true` if it is asked about failures.
    pub fn is_under_failures(self) -> bool {
        matches!(self, Self::ServedUnder | Self::StableUnder)
    }
}

/// Who may move before anything fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adjustment {
    /// Homes stay, and steering is that of the first day.
    AsIs,
    /// Homes stay, steering is planned again.
    Steered,
    /// Homes and steering are planned again from today's homes.
    Rebalanced,
}

impl Adjustment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AsIs, Self::Steered, Self::Rebalanced];
}

/// Until when a condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct RunwayRow {
    /// Which.
    pub condition: Condition,
    /// How failures are answered; `None` where none are asked about.
    pub recovery: Option<Recovery>,
    /// Who may move.
    pub adjustment: Adjustment,
    /// For which end of the forecast.
    pub band: Band,
    /// On which days it fails, ascending and apart.
    pub failing: Vec<Range<Day>>,
    /// What fails on the first of them.
    pub first: Option<FirstFailure>,
    /// How far both sides of the first date are proven: that it holds on the day before, and fails on it.
    pub proof: Proof,
}

impl RunwayRow {
    /// The first day on which it fails.
    pub fn fails_from(&self) -> Option<Day> {
        self.failing.first().map(|span| span.start)
    }
}

/// What fails on the first day on which a condition does.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstFailure {
    /// Which case; 0 is normal operation.
    pub case: usize,
    /// What binds: where more capacity would help first.
    pub binding: Option<(ComponentId, ResourceId)>,
    /// How much capacity is missing there, in the resource's unit.
    pub short: f64,
    /// Users who are unserved, trapped ones apart.
    pub unserved: f64,
}

/// A case that traps users: they have no site in it, even with unlimited capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrappedUsers {
    /// Which case.
    pub case: usize,
    /// How many on the first day.
    pub users: f64,
}

/// Until when conditions hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Runway {
    /// The first day's beginning: midnight UTC.
    pub from: Timestamp,
    /// How many days are asked about.
    pub days: Day,
    /// The cases.
    pub contingencies: Contingencies,
    /// At most this many fail at once.
    pub failures: usize,
    /// By condition, recovery, adjustment and band.
    pub rows: Vec<RunwayRow>,
    /// Cases that trap users on the first day, those of most users first.
    pub trapped: Vec<TrappedUsers>,
    /// `true` if it was stopped before all rows were settled.
    pub is_stopped: bool,
}

impl Runway {
    /// The row of a condition, answered by planning again where something fails.
    pub fn row(
        &self,
        condition: Condition,
        adjustment: Adjustment,
        band: Band,
    ) -> Option<&RunwayRow> {
        self.rows.iter().find(|row| {
            row.condition == condition && row.adjustment == adjustment && row.band == band
        })
    }

    /// `true` if everything holds on all days, and nobody is trapped.
    pub fn holds(&self) -> bool {
        self.trapped.is_empty() && self.rows.iter().all(|row| row.failing.is_empty())
    }

    /// The instant at which a day begins.
    pub fn begins(&self, day: Day) -> Timestamp {
        let span = jiff::SignedDuration::from_hours(24 * i64::from(day));
        self.from.checked_add(span).unwrap_or(Timestamp::MAX)
    }
}
