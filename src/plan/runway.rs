//! Runway: until when conditions hold, case by case, and what fails first (`docs/model.md` §13).

use crate::ids::{ComponentId, ResourceId};
pub use crate::model::{Adjustment, Condition};
use crate::model::{Band, Contingencies, Recovery};
use crate::solve::Proof;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::ops::Range;

/// A day: how many days after the first that is asked about.
pub type Day = u32;

/// How far apart the days are on which components are sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleStep {
    /// Every seventh day.
    Week,
    /// The first of every month.
    Month,
    /// The first of every third month.
    Quarter,
}

impl SampleStep {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Quarter];

    /// As arguments and files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Week => "1w",
            Self::Month => "1mo",
            Self::Quarter => "3mo",
        }
    }

    /// The step of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// The sampled days from a first one, of this number of days: the first, then by this step; first days of months begin at midnight
    /// UTC.
    pub fn days(self, from: Timestamp, count: Day) -> Vec<Day> {
        let months = match self {
            Self::Week => return (0..count).step_by(7).collect(),
            Self::Month => 1,
            Self::Quarter => 3,
        };
        let first = from.to_zoned(TimeZone::UTC).date();
        let firsts = (1..).map_while(|n: i32| {
            let later = first
                .first_of_month()
                .checked_add(Span::new().months(n * months));
            let days = first.until(later.ok()?).ok()?.get_days();
            Day::try_from(days).ok().filter(|day| *day < count)
        });
        (0..count.min(1)).chain(firsts).collect()
    }
}

/// Until when a condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct RunwayRow {
    /// Which.
    pub condition: Condition,
    /// Which events of the scenario are in force on every day: a position in [`Runway::events`].
    pub events: usize,
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
    /// What is known of whole shards before the first of them.
    pub whole_shards: WholeShards,
    /// How far both sides of the first date are proven: that it holds on the day before, and fails on it.
    pub proof: Proof,
}

impl RunwayRow {
    /// `true` if it counts unserved users: as is, components are compared with what they carry, and nobody is turned away.
    pub fn counts_users(&self) -> bool {
        self.condition.is_under_failures() || self.adjustment != Adjustment::AsIs
    }

    /// The first day on which it fails.
    pub fn fails_from(&self) -> Option<Day> {
        self.failing.first().map(|span| span.start)
    }
}

/// What is known of whole shards on the days on which a condition holds for shards that may be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WholeShards {
    /// Nothing was asked about them, or no placement was looked for.
    NotChecked,
    /// They hold as long.
    AsLong,
    /// From this earlier day on no placement of whole shards that holds was found.
    FailFrom(Day),
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
    /// Users who are trapped in that case.
    pub trapped: f64,
}

/// What a component carries of a resource on a day. Loads and capacities are in the resource's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComponentUse {
    /// Which component.
    pub component: ComponentId,
    /// Of which resource.
    pub resource: ResourceId,
    /// Its capacity in normal operation.
    pub capacity: f64,
    /// The headroom target, a share of the capacity.
    pub target: f64,
    /// Load as is, at the low end of the forecast, as expected, and at the high end.
    pub as_is: [f64; 3],
    /// Load of the plan that may move everybody, as expected.
    pub rebalanced: f64,
    /// The largest share of what is left of its capacity that any case uses, planned again from today's homes, as expected.
    pub worst: f64,
    /// `true` if it is full in a case that leaves users unserved who have a site. In other cases, users who do not fit here are
    /// served elsewhere.
    pub worst_fails: bool,
    /// The case.
    pub worst_case: usize,
}

/// What all components carry on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct DaySample {
    /// Which day.
    pub day: Day,
    /// By component and resource, where there is a capacity.
    pub uses: Vec<ComponentUse>,
}

/// When a component's resource first reaches what its target leaves, and its capacity; `None` where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReachedOn {
    /// Load above capacity × (1 − target).
    pub target: Option<Day>,
    /// Load at its capacity, or above it.
    pub capacity: Option<Day>,
}

/// When a component runs out of a resource, as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentRunway {
    /// Which component.
    pub component: ComponentId,
    /// Of which resource.
    pub resource: ResourceId,
    /// As is, in normal operation: exact to the day.
    pub as_is: ReachedOn,
    /// In the plan that may move everybody, in normal operation: the first of the sampled days.
    pub rebalanced: ReachedOn,
    /// In cases that leave users unserved, planned again from today's homes: the first of the sampled days.
    pub worst: ReachedOn,
}

impl ComponentRunway {
    /// The earliest of its days.
    pub fn earliest(&self) -> Option<Day> {
        let all = [self.as_is, self.rebalanced, self.worst];
        let days = all
            .iter()
            .flat_map(|reached| [reached.target, reached.capacity]);
        days.flatten().min()
    }
}

/// A case that traps users: they have no site in it, even with unlimited capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrappedUsers {
    /// Which case.
    pub case: usize,
    /// The first day on which it was found to trap users.
    pub day: Day,
    /// With which events in force, by position among [`Runway::events`].
    pub events: usize,
    /// How it is answered.
    pub recovery: Recovery,
    /// How many on that day.
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
    /// Sets of the scenario's events, by position there, that are in force together at some instant: none first.
    pub events: Vec<Vec<usize>>,
    /// By condition, events, recovery, adjustment and band.
    pub rows: Vec<RunwayRow>,
    /// What components carry on the days that were sampled.
    pub samples: Vec<DaySample>,
    /// When components run out, those that do so first before others.
    pub components: Vec<ComponentRunway>,
    /// Cases that trap users, those of the first day before others, those of most users first.
    pub trapped: Vec<TrappedUsers>,
    /// `true` if it was stopped before all rows were settled.
    pub is_stopped: bool,
}

impl Runway {
    /// The recovery that a reader asks about first: planning again, else the first that was asked about.
    pub fn main_recovery(&self) -> Option<Recovery> {
        let mut asked = self.rows.iter().filter_map(|row| row.recovery);
        let first = asked.clone().next();
        asked.find(|of| *of == Recovery::Replan).or(first)
    }

    /// The row of a condition without events, of the main recovery where something fails.
    pub fn row(
        &self,
        condition: Condition,
        adjustment: Adjustment,
        band: Band,
    ) -> Option<&RunwayRow> {
        self.rows.iter().find(|row| {
            row.condition == condition
                && row.events == 0
                && row
                    .recovery
                    .is_none_or(|_| row.recovery == self.main_recovery())
                && row.adjustment == adjustment
                && row.band == band
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
