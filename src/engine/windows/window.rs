//! Window: one time at which a maintenance might begin, and what it costs then; which is to be taken first, and which
//! cost the same.

use crate::plan::sweep::Missing;
use crate::units::{AGREEMENT, EQUAL_COST, NOBODY};
use jiff::Timestamp;

/// What a maintenance costs that begins at one time: the values of the levels up to moves over fractional homes, at the
/// worst hour of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Unserved users by rank of tiers that have users, first rank first.
    pub unserved: Vec<f64>,
    /// What headroom is missing at worst; `None` if no target is missed.
    pub missing: Option<Missing>,
    /// The same in all, in users.
    pub missing_users: f64,
    /// Users who move to another site.
    pub moved: f64,
    /// Users at its busiest instant: those of every client region times its factor of the peak.
    pub busiest_users: f64,
    /// What one more failure would do; `None` where it was not asked.
    pub failures: Option<OneMore>,
    /// `true` if value and bound of every level agree.
    pub is_proven: bool,
}

/// What one more failure would do at some hour of a maintenance, each at the hour at which it leaves most unserved, where
/// users may be moved again for it.
#[derive(Debug, Clone, PartialEq)]
pub struct OneMore {
    /// How many failures were looked at; 0 where nothing is left that could fail.
    pub cases: usize,
    /// How many of them leave users unserved that the maintenance does not.
    pub broken: usize,
    /// What fails in the one that leaves most unserved, by its id, and how many users those are; `None` if none leaves
    /// any.
    pub worst: Option<(String, f64)>,
}

impl Window {
    /// Unserved users of all ranks.
    pub fn unserved_users(&self) -> f64 {
        self.unserved.iter().sum()
    }

    /// The worst missing share of a headroom target; 0 if none is missed.
    pub fn worst_shortfall(&self) -> f64 {
        self.missing.map_or(0.0, |missing| missing.share)
    }

    /// Users that one more failure would leave unserved at worst; 0 if that was not asked.
    pub fn at_risk(&self) -> f64 {
        let worst = self
            .failures
            .as_ref()
            .and_then(|one_more| one_more.worst.as_ref());
        worst.map_or(0.0, |(_, users)| *users)
    }

    /// The same where there is something that could fail: no fewer than the maintenance alone leaves unserved.
    pub fn unserved_after_one_more(&self) -> Option<f64> {
        let asked = self.failures.as_ref().filter(|one_more| one_more.cases > 0);
        asked.map(|_| self.at_risk().max(self.unserved_users()))
    }

    /// `true` if one more failure leaves users unserved that the maintenance does not.
    pub fn is_broken_by_one_more(&self) -> bool {
        self.failures
            .as_ref()
            .is_some_and(|one_more| one_more.broken > 0)
    }

    /// `true` if everybody is served and no headroom target is missed.
    pub fn holds(&self) -> bool {
        self.unserved_users() <= NOBODY && self.worst_shortfall() <= AGREEMENT
    }
}

/// Windows in the order in which they are to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// Positions of windows that cost the same, the cheapest first; of these the quietest first, then the earliest.
    pub alike: Vec<Vec<usize>>,
    /// How many of the cheapest are as quiet as the first of them.
    pub quietest: usize,
    /// `true` if some of the cheapest differ in cost, by no more than [`EQUAL_COST`].
    pub differs_slightly: bool,
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
/// users that one more failure leaves unserved, and fewer such failures; then fewer moves. Users after a failure and moves count
/// as equal within [`EQUAL_COST`]. Windows that cost the same stand by the users at their busiest instant, the quietest first,
/// and then by their start.
pub fn ranking(windows: &[Window]) -> Ranking {
    let all: Vec<usize> = (0..windows.len()).collect();
    let ranks = windows.first().map_or(0, |window| window.unserved.len());
    let mut alike = vec![all];
    for rank in 0..ranks {
        let unserved = |index: usize| windows[index].unserved.get(rank).copied().unwrap_or(0.0);
        alike = parted(alike, unserved, is_as_many);
    }
    alike = parted(alike, |index| windows[index].worst_shortfall(), is_as_much);
    alike = parted(alike, |index| windows[index].at_risk(), is_about_as_many);
    let broken = |index: usize| {
        windows[index]
            .failures
            .as_ref()
            .map_or(0, |one_more| one_more.broken)
    };
    alike = parted(alike, |index| broken(index) as f64, is_as_many);
    alike = parted(alike, |index| windows[index].moved, is_about_as_many);
    let mut quietest = 0;
    for (position, indexes) in alike.iter_mut().enumerate() {
        let by_users = parted(
            vec![std::mem::take(indexes)],
            |index| windows[index].busiest_users,
            is_as_many,
        );
        if position == 0 {
            quietest = by_users.first().map_or(0, Vec::len);
        }
        for mut users in by_users {
            users.sort_by_key(|position| windows[*position].start);
            indexes.extend(users);
        }
    }
    alike.retain(|indexes| !indexes.is_empty());
    let differs_slightly = alike.first().is_some_and(|indexes| {
        let windows = || indexes.iter().map(|index| &windows[*index]);
        differ(windows().map(Window::at_risk)) || differ(windows().map(|window| window.moved))
    });
    Ranking {
        alike,
        quietest,
        differs_slightly,
    }
}

/// `true` if not all of some counts of users are equal.
fn differ(counts: impl Iterator<Item = f64>) -> bool {
    let (least, most) = counts.fold((f64::INFINITY, 0.0_f64), |(least, most), count| {
        (least.min(count), most.max(count))
    });
    least < most && !is_as_many(least, most)
}

