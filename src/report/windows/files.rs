//! Ranked windows as windows.csv and windows.json, with the drain ahead of one and the scenario of its maintenance.

use super::{Ranked, RankedWindows, WINDOWS_FORMAT, WINDOWS_TABLE};
use crate::engine::Drain;
use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::Transition;
use crate::plan::sweep::Missing;
use crate::report::csv::Records;
use crate::report::span::Clock;
use crate::report::text::visible;
use crate::report::waves::Teller;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The drain ahead of a window, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct DrainReport {
    /// When the maintenance begins.
    pub start: Timestamp,
    /// When a scenario has to begin that has the same waves: since when its hours are planned, or, where nobody joins from
    /// the start of the ranking's scenario on, then.
    pub planned_from: Timestamp,
    /// When the maintenance ends.
    pub end: Timestamp,
    /// Why there is no safe way, a sentence for each that is refused; empty if none is.
    pub refused: Vec<String>,
    /// What was found to help, a sentence each.
    pub remedies: Vec<String>,
    /// How long the ways take that are not refused, a sentence each.
    pub ways: Vec<String>,
    /// How many waves there are.
    pub waves: usize,
    /// Users who move in them.
    pub users: f64,
    /// How long they take with their gates, in minutes; `None` where there is no safe way.
    pub minutes: Option<f64>,
    /// When the first wave begins at the latest; `None` if nobody has to move ahead of the maintenance, or it is refused.
    pub latest_start: Option<Timestamp>,
}

impl DrainReport {
    /// What is told of a drain, in the scenario of the ranking.
    pub fn of(inventory: &Inventory, scenario: &Scenario, drain: &Drain) -> Self {
        // Times have their date and year where those of the ranking do.
        let clock = Clock::of(scenario).dated();
        let mut told = Scenario {
            start: clock.start,
            end: clock.end,
            ..drain.scenario.clone()
        };
        // What is asked about is behind all other events, and is named before what other works drain with it.
        if let Some(asked) = told.events.pop() {
            told.events.insert(0, asked);
        }
        let from = drain.scenario.start;
        let planned_from = if scenario.policy.freeze_onboarding {
            from.min(scenario.start)
        } else {
            from
        };
        let teller = Teller {
            inventory,
            scenario: &told,
            plan: &drain.plan,
        };
        let shown = |words: String| visible(&words).into_owned();
        let (refused, safe): (Vec<&Transition>, Vec<&Transition>) =
            drain.transitions().partition(|own| own.refusal.is_some());
        let ways = || drain.transitions();
        Self {
            start: drain.start,
            planned_from,
            end: drain.scenario.end,
            refused: refused
                .iter()
                .filter_map(|own| teller.refusal(own))
                .chain(teller.refused_turns(drain.hour_turns()))
                .map(shown)
                .collect(),
            remedies: refused
                .iter()
                .flat_map(|own| teller.remedies(own))
                .chain(teller.remedies_of_turns(drain.hour_turns()))
                .map(shown)
                .collect(),
            ways: safe.iter().map(|own| shown(teller.sentence(own))).collect(),
            waves: ways().map(|own| own.waves.len()).sum(),
            // The sum of none is below 0 by its sign.
            users: ways().map(|own| own.users).sum::<f64>() + 0.0,
            minutes: (ways().map(Transition::minutes).sum::<Option<f64>>()).map(|own| own + 0.0),
            latest_start: drain.latest_start(),
        }
    }

    /// `true` if there is no safe way.
    pub fn is_refused(&self) -> bool {
        !self.refused.is_empty()
    }

    pub(super) fn json(&self, clock: Clock) -> Value {
        json!({
            "start": clock.instant(self.start),
            "refused": self.refused,
            "remedies": self.remedies,
            "waves": self.waves,
            "users": self.users,
            "minutes": self.minutes,
            "latest_start": self.latest_start.map(|at| clock.instant(at)),
        })
    }
}

/// File name of that scenario.
pub const MAINTENANCE_FILE: &str = "maintenance.toml";

