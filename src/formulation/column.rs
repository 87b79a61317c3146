//! Columns of the program and their keys.

use super::class::ClassId;
use super::rows::RowId;
use crate::graph::Path;
use crate::ids::LinkId;
use rustc_hash::FxHashMap;

/// Position of a path in a [`PathTable`].
pub type PathId = usize;

/// What a column stands for. All are at least 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKey {
    /// `w[c,p]`: users of a class displaced from its default path to another.
    Displaced(ClassId, PathId),
    /// `u_k[c]`: users of a class and rank unserved.
    Unserved(ClassId, usize),
    /// `s[e,r]`: share of the headroom target that is missing.
    Missing(RowId),
    /// `t`: the worst of them.
    Worst,
    /// What a row is loaded above its capacity, while the program is still looking for a plan.
    Overload(RowId),
    /// What the move limit is exceeded by, likewise.
    MovedTooMany,
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

/// Paths that have been found, each once.
#[derive(Debug, Clone, Default)]
pub struct PathTable {
    paths: Vec<Path>,
    by_links: FxHashMap<Vec<LinkId>, PathId>,
}

impl PathTable {
    /// The position of a path, which is added if it is new.
    pub fn intern(&mut self, path: Path) -> PathId {
        if let Some(&known) = self.by_links.get(&path.links) {
            return known;
        }
        let id = self.paths.len();
        self.by_links.insert(path.links.clone(), id);
        self.paths.push(path);
        id
    }

    /// The path at a position.
    pub fn get(&self, id: PathId) -> &Path {
        &self.paths[id]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// `true` if there is none.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}