/// Two counts of users that are equal except for arithmetic.
fn is_as_many(a: f64, b: f64) -> bool {
    (a - b).abs() <= NOBODY.max(AGREEMENT * a.max(b))
}

/// Two counts of users that no start should be left out for.
fn is_about_as_many(a: f64, b: f64) -> bool {
    (a - b).abs() <= NOBODY.max(EQUAL_COST * a.max(b))
}

/// Two shares that are equal except for arithmetic.
fn is_as_much(a: f64, b: f64) -> bool {
    (a - b).abs() <= AGREEMENT
}

/// Parts every group by a value, the least first: into one go those that are the same as the least of them, so that what
/// differs by less than arithmetic stays together in one direction only.
fn parted(
    groups: Vec<Vec<usize>>,
    value: impl Fn(usize) -> f64,
    is_same: fn(f64, f64) -> bool,
) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::with_capacity(groups.len());
    for mut group in groups {
        group.sort_by(|a, b| value(*a).total_cmp(&value(*b)).then(a.cmp(b)));
        let mut least = None;
        for index in group {
            match (least, parts.last_mut()) {
                (Some(least), Some(part)) if is_same(least, value(index)) => part.push(index),
                _ => {
                    least = Some(value(index));
                    parts.push(vec![index]);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::ranking;
    use crate::engine::{OneMore, Window};
    use jiff::Timestamp;

    /// A window by its start, its unserved users of two ranks, and the users at its busiest instant.
    fn window(hour: i64, unserved: [f64; 2], busiest_users: f64) -> Window {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).expect("an instant");
        Window {
            start: at(hour),
            end: at(hour + 1),
            unserved: unserved.to_vec(),
            missing: None,
            missing_users: 0.0,
            moved: 5.0,
            busiest_users,
            failures: None,
            is_proven: true,
        }
    }

    #[test]
    fn the_first_rank_counts_before_the_second_and_demand_only_among_equals() {
        let windows = [
            window(0, [1.0, 0.0], 1.0),
            window(1, [0.0, 9.0], 7.0),
            window(2, [0.0, 2.0], 8.0),
            window(3, [0.0, 2.0], 7.0),
            window(4, [0.0, 2.0 + 1e-9], 7.0),
        ];
        let found = ranking(&windows);
        assert_eq!(found.alike, [vec![3, 4, 2], vec![1], vec![0]]);
        assert_eq!((found.as_good(), found.quietest), (3, 2));
    }

    /// 1,119,100 users are unserved after a further failure on a quiet day and 1,118,000 on a busy one, 0.1 % fewer: the quiet day
    /// comes first. Unserved users are counted to the last one.
    #[test]
    fn a_quiet_start_is_not_left_out_for_a_thousandth_of_the_deciding_cost() {
        let of = |hour: i64, at_risk: f64, busiest_users: f64| Window {
            failures: Some(OneMore {
                cases: 4,
                broken: 1,
                worst: Some(("a".to_owned(), at_risk)),
            }),
            ..window(hour, [0.0, 0.0], busiest_users)
        };
        let found = ranking(&[
            of(0, 1_118_000.0, 9.0),
            of(1, 1_119_100.0, 7.0),
            of(2, 1_130_000.0, 1.0),
        ]);
        assert_eq!(found.alike, [vec![1, 0], vec![2]]);
        assert!(found.differs_slightly);
        let moved = |hour: i64, moved: f64, busiest_users: f64| Window {
            moved,
            ..window(hour, [0.0, 0.0], busiest_users)
        };
        let found = ranking(&[
            moved(0, 1000.0, 9.0),
            moved(1, 1004.0, 8.0),
            moved(2, 1006.0, 1.0),
        ]);
        assert_eq!(found.alike, [vec![1, 0], vec![2]]);
        let found = ranking(&[
            window(0, [0.0, 1e6], 9.0),
            window(1, [0.0, 1e6 + 10.0], 7.0),
        ]);
        assert_eq!(found.alike, [vec![0], vec![1]]);
        assert!(!found.differs_slightly);
    }

    #[test]
    fn fewer_failures_come_before_fewer_moves() {
        let of = |hour: i64, broken: usize, moved: f64| Window {
            moved,
            failures: Some(OneMore {
                cases: 4,
                broken,
                worst: Some(("a".to_owned(), 3.0)),
            }),
            ..window(hour, [0.0, 0.0], 1.0)
        };
        let found = ranking(&[of(0, 2, 1.0), of(1, 1, 9.0), of(2, 1, 8.0)]);
        assert_eq!(found.order().collect::<Vec<_>>(), [2, 1, 0]);
    }

    /// Each differs from the next by less than arithmetic, the first from the last by more: one order for all of them.
    #[test]
    fn what_differs_by_a_hair_is_ranked_alike() {
        let windows: Vec<Window> = (0..64)
            .map(|hour| {
                window(
                    hour,
                    [1e6 + f64::from((hour * 37 % 64) as i32) * 0.7, 0.0],
                    1.0,
                )
            })
            .collect();
        let found = ranking(&windows);
        let mut all: Vec<usize> = found.order().collect();
        let first = found.alike[0].len();
        assert_eq!(first, 2);
        all.sort_unstable();
        assert_eq!(all, (0..64).collect::<Vec<_>>());
    }

    #[test]
    fn without_windows_there_is_no_order() {
        let found = ranking(&[]);
        assert_eq!((found.as_good(), found.order().count()), (0, 0));
    }
}
