//! Anchors: by class, the column of all users that no other column has.

use crate::formulation::{ClassId, ColumnKey};
use std::collections::BTreeSet;

/// Anchors by class; without one, a class is counted from its default path.
///
/// Invariant: `classes` are those that have something in `of_class`.
#[derive(Debug)]
pub(super) struct Anchors {
    /// By class.
    of_class: Vec<Option<ColumnKey>>,
    /// Classes that have one.
    classes: BTreeSet<ClassId>,
}

impl Anchors {
    /// None of this number of classes.
    pub(super) fn none(class_count: usize) -> Self {
        Self {
            of_class: vec![None; class_count],
            classes: BTreeSet::new(),
        }
    }

    /// That of a class.
    pub(super) fn get(&self, class: ClassId) -> Option<ColumnKey> {
        self.of_class[class]
    }

    /// `true` if a class has one.
    pub(super) fn has(&self, class: ClassId) -> bool {
        self.of_class[class].is_some()
    }

    /// Class by class, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ClassId, ColumnKey)> + '_ {
        let classes = self.classes.iter();
        classes.filter_map(|&class| Some((class, self.of_class[class]?)))
    }

    /// Gives a class one; that which it had comes back.
    pub(super) fn insert(&mut self, class: ClassId, key: ColumnKey) -> Option<ColumnKey> {
        self.classes.insert(class);
        self.of_class[class].replace(key)
    }

    /// Takes that of a class.
    pub(super) fn remove(&mut self, class: ClassId) -> Option<ColumnKey> {
        self.classes.remove(&class);
        self.of_class[class].take()
    }

    /// Keeps those that pass.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(ClassId, ColumnKey) -> bool) {
        let of_class = &mut self.of_class;
        self.classes.retain(|&class| {
            let is_kept = of_class[class].is_some_and(|key| is_kept(class, key));
            if !is_kept {
                of_class[class] = None;
            }
            is_kept
        });
    }

    /// Takes all.
    pub(super) fn clear(&mut self) {
        for class in std::mem::take(&mut self.classes) {
            self.of_class[class] = None;
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// `true` if there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }
}
