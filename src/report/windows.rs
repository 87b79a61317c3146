//! Windows: what a maintenance would cost at every time at which it might begin, ranked, as values and files.

mod words;

use super::charts::{WindowBar, WindowsChart};
use super::csv::inert;
use super::numbers;
use super::span::Clock;
use super::waves::duration;
use crate::engine::Window;
use crate::error::{Error, Result};
use crate::model::{Inventory, Scenario};
use crate::plan_files::decimal;
use serde_json::{Value, json};

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
    /// In order of time.
    windows: &'a [Window],
    /// By rank, the position of the window.
    order: Vec<usize>,
    /// Windows from the best on that are as good as it but for their time.
    best: usize,
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
        let mut order: Vec<usize> = (0..windows.len()).collect();
        order.sort_by(|&a, &b| windows[a].compare(&windows[b]));
        let is_as_good = |own: &&usize| {
            order.first().is_some_and(|&first| {
                let same_time = Window {
                    start: windows[first].start,
                    ..windows[**own].clone()
                };
                windows[first].compare(&same_time).is_eq()
            })
        };
        let best = order.iter().take_while(is_as_good).count();
        Self {
            inventory,
            subject,
            clock: Clock::of(scenario),
            over,
            windows,
            best,
            order,
        }
    }

    /// `true` if some window serves everyone and misses no target.
    pub fn has_sound_one(&self) -> bool {
        self.windows.iter().any(Window::holds)
    }

    /// The best one.
    fn first(&self) -> Option<&Window> {
        self.order.first().map(|&own| &self.windows[own])
    }

    /// The windows with their ranks, from 1, the best first; those that are the same but for their time share one.
    fn ranked(&self) -> Vec<(usize, &Window)> {
        let mut rank = 0;
        let mut all: Vec<(usize, &Window)> = Vec::with_capacity(self.order.len());
        for (position, &own) in self.order.iter().enumerate() {
            let window = &self.windows[own];
            let is_same = all.last().is_some_and(|(_, before)| {
                let same_time = Window {
                    start: before.start,
                    ..window.clone()
                };
                before.compare(&same_time).is_eq()
            });
            if !is_same {
                rank = position + 1;
            }
            all.push((rank, window));
        }
        all
    }

    /// windows.csv: the best first.
    ///
    /// # Errors
    /// `Error::Internal` if the table cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut rows = ::csv::Writer::from_writer(Vec::new());
        let failed = |error: ::csv::Error| Error::Internal(error.to_string());
        rows.write_record([
            "rank",
            "start",
            "end",
            "unserved_users",
            "worst_shortfall",
            "shortfall_component",
            "shortfall_resource",
            "shortfall_users",
            "further_failures",
            "further_failures_broken",
            "worst_further_failure",
            "unserved_after_it",
            "moved_users",
            "proven",
        ])
        .map_err(failed)?;
        for (rank, own) in self.ranked() {
            let missing = own.missing.map(|missing| {
                let resource = &self.inventory.resources[missing.resource.index()].id;
                let component = self.inventory.component_name(missing.component);
                [inert(component).into_owned(), inert(resource).into_owned()]
            });
            let [component, resource] = missing.unwrap_or_default();
            let further = own.failures.as_ref().map(|failures| {
                let (name, users) = failures.worst.clone().unwrap_or_default();
                let name = inert(&name).into_owned();
                let users = if name.is_empty() {
                    own.unserved_users()
                } else {
                    users
                };
                [
                    failures.cases.to_string(),
                    failures.broken.to_string(),
                    name,
                    decimal(users),
                ]
            });
            let [cases, broken, worst, after] = further.unwrap_or_default();
            rows.write_record([
                rank.to_string(),
                self.clock.instant(own.start),
                self.clock.instant(own.end),
                decimal(own.unserved_users()),
                decimal(own.worst_shortfall()),
                component,
                resource,
                decimal(own.missing_users),
                cases,
                broken,
                worst,
                after,
                decimal(own.moved),
                if own.is_proven { "yes" } else { "no" }.to_owned(),
            ])
            .map_err(failed)?;
        }
        rows.into_inner()
            .map_err(|error| Error::Internal(error.to_string()))
    }

    /// The same as one JSON object.
    pub fn json(&self) -> Value {
        let windows: Vec<Value> = self
            .ranked()
            .into_iter()
            .map(|(rank, own)| {
                json!({
                    "rank": rank,
                    "start": self.clock.instant(own.start),
                    "end": self.clock.instant(own.end),
                    "unserved_users": own.unserved_users(),
                    "worst_shortfall": own.worst_shortfall(),
                    "shortfall_component": own.missing.map(|missing| self.inventory.component_name(missing.component)),
                    "shortfall_users": own.missing_users,
                    "further_failures": own.failures.as_ref().map(|further| further.cases),
                    "further_failures_broken": own.failures.as_ref().map(|further| further.broken),
                    "worst_further_failure": own.failures.as_ref().and_then(|further| further.worst.as_ref()).map(|(name, _)| name),
                    "unserved_after_it": own.failures.as_ref().and_then(|further| further.worst.as_ref()).map(|(_, users)| users),
                    "moved_users": own.moved,
                    "proven": own.is_proven,
                })
            })
            .collect();
        json!({
            "format": WINDOWS_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "finding": self.finding(),
            "over": self.over,
            "windows": windows,
        })
    }

    /// How long the maintenance lasts, as people say it.
    fn lasts(&self) -> String {
        let first = self.windows.first();
        let seconds = first.map_or(0.0, |own| own.end.duration_since(own.start).as_secs_f64());
        duration(seconds)
    }

    /// `maintenance of 4 h, 168 times to begin, times in UTC`.
    fn span(&self) -> String {
        let count = match self.windows.len() {
            1 => "1 time".to_owned(),
            more => format!("{} times", numbers::users(more as f64)),
        };
        let (lasts, zone) = (self.lasts(), self.clock.zone());
        format!("maintenance of {lasts}, {count} to begin, times in {zone}")
    }

    /// The chart of all windows in order of time.
    pub fn chart(&self) -> WindowsChart {
        let bar = |own: &Window| WindowBar {
            start: own.start,
            end: own.end,
            is_best: self.order[..self.best]
                .iter()
                .any(|&best| self.windows[best].start == own.start),
            unserved: own.unserved_users(),
            shortfall: own.worst_shortfall(),
            // Where no failure leaves more unserved, it is those of the maintenance.
            at_risk: own
                .failures
                .as_ref()
                .map(|_| own.at_risk().max(own.unserved_users())),
            moved: own.moved,
        };
        WindowsChart {
            title: self.finding(),
            span: self.span(),
            clock: self.clock,
            windows: self.windows.iter().map(bar).collect(),
        }
    }
}
