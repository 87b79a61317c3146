//! By spare capacity: the rows without any for users of one demand, named in a few words.

use crate::formulation::rows::{LoadRow, RowId};
use crate::model::Retries;
use crate::plan::stability::Loaded;
use crate::units::{FEASIBILITY, NUMERICAL_NOISE};
use ndarray::Array2;

/// What a load is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HeldAgainst {
    /// The headroom target in force.
    Target,
    /// The whole capacity.
    Capacity,
}

/// What a user demands along the path, on average.
pub(super) struct Mean {
    /// Slices × resources.
    pub(super) of_user: Array2<f64>,
    /// How they try again.
    pub(super) retries: Retries,
}

impl Mean {
    /// What they bring to a row.
    pub(super) fn brought(&self, row: &LoadRow) -> f64 {
        row.passed_by(&self.of_user, self.retries)
    }
}

/// A row that users of the demand load along the path.
struct Fitting {
    row: RowId,
    /// How many of them fit at least.
    least: f64,
    /// How many fit at most, here or at any row before.
    most: f64,
}

/// The rows that users of one demand load along the path, those with the least spare capacity first.
pub(super) struct BySpare {
    rows: Vec<Fitting>,
    /// By row, its position among them.
    position: Vec<Option<u32>>,
}

/// Rows without spare capacity: the first ones by spare capacity, except for a few.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FullRows {
    count: usize,
    /// Positions among them, ascending.
    but: Vec<u32>,
}

impl BySpare {
    /// The rows by the spare capacity that a load, by slice, leaves to users with this demand along the path.
    pub(super) fn new(
        all: &[LoadRow],
        load: Loaded<'_>,
        demand: &Mean,
        against: HeldAgainst,
    ) -> Self {
        let mut rows: Vec<Fitting> = Vec::new();
        for (row, load_row) in all.iter().enumerate() {
            let per_user = demand.brought(load_row);
            if per_user > 0.0 {
                let load = load.of(load_row);
                let limit = load_row.capacity * (1.0 - target(load_row, against) + FEASIBILITY);
                let margin = NUMERICAL_NOISE * (limit.abs() + load.abs());
                rows.push(Fitting {
                    row,
                    least: (limit - load - margin) / per_user * (1.0 - NUMERICAL_NOISE),
                    most: (limit - load + margin) / per_user * (1.0 + NUMERICAL_NOISE),
                });
            }
        }
        rows.sort_unstable_by(|a, b| a.least.total_cmp(&b.least).then(a.row.cmp(&b.row)));
        let mut most = f64::NEG_INFINITY;
        let mut position = vec![None; all.len()];
        for (fitting, place) in rows.iter_mut().zip(0_u32..) {
            most = most.max(fitting.most);
            fitting.most = most;
            position[fitting.row] = Some(place);
        }
        Self { rows, position }
    }

    /// The rows without spare capacity for these users. `has_room` says it of a row by its exact load, which is that as written
    /// or, at those of `relieved`, a lower one.
    pub(super) fn full(
        &self,
        users: f64,
        relieved: impl Iterator<Item = RowId>,
        has_room: impl Fn(RowId) -> bool,
    ) -> FullRows {
        let count = self.rows.partition_point(|fitting| fitting.least < users);
        let doubtful = self.rows[..count].iter().rev();
        let doubtful = doubtful.take_while(|fitting| fitting.most >= users);
        let mut but: Vec<u32> = doubtful
            .map(|fitting| fitting.row)
            .chain(relieved)
            .filter_map(|row| self.position[row])
            .filter(|&place| {
                let place = place as usize;
                place < count && has_room(self.rows[place].row)
            })
            .collect();
        but.sort_unstable();
        but.dedup();
        FullRows { count, but }
    }

    /// By row, whether it is one of those.
    pub(super) fn are_full(&self, full: &FullRows) -> Vec<bool> {
        let mut are_full = vec![false; self.position.len()];
        for fitting in &self.rows[..full.count] {
            are_full[fitting.row] = true;
        }
        for &place in &full.but {
            are_full[self.rows[place as usize].row] = false;
        }
        are_full
    }
}

/// The share of a row's capacity that is to stay free.
pub(super) fn target(row: &LoadRow, against: HeldAgainst) -> f64 {
    match against {
        HeldAgainst::Target => row.target * (1.0 - row.kept),
        HeldAgainst::Capacity => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ComponentId, ResourceId};
    use crate::plan::explain::spare::squeeze;
    use ndarray::array;
    use proptest::prelude::*;

    fn row(component: usize, capacity: f64, target: f64, shares: f64) -> LoadRow {
        LoadRow {
            component: ComponentId::new(component),
            resource: ResourceId::new(component % 2),
            with_retries: false,
            longest_wait: 0.0,
            slice: 0,
            family: component,
            capacity,
            available: 1.0,
            target,
            kept: 0.25,
            fixed: 0.0,
            is_cut: false,
            shares,
            case: None,
            mean_demand: 1.0,
        }
    }

    proptest! {
        /// Rows are full exactly if one asks each of them, also where the spare capacity of a row is met to the last digit and
        /// where somebody leaves.
        #[test]
        fn the_rows_without_room_are_those_that_each_by_itself_would_be(
            drawn in prop::collection::vec((1.0..1e6_f64, 0.0..0.9_f64, 1.0..4.0_f64, 0.0..1.3_f64, 0..3_u8), 1..20),
            demand in [0.0..2.0_f64, 1e-3..2.0_f64],
            asked in 0.0..2e6_f64,
            met in prop::option::of((0..20_usize, -3..4_i8)),
            against in prop::sample::select(vec![HeldAgainst::Target, HeldAgainst::Capacity]),
        ) {
            let all: Vec<LoadRow> = drawn
                .iter()
                .enumerate()
                .map(|(index, entry)| row(index, entry.0, entry.1, entry.2.floor()))
                .collect();
            let mut of_slice = Array2::zeros((all.len(), 2));
            for (load_row, drawn) in all.iter().zip(&drawn) {
                of_slice[[load_row.component.index(), load_row.resource.index()]] = drawn.3 * load_row.capacity;
            }
            let load = [of_slice];
            let load = Loaded { load: &load, retry_load: &[] };
            let by_slice = Mean { of_user: array![demand], retries: Retries::NONE };
            let per_user = |row: RowId| demand[all[row].resource.index()] / all[row].shares;
            let mut users = asked;
            if let Some((row, digits)) = met {
                let row = row % all.len();
                let load_row = &all[row];
                let limit = load_row.capacity * (1.0 - target(load_row, against) + FEASIBILITY);
                let spare = (limit - load.of(load_row)) / per_user(row);
                if spare.is_finite() && spare > 0.0 {
                    users = spare * (1.0 + f64::from(digits) * f64::EPSILON);
                }
            }
            let relieved: Vec<RowId> = (0..all.len()).filter(|&row| drawn[row].4 == 0).collect();
            let has_room = |row: RowId| {
                let left = if drawn[row].4 == 0 { 0.5 * per_user(row) * users } else { 0.0 };
                let value = load.of(&all[row]) - left + per_user(row) * users;
                squeeze(&all[row], value, against).is_none()
            };
            let by_room = BySpare::new(&all, load, &by_slice, against);
            let full = by_room.full(users, relieved.iter().copied(), has_room);
            let expected: Vec<bool> = (0..all.len())
                .map(|row| per_user(row) > 0.0 && !has_room(row))
                .collect();
            prop_assert_eq!(by_room.are_full(&full), expected);
        }
    }
}
