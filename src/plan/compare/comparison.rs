//! What differs between two plans, period by period.

use super::moment::{ComparedMoment, HeadroomKey, UsersBySite};
use crate::plan_files::{HeadroomRow, Stage, Totals};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What two plans have of one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference<K, S> {
    /// What it is.
    pub key: K,
    /// What the first plan has, and the second one.
    pub sides: [S; 2],
}

/// The first level at which two plans differ, as `price_stage` writes it, such as `unserved gold` or `moves moved`.
pub type StageDifference = Difference<String, f64>;

/// A component and resource in two plans, if it is there.
pub type HeadroomDifference = Difference<HeadroomKey, Option<HeadroomRow>>;

/// A shard that two plans serve at different places.
pub type HomeDifference = Difference<String, UsersBySite>;

/// The rows of two tables by their key, ascending: as each side has it.
pub(super) fn matched<K: Ord, R>(
    sides: [&BTreeMap<K, R>; 2],
) -> impl Iterator<Item = (&K, [Option<&R>; 2])> {
    let keys: BTreeSet<&K> = sides.iter().flat_map(|items| items.keys()).collect();
    let row = move |key| (key, sides.map(|items| items.get(key)));
    keys.into_iter().map(row)
}

impl StageDifference {
    /// `true` if the values are not the same, within the tolerance of agreement.
    pub fn is_other(&self) -> bool {
        let [a, b] = self.sides;
        (a - b).abs() > AGREEMENT * a.abs().max(b.abs()).max(1.0)
    }
}

impl HeadroomDifference {
    /// Headroom of the second less that of the first; `None` if one of them is undefined.
    pub fn change(&self) -> Option<f64> {
        let [a, b] = self.sides.each_ref();
        Some(b.as_ref()?.headroom?.0 - a.as_ref()?.headroom?.0)
    }

    /// `true` if the two plans leave the same.
    pub fn is_same(&self) -> bool {
        let change = self.change();
        let is_undefined = |headroom_row: &Option<HeadroomRow>| {
            headroom_row
                .as_ref()
                .is_some_and(|row| row.headroom.is_none())
        };
        change.map_or_else(
            || self.sides.iter().all(is_undefined),
            |value| value.abs() <= FEASIBILITY,
        )
    }

    /// The row of the second plan, or else that of the first.
    pub fn either(&self) -> Option<&HeadroomRow> {
        let [a, b] = &self.sides;
        b.as_ref().or(a.as_ref())
    }
}

impl HomeDifference {
    /// Users who would be elsewhere; those who are only in one of the plans are not counted.
    pub fn users_elsewhere(&self) -> f64 {
        let [a, b] = &self.sides;
        let stay = a
            .iter()
            .filter_map(|(site, users)| Some(users.min(*b.get(site)?)));
        let stays: f64 = stay.sum();
        let [all_a, all_b] = [a, b].map(|side| side.values().sum::<f64>());
        (all_a.min(all_b) - stays).max(0.0)
    }

    /// Its users who would be elsewhere, by their places in both plans; they sum up to
    /// [`users_elsewhere`](Self::users_elsewhere). Places that lose users give to those that win some in the order
    /// of their ids.
    pub fn streams(&self) -> Vec<(Option<&str>, Option<&str>, f64)> {
        let [a, b] = &self.sides;
        let mut winning = beyond(b, a);
        let mut streams = Vec::new();
        for (from, mut left) in beyond(a, b) {
            for (to, wanted) in &mut winning {
                let users = left.min(*wanted);
                if users > NOBODY {
                    left -= users;
                    *wanted -= users;
                    streams.push((from, *to, users));
                }
            }
        }
        streams
    }
}

/// Places with more users on one side than on the other, and how many more.
fn beyond<'a>(values: &'a UsersBySite, other: &UsersBySite) -> Vec<(Option<&'a str>, f64)> {
    let more = values.iter().map(|(site, users)| {
        let common = other.get(site).map_or(0.0, |value| users.min(*value));
        (site.as_deref(), users - common)
    });
    more.filter(|(_, users)| *users > NOBODY).collect()
}

/// Two periods beside each other, or a period beside the state before.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodPair {
    /// Positions among the moments of the first plan and of the second one.
    pub moments: [usize; 2],
    /// What they come to.
    pub totals: [Totals; 2],
    /// `true` if a summary states all of these; else users, unserved users and moved users alone are known.
    pub has_totals: [bool; 2],
    /// How many levels both have.
    pub common_levels: usize,
    /// The first level, in the order of the first plan, at which they differ.
    pub first_difference: Option<StageDifference>,
    /// Every component and resource of either, ascending; none if one of them tells no headroom.
    pub headroom: Vec<HeadroomDifference>,
    /// Shards that are served at different places, ascending.
    pub homes: Vec<HomeDifference>,
}

