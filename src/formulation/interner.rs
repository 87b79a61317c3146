//! Interner: equal values become one position, in the order in which they are first met.

use rustc_hash::FxHashMap;
use std::borrow::Borrow;
use std::hash::Hash;

/// Values, each once, in the order in which they were first met.
#[derive(Debug, Clone)]
pub(super) struct Interner<T> {
    all: Vec<T>,
    positions: FxHashMap<T, u32>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            positions: FxHashMap::default(),
        }
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    /// The position of a value, which is added if it is new.
    pub(super) fn of<Q>(&mut self, value: &Q) -> u32
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
    {
        if let Some(&known) = self.positions.get(value) {
            return known;
        }
        let position = u32::try_from(self.all.len())
            .expect("invariant: no more values than shards, of which there are fewer than 2^32");
        self.all.push(value.to_owned());
        self.positions.insert(value.to_owned(), position);
        position
    }

    /// All values by position.
    pub(super) fn all(&self) -> &[T] {
        &self.all
    }

    /// The same, without the way back.
    pub(super) fn into_all(self) -> Vec<T> {
        self.all
    }
}
