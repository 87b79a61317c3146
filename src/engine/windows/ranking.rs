//! Ranking: which window is to be taken first, and which cost the same.

use super::Window;
use crate::units::{AGREEMENT, NOBODY};

/// Windows in the order in which they are to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// Positions of windows that cost the same, the cheapest first; of these the quietest first, then the earliest.
    pub alike: Vec<Vec<usize>>,
    /// How many of the cheapest are as quiet as the first of them.
    pub quietest: usize,
}

impl Ranking {
    /// All positions, the best first.
    pub fn order(&self) -> impl Iterator<Item = usize> + '_ {
        self.alike.iter().flatten().copied()
    }

    /// How many cost no more than the best.
    pub fn as_good(&self) -> usize {
        self.alike.first().map_or(0, Vec::len)
    }
}

/// Ranks windows: fewer unserved users come first, rank by rank of tiers; then less headroom missing at worst; then fewer
/// users whom one more failure leaves unserved, and fewer such failures; then fewer moves. Windows that cost the same
/// stand by the users at their busiest instant, the quietest first, and then by their start.
pub fn ranking(windows: &[Window]) -> Ranking {
    let all: Vec<usize> = (0..windows.len()).collect();
    let ranks = windows.first().map_or(0, |own| own.unserved.len());
    let mut alike = vec![all];
    for rank in 0..ranks {
        let unserved = |own: usize| windows[own].unserved.get(rank).copied().unwrap_or(0.0);
        alike = parted(alike, unserved, is_as_many);
    }
    alike = parted(alike, |own| windows[own].worst_shortfall(), is_as_much);
    alike = parted(alike, |own| windows[own].at_risk(), is_as_many);
    let broken = |own: usize| windows[own].failures.as_ref().map_or(0, |own| own.broken);
    alike = parted(alike, |own| broken(own) as f64, is_as_many);
    alike = parted(alike, |own| windows[own].moved, is_as_many);
    let mut quietest = 0;
    for (position, own) in alike.iter_mut().enumerate() {
        let by_users = parted(
            vec![std::mem::take(own)],
            |own| windows[own].busiest_users,
            is_as_many,
        );
        if position == 0 {
            quietest = by_users.first().map_or(0, Vec::len);
        }
        for mut users in by_users {
            users.sort_by_key(|position| windows[*position].start);
            own.extend(users);
        }
    }
    alike.retain(|own| !own.is_empty());
    Ranking { alike, quietest }
}

/// Two counts of users that are one but for arithmetic.
fn is_as_many(a: f64, b: f64) -> bool {
    (a - b).abs() <= NOBODY.max(AGREEMENT * a.max(b))
}

/// Two shares that are one but for arithmetic.
fn is_as_much(a: f64, b: f64) -> bool {
    (a - b).abs() <= AGREEMENT
}

/// Parts every group by a value, the least first: into one go those that are the same as the least of them, so that what
/// differs by less than arithmetic stays together in one way only.
fn parted(
    groups: Vec<Vec<usize>>,
    value: impl Fn(usize) -> f64,
    is_same: fn(f64, f64) -> bool,
) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::with_capacity(groups.len());
    for mut group in groups {
        group.sort_by(|a, b| value(*a).total_cmp(&value(*b)).then(a.cmp(b)));
        let mut least = None;
        for own in group {
            match (least, parts.last_mut()) {
                (Some(least), Some(part)) if is_same(least, value(own)) => part.push(own),
                _ => {
                    least = Some(value(own));
                    parts.push(vec![own]);
                }
            }
        }
    }
    parts
}
