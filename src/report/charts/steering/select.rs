//! Selection: the access points that a picture shows, in its order, and what the others come to.

use crate::report::steering::Change;
use crate::report::{AccessPointRow, EntryRow, Steering, titles};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// An access point and everybody who enters or entered there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AccessPointGauge<'a> {
    /// Which, and what it was and is.
    pub(super) row: &'a AccessPointRow,
    /// What it is called.
    pub(super) title: String,
    /// What happens to it.
    pub(super) change: Change,
    /// Client regions, those with most users who change first, then the largest.
    pub(super) entries: Vec<RegionEntry<'a>>,
    /// Their sums.
    pub(super) sums: SteeringSums,
}

impl AccessPointGauge<'_> {
    /// `true` if it opens, closes, gains or loses.
    fn is_changed(&self) -> bool {
        self.change.is_new() || self.sums.arriving.max(self.sums.leaving) > NOBODY
    }
}

/// A client region at an access point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RegionEntry<'a> {
    /// Its users.
    pub(super) row: &'a EntryRow,
    /// What it is called.
    pub(super) title: String,
}

/// Users before and now, arriving and leaving.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct SteeringSums {
    pub(super) before: f64,
    pub(super) now: f64,
    pub(super) arriving: f64,
    pub(super) leaving: f64,
}

impl SteeringSums {
    fn of<'a>(rows: impl Iterator<Item = &'a EntryRow>) -> Self {
        rows.fold(Self::default(), |sums, row| Self {
            before: sums.before + row.before,
            now: sums.now + row.now,
            arriving: sums.arriving + row.arriving,
            leaving: sums.leaving + row.leaving,
        })
    }
}

/// The access points of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SteeringSelection<'a> {
    /// Those shown: opened ones first, then those that close or come back, then by users who change, then by
    /// users.
    pub(super) shown: Vec<AccessPointGauge<'a>>,
    /// How many others have users, before or now.
    pub(super) others: usize,
    /// Users of the others.
    pub(super) of_others: SteeringSums,
    /// Users of all.
    pub(super) of_all: SteeringSums,
}

impl<'a> SteeringSelection<'a> {
    /// The access points of a steering that is sorted; `most` of them are shown.
    pub(super) fn new(steering: &'a Steering, most: usize) -> Self {
        let access_points = titles(steering.access_points.iter().map(|row| &row.access_point));
        let regions = titles(steering.entries.iter().map(|row| &row.client_region));
        let mut of_access_point = BTreeMap::<&str, Vec<RegionEntry<'a>>>::new();
        for row in &steering.entries {
            let id = row.client_region.id.as_str();
            let title = regions.get(id).cloned().unwrap_or_default();
            let entries = of_access_point.entry(&row.access_point.id).or_default();
            entries.push(RegionEntry { row, title });
        }
        let mut all: Vec<AccessPointGauge<'a>> = steering
            .access_points
            .iter()
            .map(|row| {
                let id = row.access_point.id.as_str();
                let mut entries = of_access_point.remove(id).unwrap_or_default();
                let sums = SteeringSums::of(entries.iter().map(|entry| entry.row));
                entries.sort_by(|a, b| {
                    let changing = |entry: &RegionEntry<'_>| entry.row.arriving + entry.row.leaving;
                    let users = |entry: &RegionEntry<'_>| entry.row.now.max(entry.row.before);
                    changing(b)
                        .total_cmp(&changing(a))
                        .then(users(b).total_cmp(&users(a)))
                });
                AccessPointGauge {
                    row,
                    title: access_points.get(id).cloned().unwrap_or_default(),
                    change: row.change(),
                    entries,
                    sums,
                }
            })
            .collect();
        // One on standby that nobody used and nobody uses says nothing.
        all.retain(|gauge| gauge.change.is_new() || !gauge.entries.is_empty());
        all.sort_by(|a, b| {
            let changing =
                |gauge: &AccessPointGauge<'_>| gauge.sums.arriving.max(gauge.sums.leaving);
            let users = |gauge: &AccessPointGauge<'_>| gauge.sums.now.max(gauge.sums.before);
            rank(a.change)
                .cmp(&rank(b.change))
                .then(changing(b).total_cmp(&changing(a)))
                .then(users(b).total_cmp(&users(a)))
        });
        let of_all = SteeringSums::of(steering.entries.iter());
        // Those that neither gain nor lose are summed up; a single one is shown rather than summed up on its own.
        let changed = all.iter().filter(|gauge| gauge.is_changed()).count();
        let most = most.min(changed.max(1));
        let most = if all.len() == most + 1 {
            all.len()
        } else {
            most
        };
        let others = all.split_off(most.min(all.len()));
        let of_others = others.iter().flat_map(|gauge| &gauge.entries);
        Self {
            shown: all,
            others: others.len(),
            of_others: SteeringSums::of(of_others.map(|entry| entry.row)),
            of_all,
        }
    }
}

/// The order of importance.
fn rank(change: Change) -> u8 {
    match change {
        Change::Opens => 0,
        Change::Closes => 1,
        Change::GoesOnStandby | Change::IsBack => 2,
        Change::StaysOpen => 3,
        Change::StaysClosed | Change::StaysOnStandby | Change::StaysInUse => 4,
    }
}
