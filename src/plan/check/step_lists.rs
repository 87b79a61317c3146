//! Step lists: what is carried from period to period to judge the change lists as a whole.

use super::clock::Way;
use super::ground::Ground;
use super::leg::Steered;
use super::marks;
use super::members::{self, Carrying, Passing};
use super::period::Situation;
use super::report::Report;
use super::steps;
use super::waves::{Change, Done, Stepped};
use crate::ids::AccessPointId;
use crate::plan_files::{Timing, WaveRow, WrittenPlan};
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
    pub(super) fn new(ground: &Ground<'_>) -> Self {
        let before = Situation::new(ground, ground.before.clone());
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
        ground: &Ground<'_>,
        (period, situation): (&Period, &Situation),
        steered: &[Steered],
        (change, written): (Option<&Change>, &WrittenPlan),
    ) {
        self.stepped.push(Stepped {
            start: period.start,
            done: change.map_or_else(Done::default, |own| own.done.clone()),
            later: change.and_then(|_| ahead(period, written)),
            behind: change.map_or_else(Vec::new, |_| behind(period, written)),
            is_told: change.is_some(),
        });
        self.carrying.push(Carrying::new(situation));
        let passing = members::passing(ground, situation, period, steered);
        self.passing.push(passing);
    }

    /// Judges what the change lists say besides what leads from each period to the next.
    pub(super) fn check(
        &self,
        ground: &Ground<'_>,
        periods: &[Period],
        written: &WrittenPlan,
        report: &mut Report,
    ) {
        for (way, rows) in [
            (Way::There, &written.changes),
            (Way::Back, &written.changes_back),
        ] {
            if let Some(rows) = rows {
                steps::rows_stand_in_order(way, rows, report);
            }
        }
        let files = [&written.changes, &written.changes_back].map(Option::as_deref);
        let all = (self.carrying.as_slice(), self.stepped.as_slice());
        members::check((ground, &self.passing), all, files, report);
        if let Some(rows) = &written.changes {
            marks::check(ground, periods, rows, report);
        }
    }
}

/// When the first wave begins that goes ahead of a period after this one, of those that are not refused.
fn ahead(period: &Period, written: &WrittenPlan) -> Option<Timestamp> {
    let rows = later(period, written, Timing::Ahead);
    rows.filter_map(|row| row.start.parse().ok()).min()
}

/// When the waves of each period after this one that go behind its start begin and end, of those that are not refused.
fn behind(period: &Period, written: &WrittenPlan) -> Vec<[Timestamp; 2]> {
    let mut all: BTreeMap<u32, [Timestamp; 2]> = BTreeMap::new();
    for row in later(period, written, Timing::Behind) {
        if let (Ok(start), Ok(end)) = (row.start.parse(), row.end.parse()) {
            let [first, last] = all.entry(row.period).or_insert([start, end]);
            *first = start.min(*first);
            *last = end.max(*last);
        }
    }
    all.into_values().collect()
}

/// The waves of periods after this one that go ahead of them, or behind their starts, and are not refused.
fn later<'a>(
    period: &'a Period,
    written: &'a WrittenPlan,
    timing: Timing,
) -> impl Iterator<Item = &'a WaveRow> {
    let is_refused = |own: u32| {
        let summary = written.summary.as_ref();
        let of_period = summary.and_then(|summary| summary.periods.get(own as usize));
        let way = of_period.and_then(|of_period| of_period.way.as_ref());
        way.is_some_and(|way| way.refused.is_some())
    };
    let rows = written.waves.iter().flatten().map(|lined| &lined.row);
    rows.filter(move |row| {
        let is_later = row.period as usize > period.index && row.timing == timing;
        is_later && !is_refused(row.period)
    })
}
