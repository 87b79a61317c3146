//! Rows of a large table, shared by all copies of its inventory.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Rows of a table that may be large. A copy shares their memory until one of the two is changed: an inventory with
/// other capacities, as promises are tried with, costs no second list of shards.
///
/// ```
/// use plimsoll::model::Rows;
/// let rows: Rows<u32> = vec![1, 2].into();
/// let mut copy = rows.clone();
/// copy[0] = 7;
/// assert_eq!((rows[0], copy[0], copy.len()), (1, 7, 2));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T>(Arc<Vec<T>>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> From<Vec<T>> for Rows<T> {
    fn from(rows: Vec<T>) -> Self {
        Self(Arc::new(rows))
    }
}

impl<T> FromIterator<T> for Rows<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        rows.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Deref for Rows<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Clone> DerefMut for Rows<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        Arc::make_mut(&mut self.0)
    }
}

impl<'a, T> IntoIterator for &'a Rows<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a, T: Clone> IntoIterator for &'a mut Rows<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::make_mut(&mut self.0).iter_mut()
    }
}
