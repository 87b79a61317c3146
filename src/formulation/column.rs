//! Columns of the program and their keys.

use super::ids::{ClassId, PathId, RowId};
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
    /// `β`: what room is scaled by, where the question is how much of an error the inputs stand.
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
