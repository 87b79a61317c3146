//! By room: the rows without room for users of one demand, told in a few words.

use super::room::{Against, load_of, target};
use crate::formulation::Problem;
use crate::formulation::rows::RowId;
use crate::units::FEASIBILITY;
use ndarray::Array2;

/// How far the arithmetic of two ways may differ, as a share of what a row carries.
const MARGIN: f64 = 1e-9;

/// A row that users of the demand load on the way.
struct Fitting {
    row: RowId,
    /// How many of them fit at least.
    least: f64,
    /// How many fit at most, here or at any row before.
    most: f64,
}

/// The rows that users of one demand load on the way, those with the least room first.
pub(super) struct ByRoom {
    rows: Vec<Fitting>,
    /// By row, its position among them.
    position: Vec<Option<u32>>,
}

/// Rows without room: the first ones by room, but for a few.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Full {
    count: usize,
    /// Positions among them, ascending.
    but: Vec<u32>,
}

impl ByRoom {
    /// The rows by the room that a load leaves to users who demand so much on the way.
    pub(super) fn new(
        problem: &Problem<'_>,
        load: &Array2<f64>,
        demand: &[f64],
        against: Against,
    ) -> Self {
        let all = &problem.rows.rows;
        let mut rows: Vec<Fitting> = Vec::new();
        for (row, own) in all.iter().enumerate() {
            let per_user = demand[own.resource.index()] / own.shares;
            if per_user > 0.0 {
                let load = load_of(load, own);
                let limit = own.capacity * (1.0 - target(own, against) + FEASIBILITY);
                let margin = MARGIN * (limit.abs() + load.abs());
                rows.push(Fitting {
                    row,
                    least: (limit - load - margin) / per_user * (1.0 - MARGIN),
                    most: (limit - load + margin) / per_user * (1.0 + MARGIN),
                });
            }
        }
        rows.sort_unstable_by(|a, b| a.least.total_cmp(&b.least).then(a.row.cmp(&b.row)));
        let mut most = f64::NEG_INFINITY;
        let mut position = vec![None; all.len()];
        for (own, place) in rows.iter_mut().zip(0_u32..) {
            most = most.max(own.most);
            own.most = most;
            position[own.row] = Some(place);
        }
        Self { rows, position }
    }

    /// The rows without room for so many users. `has_room` says it of a row by its exact load, which is that as written
    /// or, at those of `relieved`, a lower one.
    pub(super) fn full(
        &self,
        users: f64,
        relieved: impl Iterator<Item = RowId>,
        has_room: impl Fn(RowId) -> bool,
    ) -> Full {
        let count = self.rows.partition_point(|own| own.least < users);
        let doubtful = self.rows[..count].iter().rev();
        let doubtful = doubtful.take_while(|own| own.most >= users);
        let mut but: Vec<u32> = doubtful
            .map(|own| own.row)
            .chain(relieved)
            .filter_map(|row| self.position[row])
            .filter(|&place| {
                let place = place as usize;
                place < count && has_room(self.rows[place].row)
            })
            .collect();
        but.sort_unstable();
        but.dedup();
        Full { count, but }
    }

    /// By row, whether it is one of those.
    pub(super) fn are_full(&self, full: &Full) -> Vec<bool> {
        let mut are_full = vec![false; self.position.len()];
        for own in &self.rows[..full.count] {
            are_full[own.row] = true;
        }
        for &place in &full.but {
            are_full[self.rows[place as usize].row] = false;
        }
        are_full
    }
}