impl PeriodPair {
    fn new(moments: [usize; 2], [a, b]: [&ComparedMoment; 2]) -> Self {
        let common: Vec<StageDifference> = common_levels([&a.totals.stages, &b.totals.stages]);
        let headroom = matched([&a.headroom, &b.headroom]).map(|(key, rows)| Difference {
            key: key.clone(),
            sides: rows.map(Option::<&HeadroomRow>::cloned),
        });
        let is_known = !a.headroom.is_empty() && !b.headroom.is_empty();
        // Who has no users in one of them is not served elsewhere.
        let homes = matched([&a.homes, &b.homes]).filter_map(|(shard, sides)| {
            let sides = [sides[0]?, sides[1]?];
            is_elsewhere(sides).then(|| Difference {
                key: shard.clone(),
                sides: sides.map(UsersBySite::clone),
            })
        });
        Self {
            moments,
            totals: [a.totals.clone(), b.totals.clone()],
            has_totals: [a.has_totals, b.has_totals],
            common_levels: common.len(),
            first_difference: common
                .iter()
                .find(|difference| difference.is_other())
                .cloned(),
            headroom: headroom.filter(|_| is_known).collect(),
            homes: homes.collect(),
        }
    }

    /// Less if the first plan is better at the first level that differs, more if the second one is.
    pub fn order(&self) -> Ordering {
        let first = self.first_difference.as_ref();
        first.map_or(Ordering::Equal, |difference| {
            difference.sides[0].total_cmp(&difference.sides[1])
        })
    }

    /// `true` if the plans tell levels that both have; without them neither can be called better.
    pub fn has_levels(&self) -> bool {
        self.common_levels > 0
    }

    /// Users who would be served elsewhere.
    pub fn users_elsewhere(&self) -> f64 {
        self.homes.iter().map(HomeDifference::users_elsewhere).sum()
    }

    /// Levels of both in the order of the first plan.
    pub fn levels(&self) -> Vec<StageDifference> {
        let [a, b] = &self.totals;
        common_levels([&a.stages, &b.stages])
    }
}

fn common_levels([a, b]: [&[Stage]; 2]) -> Vec<StageDifference> {
    let level = |stage: &Stage| {
        let name = stage.name();
        let other = b.iter().find(|other| other.name() == name)?;
        Some(Difference {
            sides: [stage.plan, other.plan],
            key: name,
        })
    };
    a.iter().filter_map(level).collect()
}

/// `true` if shares of a shard are at different places; growth alone is no difference.
fn is_elsewhere(sides: [&UsersBySite; 2]) -> bool {
    let [a, b] = sides.map(|side| -> UsersBySite {
        let all: f64 = side.values().sum();
        let there = side.iter().filter(|(_, users)| **users > NOBODY);
        let shares = there.map(|(site, users)| (site.clone(), users / all));
        shares.collect()
    });
    let is_other = |(site, share): (&Option<String>, &f64)| {
        let other = b.get(site);
        other.is_none_or(|other| (share - other).abs() > AGREEMENT)
    };
    a.len() != b.len() || a.iter().any(is_other)
}

/// Two plans side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The periods of the first plan, or the state before, and those of the second one.
    pub sides: [Vec<ComparedMoment>; 2],
    /// Periods that belong together, in order.
    pub pairs: Vec<PeriodPair>,
}

impl Comparison {
    /// Compares the moments of two plans.
    pub fn new(a: Vec<ComparedMoment>, b: Vec<ComparedMoment>) -> Self {
        let pairs = paired(&a, &b).into_iter();
        let pair = |(left, right)| PeriodPair::new([left, right], [&a[left], &b[right]]);
        let pairs = pairs.map(pair).collect();
        Self {
            sides: [a, b],
            pairs,
        }
    }

    /// The two moments of a pair.
    pub fn moments(&self, pair: &PeriodPair) -> [&ComparedMoment; 2] {
        let [a, b] = &self.sides;
        [&a[pair.moments[0]], &b[pair.moments[1]]]
    }

    /// `true` if the first side is the state before.
    pub fn is_beside_before(&self) -> bool {
        is_before(&self.sides[0])
    }

    /// Why each plan is refused, with the position of the first period to which no transition is safe; `None` if it is not.
    pub fn refused(&self) -> [Option<(usize, &str)>; 2] {
        self.sides.each_ref().map(|side| {
            let mut reasons = side.iter().enumerate();
            reasons.find_map(|(index, compared_moment)| {
                Some((index, compared_moment.refused.as_deref()?))
            })
        })
    }

    /// Less if the second plan alone is refused, more if the first one alone is: what is refused cannot be carried out,
    /// whatever it reaches.
    pub fn order_by_refusal(&self) -> Ordering {
        let [a, b] = self.refused().map(|pair| pair.is_some());
        a.cmp(&b)
    }

