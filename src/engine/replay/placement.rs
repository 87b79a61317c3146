//! Placement: where the users of a shard are, and what lies between two such divisions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Where the users of a shard are: shares of them by cell; `None` is nowhere.
pub(super) type Placement = Vec<(Option<usize>, f64)>;

/// Where waves ahead of a state bring users: who is served no more in it stays where he is until it begins.
pub(super) fn until_it_begins<'p>(
    own: &Placement,
    later: &'p Placement,
) -> Cow<'p, [(Option<usize>, f64)]> {
    let share = |of: &Placement, at: Option<usize>| -> f64 {
        let its = of.iter().filter(|(cell, _)| *cell == at);
        its.map(|(_, share)| share).sum()
    };
    let shed = share(later, None) - share(own, None);
    if shed <= 0.0 {
        return Cow::Borrowed(later);
    }
    let cells: BTreeSet<usize> = own.iter().filter_map(|(cell, _)| *cell).collect();
    let left = cells.into_iter().map(Some).map(|cell| {
        let left = share(own, cell) - share(later, cell);
        (cell, left.max(0.0))
    });
    let left: Placement = left.collect();
    let all: f64 = left.iter().map(|(_, share)| share).sum();
    if all <= 0.0 {
        return Cow::Borrowed(later);
    }
    let stays = (shed / all).min(1.0);
    let later = later.iter().map(|(cell, share)| match cell {
        None => (None, share - shed),
        Some(_) => (*cell, *share),
    });
    let left = left.into_iter();
    let left = left.map(|(cell, share)| (cell, stays * share));
    later.chain(left).collect()
}

/// So much of the way from one division to another; where one is of nothing, the other.
pub(super) fn mixed<K: Ord + Copy>(
    before: &[(K, f64)],
    after: &[(K, f64)],
    share: f64,
) -> Vec<(K, f64)> {
    if before.is_empty() || share >= 1.0 && !after.is_empty() {
        return after.to_vec();
    }
    if after.is_empty() || share <= 0.0 {
        return before.to_vec();
    }
    let mut all: BTreeMap<K, f64> = BTreeMap::new();
    for (own, weight) in before {
        *all.entry(*own).or_default() += (1.0 - share) * weight;
    }
    for (own, weight) in after {
        *all.entry(*own).or_default() += share * weight;
    }
    all.into_iter().collect()
}

/// The same parts at both ends.
pub(super) fn joined(ends: &[Placement; 2]) -> Vec<(Option<usize>, [f64; 2])> {
    let mut all: BTreeMap<Option<usize>, [f64; 2]> = BTreeMap::new();
    for (end, placement) in ends.iter().enumerate() {
        for (cell, share) in placement {
            all.entry(*cell).or_default()[end] += share;
        }
    }
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::until_it_begins;

    #[test]
    fn who_is_shed_stays_until_the_state_begins() {
        let own = vec![(Some(0), 0.8), (None, 0.2)];
        let later = vec![(Some(1), 0.3), (None, 0.7)];
        let until = until_it_begins(&own, &later);
        let share = |at: Option<usize>| -> f64 {
            let its = until.iter().filter(|(cell, _)| *cell == at);
            its.map(|(_, share)| share).sum()
        };
        for (at, expected) in [(Some(0), 0.5), (Some(1), 0.3), (None, 0.2)] {
            assert!((share(at) - expected).abs() < 1e-12, "{at:?}: {until:?}");
        }
        let moved = vec![(Some(1), 0.8), (None, 0.2)];
        assert_eq!(*until_it_begins(&own, &moved), moved);
    }
}
