//! Windows: what a maintenance would cost at every time at which it might begin, ranked, as values and files; the drain ahead
//! of a window, and the scenario of the maintenance in it, for `plan` to make its runbook.

mod costs;
mod drain;
mod further;
mod listed;
mod losses;
mod maintenance;
mod page;
mod words;

pub use drain::DrainReport;
pub use maintenance::{MAINTENANCE_FILE, maintenance_file, own_maintenances};

use super::charts::{WindowBar, WindowRank, WindowsChart};
use super::csv::Records;
use super::grammar::count;
use super::span::Clock;
use super::waves::duration;
use super::words::is_any_target_set;
use crate::engine::{MoversDecide, OnceMoved, OneMore, Ranking, Window, Without, ranking};
use crate::error::Result;
use crate::model::{Event, Inventory, Scenario, Word as _};
use crate::plan::sweep::Missing;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The JSON file in a folder of ranked windows.
pub const WINDOWS_FILE: &str = "windows.json";

/// The table in it.
pub const WINDOWS_TABLE: &str = "windows.csv";

/// The format that the JSON file names.
pub const WINDOWS_FORMAT: &str = "plimsoll-windows/2";

/// The windows of one maintenance, ranked.
#[derive(Debug, Clone)]
pub struct RankedWindows<'a> {
    inventory: &'a Inventory,
    subject: String,
    clock: Clock,
    /// The kind of further failures, as the command line spells it; `None` was not requested.
    over: Option<&'static str>,
    asked: AskedPolicy,
    windows: &'a [Window],
    ranking: Ranking,
    /// When the events of the scenario begin.
    others: Vec<Timestamp>,
    without: Option<Without>,
    /// The drains that were looked at, in the order of the windows' ranks: all but the last are refused.
    drains: Vec<DrainReport>,
    /// No drain is safe hour by hour, and that of the best start is where it is planned by the peak.
    is_safe_by_peak: bool,
    /// Maintenances of the scenario that are left out, a sentence each.
    left_out: Vec<String>,
    /// The command that plans the recommended start; `None` if its scenario is not written.
    plan_command: Option<String>,
    /// Who may move for a further failure, as a scenario spells it.
    movers: &'static str,
    /// Where that decides whether a further failure leaves users unserved.
    movers_decide: MoversDecide,
}

/// What the policy of a scenario asks of its windows.
#[derive(Debug, Clone, Copy)]
struct AskedPolicy {
    /// Some headroom target is set.
    has_targets: bool,
    /// `require_stable`: the maintenance must be one from which the service recovers by itself.
    must_recover: bool,
    /// `split_shards`: a plan too may serve a shard at several sites.
    may_split: bool,
}

