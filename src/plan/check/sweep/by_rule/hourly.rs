//! Hourly: a case that follows a rule in every slice of the hours. Every number is that of the hour in which it is worst.

use super::super::super::affected::Affected;
use super::super::super::certificate::{FastestWays, Row};
use super::super::super::leg::Steered;
use super::super::super::parts::Assignment;
use super::super::basis::Basis;
use super::super::defaults::Ways;
use super::super::outcome::standby;
use super::cells::Cells;
use super::count::{Counted, counted};
use crate::model::Recovery;
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// The plan that is in force, slice by slice.
pub(in super::super) struct HourlyCells(Vec<Cells>);

impl HourlyCells {
    /// Folds the plan.
    pub(in super::super) fn new(
        basis: &Basis<'_>,
        assignment: &Assignment,
        steered: &[Steered],
    ) -> Self {
        let slices = basis.quiet.in_slices(basis.ground);
        let cells = slices
            .iter()
            .map(|in_slice| Cells::new(basis, in_slice, assignment, steered));
        Self(cells.collect())
    }

    /// Who lives together: the same in all slices.
    pub(in super::super) fn first(&self) -> &Cells {
        &self.0[0]
    }

    /// What the case of some ways comes to under a rule.
    pub(in super::super) fn counted(
        &self,
        ways: &Ways<'_, '_>,
        affected: &mut Affected<'_>,
        rows: &[Row],
        recovery: Recovery,
    ) -> Counted {
        if let [only] = &*self.0 {
            return counted(only, ways, affected, rows, recovery);
        }
        let mut worst: Option<Counted> = None;
        for (slice, cells) in self.0.iter().enumerate() {
            let (positions, of_slice) = rows_in(ways, rows, slice);
            let in_slice = Ways {
                basis: ways.basis,
                situation: &ways.slices[slice],
                slices: ways.slices,
                roads: ways.roads,
                fastest: FastestWays::of_kinds(ways.roads),
            };
            let own = counted(cells, &in_slice, affected, &of_slice, recovery);
            let own = widened(own, &positions, rows.len());
            worst = Some(match worst {
                None => own,
                Some(known) => worse(ways, known, own),
            });
        }
        worst.expect("invariant: the hours have a slice")
    }
}

/// The rows that hold in a slice, and their positions.
fn rows_in(ways: &Ways<'_, '_>, rows: &[Row], slice: usize) -> (Vec<usize>, Vec<Row>) {
    let resources = &ways.basis.ground.inventory.resources;
    let sites = ways.basis.ground.inventory.sites.len();
    let own = rows.iter().enumerate().filter(|(_, row)| {
        let is_steady = row.component < sites && !resources[row.resource].varies;
        row.slice == slice || is_steady
    });
    own.map(|(position, row)| (position, *row)).unzip()
}

/// The same among all rows.
fn widened(mut own: Counted, positions: &[usize], rows: usize) -> Counted {
    let spread = |values: &[f64]| {
        let mut all = vec![0.0; rows];
        for (position, value) in positions.iter().zip(values) {
            all[*position] = *value;
        }
        all
    };
    own.outcome.loads.of_rows = spread(&own.outcome.loads.of_rows);
    own.outcome.missing = spread(&own.outcome.missing);
    for position in &mut own.overloaded {
        *position = positions[*position];
    }
    own
}

/// The worse of each of two slices.
fn worse(ways: &Ways<'_, '_>, mut a: Counted, b: Counted) -> Counted {
    let most = |own: &mut Vec<f64>, other: &[f64]| {
        for (own, other) in own.iter_mut().zip(other) {
            *own = own.max(*other);
        }
    };
    let (levels, others) = (&mut a.outcome.levels, &b.outcome.levels);
    for (rank, users) in &others.unserved {
        let own = levels.unserved.entry(*rank).or_default();
        *own = own.max(*users);
    }
    levels.moved = levels.moved.max(others.moved);
    levels.shortfalls.worst = levels.shortfalls.worst.max(others.shortfalls.worst);
    most(&mut a.outcome.loads.of_rows, &b.outcome.loads.of_rows);
    most(&mut a.outcome.loads.entering, &b.outcome.loads.entering);
    most(&mut a.outcome.missing, &b.outcome.missing);
    let candidates = standby(ways.basis.ground.inventory);
    let entering = &a.outcome.loads.entering;
    a.outcome.levels.opened = candidates.filter(|own| entering[*own] > NOBODY).count() as f64;
    a.overloaded.extend(b.overloaded);
    a.overloaded.sort_unstable();
    a.overloaded.dedup();
    let mut hit: BTreeMap<usize, f64> = BTreeMap::new();
    for (folk, users) in a.hit.iter().chain(&b.hit) {
        let own = hit.entry(*folk).or_default();
        *own = own.max(*users);
    }
    a.hit = hit.into_iter().collect();
    a
}
