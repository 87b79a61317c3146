//! Columns of the program and their keys, their paths, and the loads of default paths: each list once, with who loads a
//! row.

use super::ids::{ClassId, LoadsId, PathId, RowId};
use super::route::Route;
use crate::ids::LinkId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a column stands for. All are at least 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKey {
    /// `w[c,p]`: users of a class displaced from its default path to another route.
    Displaced(ClassId, PathId),
    /// `u_k[c]`: users of a class and rank unserved.
    Unserved(ClassId, usize),
    /// `s[e,r]`: share of the headroom target that is missing, by the first row of the component and resource.
    Missing(RowId),
    /// `t`: the worst of them.
    Worst,
    /// What a row is loaded above its capacity, while the program is still looking for a plan.
    Overload(RowId),
    /// What the move limit is exceeded by, likewise.
    MovedTooMany,
    /// `ℓ_k`: users who may be unserved in a case that is to be survived.
    Lost(usize),
    /// `β`: what all that rows allow is scaled by, to find the largest error of the inputs that a plan stands.
    Scale,
}

/// A column and its entries in the load rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// What it stands for.
    pub key: ColumnKey,
    /// Load per user in each row, in the row's resource; what the default path and the new one share cancels.
    pub loads: Vec<(RowId, f64)>,
}

/// Routes that have been found, each once.
#[derive(Debug, Clone, Default)]
pub struct PathTable {
    /// Routes that were known before these.
    earlier: Option<Arc<PathTable>>,
    routes: Vec<Arc<Route>>,
    by_links: FxHashMap<Vec<LinkId>, PathId>,
    /// The longest round trip of any, in milliseconds.
    longest: f64,
}

impl PathTable {
    /// No routes but those of another table, at their positions there; they are shared.
    pub fn after(earlier: &Arc<Self>) -> Self {
        Self {
            longest: earlier.longest,
            earlier: Some(Arc::clone(earlier)),
            ..Self::default()
        }
    }

    /// The position of a route, which is added if it is new.
    pub fn intern(&mut self, route: impl Into<Arc<Route>>) -> PathId {
        let route = route.into();
        let links = route.links();
        if let Some(known) = self.position(&links) {
            return known;
        }
        let id = self.len();
        self.by_links.insert(links, id);
        self.longest = self.longest.max(route.latency);
        self.routes.push(route);
        id
    }

    fn position(&self, links: &[LinkId]) -> Option<PathId> {
        let earlier = self.earlier.as_ref();
        let known = earlier.and_then(|earlier| earlier.position(links));
        known.or_else(|| self.by_links.get(links).copied())
    }

    /// The route at a position.
    pub fn get(&self, id: PathId) -> &Arc<Route> {
        match &self.earlier {
            Some(earlier) if id < earlier.len() => earlier.get(id),
            Some(earlier) => &self.routes[id - earlier.len()],
            None => &self.routes[id],
        }
    }

    /// The longest round trip of any of them, in milliseconds; 0 if there is none.
    pub fn longest(&self) -> f64 {
        self.longest
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.routes.len() + self.earlier.as_ref().map_or(0, |earlier| earlier.len())
    }

    /// `true` if there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

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
        let number = LoadsId::try_from(self.all.len())
            .expect("invariant: no more loads than shards, of which there are fewer than 2^32");
        let rows = loads.iter().map(|(row, _)| row + 1).max().unwrap_or(0);
        if self.by_row.len() < rows {
            self.by_row.resize(rows, Vec::new());
        }
        for (row, load) in &loads {
            self.by_row[*row].push((number, *load));
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
                for (number, load) in loads {
                    prices[self.first + *number as usize] += load * price;
                }
            }
        }
        prices
    }

    /// Adds up by row what these numbers of users, by position, load.
    pub(super) fn add_up(&self, users: &[f64], by_row: &mut [f64]) {
        if let Some(earlier) = &self.earlier {
            earlier.add_up(users, by_row);
        }
        for (sum, loads) in by_row.iter_mut().zip(&self.by_row) {
            let loads = loads.iter();
            *sum += loads
                .map(|(number, load)| load * users[self.first + *number as usize])
                .sum::<f64>();
        }
    }
}
