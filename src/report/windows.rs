//! Windows: what a maintenance would cost at every time at which it might begin, ranked, as values and files.

mod drain;
mod files;
mod words;

pub use drain::{DrainReport, MAINTENANCE_FILE, maintenance_file};

use super::charts::{WindowBar, WindowRank, WindowsChart};
use super::grammar::count;
use super::span::Clock;
use super::waves::duration;
use crate::engine::{Ranking, Window, Without, ranking};
use crate::model::{Inventory, Scenario};

/// The JSON file in a folder of ranked windows.
pub const WINDOWS_FILE: &str = "windows.json";

/// The table in it.
pub const WINDOWS_TABLE: &str = "windows.csv";

/// The format that the JSON file names.
pub const WINDOWS_FORMAT: &str = "plimsoll-windows/1";

/// The windows of one maintenance, ranked.
#[derive(Debug, Clone)]
pub struct RankedWindows<'a> {
    inventory: &'a Inventory,
    /// What is maintained, as people call it.
    subject: String,
    clock: Clock,
    /// What might fail besides, as the command line spells it; `None` was not asked.
    over: Option<&'static str>,
    /// `require_stable`: the maintenance must be one from which the service recovers by itself.
    must_recover: bool,
    windows: &'a [Window],
    ranking: Ranking,
    /// What the hours of the best one cost without the maintenance, if that was asked.
    without: Option<Without>,
    /// The drains that were looked at, in the order of the windows' ranks: all but the last are refused.
    drains: Vec<DrainReport>,
}

/// A window with its place in the ranking.
#[derive(Debug, Clone, Copy)]
struct Ranked<'a> {
    /// From 1, the best first.
    rank: usize,
    /// That of the first that costs the same.
    cost_rank: usize,
    window: &'a Window,
}

impl<'a> RankedWindows<'a> {
    /// Ranks windows, which stand in order of time.
    pub fn new(
        inventory: &'a Inventory,
        scenario: &Scenario,
        subject: String,
        over: Option<&'static str>,
        windows: &'a [Window],
    ) -> Self {
        Self {
            inventory,
            subject,
            clock: Clock::of(scenario).dated(),
            over,
            must_recover: scenario.policy.require_stable,
            windows,
            ranking: ranking(windows),
            without: None,
            drains: Vec::new(),
        }
    }

    /// The same with the drains that were looked at, in the order of ranks until one is not refused.
    #[must_use]
    pub fn with_drains(self, drains: Vec<DrainReport>) -> Self {
        Self { drains, ..self }
    }

    /// The same with what the hours of the window that is [`told`](Self::told) cost without the maintenance.
    #[must_use]
    pub fn with_quiet_hours(self, without: Option<Without>) -> Self {
        Self { without, ..self }
    }

    /// The offset and the span in which times are told.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// `true` if the window that is told serves everyone, misses no target and has a drain that is not refused.
    pub fn has_sound_one(&self) -> bool {
        let is_refused = self.drains.last().is_some_and(DrainReport::is_refused);
        self.told().is_some_and(Window::holds) && !is_refused
    }

    /// The one that is told: the best whose drain is not refused; the best of all where none was found, or asked for.
    pub fn told(&self) -> Option<&'a Window> {
        let safe = self.drain().map(|own| own.start);
        let first = || self.ranking.order().next().map(|own| &self.windows[own]);
        let of_drain = safe.and_then(|start| self.windows.iter().find(|own| own.start == start));
        of_drain.or_else(first)
    }

    /// The drain that is not refused, if one was found.
    pub fn drain(&self) -> Option<&DrainReport> {
        self.drains.last().filter(|own| !own.is_refused())
    }

    fn refused(&self) -> &[DrainReport] {
        let safe = usize::from(self.drain().is_some());
        &self.drains[..self.drains.len() - safe]
    }

    /// The drain ahead of a window, if it was looked at.
    fn drain_of(&self, window: &Window) -> Option<&DrainReport> {
        self.drains.iter().find(|own| own.start == window.start)
    }

    /// The windows with their ranks, the best first.
    fn ranked(&self) -> Vec<Ranked<'a>> {
        let mut all: Vec<Ranked<'a>> = Vec::with_capacity(self.windows.len());
        for alike in &self.ranking.alike {
            let cost_rank = all.len() + 1;
            for &own in alike {
                all.push(Ranked {
                    rank: all.len() + 1,
                    cost_rank,
                    window: &self.windows[own],
                });
            }
        }
        all
    }

    /// How long the maintenance lasts, as people say it.
    fn lasts(&self) -> String {
        let first = self.windows.first();
        let seconds = first.map_or(0.0, |own| own.end.duration_since(own.start).as_secs_f64());
        duration(seconds)
    }

    /// `maintenance of 4 h, 168 times to begin, times in UTC`.
    fn span(&self) -> String {
        let count = count(self.windows.len(), "time");
        let (lasts, zone) = (self.lasts(), self.clock.zone());
        format!("maintenance of {lasts}, {count} to begin, times in {zone}")
    }

    /// The chart of all windows in order of time.
    pub fn chart(&self) -> WindowsChart {
        let told = self.told().map(|own| own.start);
        let as_good = self.ranking.alike.first();
        let bar = |(position, own): (usize, &Window)| WindowBar {
            start: own.start,
            end: own.end,
            rank: if self.drain_of(own).is_some_and(DrainReport::is_refused) {
                WindowRank::Refused
            } else if told == Some(own.start) {
                WindowRank::Best
            } else if as_good.is_some_and(|all| all.contains(&position)) {
                WindowRank::AsGood
            } else {
                WindowRank::Worse
            },
            unserved: own.unserved_users(),
            shortfall: own.worst_shortfall(),
            at_risk: own.unserved_after_one_more(),
            moved: own.moved,
            busiest_users: own.busiest_users,
        };
        WindowsChart {
            title: self.finding(),
            span: self.span(),
            clock: self.clock,
            windows: self.windows.iter().enumerate().map(bar).collect(),
        }
    }
}