    /// `true` if no period of one plan is known to be at the same time as one of the other.
    pub fn is_by_position(&self) -> bool {
        let is_together = |pair: &PeriodPair| are_together(self.moments(pair));
        !self.is_beside_before() && !self.pairs.iter().any(is_together)
    }

    /// The pair that differs at the earliest level, and of those the first with the largest difference.
    pub fn main(&self) -> Option<&PeriodPair> {
        let ranked = self.pairs.iter().filter_map(|pair| {
            let first = pair.first_difference.as_ref()?;
            let mut stages = pair.totals[0].stages.iter();
            let rank = stages.position(|stage| stage.name() == first.key)?;
            Some((rank, (first.sides[0] - first.sides[1]).abs(), pair))
        });
        let first = ranked.min_by(|left, right| {
            let by_size = right.1.total_cmp(&left.1);
            left.0.cmp(&right.0).then(by_size)
        });
        first.map(|(_, _, pair)| pair)
    }
}

fn is_before(side: &[ComparedMoment]) -> bool {
    side.iter().any(|moment| moment.period.is_none())
}

fn are_together(moments: [&ComparedMoment; 2]) -> bool {
    match moments.map(|moment| moment.span) {
        [Some(a), Some(b)] => a.0 < b.1 && b.0 < a.1,
        _ => false,
    }
}

