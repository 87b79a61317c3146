//! Step lists: what is carried from period to period to judge the change lists as a whole, and the marks of works and
//! faults in them.

use super::changes;
use super::clock::{ListDirection, cell, is_mark};
use super::context::RefereeContext;
use super::members::{self, Carrying, Passing};
use super::path::Steered;
use super::period::PeriodState;
use super::report::{At, Report, Rule};
use super::waves::{BoundaryChange, Done, Stepped};
use crate::ids::AccessPointId;
use crate::plan::changes::{Change as StepChange, Step, marks};
use crate::plan_files::{ChangeRow, Lined, Row, Timing, WaveRow, WrittenPlan, rows_in};
use crate::scenario::Period;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is done at the beginning of every period so far, and what is believed of pools.
pub(super) struct StepLists {
    stepped: Vec<Stepped>,
    /// Of the state before and of every period so far: the members of pools that carry.
    carrying: Vec<Carrying>,
    /// Of every period so far: by pool, who passes it.
    passing: Vec<Vec<Passing>>,
    /// When each access point closed last.
    closed: BTreeMap<AccessPointId, Timestamp>,
}

impl StepLists {
    pub(super) fn new(context: &RefereeContext) -> Self {
        let before = PeriodState::new(context, context.before.clone());
        Self {
            stepped: Vec::new(),
            carrying: vec![Carrying::new(&before)],
            passing: Vec::new(),
            closed: BTreeMap::new(),
        }
    }

    /// What is done by which wave, up to the last period that was begun.
    pub(super) fn stepped(&self) -> &[Stepped] {
        &self.stepped
    }

    /// When each access point closed last.
    pub(super) fn closed(&self) -> &BTreeMap<AccessPointId, Timestamp> {
        &self.closed
    }

    /// Access points that close in a period.
    pub(super) fn close(&mut self, closings: Vec<(AccessPointId, Timestamp)>) {
        self.closed.extend(closings);
    }

    /// Begins a period; without waves.csv nobody knows what it changes.
    pub(super) fn begin(
        &mut self,
        context: &RefereeContext,
        (period, situation): (&Period, &PeriodState),
        steered: &[Steered],
        (change, written): (Option<&BoundaryChange>, &WrittenPlan),
    ) {
        self.stepped.push(Stepped {
            start: period.start,
            done: change.map_or_else(Done::default, |boundary_change| {
                boundary_change.done.clone()
            }),
            later: change.and_then(|_| ahead(period, written)),
            after: change.map_or_else(Vec::new, |_| after(period, written)),
            is_reported: change.is_some(),
        });
        self.carrying.push(Carrying::new(situation));
        let passing = members::passing(context, situation, period, steered);
        self.passing.push(passing);
    }

    /// Judges what the change lists say apart from what leads from each period to the next.
    pub(super) fn check(
        &self,
        context: &RefereeContext,
        periods: &[Period],
        written: &WrittenPlan,
        report: &mut Report,
    ) {
        for (direction, rows) in [
            (ListDirection::There, &written.changes),
            (ListDirection::Back, &written.changes_back),
        ] {
            if let Some(rows) = rows {
                changes::rows_stand_in_order(direction, rows, report);
            }
        }
        let files = [&written.changes, &written.changes_back].map(Option::as_deref);
        let all = (self.carrying.as_slice(), self.stepped.as_slice());
        members::check((context, &self.passing), all, files, report);
        if let Some(rows) = &written.changes {
            marks_are_true(context, periods, rows, report);
        }
    }
}

/// When the first wave begins that goes before a period after this one, of those that are not refused.
fn ahead(period: &Period, written: &WrittenPlan) -> Option<Timestamp> {
    let rows = later(period, written, Timing::Ahead);
    rows.filter_map(|row| row.start.parse().ok()).min()
}

/// When the waves of each period after this one that go after its start begin and end, of those that are not refused.
fn after(period: &Period, written: &WrittenPlan) -> Vec<[Timestamp; 2]> {
    let mut all: BTreeMap<u32, [Timestamp; 2]> = BTreeMap::new();
    for row in later(period, written, Timing::After) {
        if let (Ok(start), Ok(end)) = (row.start.parse(), row.end.parse()) {
            let [first, last] = all.entry(row.period).or_insert([start, end]);
            *first = start.min(*first);
            *last = end.max(*last);
        }
    }
    all.into_values().collect()
}

/// The waves of periods after this one that go before them, or after their starts, and are not refused.
fn later<'a>(
    period: &'a Period,
    written: &'a WrittenPlan,
    timing: Timing,
) -> impl Iterator<Item = &'a WaveRow> {
    let is_refused = |number: u32| {
        let summary = written.summary.as_ref();
        let of_period = summary.and_then(|summary| summary.periods.get(number as usize));
        let path = of_period.and_then(|of_period| of_period.way.as_ref());
        path.is_some_and(|path| path.refused.is_some())
    };
    let rows = rows_in(written.waves.as_deref());
    rows.filter(move |row| {
        let is_later = row.period as usize > period.index && row.timing == timing;
        is_later && !is_refused(row.period)
    })
}

/// P7970: marks are those of the scenario's works and faults, each once, with the step 0.
fn marks_are_true(
    context: &RefereeContext,
    periods: &[Period],
    rows: &[Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7970",
        "write rows for each component of an event: its start, its detection if later, and its end, within the \
         scenario; none for surges",
    );
    let starts: Vec<Timestamp> = periods.iter().map(|period| period.start).collect();
    let mut left = marks(context.scenario, &starts);
    for row in rows.iter().filter(|row| is_mark(row.row.action)) {
        let change_row = &row.row;
        let at = change_row
            .at
            .as_deref()
            .and_then(|text| text.parse::<Timestamp>().ok());
        let is_its = |mark: &Step| {
            let StepChange::Mark { component, kind } = mark.change else {
                return false;
            };
            let name = context.inventory.component_name(component);
            (
                change_row.action,
                change_row.event,
                change_row.component.as_deref(),
            ) == (mark.action, Some(kind), Some(name))
                && usize::try_from(change_row.period) == Ok(mark.period)
                && at == mark.at
        };
        let named = [
            &change_row.shard,
            &change_row.client_region,
            &change_row.access_point,
            &change_row.from_site,
            &change_row.to_site,
            &change_row.pool,
            &change_row.member,
        ];
        let is_bare = named.into_iter().all(Option::is_none)
            && change_row.share.is_none()
            && change_row.before.is_none()
            && change_row.after.is_none()
            && change_row.wave.is_none()
            && change_row.users <= 0.0
            && change_row.step == 0;
        if let Some(position) = left.iter().position(is_its).filter(|_| is_bare) {
            left.swap_remove(position);
        } else {
            let found = format!(
                "`{}` of `{}` at {}",
                change_row.action.word(),
                change_row.component.as_deref().unwrap_or_default(),
                change_row.at.as_deref().unwrap_or_default()
            );
            let expected = "an event of the scenario with this change at this time, once, as step 0 of its period";
            let at = cell(ChangeRow::FILE, row, "component");
            report.add(RULE, at, found, expected);
        }
    }
    for mark in left {
        let (StepChange::Mark { component, .. }, Some(at)) = (mark.change, mark.at) else {
            continue;
        };
        let name = context.inventory.component_name(component);
        let found = format!("no `{}` of `{name}` at {at}", mark.action.word());
        let at = At::file(ChangeRow::FILE);
        report.add(RULE, at, found, "a row for every mark");
    }
}
