//! Slices: a period hour by hour, as far as its demand differs.

use super::ground::Ground;
use super::leg::Steered;
use super::load::{Loads, loads_fit};
use super::parts::Assignment;
use super::period::Situation;
use super::report::Report;
use super::stability::offers_fit;
use crate::model::Hours;
use crate::scenario::Period;
use jiff::SignedDuration;
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
    ground: &Ground<'_>,
    situation: &Situation,
    period: &Period,
    assignment: &Assignment,
    steered: &[Steered],
    report: &mut Report,
) -> Vec<Loads> {
    let slices = situation.in_slices(ground).into_iter();
    slices
        .map(|in_slice| {
            let mut loads = Loads::of_steering(ground, &in_slice, steered);
            loads.add_served(ground, &in_slice, assignment.served());
            let index = period.index;
            loads_fit(
                ground, &in_slice, index, &loads, assignment, steered, report,
            );
            offers_fit(ground, &in_slice, index, &loads, report);
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
