//! Per class: one value for every class, of which a case may share those of classes that it takes over as they are.

use super::ids::ClassId;
use std::ops::Index;
use std::sync::Arc;

/// One value for every class: first those of classes that are taken over as they are, which all who take them over
/// share, then the problem's own.
#[derive(Debug, Clone)]
pub struct PerClass<T> {
    earlier: Arc<Vec<T>>,
    /// Positions among the earlier ones, ascending.
    kept: Arc<[u32]>,
    changed: Vec<T>,
}

impl<T> Default for PerClass<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for PerClass<T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            earlier: Arc::default(),
            kept: Arc::default(),
            changed: items,
        }
    }
}

impl<T> FromIterator<T> for PerClass<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::from(values.into_iter().collect::<Vec<T>>())
    }
}

impl<T> PerClass<T> {
    /// The values at these positions of others, then its own.
    pub(super) fn after(earlier: &Arc<Vec<T>>, kept: &Arc<[u32]>, items: Vec<T>) -> Self {
        Self {
            earlier: Arc::clone(earlier),
            kept: Arc::clone(kept),
            changed: items,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kept.len() + self.changed.len()
    }

    /// `true` if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, by class.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { of: self, next: 0 }
    }

    /// Those that are not taken over, by class.
    pub(super) fn changed(&self) -> &[T] {
        &self.changed
    }

    /// Adds the value of one more class.
    pub(super) fn push(&mut self, value: T) {
        self.changed.push(value);
    }

    /// The values for others to take over.
    ///
    /// Invariant: nothing was taken over here.
    pub(super) fn into_shared(self) -> Arc<Vec<T>> {
        debug_assert!(self.kept.is_empty());
        Arc::new(self.changed)
    }
}

impl<T> Index<ClassId> for PerClass<T> {
    type Output = T;

    fn index(&self, class: ClassId) -> &T {
        match self.kept.get(class) {
            Some(&earlier) => &self.earlier[earlier as usize],
            None => &self.changed[class - self.kept.len()],
        }
    }
}

/// Values by class.
pub struct Iter<'a, T> {
    of: &'a PerClass<T>,
    next: ClassId,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        let class = self.next;
        if class >= self.of.len() {
            return None;
        }
        self.next += 1;
        Some(&self.of[class])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.of.len() - self.next;
        (left, Some(left))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

impl<'a, T> IntoIterator for &'a PerClass<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}
