//! The first screen of a runway's page: alarm or answer, what acting is worth, the first thing to do, and the chart.

use super::lists::{self, CONDITIONS_ID, NOT_CHECKED_ID, TRAPPED_ID};
use super::report::RunwayReport;
use super::words::RunwayWords;
use crate::model::Band;
use crate::plan::runway::{Adjustment, Condition, Day, RunwayRow};
use crate::report::document::{Block, FirstScreen, KeyNumber, Line, Table, more_findings};
use crate::report::grammar::count;
use crate::report::headroom::State;

/// Files that stand beside the page.
const FILES: [&str; 4] = ["runway.csv", "components.csv", "gaps.csv", "runway.json"];

/// The first screen, and sentences that are left for the findings.
pub(super) fn screen<'a>(
    report: &RunwayReport<'_>,
    words: &'a RunwayWords,
    tables: &[Table],
    shown: Vec<Block>,
) -> (FirstScreen, Vec<&'a String>) {
    let (verdict, beside, rest) = match words.alarms.as_slice() {
        [] => {
            let (first, rest) = words.reasons.split_at(words.reasons.len().min(1));
            (&words.answer, first.iter().collect(), rest.iter().collect())
        }
        [alarm, rest @ ..] => {
            let rest = rest.iter().chain(&words.reasons);
            (alarm, vec![&words.answer], rest.collect::<Vec<&String>>())
        }
    };
    let mut beside: Vec<Line> = beside.into_iter().map(Line::from).collect();
    let (more, anchor) = if rest.is_empty() {
        (words.not_checked.len(), NOT_CHECKED_ID)
    } else {
        (rest.len(), "findings")
    };
    if let Some(last) = beside.pop() {
        beside.push(last.after(more_findings(more, anchor)));
    }
    let anchor = if report.runway.trapped.is_empty() {
        CONDITIONS_ID
    } else {
        TRAPPED_ID
    };
    let there = tables
        .iter()
        .any(|table| table.id == anchor && !table.rows.is_empty());
    let first = Line::from(&words.first_action);
    let first = first.linked(there.then(|| (anchor.to_owned(), "the table")));
    let screen = FirstScreen {
        state: state(report),
        verdict: verdict.clone(),
        beside,
        numbers: key_numbers(report),
        first,
        shown,
        files: FILES.to_vec(),
    };
    (screen, rest)
}

/// Red where users are trapped or a condition fails on the first day; amber where one fails later or not all is settled.
fn state(report: &RunwayReport<'_>) -> State {
    let rows = &report.runway.rows;
    let served = rows.iter().filter(|row| row.condition != Condition::Target);
    if !report.runway.trapped.is_empty()
        || served.into_iter().any(|row| row.fails_from() == Some(0))
    {
        State::Full
    } else if report.runway.is_stopped || rows.iter().any(|row| !row.failing.is_empty()) {
        State::BelowTarget
    } else {
        State::Fine
    }
}

impl<'a> RunwayReport<'a> {
    /// The condition that a reader asks about first: everyone is served under failures, else in normal operation, else targets are
    /// met.
    pub(super) fn main_row(&self, adjustment: Adjustment, band: Band) -> Option<&'a RunwayRow> {
        let conditions = [Condition::ServedUnder, Condition::Served, Condition::Target];
        let mut rows = conditions
            .into_iter()
            .filter_map(|condition| self.runway.row(condition, adjustment, band));
        rows.next()
    }

    /// What the main condition lets happen: `one site may fail`.
    fn lets(&self, condition: Condition) -> String {
        match condition {
            Condition::ServedUnder | Condition::StableUnder => {
                format!("{} may fail", self.failing_words())
            }
            Condition::Served => "everyone is served".to_owned(),
            Condition::Target => "targets are met".to_owned(),
        }
    }
}

/// The runway as is, rebalanced, and at both ends of the forecast.
fn key_numbers(report: &RunwayReport<'_>) -> Vec<KeyNumber> {
    let row = |adjustment, band| report.main_row(adjustment, band);
    let bands = [Band::Expected, Band::High, Band::Low];
    let as_is = bands
        .into_iter()
        .find_map(|band| row(Adjustment::AsIs, band));
    let Some(as_is) = as_is else {
        return Vec::new();
    };
    let number = |row: &RunwayRow, label: String, note: String| KeyNumber {
        value: match report.holds_again(row) {
            Some(_) if row.fails_from() == Some(0) => "not yet".to_owned(),
            _ => value(report, row.fails_from()),
        },
        label,
        note,
        because: lists::anchor(report, row).unwrap_or_else(|| CONDITIONS_ID.to_owned()),
        state: judged(row.fails_from()),
    };
    let lets = report.lets(as_is.condition);
    let label = match as_is.fails_from() {
        None => format!("beyond it {lets}, as is"),
        Some(0) => match report.holds_again(as_is) {
            Some(again) => {
                let (from, until) = (report.date(again.start), report.again_until(&again));
                format!("from {from} on {lets}, as is, {until}")
            }
            None => format!("{lets}, as is"),
        },
        Some(_) => format!("until then {lets}, as is"),
    };
    let note = match as_is.fails_from() {
        None => "the last day checked".to_owned(),
        Some(day) => count(day as usize, "day"),
    };
    let mut all = vec![number(as_is, label, note)];
    if let Some(rebalanced) = row(Adjustment::Rebalanced, as_is.band) {
        let note = bought(report, as_is.fails_from(), rebalanced.fails_from());
        all.push(number(rebalanced, "with users rebalanced".to_owned(), note));
    }
    let [low, high] = [Band::Low, Band::High].map(|band| row(Adjustment::AsIs, band));
    if let (Some(low), Some(high)) = (low, high) {
        let low = value(report, low.fails_from());
        let note = format!("{low} if growth is low");
        all.push(number(high, "if growth is high, as is".to_owned(), note));
    }
    all
}

/// `14 Mar 2027`, the last day that holds; `no day`; the last day that was asked about with a sign of more.
fn value(report: &RunwayReport<'_>, fails_from: Option<Day>) -> String {
    match fails_from {
        None => format!("> {}", report.last()),
        Some(0) => "no day".to_owned(),
        Some(day) => report.date(day - 1),
    }
}

fn judged(fails_from: Option<Day>) -> State {
    match fails_from {
        None => State::Fine,
        Some(0) => State::Full,
        Some(_) => State::BelowTarget,
    }
}

/// `77 days more than as is`: what acting is worth.
fn bought(report: &RunwayReport<'_>, as_is: Option<Day>, acting: Option<Day>) -> String {
    let days = |day: Option<Day>| day.unwrap_or(report.runway.days);
    let more = days(acting).saturating_sub(days(as_is));
    match (as_is, acting) {
        _ if more == 0 => "no more than as is".to_owned(),
        (_, None) => format!("at least {} more", count(more as usize, "day")),
        _ => format!("{} more than as is", count(more as usize, "day")),
    }
}
