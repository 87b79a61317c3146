//! The drain ahead of a window, and the scenario of the maintenance in it, for `plan` to make its runbook.

use crate::engine::DrainPlan;
use crate::model::{Inventory, Scenario};
use crate::plan::Transition;
use crate::report::span::Clock;
use crate::report::text::visible;
use crate::report::waves::WayTeller;
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
    pub fn of(inventory: &Inventory, scenario: &Scenario, drain: &DrainPlan) -> Self {
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
        let teller = WayTeller {
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
