//! The files of two runways that are compared: comparison.json and the CSV tables.

use super::RunwaysReport;
use super::tables::{COMPONENTS_FILE, DATES_FILE};
use crate::error::Result;
use crate::model::Recovery;
use crate::plan::compare::{
    ChangedCapacity, DateChange, Difference, ReachedDifference, ReadRunway, RowDifference,
    RunwayDates,
};
use crate::plan_files::RunwayRow;
use crate::report::comparison::facts::ComparedPlan;
use crate::report::comparison::files::COMPARISON_FILE;
use crate::report::csv::Records;
use crate::report::document::Figure;
use crate::report::written::{WrittenFile, internal, json_file};
use jiff::civil::Date;
use serde_json::{Value, json};

/// The format of comparison.json of two runways.
pub const RUNWAY_COMPARISON_FORMAT: &str = "plimsoll-runway-comparison/1";

/// The tables in the folder of two runways.
pub const RUNWAY_COMPARISON_TABLES: [&str; 2] = [DATES_FILE, COMPONENTS_FILE];

impl RunwaysReport {
    /// The comparison for programs.
    pub fn json(&self) -> Value {
        let [a, b] = self.sides();
        let [name_a, name_b] = &self.labels;
        let common = self.comparison.common.as_ref();
        json!({
            "format": RUNWAY_COMPARISON_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "a": asked(name_a, a),
            "b": asked(name_b, b),
            "compared_from": common.map(|days| days.start.to_string()),
            "compared_until": common.map(|days| days.end.to_string()),
            "not_compared": self.gaps(),
            "verdict": self.verdict(),
            "alarms": self.alarms(),
            "headline": self.headline(),
            "gains": self.gains(),
            "why": self.why(),
            "first_action": self.first_to_do(),
            "rows": self.dates().objects(),
            "components": self.reached().objects(),
            "trapped": self.trapped().objects(),
            "capacities": self.capacities().objects(),
        })
    }

    /// The files of the output folder except for the page, with the charts that were drawn.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self, drawings: Vec<Figure>) -> Result<Vec<WrittenFile>> {
        let mut json = serde_json::to_vec_pretty(&self.json()).map_err(internal)?;
        json.push(b'\n');
        let mut files = vec![
            json_file(COMPARISON_FILE, json)?,
            self.dates().file(DATES_FILE)?,
            self.reached().file(COMPONENTS_FILE)?,
        ];
        files.extend(drawings.into_iter().flat_map(Figure::files));
        Ok(files)
    }

    fn dates(&self) -> Records<&RowDifference> {
        let date = |side: usize| {
            move |row: &&RowDifference| {
                let dates: Option<&RunwayDates> = row.of.sides[side].as_ref();
                dates
                    .and_then(|dates| dates.fails_from)
                    .map(|date| date.to_string())
            }
        };
        Records::of(self.comparison.rows.iter())
            .column("condition", |row| row.of.key.condition.word())
            .column("events", |row| {
                Some(row.of.key.events.clone()).filter(|events| !events.is_empty())
            })
            .column("recovery", |row| row.of.key.recovery.map(Recovery::word))
            .column("moves", |row| row.of.key.moves.word())
            .column("band", |row| row.of.key.band.word())
            .column("change", |row| row.change.word())
            .column("days", |row| row.change.days())
            .column("is_least", |row| is_least(row.change))
            .column("fails_from_a", date(0))
            .column("fails_from_b", date(1))
            .column(
                "failing_a",
                of(0, |row| row.failing.as_deref().map(str::to_owned)),
            )
            .column(
                "failing_b",
                of(1, |row| row.failing.as_deref().map(str::to_owned)),
            )
            .column("component_a", of(0, |row| row.component.clone()))
            .column("component_b", of(1, |row| row.component.clone()))
            .column("resource_a", of(0, |row| row.resource.clone()))
            .column("resource_b", of(1, |row| row.resource.clone()))
            .column("short_a", of(0, |row| row.short))
            .column("short_b", of(1, |row| row.short))
            .column("users_unserved_a", of(0, |row| row.users_unserved))
            .column("users_unserved_b", of(1, |row| row.users_unserved))
            .column("proven_a", of(0, |row| Some(row.proven)))
            .column("proven_b", of(1, |row| Some(row.proven)))
    }

    fn reached(&self) -> Records<&ReachedDifference> {
        let date = |side: usize| {
            move |row: &&ReachedDifference| row.of.sides[side].map(|date: Date| date.to_string())
        };
        Records::of(self.comparison.components.iter())
            .column("component", |row| row.of.key.component.clone())
            .column("resource", |row| row.of.key.resource.clone())
            .column("limit", |row| row.of.key.limit)
            .column("change", |row| row.change.word())
            .column("days", |row| row.change.days())
            .column("is_least", |row| is_least(row.change))
            .column("reached_a", date(0))
            .column("reached_b", date(1))
    }

    fn trapped(&self) -> Records<&Difference<String, f64>> {
        Records::of(self.comparison.trapped.iter())
            .column("failing", |case| case.key.clone())
            .column("users_a", |case| case.sides[0])
            .column("users_b", |case| case.sides[1])
    }

    fn capacities(&self) -> Records<&ChangedCapacity> {
        Records::of(self.comparison.capacities.iter())
            .column("date", |changed| changed.date.to_string())
            .column("component", |changed| changed.component.clone())
            .column("resource", |changed| changed.resource.clone())
            .column("unit", |changed| changed.unit.clone())
            .column("capacity_a", |changed| changed.sides[0])
            .column("capacity_b", |changed| changed.sides[1])
    }
}

/// What one side was asked.
fn asked(label: &ComparedPlan, side: &ReadRunway) -> Value {
    let summary = &side.summary;
    json!({
        "name": label.name,
        "scenario": label.scenario,
        "from": side.from.to_string(),
        "until": side.until.to_string(),
        "step": summary.step,
        "over": summary.over,
        "failures": summary.failures,
        "recoveries": summary.recoveries,
        "bands": summary.bands,
        "complete": summary.complete,
    })
}

/// A value of the row of a side, where it has one.
fn of<V>(
    side: usize,
    value: impl Fn(&RunwayRow) -> Option<V>,
) -> impl Fn(&&RowDifference) -> Option<V> {
    move |row| {
        let dates = row.of.sides[side].as_ref()?;
        value(&dates.row)
    }
}

/// `true` if days are at least as many; blank where none are compared.
fn is_least(change: DateChange) -> Option<bool> {
    match change {
        DateChange::Days(_, is_least) => Some(is_least),
        DateChange::OnlyIn(_) | DateChange::NotComparable => None,
    }
}
