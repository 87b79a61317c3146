//! Rows: runway.csv has a row for all that was asked, and its dates and those of gaps.csv fit each other.

use super::super::report::{At, Report, Rule};
use super::asked::AskedRunway;
use crate::model::{Adjustment, Band, Condition, Recovery};
use crate::plan_files::{EventName, GapRow, Lined, Row as _, RunwayRow, WrittenRunway};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

const ASKED: Rule = Rule::new(
    "P7871",
    "write one row for every condition, moves, recovery and band that runway.json asks for",
);

const DATES: Rule = Rule::new(
    "P7872",
    "write the last day that holds, the day after it as the first that fails, and the days up to it",
);

/// What a row is of.
type RowKey<'a> = (Condition, &'a str, Option<Recovery>, Adjustment, Band);

fn key(row: &RunwayRow) -> RowKey<'_> {
    let events = row.events.as_ref().map_or("", AsRef::as_ref);
    (row.condition, events, row.recovery, row.moves, row.band)
}

/// P7871, P7872.
pub(super) fn check(asked: &AskedRunway<'_>, written: &WrittenRunway, report: &mut Report) {
    all_are_there(asked, written, report);
    for lined in &written.rows {
        dates_fit(asked, lined, report);
    }
    if let Some(gaps) = &written.gaps {
        gaps_fit(asked, written, gaps, report);
    }
}

/// P7871: a row for every condition that was asked about, once.
fn all_are_there(asked: &AskedRunway<'_>, written: &WrittenRunway, report: &mut Report) {
    let mut lines: BTreeMap<RowKey<'_>, u64> = BTreeMap::new();
    for lined in &written.rows {
        let first = *lines.entry(key(&lined.row)).or_insert(lined.line);
        if first != lined.line {
            let at = At::cell(RunwayRow::FILE, lined.line, "condition");
            report.add(
                ASKED,
                at,
                format!("the same as on line {first}"),
                "one row for each",
            );
        }
    }
    if !written.summary.complete {
        return;
    }
    let mut missing = |key: RowKey<'_>| {
        if !lines.contains_key(&key) {
            let (condition, events, recovery, moves, band) = key;
            let recovery = recovery.map_or_else(String::new, |of| format!(", {}", of.word()));
            let events = if events.is_empty() {
                String::new()
            } else {
                format!(", {events}")
            };
            let what = format!(
                "{}{events}{recovery}, {}, {}",
                condition.word(),
                moves.word(),
                band.word()
            );
            let at = At::file(RunwayRow::FILE);
            report.add(
                ASKED,
                at,
                format!("no row of {what}"),
                "a row for all that was asked",
            );
        }
    };
    let events: BTreeSet<String> = written
        .summary
        .events
        .iter()
        .map(|set| event_words(set))
        .collect();
    let conditions = || {
        asked
            .bands
            .iter()
            .flat_map(|band| Condition::ALL.map(|of| (band, of)))
    };
    let none = (!events.contains("")).then_some("");
    for events in events.iter().map(String::as_str).chain(none) {
        for (band, condition) in conditions() {
            if !condition.is_under_failures() {
                for moves in Adjustment::ALL {
                    missing((condition, events, None, moves, *band));
                }
            } else if asked.failures > 0 {
                // Rules say nothing of retries.
                let are_asked = |of: &&Recovery| {
                    condition == Condition::ServedUnder || **of == Recovery::Replan
                };
                for recovery in asked.recoveries.iter().filter(are_asked) {
                    for moves in [Adjustment::AsIs, Adjustment::Rebalanced] {
                        missing((condition, events, Some(*recovery), moves, *band));
                    }
                }
            }
        }
    }
}

/// Events that are in force together, as a cell has them.
pub(super) fn event_words(set: &[EventName]) -> String {
    let names: Vec<&str> = set.iter().map(|event| event.name.as_str()).collect();
    names.join("+")
}

/// A date of a cell; `None` if it is no date.
pub(super) fn date(text: Option<&String>) -> Option<Date> {
    text.and_then(|text| text.parse().ok())
}

/// How many days lie between.
fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// P7872: the last day that holds stands before the first that fails, within the horizon.
fn dates_fit(asked: &AskedRunway<'_>, lined: &Lined<RunwayRow>, report: &mut Report) {
    let row = &lined.row;
    let at = |column| At::cell(RunwayRow::FILE, lined.line, column);
    let fails = date(row.fails_from.as_ref());
    let is_within = |date: &Date| asked.from <= *date && *date < asked.until;
    if row.fails_from.is_some() && !fails.as_ref().is_some_and(is_within) {
        let found = row.fails_from.clone().unwrap_or_default();
        let expected = format!("a day from {} on, before {}", asked.from, asked.until);
        report.add(DATES, at("fails_from"), found, expected);
        return;
    }
    let end = fails.unwrap_or(asked.until);
    let last = end.yesterday().ok().filter(|last| *last >= asked.from);
    if date(row.holds_through.as_ref()) != last {
        let words = |date: Option<String>| date.unwrap_or_else(|| "a blank cell".to_owned());
        let expected = words(last.map(|date| date.to_string()));
        let found = words(row.holds_through.clone());
        report.add(DATES, at("holds_through"), found, expected);
    }
    let expected = days(asked.from, end);
    if i64::from(row.days) != expected {
        report.add(
            DATES,
            at("days"),
            row.days.to_string(),
            expected.to_string(),
        );
    }
}

/// P7872: the spans of gaps.csv ascend apart, and the first of a row begins on its first day that fails.
fn gaps_fit(
    asked: &AskedRunway<'_>,
    written: &WrittenRunway,
    gaps: &[Lined<GapRow>],
    report: &mut Report,
) {
    let mut spans: BTreeMap<RowKey<'_>, Vec<&Lined<GapRow>>> = BTreeMap::new();
    for lined in gaps {
        let row = &lined.row;
        let events = row.events.as_ref().map_or("", AsRef::as_ref);
        let key = (row.condition, events, row.recovery, row.moves, row.band);
        spans.entry(key).or_default().push(lined);
    }
    for lined in &written.rows {
        let of_row = spans.remove(&key(&lined.row)).unwrap_or_default();
        let first = of_row.first().map(|gap| gap.row.fails_from.clone());
        if first != lined.row.fails_from {
            let line = of_row.first().map_or(0, |gap| gap.line);
            let words =
                |date: &Option<String>| date.clone().unwrap_or_else(|| "no span".to_owned());
            let at = At::cell(GapRow::FILE, line, "fails_from");
            report.add(DATES, at, words(&first), words(&lined.row.fails_from));
        }
        let mut after = Some(asked.from);
        for gap in of_row {
            let [from, until] =
                [Some(&gap.row.fails_from), gap.row.holds_again_from.as_ref()].map(date);
            let is_open = gap.row.holds_again_from.is_none();
            let is_later = after
                .zip(from)
                .is_some_and(|(after, from)| after <= from && from < asked.until);
            let ends = is_open
                || from
                    .zip(until)
                    .is_some_and(|(from, until)| from < until && until < asked.until);
            if !is_later || !ends {
                let at = At::cell(GapRow::FILE, gap.line, "fails_from");
                let found = format!("`{}`", gap.row.fails_from);
                report.add(
                    DATES,
                    at,
                    found,
                    "spans one after the other, within the horizon",
                );
            }
            after = until.and_then(|until| until.tomorrow().ok());
        }
    }
    for stray in spans.into_values().flatten() {
        let at = At::cell(GapRow::FILE, stray.line, "condition");
        report.add(
            ASKED,
            at,
            "a span of no row of runway.csv",
            "spans of its rows",
        );
    }
}
