//! One value for every shard, shared by all who have the same.

use std::ops::Index;
use std::sync::Arc;

/// One value for every shard. A copy shares its memory with the original, and a value that all shards have is kept
/// once: periods of a long scenario differ in few of them.
///
/// Invariant: if all values are the same they are kept once, so that equal values compare as equal.
///
/// ```
/// use plimsoll::model::PerShard;
/// let factors: PerShard<f64> = [1.0, 1.0, 1.0].into_iter().collect();
/// assert_eq!(factors[2], 1.0);
/// let users: PerShard<f64> = [10.0, 20.0].into_iter().collect();
/// assert_eq!(users.replaced(2, 0.0, |shard| shard == 1)[1], 0.0);
/// // Also where all have the same.
/// assert_eq!(factors.replaced(3, 0.0, |shard| shard == 1)[1], 0.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PerShard<T>(Values<T>);

#[derive(Debug, Clone, PartialEq)]
enum Values<T> {
    /// Every shard has it.
    Same(T),
    /// By shard.
    Each(Arc<Vec<T>>),
}

impl<T: Copy + PartialEq> PerShard<T> {
    /// One value that every shard has.
    pub fn same(value: T) -> Self {
        Self(Values::Same(value))
    }

    /// These values, of this number of shards, with `value` where `is_replaced`; the memory of these if that is nowhere.
    #[must_use]
    pub fn replaced(&self, shards: usize, value: T, is_replaced: impl Fn(usize) -> bool) -> Self {
        if !(0..shards).any(&is_replaced) {
            return self.clone();
        }
        let all = 0..shards;
        all.map(|shard| {
            if is_replaced(shard) {
                value
            } else {
                self[shard]
            }
        })
        .collect()
    }

    /// Shares the memory of `other` if the values are the same.
    pub fn share(&mut self, other: &Self) {
        if self == other {
            *self = other.clone();
        }
    }
}

impl<T: Copy + PartialEq> From<Vec<T>> for PerShard<T> {
    fn from(values: Vec<T>) -> Self {
        match values.split_first() {
            Some((first, rest)) if rest.iter().all(|value| value == first) => Self::same(*first),
            _ => Self(Values::Each(Arc::new(values))),
        }
    }
}

impl<T: Copy + PartialEq> FromIterator<T> for PerShard<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Index<usize> for PerShard<T> {
    type Output = T;

    /// The value of a shard.
    fn index(&self, shard: usize) -> &T {
        match &self.0 {
            Values::Same(value) => value,
            Values::Each(values) => &values[shard],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_iterator() {
        for values in [vec![], vec![1], vec![1, 1], vec![1, 1, 2, 1], vec![2, 1]] {
            let per_shard: PerShard<i32> = values.iter().copied().collect();
            for (shard, value) in values.iter().enumerate() {
                assert_eq!(per_shard[shard], *value);
            }
        }
    }

    #[test]
    fn memory_is_shared_where_values_are_the_same() {
        let is_shared =
            |a: &PerShard<i32>, b: &PerShard<i32>| std::ptr::eq(&raw const a[0], &raw const b[0]);
        let a: PerShard<i32> = [1, 2].into_iter().collect();
        let mut b: PerShard<i32> = [1, 2].into_iter().collect();
        assert!(!is_shared(&a, &b));
        b.share(&a);
        assert!(is_shared(&a, &b));
        assert!(is_shared(&a, &a.replaced(2, 7, |_| false)));
        let c = a.replaced(2, 7, |shard| shard == 0);
        assert_eq!((c[0], c[1]), (7, 2));
        b.share(&c);
        assert!(is_shared(&a, &b));
    }

    #[test]
    fn all_replaced_by_one_value_is_that_value() {
        let a: PerShard<i32> = [1, 2].into_iter().collect();
        assert_eq!(a.replaced(2, 3, |_| true), [3, 3].into_iter().collect());
    }
}