/// The scenario of a maintenance of some components, pools or risk groups, given by their ids, ahead of which stands a
/// drain. It is layered over the scenario of the ranking, if there is one: events add up.
pub fn maintenance_file(
    inventory: &Inventory,
    ids: &[String],
    clock: Clock,
    drain: &DrainReport,
) -> String {
    let [from, start, end] =
        [drain.planned_from, drain.start, drain.end].map(|at| clock.instant(at));
    let mut text = format!(
        "# The maintenance, from as far ahead of it as its drain needs; a layer over what the ranking was made with.\n\
         [scenario]\nname = \"maintenance\"\nstart = {from}\nend = {end}\n\n[policy]\ndemand = \"hourly\"\n"
    );
    let mut known = BTreeSet::new();
    for id in ids.iter().filter(|id| known.insert(id.as_str())) {
        let is_pool = || inventory.pools.iter().any(|own| own.id == *id);
        let key = if inventory.component_named(id).is_some() || is_pool() {
            "component"
        } else {
            "risk_group"
        };
        // What JSON escapes in a text, TOML escapes alike.
        let id = serde_json::Value::String(id.clone());
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n[[event]]\nkind = \"maintenance\"\n{key} = {id}\nstart = {start}\nend = {end}\n"
        );
    }
    text
}

impl RankedWindows<'_> {
    /// windows.csv: the best first.
    ///
    /// # Errors
    /// `Error::Internal` if the table cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let drain = |own: &Ranked<'_>| self.drain_of(own.window);
        let safe = |own: &Ranked<'_>| drain(own).filter(|own| !own.is_refused());
        let file = self
            .records()
            .column("drain_waves", |own| safe(own).map(|own| own.waves))
            .column("drain_users", |own| safe(own).map(|own| own.users))
            .column("drain_latest_start", |own| {
                let latest = safe(own).and_then(|own| own.latest_start);
                latest.map(|at| self.clock.instant(at))
            })
            .column("drain_refused", |own| {
                drain(own).map(|own| own.refused.join("; "))
            })
            .file(WINDOWS_TABLE)?;
        Ok(file.bytes)
    }

    /// The windows with what each costs.
    fn records(&self) -> Records<Ranked<'_>> {
        let missing = |own: &Ranked<'_>| own.window.missing.map(|own| self.names(own));
        Records::of(self.ranked())
            .column("rank", |own| own.rank)
            .column("cost_rank", |own| own.cost_rank)
            .column("start", |own| self.clock.instant(own.window.start))
            .column("end", |own| self.clock.instant(own.window.end))
            .column("unserved_users", |own| own.window.unserved_users())
            .column("worst_shortfall", |own| own.window.worst_shortfall())
            .column("shortfall_component", |own| missing(own).map(|own| own[0]))
            .column("shortfall_resource", |own| missing(own).map(|own| own[1]))
            .column("shortfall_users", |own| own.window.missing_users)
            .column("further_failures", |own| {
                own.window.failures.as_ref().map(|own| own.cases)
            })
            .column("further_failures_broken", |own| {
                own.window.failures.as_ref().map(|own| own.broken)
            })
            .column("worst_further_failure", |own| {
                let failures = own.window.failures.as_ref();
                let worst = failures.and_then(|own| own.worst.as_ref());
                worst.map(|(name, _)| name.clone())
            })
            .column("unserved_after_it", |own| {
                own.window.unserved_after_one_more()
            })
            .column("moved_users", |own| own.window.moved)
            .column("busiest_users", |own| own.window.busiest_users)
            .column("proven", |own| own.window.is_proven)
    }

    /// The component and the resource of what is missing, by their ids.
    fn names(&self, missing: Missing) -> [&str; 2] {
        [
            self.inventory.component_name(missing.component),
            &self.inventory.resources[missing.resource.index()].id,
        ]
    }

    /// The same as one JSON object.
    pub fn json(&self) -> Value {
        let missing = |own: Missing| {
            let [component, resource] = self.names(own);
            json!({ "share": own.share, "component": component, "resource": resource })
        };
        let without = self.without.as_ref().map(|own| {
            json!({
                "start": self.told().map(|own| self.clock.instant(own.start)),
                "unserved_users": own.unserved,
                "worst_shortfall": own.missing.map_or(0.0, |own| own.share),
                "missing": own.missing.map(missing),
                "kept": own.kept.map(missing),
            })
        });
        let drains: Vec<Value> = self.drains.iter().map(|own| own.json(self.clock)).collect();
        json!({
            "format": WINDOWS_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "finding": self.finding(),
            "not_checked": self.not_checked(),
            "over": self.over,
            "start": self.told().map(|own| self.clock.instant(own.start)),
            "as_good": self.ranking.as_good(),
            "without_maintenance": without,
            "drains": drains,
            "windows": self.records().objects(),
        })
    }
}
