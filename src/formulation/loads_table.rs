//! Loads of default paths: each list once, with who loads a row.

use super::ids::{LoadsId, RowId};
use std::sync::Arc;

/// Loads of one user by row, in the row's resource, ascending by row.
pub type LoadsOfUser = Vec<(RowId, f64)>;

/// Different loads of users on their default paths.
#[derive(Debug, Clone, Default)]
pub struct LoadsTable {
    /// Loads that were known before these.
    earlier: Option<Arc<LoadsTable>>,
    /// How many there were.
    first: usize,
    all: Vec<LoadsOfUser>,
    /// By load row, who of `all` loads it and how much: positions there.
    by_row: Vec<Vec<(LoadsId, f64)>>,
}

impl LoadsTable {
    /// No loads but those of another table, at their positions there; they are shared.
    pub fn after(earlier: &Arc<Self>) -> Self {
        Self {
            first: earlier.len(),
            earlier: Some(Arc::clone(earlier)),
            ..Self::default()
        }
    }

    /// Adds loads; their position.
    pub(super) fn add(&mut self, loads: LoadsOfUser) -> LoadsId {
        let own = LoadsId::try_from(self.all.len())
            .expect("invariant: no more loads than shards, of which there are fewer than 2^32");
        let rows = loads.iter().map(|(row, _)| row + 1).max().unwrap_or(0);
        if self.by_row.len() < rows {
            self.by_row.resize(rows, Vec::new());
        }
        for (row, load) in &loads {
            self.by_row[*row].push((own, *load));
        }
        let position = self.len();
        self.all.push(loads);
        LoadsId::try_from(position)
            .expect("invariant: no more loads than shards, of which there are fewer than 2^32")
    }

    /// The loads at a position.
    pub fn get(&self, id: LoadsId) -> &[(RowId, f64)] {
        match &self.earlier {
            Some(earlier) if (id as usize) < self.first => earlier.get(id),
            _ => &self.all[id as usize - self.first],
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.first + self.all.len()
    }

    /// `true` if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// By position, what the loads cost at prices by row; only rows with a price are looked at.
    pub fn prices(&self, of_rows: &[f64]) -> Vec<f64> {
        let mut prices = self
            .earlier
            .as_ref()
            .map_or_else(Vec::new, |earlier| earlier.prices(of_rows));
        prices.resize(self.len(), 0.0);
        for (price, loads) in of_rows.iter().zip(&self.by_row) {
            if *price > 0.0 {
                for (own, load) in loads {
                    prices[self.first + *own as usize] += load * price;
                }
            }
        }
        prices
    }

    /// Adds up by row what so many users, by position, load.
    pub(super) fn add_up(&self, users: &[f64], by_row: &mut [f64]) {
        if let Some(earlier) = &self.earlier {
            earlier.add_up(users, by_row);
        }
        for (sum, loads) in by_row.iter_mut().zip(&self.by_row) {
            let loads = loads.iter();
            *sum += loads
                .map(|(own, load)| load * users[self.first + *own as usize])
                .sum::<f64>();
        }
    }
}