/// A window with its rank, from 1 for the best, and that of the first that costs the same.
type RankedWindow<'a> = (&'a Window, [usize; 2]);

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
            asked: AskedPolicy {
                has_targets: is_any_target_set(inventory, &scenario.policy),
                must_recover: scenario.policy.require_stable,
                may_split: scenario.policy.split_shards,
            },
            windows,
            ranking: ranking(windows),
            others: scenario.events.iter().map(|event| event.start).collect(),
            without: None,
            drains: Vec::new(),
            is_safe_by_peak: false,
            left_out: Vec::new(),
            plan_command: None,
            movers: scenario.policy.movers.word(),
            movers_decide: MoversDecide::default(),
        }
    }

    /// The same where maintenances of the scenario are left out: those whose time is looked for.
    #[must_use]
    pub fn with_left_out(self, events: &[Event]) -> Self {
        let left_out = events.iter().map(|event| self.left_out(event)).collect();
        Self { left_out, ..self }
    }

    /// The same where it is known whether the policy of movers decides what further failures do.
    #[must_use]
    pub fn with_movers_deciding(self, movers_decide: MoversDecide) -> Self {
        Self {
            movers_decide,
            ..self
        }
    }

    /// The same with the command that plans the scenario of the recommended start.
    #[must_use]
    pub fn with_plan_command(self, command: String) -> Self {
        Self {
            plan_command: Some(command),
            ..self
        }
    }

    /// The command that plans the scenario of the recommended start; `None` if there is none, or it is not written.
    pub fn plan_command(&self) -> Option<&str> {
        self.plan_command
            .as_deref()
            .filter(|_| self.drain().is_some())
    }

    /// The same with the drains that were looked at, in the order of ranks until one is not refused.
    #[must_use]
    pub fn with_drains(self, drains: Vec<DrainReport>) -> Self {
        Self { drains, ..self }
    }

    /// The best start, if no drain is safe and its own is refused for what changes between hours: planned by the peak nothing
    /// does.
    pub fn refused_for_its_hours(&self) -> Option<Timestamp> {
        let first = self
            .drains
            .first()
            .filter(|drain_report| drain_report.has_refused_hours);
        first
            .filter(|_| self.drain().is_none())
            .map(|drain_report| drain_report.start)
    }

    /// The same where the drain of that start is safe if it is planned by the peak.
    #[must_use]
    pub fn with_safe_by_peak(self, is_safe_by_peak: bool) -> Self {
        Self {
            is_safe_by_peak,
            ..self
        }
    }

    /// The same with the cost of the hours of the [`recommended`](Self::recommended) window without the maintenance.
    #[must_use]
    pub fn with_quiet_hours(self, without: Option<Without>) -> Self {
        Self { without, ..self }
    }

    /// The offset and the span of times.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// `true` if the recommended window serves everyone and misses no target, and the plan of it is one with which `plan` ends
    /// with exit code 0.
    pub fn has_sound_one(&self) -> bool {
        let is_good = self
            .drains
            .last()
            .is_none_or(|drain_report| drain_report.is_good);
        self.recommended().is_some_and(Window::holds) && is_good
    }

    /// The recommended window: the best whose drain is not refused; the best of all where none was found, or requested.
    pub fn recommended(&self) -> Option<&'a Window> {
        let safe = self.drain().map(|drain_report| drain_report.start);
        let first = || {
            self.ranking
                .order()
                .next()
                .map(|index| &self.windows[index])
        };
        let of_drain =
            safe.and_then(|start| self.windows.iter().find(|window| window.start == start));
        of_drain.or_else(first)
    }

    /// The drain that is not refused, if one was found.
    pub fn drain(&self) -> Option<&DrainReport> {
        self.drains
            .last()
            .filter(|drain_report| !drain_report.is_refused())
    }

    fn refused(&self) -> &[DrainReport] {
        let safe = usize::from(self.drain().is_some());
        &self.drains[..self.drains.len() - safe]
    }

    /// The drain before a window, if it was planned.
    fn drain_of(&self, window: &Window) -> Option<&DrainReport> {
        self.drains.iter().find(|drain| drain.start == window.start)
    }

    fn ranked(&self) -> Vec<RankedWindow<'a>> {
        let mut all = Vec::with_capacity(self.windows.len());
        for alike in &self.ranking.alike {
            let cost_rank = all.len() + 1;
            for &index in alike {
                all.push((&self.windows[index], [all.len() + 1, cost_rank]));
            }
        }
        all
    }

    fn lasts(&self) -> String {
        let first = self.windows.first();
        let seconds = first.map_or(0.0, |window| {
            window.end.duration_since(window.start).as_secs_f64()
        });
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
        let instant = self.recommended().map(|window| window.start);
        let as_good = self.ranking.alike.first();
        let bar = |(position, window): (usize, &Window)| WindowBar {
            start: window.start,
            end: window.end,
            rank: if self.drain_of(window).is_some_and(DrainReport::is_refused) {
                WindowRank::Refused
            } else if instant == Some(window.start) {
                WindowRank::Best
            } else if as_good.is_some_and(|all| all.contains(&position)) {
                WindowRank::AsGood
            } else {
                WindowRank::Worse
            },
            unserved: window.unserved_users(),
            shortfall: window.worst_shortfall(),
            at_risk: window.unserved_after_one_more(),
            moved: window.moved,
            busiest_users: window.busiest_users,
        };
        WindowsChart {
            title: self.chart_title(),
            span: self.span(),
            clock: self.clock,
            windows: self.windows.iter().enumerate().map(bar).collect(),
            warning: self.further(),
            differs_slightly: self.ranking.differs_slightly,
        }
    }

    /// windows.csv: the best first.
    ///
    /// # Errors
    /// `Error::Internal` if the table cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let drain = |pair: &RankedWindow<'_>| self.drain_of(pair.0);
        let safe =
            |pair: &RankedWindow<'_>| drain(pair).filter(|drain_report| !drain_report.is_refused());
        let moved = |pair: &RankedWindow<'_>| safe(pair)?.once_moved.as_ref();
        let file = self
            .records()
            .column("drain_waves", |pair| {
                safe(pair).map(|drain_report| drain_report.waves)
            })
            .column("drain_users", |pair| {
                safe(pair).map(|drain_report| drain_report.users)
            })
            .column("drain_latest_start", |pair| {
                let latest = safe(pair).and_then(|drain_report| drain_report.latest_start);
                latest.map(|at| self.clock.instant(at))
            })
            .column("drain_refused", |pair| {
                drain(pair).map(|drain_report| drain_report.refused.join("; "))
            })
            .column("further_failures_once_moved", |pair| {
                moved(pair).map(|once_moved| once_moved.failures.cases)
            })
            .column("further_failures_broken_once_moved", |pair| {
                moved(pair).map(|once_moved| once_moved.failures.broken)
            })
            .column("worst_further_failure_once_moved", |pair| {
                let worst = moved(pair)?.failures.worst.as_ref();
                worst.map(|(name, _)| name.clone())
            })
            .column("unserved_after_it_once_moved", |pair| {
                moved(pair).and_then(OnceMoved::unserved_after_one_more)
            })
            .file(WINDOWS_TABLE)?;
        Ok(file.bytes)
    }

    fn records(&self) -> Records<RankedWindow<'_>> {
        let missing = |window: &Window| window.missing.map(|missing| self.names(missing));
        let worst = |one_more: &OneMore| one_more.worst.as_ref().map(|pair| pair.0.clone());
        Records::of(self.ranked())
            .column("rank", |(_, ranks)| ranks[0])
            .column("cost_rank", |(_, ranks)| ranks[1])
            .column("start", |(window, _)| self.clock.instant(window.start))
            .column("end", |(window, _)| self.clock.instant(window.end))
            .column("unserved_users", |(window, _)| window.unserved_users())
            .column("worst_shortfall", |(window, _)| window.worst_shortfall())
            .column("shortfall_component", |(window, _)| {
                Some(missing(window)?[0])
            })
            .column("shortfall_resource", |(window, _)| {
                Some(missing(window)?[1])
            })
            .column("shortfall_users", |(window, _)| window.missing_users)
            .column("further_failures", |(window, _)| {
                window.failures.as_ref().map(|one_more| one_more.cases)
            })
            .column("further_failures_broken", |(window, _)| {
                window.failures.as_ref().map(|one_more| one_more.broken)
            })
            .column("worst_further_failure", |(window, _)| {
                window.failures.as_ref().and_then(worst)
            })
            .column("unserved_after_it", |(window, _)| {
                window.unserved_after_one_more()
            })
            .column("moved_users", |(window, _)| window.moved)
            .column("busiest_users", |(window, _)| window.busiest_users)
            .column("proven", |(window, _)| window.is_proven)
    }

    fn names(&self, missing: Missing) -> [&str; 2] {
        [
            self.inventory.component_name(missing.component),
            &self.inventory.resources[missing.resource.index()].id,
        ]
    }

    /// windows.json.
    pub fn json(&self) -> Value {
        let missing = |missing: Missing| {
            let [component, resource] = self.names(missing);
            json!({ "share": missing.share, "component": component, "resource": resource })
        };
        let worst = |one_more: &OneMore| one_more.worst.as_ref().map(|pair| pair.0.clone());
        let without = self.without.as_ref().map(|without| {
            json!({
                "start": self.recommended().map(|window| self.clock.instant(window.start)),
                "unserved_users": without.unserved,
                "worst_shortfall": without.missing.map_or(0.0, |missing| missing.share),
                "missing": without.missing.map(missing),
                "kept": without.kept.map(missing),
                "further_failures": without.failures.as_ref().map(|one_more| one_more.cases),
                "further_failures_broken": without.failures.as_ref().map(|one_more| one_more.broken),
                "worst_further_failure": without.failures.as_ref().and_then(worst),
            })
        });
        let drains: Vec<Value> = self
            .drains
            .iter()
            .map(|drain| drain.json(self.inventory, self.clock))
            .collect();
        json!({
            "format": WINDOWS_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "finding": self.finding(),
            "not_checked": self.not_checked(),
            "left_out": self.left_out,
            "over": self.over,
            "start": self.recommended().map(|window| self.clock.instant(window.start)),
            "as_good": self.ranking.as_good(),
            "without_maintenance": without,
            "drains": drains,
            "windows": self.records().objects(),
        })
    }
}
