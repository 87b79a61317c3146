//! Beginning at a plan: a class is counted from where most of it is there, so that little is left to solve.

use super::Master;
use crate::error::Result;
use crate::formulation::{ClassId, ColumnKey};
use crate::solve::placement::{PlacedUsers, Placement};

impl Master<'_> {
    /// Makes where most of every class is its anchor, before anything is solved, and adds columns for where others of
    /// it are, unless those are closed. A class that is in one place takes no row.
    pub(in crate::solve) fn place(&mut self, placement: Placement) -> Result<()> {
        let mut others = Vec::new();
        for (class, of_class) in placement.by_class() {
            let mut most: Option<(ColumnKey, f64)> = None;
            let mut keys = Vec::with_capacity(of_class.len());
            for (placed, users) in of_class {
                let key = self.key_of(class, placed);
                if self.upper_bound(key) > 0.0 {
                    keys.push(key);
                    if most.is_none_or(|(_, most)| users > most) {
                        most = Some((key, users));
                    }
                }
            }
            let default = self.key_of(class, PlacedUsers::Default);
            let is_anchor = |key: &ColumnKey| *key != default && self.may_be_anchor(*key);
            let Some(anchor) = most.map(|(key, _)| key).filter(is_anchor) else {
                others.extend(keys.into_iter().filter(|key| *key != default));
                continue;
            };
            self.known.insert(anchor);
            self.anchors.insert(class, anchor);
            others.extend(keys.into_iter().filter(|key| *key != anchor));
        }
        self.shifts = self.shifts_of_anchors();
        self.apply_rows()?;
        others.retain(|key| self.known.insert(*key));
        let (anchors, columns) = (self.anchors.len(), others.len());
        tracing::debug!(anchors, columns, "placed");
        self.add(&others)
    }

    /// The column of a class that is in a place.
    fn key_of(&mut self, class: ClassId, placed: PlacedUsers) -> ColumnKey {
        match placed {
            PlacedUsers::Default => {
                let default = self.problem.defaults[class];
                let default = default.expect("invariant: users at a site have a default path");
                ColumnKey::Displaced(class, default.path)
            }
            PlacedUsers::On(route) => ColumnKey::Displaced(class, self.paths.intern(route)),
            PlacedUsers::Unserved(rank) => ColumnKey::Unserved(class, rank),
        }
    }
}
