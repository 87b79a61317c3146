//! Slices: a period hour by hour, as far as its demand differs, and whether hours.csv says which slice holds when.

use super::assignment::Assignment;
use super::context::RefereeContext;
use super::load::{Loads, loads_fit};
use super::path::Steered;
use super::period::PeriodState;
use super::report::{At, Report, Rule};
use super::stability::offers_fit;
use crate::model::Hours;
use crate::plan_files::{HoursRow, Lined, Row};
use crate::scenario::Period;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The slice that holds when a period ends.
pub(super) fn last_slice(hours: &Hours, period: &Period) -> usize {
    let before = period.end.checked_sub(SignedDuration::from_nanos(1));
    hours.slice_at(before.unwrap_or(period.start))
}

/// Steering slice by slice of the hours.
#[derive(Debug, Clone, Default)]
pub(super) struct BySlice(BTreeMap<usize, Vec<Steered>>);

impl BySlice {
    pub(super) fn new(steered: Vec<Steered>) -> Self {
        let mut all: BTreeMap<usize, Vec<Steered>> = BTreeMap::new();
        for row in steered {
            all.entry(row.slice).or_default().push(row);
        }
        Self(all)
    }

    /// That of all slices.
    pub(super) fn all(&self) -> impl Iterator<Item = &Steered> {
        self.0.values().flatten()
    }

    /// That of one slice.
    pub(super) fn of(&self, slice: usize) -> &[Steered] {
        self.0.get(&slice).map_or(&[], Vec::as_slice)
    }
}

/// What every component carries in each slice of the hours, and whether it can.
pub(super) fn loads_by_slice(
    situation: &PeriodState,
    period: &Period,
    assignment: &Assignment,
    steered: &[Steered],
    report: &mut Report,
) -> Vec<Loads> {
    let slices = situation.in_slices().into_iter();
    slices
        .map(|in_slice| {
            let mut loads = Loads::of_steering(&in_slice, steered);
            loads.add_served(&in_slice, assignment.served());
            let index = period.index;
            loads_fit(&in_slice, index, &loads, assignment, steered, report);
            offers_fit(&in_slice, index, &loads, report);
            loads
        })
        .collect()
}

/// The most that components carry in those slices that have a share of some time.
pub(super) fn most_within(by_slice: &[Loads], shares: &[f64]) -> Loads {
    let within = by_slice.iter().zip(shares);
    let within = within.filter(|(_, share)| **share > 0.0);
    Loads::most(&within.map(|(loads, _)| loads).collect::<Vec<_>>())
}

const HOURS: Rule = Rule::new(
    "P7320",
    "write the hours that follow from load_curves.csv and the time zones of client_regions.csv; a slice covers hours \
     whose demand it reaches everywhere",
);

/// P7320: the rows of one period are its stretches of time, in order, each with its slice.
pub(super) fn hours_are_true(
    hours: &Hours,
    period: &Period,
    rows: &[&Lined<HoursRow>],
    report: &mut Report,
) {
    rows_are_stretches(hours, &format!("period {}", period.index), rows, report);
}

/// P7320 of a period or the state before.
fn rows_are_stretches(hours: &Hours, of: &str, rows: &[&Lined<HoursRow>], report: &mut Report) {
    let stretches = hours.stretches();
    for (row, stretch) in rows.iter().zip(stretches) {
        for (column, found, expected) in [
            ("start", &row.row.start, stretch.start),
            ("end", &row.row.end, stretch.end),
        ] {
            if found.parse::<Timestamp>().ok() != Some(expected) {
                let at = At::cell(HoursRow::FILE, row.line, column);
                report.add(HOURS, at, format!("`{found}`"), expected.to_string());
            }
        }
        if row.row.slice as usize != stretch.slice {
            let at = At::cell(HoursRow::FILE, row.line, "slice");
            let expected = stretch.slice.to_string();
            report.add(HOURS, at, row.row.slice.to_string(), expected);
        }
    }
    if rows.len() != stretches.len() {
        let found = format!("{} rows of {of}", rows.len());
        let line = rows.last().map_or(0, |row| row.line);
        let at = At::cell(HoursRow::FILE, line, "period");
        report.add(HOURS, at, found, format!("{} rows", stretches.len()));
    }
}

/// P7320: the same of the state before.
pub(super) fn hours_before_are_true(
    context: &RefereeContext,
    rows: &[Lined<HoursRow>],
    report: &mut Report,
) {
    let hours_rows: Vec<&Lined<HoursRow>> =
        rows.iter().filter(|row| row.row.period.is_none()).collect();
    rows_are_stretches(
        &context.before.hours,
        "the state before",
        &hours_rows,
        report,
    );
}
