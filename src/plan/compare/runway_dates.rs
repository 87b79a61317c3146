//! Dates of a written runway: read from its files, each first day that fails and each date of a component.

use crate::diagnostic::{Code, Finding, Place};
use crate::model::{Adjustment, Band, Condition, Recovery};
use crate::plan_files::{
    ComponentRunwayRow, DayUseRow, GapRow, RUNWAY_FILE, Row as _, RunwayRow, RunwaySummary,
    WrittenRunway,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A date of a runway that cannot be read.
const NO_DATE: Code = Code("P6028");

/// Which row of runway.csv.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunwayRowKey {
    /// What is asked to hold.
    pub condition: Condition,
    /// Events in force on every day, joined by `+`; empty for none.
    pub events: String,
    /// How failures are answered.
    pub recovery: Option<Recovery>,
    /// Who may move before anything fails.
    pub moves: Adjustment,
    /// For which end of the forecast.
    pub band: Band,
}

/// A row of runway.csv with its dates.
#[derive(Debug, Clone, PartialEq)]
pub struct RunwayDates {
    /// As it is written.
    pub row: RunwayRow,
    /// The first day that fails.
    pub fails_from: Option<Date>,
    /// All days that fail, ascending and apart.
    pub failing: Vec<Range<Date>>,
}

/// Which date of components.csv.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReachedKey {
    /// Which component.
    pub component: String,
    /// Of which resource.
    pub resource: String,
    /// The column: what is reached, and in which plan.
    pub limit: &'static str,
}

impl ReachedKey {
    /// `true` if the date is one of the sampled days.
    pub fn is_sampled(&self) -> bool {
        !self.limit.ends_with("_as_is")
    }

    /// `true` if it depends on what may fail.
    pub fn is_of_failures(&self) -> bool {
        self.limit.ends_with("_worst_case")
    }
}

/// A capacity with its unit, by sampled day, component and resource.
type CapacityOnDay = BTreeMap<(Date, String, String), (f64, String)>;

/// What one of two runways was asked, and the dates that it found.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRunway {
    /// runway.json
    pub summary: RunwaySummary,
    /// The first day.
    pub from: Date,
    /// The first day that is not asked about.
    pub until: Date,
    /// The rows of runway.csv.
    pub rows: BTreeMap<RunwayRowKey, RunwayDates>,
    /// The dates of components.csv that are reached.
    pub reached: BTreeMap<ReachedKey, Date>,
    /// `true` if these are all: it was not stopped, and has a components.csv.
    pub has_all_components: bool,
    /// Kinds of components and units of their resources, of both tables that have them.
    pub units: BTreeMap<(String, String), String>,
    pub(super) capacities: CapacityOnDay,
    /// The days of utilization.csv.
    pub(super) sampled: BTreeSet<Date>,
}

impl ReadRunway {
    /// Reads the dates of a runway's files.
    ///
    /// # Errors
    /// A finding for every date that cannot be read.
    pub fn new(written: WrittenRunway) -> Result<Self, Vec<Finding>> {
        let mut dates = DateReader::default();
        let [from, until] = [
            ("from", &written.summary.from),
            ("until", &written.summary.until),
        ]
        .map(|(key, text)| dates.date((RUNWAY_FILE, None, key), text));
        let until = until.unwrap_or(Date::MAX);
        let gaps = dates.gaps(&written, until);
        let rows = dates.rows(&written, &gaps, until);
        let reached = dates.reached(&written);
        let has_all_components = written.summary.complete && written.components.is_some();
        let mut units = BTreeMap::new();
        for lined in written.components.iter().flatten() {
            let row = &lined.row;
            let key = (row.component.clone(), row.resource.clone());
            units.insert(key, row.unit.clone());
        }
        let mut capacities = CapacityOnDay::new();
        let mut sampled = BTreeSet::new();
        for lined in written.uses.iter().flatten() {
            let row = &lined.row;
            units.insert(
                (row.component.clone(), row.resource.clone()),
                row.unit.clone(),
            );
            let at = (DayUseRow::FILE, Some(lined.line), "date");
            if let Some(date) = dates.date(at, &row.date) {
                sampled.insert(date);
                let key = (date, row.component.clone(), row.resource.clone());
                capacities.insert(key, (row.capacity, row.unit.clone()));
            }
        }
        let (Some(from), true) = (from, dates.findings.is_empty()) else {
            return Err(dates.findings);
        };
        Ok(Self {
            summary: written.summary,
            from,
            until,
            rows,
            reached,
            has_all_components,
            units,
            capacities,
            sampled,
        })
    }
}