/// Positions of moments that belong together: those that overlap in time; if none do, those at the same position.
/// The state before belongs to every period.
///
/// ```
/// use plimsoll::plan::compare::{ComparedMoment, paired};
/// let period = |start: &str, end: &str| ComparedMoment {
///     period: Some(0),
///     span: Some((start.parse().unwrap(), end.parse().unwrap())),
///     ..ComparedMoment::default()
/// };
/// let a = [period("2012-11-13T09:00:00Z", "2012-11-13T17:00:00Z")];
/// let b = [
///     period("2012-11-13T09:00:00Z", "2012-11-13T12:00:00Z"),
///     period("2012-11-13T12:00:00Z", "2012-11-13T17:00:00Z"),
/// ];
/// assert_eq!(paired(&a, &b), [(0, 0), (0, 1)]);
/// ```
pub fn paired(a: &[ComparedMoment], b: &[ComparedMoment]) -> Vec<(usize, usize)> {
    let all = || (0..a.len()).flat_map(|left| (0..b.len()).map(move |right| (left, right)));
    if is_before(a) || is_before(b) {
        return all().collect();
    }
    let is_together = |&(left, right): &(usize, usize)| are_together([&a[left], &b[right]]);
    let together: Vec<(usize, usize)> = all().filter(is_together).collect();
    if together.is_empty() {
        return (0..a.len().min(b.len()))
            .map(|index| (index, index))
            .collect();
    }
    together
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Goal;
    use crate::plan_files::Measure;

    fn stage(tier: Option<&str>, plan: f64) -> Stage {
        Stage {
            goal: if tier.is_some() {
                Goal::Unserved
            } else {
                Goal::Moves
            },
            tier: tier.map(str::to_owned),
            measure: tier.is_none().then_some(Measure::Moved),
            value: plan,
            bound: plan,
            gap: 0.0,
            plan,
            whole_bound: None,
            skipped: false,
        }
    }

    /// A period without times: levels, and users of shard `s` by site.
    fn moment(period: u32, stages: &[Stage], homes: &[(Option<&str>, f64)]) -> ComparedMoment {
        let home = homes
            .iter()
            .map(|(site, users)| (site.map(str::to_owned), *users));
        ComparedMoment {
            period: Some(period),
            totals: Totals {
                stages: stages.to_vec(),
                ..Totals::default()
            },
            homes: BTreeMap::from([("s".to_owned(), home.collect())]),
            ..ComparedMoment::default()
        }
    }

    fn only_pair(a: ComparedMoment, b: ComparedMoment) -> PeriodPair {
        let mut comparison = Comparison::new(vec![a], vec![b]);
        assert_eq!(comparison.pairs.len(), 1);
        comparison.pairs.remove(0)
    }

    #[test]
    fn the_first_level_that_differs_decides_in_the_order_of_the_first_plan() {
        let (gold, moved) = (Some("gold"), None);
        let a = [stage(gold, 5.0), stage(moved, 100.0)];
        let b = [stage(moved, 7.0), stage(gold, 9.0)];
        let pair = only_pair(moment(0, &a, &[]), moment(0, &b, &[]));
        let first = pair.first_difference.as_ref().expect("they differ");
        assert_eq!(
            (first.key.as_str(), first.sides),
            ("unserved gold", [5.0, 9.0])
        );
        assert_eq!(pair.order(), Ordering::Less);
        let turned = only_pair(moment(0, &b, &[]), moment(0, &a, &[]));
        let first = turned.first_difference.as_ref().expect("they differ");
        assert_eq!(first.key, "moves moved");
    }

    #[test]
    fn levels_within_the_tolerance_are_the_same_and_those_of_one_plan_are_passed_over() {
        let many = 1e6;
        let a = [stage(Some("gold"), many), stage(Some("silver"), 3.0)];
        let within = many * (1.0 + AGREEMENT / 2.0);
        let b = [stage(Some("gold"), within), stage(Some("bronze"), 8.0)];
        let pair = only_pair(moment(0, &a, &[]), moment(0, &b, &[]));
        assert_eq!(pair.first_difference, None);
        assert_eq!((pair.common_levels, pair.order()), (1, Ordering::Equal));
        let beyond = [stage(Some("gold"), many * (1.0 + 3.0 * AGREEMENT))];
        let pair = only_pair(moment(0, &a, &[]), moment(0, &beyond, &[]));
        assert!(pair.first_difference.is_some());
    }

    #[test]
    fn without_common_levels_neither_is_better_and_that_is_known() {
        let a = [stage(Some("gold"), 5.0)];
        let pair = only_pair(moment(0, &a, &[]), moment(0, &[], &[]));
        assert!(!pair.has_levels());
        assert_eq!(pair.first_difference, None);
    }

    #[test]
    fn of_a_split_shard_those_beyond_the_common_part_are_elsewhere() {
        // 6 and 4 against 4 and 4, 2 unserved: the 2 who are no longer at `x`.
        let a = moment(0, &[], &[(Some("x"), 6.0), (Some("y"), 4.0)]);
        let b = moment(0, &[], &[(Some("x"), 4.0), (Some("y"), 4.0), (None, 2.0)]);
        let pair = only_pair(a, b);
        assert_eq!(pair.homes.len(), 1);
        assert!((pair.users_elsewhere() - 2.0).abs() < 1e-12);
        assert_eq!(pair.homes[0].streams(), [(Some("x"), None, 2.0)]);
    }

    #[test]
    fn growth_alone_takes_nobody_elsewhere() {
        let a = moment(0, &[], &[(Some("x"), 6.0), (Some("y"), 4.0)]);
        let b = moment(0, &[], &[(Some("x"), 12.0), (Some("y"), 8.0)]);
        assert_eq!(only_pair(a, b).homes, []);
    }

    #[test]
    fn who_is_served_nowhere_in_one_plan_is_elsewhere() {
        let pair = only_pair(
            moment(0, &[], &[(None, 10.0)]),
            moment(0, &[], &[(Some("x"), 10.0)]),
        );
        assert!((pair.users_elsewhere() - 10.0).abs() < 1e-12);
        assert_eq!(pair.homes[0].streams(), [(None, Some("x"), 10.0)]);
    }

    #[test]
    fn the_main_pair_is_that_of_the_earliest_level_and_of_those_the_largest_difference() {
        let period = |index, gold: f64, moved: f64| {
            moment(index, &[stage(Some("gold"), gold), stage(None, moved)], &[])
        };
        let a = vec![
            period(0, 0.0, 900.0),
            period(1, 1.0, 0.0),
            period(2, 3.0, 0.0),
        ];
        let b = vec![
            period(0, 0.0, 0.0),
            period(1, 0.0, 0.0),
            period(2, 0.0, 0.0),
        ];
        let comparison = Comparison::new(a, b);
        assert_eq!(comparison.main().map(|pair| pair.moments[0]), Some(2));
        assert!(comparison.is_by_position());
    }

    #[test]
    fn a_plan_that_alone_is_refused_comes_last_whatever_it_reaches() {
        let accepted = moment(0, &[stage(Some("gold"), 9.0)], &[]);
        let mut refused = moment(0, &[stage(Some("gold"), 5.0)], &[]);
        refused.refused = Some("it takes too long".to_owned());
        let comparison = Comparison::new(vec![refused.clone()], vec![accepted.clone()]);
        assert_eq!(comparison.order_by_refusal(), Ordering::Greater);
        assert_eq!(comparison.refused(), [Some((0, "it takes too long")), None]);
        let turned = Comparison::new(vec![accepted], vec![refused.clone()]);
        assert_eq!(turned.order_by_refusal(), Ordering::Less);
        let both = Comparison::new(vec![refused.clone()], vec![refused]);
        assert_eq!(both.order_by_refusal(), Ordering::Equal);
    }

    #[test]
    fn plans_without_periods_have_no_pair() {
        let comparison = Comparison::new(Vec::new(), vec![moment(0, &[], &[])]);
        assert_eq!(comparison.pairs, []);
        assert_eq!(comparison.main(), None);
    }
}
