//! Headroom through the periods as plain values, and its finding.

use super::charts::events::EventSpan;
use super::charts::headroom::TIGHTEST_OTHERS;
use super::charts::{HeadroomThroughChart, ThroughPeriod};
use super::grammar::{only_if, short};
use super::headroom::{HeadroomRow, State};
use super::numbers;
use super::period::{believed_rows, happening, truth_rows};
use super::span::{Clock, span};
use super::targets::strained;
use crate::model::{Event, EventKind, Inventory, Reduction, Scenario, Slow};
use crate::plan::Plan;
use crate::units::FEASIBILITY;
use std::collections::BTreeSet;

/// The chart of headroom through the periods of a plan.
pub fn headroom_through(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
) -> HeadroomThroughChart {
    let periods: Vec<ThroughPeriod> = plan
        .periods
        .iter()
        .map(|period| ThroughPeriod {
            start: period.period.start,
            end: period.period.end,
            phase: period.period.phase,
            rows: believed_rows(inventory, period),
            truth: truth_rows(inventory, period),
        })
        .collect();
    let clock = Clock::of(scenario);
    HeadroomThroughChart {
        title: title(&clock, &periods),
        scenario: scenario.name.clone(),
        span: span(scenario, scenario.start, scenario.end),
        clock,
        periods,
        events: scenario
            .events
            .iter()
            .filter(|event| is_within(scenario, event))
            .map(|event| event_span(inventory, scenario, event))
            .collect(),
        most_others: TIGHTEST_OTHERS,
    }
}

/// `true` if something of an event lies in the scenario; sessions may come back just when it begins.
fn is_within(scenario: &Scenario, event: &Event) -> bool {
    let is_over = if event.is_planned_for() {
        event.end <= scenario.start
    } else {
        event.end < scenario.start
    };
    event.start < scenario.end && !is_over
}

/// An event as far as it lies in the scenario.
pub(super) fn event_span(inventory: &Inventory, scenario: &Scenario, event: &Event) -> EventSpan {
    let (start, end) = (event.start.max(scenario.start), event.end.min(scenario.end));
    let kind = event.kind.event_type();
    let what = match &event.kind {
        EventKind::Maintenance(reduction)
        | EventKind::Failure(reduction)
        | EventKind::Gray(reduction) => left(kind.noun(), reduction),
        EventKind::Surge(surge) => {
            let factor = numbers::amount(surge.factor);
            format!("{factor} times the demand")
        }
        EventKind::Slow(slow) => slow_work(slow),
        EventKind::Disconnect(_) => "sessions end".to_owned(),
    };
    EventSpan {
        start,
        end,
        known: event.detected.clamp(start, end),
        kind,
        subject: happening(inventory, event).subject,
        what,
    }
}

/// `5 % of work is 40 times slower`.
fn slow_work(slow: &Slow) -> String {
    let share = numbers::short_percent(slow.share);
    let factor = numbers::amount(slow.factor);
    format!("{share} of work is {factor} times slower")
}

/// `gray fault, 35 % left`.
fn left(word: &str, reduction: &Reduction) -> String {
    let share = numbers::short_percent(reduction.capacity);
    if reduction.capacity > 0.0 {
        format!("{word}, {share} left")
    } else {
        word.to_owned()
    }
}

/// The actual state in a period.
fn truth(period: &ThroughPeriod) -> impl Iterator<Item = (&HeadroomRow, bool)> {
    let names: BTreeSet<(&str, &str)> = period.truth.iter().map(key).collect();
    let believed = period
        .rows
        .iter()
        .filter(move |row| !names.contains(&key(row)));
    let known = believed.map(|row| (row, false));
    known.chain(period.truth.iter().map(|row| (row, true)))
}

fn key(row: &HeadroomRow) -> (&str, &str) {
    (&row.component, &row.resource)
}

/// `San Antonio is tightest from 10:42 to 14:10: 10 % headroom; 2 of 6 periods below target`.
fn title(clock: &Clock, periods: &[ThroughPeriod]) -> String {
    let tightest = |period| {
        truth(period)
            .filter(|(row, _)| row.state() != State::Gone)
            .min_by(|left, right| left.0.tightness(right.0))
    };
    let worst = periods
        .iter()
        .enumerate()
        .filter_map(|(index, period)| Some((index, tightest(period)?)))
        .min_by(|(_, left), (_, right)| left.0.tightness(right.0));
    let Some((index, (row, is_actual))) = worst else {
        return "Nothing is limited".to_owned();
    };
    let name = short(&row.name);
    // Neighbours in which the same holds.
    let is_same = |period: &&ThroughPeriod| {
        truth(period).any(|(headroom_row, _)| {
            key(headroom_row) == key(row) && words(headroom_row) == words(row)
        })
    };
    let last = periods[index..].iter().take_while(is_same).last();
    let first = periods[..=index].iter().rev().take_while(is_same).last();
    let when = match (first, last) {
        (Some(first), Some(last)) if first.start == clock.start && last.end == clock.end => {
            String::new()
        }
        (Some(first), Some(last)) => {
            let stretch = clock.stretch(first.start, last.end);
            format!(" from {stretch}")
        }
        _ => String::new(),
    };
    let finding = strained((&name, is_actual), row, &when).unwrap_or_else(|| {
        let truly = only_if(is_actual, || " actually");
        let share = words(row).unwrap_or_default();
        let target = row.target.map_or_else(String::new, |value| {
            format!(" (target {})", numbers::short_percent(value))
        });
        format!("{name} is{truly} tightest{when}: {share} headroom{target}")
    });
    let missing = periods
        .iter()
        .filter(|period| truth(period).any(|(row, _)| misses(row)))
        .count();
    let is_any_set = (periods.iter().flat_map(truth))
        .any(|(row, _)| row.target.is_some_and(|target| target > 0.0));
    let mut all = periods.iter().flat_map(truth);
    let is_any_missed_before = all.any(|(row, _)| row.is_missed_before());
    let targets = match (missing, periods.len()) {
        (0, _) if is_any_missed_before => "no target is missed by more than before".to_owned(),
        (0, _) if !is_any_set => "no target set".to_owned(),
        (0, _) => "all targets met".to_owned(),
        (1, 1) => "a target is missed".to_owned(),
        (missing, all) => format!("{missing} of {all} periods below target"),
    };
    format!("{finding}; {targets}")
}

fn words(row: &HeadroomRow) -> Option<String> {
    row.headroom_during().map(numbers::fine_headroom)
}

/// `true` if a row keeps less than its target and less than before, or is overloaded.
fn misses(row: &HeadroomRow) -> bool {
    match row.headroom_during() {
        Some(headroom) => headroom < row.in_force.unwrap_or(0.0) - FEASIBILITY,
        None => row.is_stranded(),
    }
}

#[cfg(test)]
mod tests;