/// Where a date stands: file, line and column.
type DatePlace = (&'static str, Option<u64>, &'static str);

/// Spans of failing days, by row.
type FailingSpans = BTreeMap<RunwayRowKey, Vec<Range<Date>>>;

#[derive(Default)]
struct DateReader {
    findings: Vec<Finding>,
}

impl DateReader {
    /// P6028: a date of the calendar.
    fn date(&mut self, (file, line, column): DatePlace, text: &str) -> Option<Date> {
        let date = text.parse().ok();
        if date.is_none() {
            let place = Place {
                file: file.to_owned(),
                line,
                column: Some(column.to_owned()),
            };
            self.findings.push(Finding::error(
                NO_DATE,
                place,
                format!("{text:?}"),
                "a date such as 2027-03-14",
                "use the file as `runway` wrote it; it is not meant to be edited",
            ));
        }
        date
    }

    fn date_if_any(&mut self, at: DatePlace, text: Option<&String>) -> Option<Date> {
        text.and_then(|text| self.date(at, text))
    }

    fn gaps(&mut self, written: &WrittenRunway, until: Date) -> FailingSpans {
        let mut all = FailingSpans::new();
        for lined in written.gaps.iter().flatten() {
            let (row, line) = (&lined.row, Some(lined.line));
            let start = self.date((GapRow::FILE, line, "fails_from"), &row.fails_from);
            let at = (GapRow::FILE, line, "holds_again_from");
            let end = self.date_if_any(at, row.holds_again_from.as_ref());
            let key = RunwayRowKey {
                condition: row.condition,
                events: words(row.events.as_deref()),
                recovery: row.recovery,
                moves: row.moves,
                band: row.band,
            };
            if let Some(start) = start {
                all.entry(key)
                    .or_default()
                    .push(start..end.unwrap_or(until));
            }
        }
        for spans in all.values_mut() {
            spans.sort_by_key(|span| span.start);
        }
        all
    }

    fn rows(
        &mut self,
        written: &WrittenRunway,
        gaps: &FailingSpans,
        until: Date,
    ) -> BTreeMap<RunwayRowKey, RunwayDates> {
        let mut all = BTreeMap::new();
        for lined in &written.rows {
            let row = &lined.row;
            let at = (RunwayRow::FILE, Some(lined.line), "fails_from");
            let fails_from = self.date_if_any(at, row.fails_from.as_ref());
            let key = RunwayRowKey {
                condition: row.condition,
                events: words(row.events.as_deref()),
                recovery: row.recovery,
                moves: row.moves,
                band: row.band,
            };
            // Without gaps.csv a row fails from its date to the end.
            let to_the_end = || fails_from.map(|from| from..until).into_iter().collect();
            let spans = gaps.get(&key).filter(|spans| {
                let first = spans.first().map(|span| span.start);
                first == fails_from
            });
            let dates = RunwayDates {
                row: row.clone(),
                fails_from,
                failing: spans.cloned().unwrap_or_else(to_the_end),
            };
            all.insert(key, dates);
        }
        all
    }

    fn reached(&mut self, written: &WrittenRunway) -> BTreeMap<ReachedKey, Date> {
        let mut all = BTreeMap::new();
        for lined in written.components.iter().flatten() {
            let row = &lined.row;
            let dates = [
                ("target_as_is", &row.target_as_is),
                ("capacity_as_is", &row.capacity_as_is),
                ("target_rebalanced", &row.target_rebalanced),
                ("capacity_rebalanced", &row.capacity_rebalanced),
                ("target_worst_case", &row.target_worst_case),
                ("capacity_worst_case", &row.capacity_worst_case),
            ];
            for (limit, text) in dates {
                let at = (ComponentRunwayRow::FILE, Some(lined.line), limit);
                if let Some(date) = self.date_if_any(at, text.as_ref()) {
                    let key = ReachedKey {
                        component: row.component.clone(),
                        resource: row.resource.clone(),
                        limit,
                    };
                    all.insert(key, date);
                }
            }
        }
        all
    }
}

fn words(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}
