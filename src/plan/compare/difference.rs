//! What differs between two plans, period by period.

use super::moment::{Margin, Moment, Totals};
use super::pairs::paired;
use crate::plan_files::Stage;
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The first level at which two plans differ.
#[derive(Debug, Clone, PartialEq)]
pub struct StageDifference {
    /// As `price_stage` writes it, such as `unserved gold` or `moves moved`.
    pub stage: String,
    /// What the first plan has.
    pub a: f64,
    /// What the second plan has.
    pub b: f64,
}

/// A component and resource in two plans.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadroomDifference {
    /// Component id.
    pub component: String,
    /// Resource id.
    pub resource: String,
    /// In the first plan, if it is there.
    pub a: Option<Margin>,
    /// In the second plan, if it is there.
    pub b: Option<Margin>,
}

impl HeadroomDifference {
    /// Headroom of the second less that of the first; `None` if one of them is undefined.
    pub fn change(&self) -> Option<f64> {
        Some(self.b.as_ref()?.headroom? - self.a.as_ref()?.headroom?)
    }

    /// `true` if the two plans leave the same.
    pub fn is_same(&self) -> bool {
        match (&self.a, &self.b) {
            (Some(a), Some(b)) => match (a.headroom, b.headroom) {
                (Some(a), Some(b)) => (a - b).abs() <= FEASIBILITY,
                (None, None) => true,
                _ => false,
            },
            _ => false,
        }
    }
}

/// A shard that two plans serve at different places.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeDifference {
    /// Shard id.
    pub shard: String,
    /// Users by site in the first plan; without a site they are unserved.
    pub a: BTreeMap<Option<String>, f64>,
    /// Users by site in the second plan.
    pub b: BTreeMap<Option<String>, f64>,
}

impl HomeDifference {
    /// Users who would be elsewhere; those who are only in one of the plans are not counted.
    pub fn users_elsewhere(&self) -> f64 {
        let stays: f64 = self
            .a
            .iter()
            .map(|(site, users)| users.min(self.b.get(site).copied().unwrap_or(0.0)))
            .sum();
        let all = |side: &BTreeMap<Option<String>, f64>| side.values().sum::<f64>();
        (all(&self.a).min(all(&self.b)) - stays).max(0.0)
    }

    /// Its users who would be elsewhere, by their places in both plans; they sum up to
    /// [`users_elsewhere`](Self::users_elsewhere). Places that lose users give to those that win some in the order
    /// of their ids.
    pub fn streams(&self) -> Vec<(Option<&str>, Option<&str>, f64)> {
        let beyond = |own: &'_ BTreeMap<Option<String>, f64>, other: &BTreeMap<_, f64>| {
            own.iter()
                .map(|(site, users)| {
                    let common = users.min(other.get(site).copied().unwrap_or(0.0));
                    (site.clone(), users - common)
                })
                .filter(|(_, users)| *users > NOBODY)
                .collect::<Vec<_>>()
        };
        let mut winning = beyond(&self.b, &self.a);
        let mut streams = Vec::new();
        for (from, mut left) in beyond(&self.a, &self.b) {
            for (to, wanted) in &mut winning {
                let users = left.min(*wanted);
                if users > NOBODY {
                    left -= users;
                    *wanted -= users;
                    streams.push((
                        place(&self.a, from.as_deref()),
                        place(&self.b, to.as_deref()),
                        users,
                    ));
                }
            }
        }
        streams
    }
}

/// The place as one side names it.
fn place<'a>(side: &'a BTreeMap<Option<String>, f64>, site: Option<&str>) -> Option<&'a str> {
    side.keys()
        .map(Option::as_deref)
        .find(|own| *own == site)
        .flatten()
}

/// Two periods beside each other, or a period beside the state before.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Position among the moments of the first plan.
    pub a: usize,
    /// Position among the moments of the second plan.
    pub b: usize,
    /// What they come to.
    pub totals: [Totals; 2],
    /// How many levels both have.
    pub common_levels: usize,
    /// The first level, in the order of the first plan, at which they differ.
    pub first_difference: Option<StageDifference>,
    /// Every component and resource of either, ascending; none if one of them tells no headroom.
    pub headroom: Vec<HeadroomDifference>,
    /// Shards that are served at different places, ascending.
    pub homes: Vec<HomeDifference>,
}

impl Pair {
    /// Less if the first plan is better at the first level that differs, more if the second one is.
    pub fn order(&self) -> Ordering {
        self.first_difference
            .as_ref()
            .map_or(Ordering::Equal, |differs| differs.a.total_cmp(&differs.b))
    }

    /// `true` if the plans tell levels that both have; without them neither can be called better.
    pub fn has_levels(&self) -> bool {
        self.common_levels > 0
    }

    /// Users who would be served elsewhere.
    pub fn users_elsewhere(&self) -> f64 {
        self.homes.iter().map(HomeDifference::users_elsewhere).sum()
    }
}

/// Two plans side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The first plan's periods, or the state before.
    pub a: Vec<Moment>,
    /// The second plan's periods.
    pub b: Vec<Moment>,
    /// Periods that belong together, in order.
    pub pairs: Vec<Pair>,
}

impl Comparison {
    /// Compares the moments of two plans.
    pub fn new(a: Vec<Moment>, b: Vec<Moment>) -> Self {
        let pairs = paired(&a, &b)
            .into_iter()
            .map(|(left, right)| pair(&a, &b, left, right))
            .collect();
        Self { a, b, pairs }
    }

    /// `true` if the first side is the state before.
    pub fn is_beside_before(&self) -> bool {
        self.a.iter().any(|moment| moment.period.is_none())
    }

    /// Why each plan is refused, with the position of the first period to which no way is safe; `None` if it is not.
    pub fn refused(&self) -> [Option<(usize, &str)>; 2] {
        [&self.a, &self.b].map(|side| {
            let mut reasons = side.iter().enumerate();
            reasons.find_map(|(index, own)| Some((index, own.refused.as_deref()?)))
        })
    }

    /// Less if the second plan alone is refused, more if the first one alone is: what is refused cannot be carried out,
    /// whatever it reaches.
    pub fn order_by_refusal(&self) -> Ordering {
        let [a, b] = self.refused().map(|own| own.is_some());
        a.cmp(&b)
    }

    /// `true` if no period of one plan is known to be at the same time as one of the other.
    pub fn is_by_position(&self) -> bool {
        let is_together = |pair: &Pair| match (self.a[pair.a].span, self.b[pair.b].span) {
            (Some(a), Some(b)) => a.0 < b.1 && b.0 < a.1,
            _ => false,
        };
        !self.is_beside_before() && !self.pairs.iter().any(is_together)
    }

    /// The pair that differs at the earliest level, and of those the first with the largest difference.
    pub fn main(&self) -> Option<&Pair> {
        let rank = |pair: &Pair| -> Option<usize> {
            let differs = pair.first_difference.as_ref()?;
            self.a[pair.a]
                .stages
                .iter()
                .position(|stage| stage.name() == differs.stage)
        };
        let size = |pair: &Pair| {
            pair.first_difference
                .as_ref()
                .map_or(0.0, |differs| (differs.a - differs.b).abs())
        };
        self.pairs
            .iter()
            .enumerate()
            .filter_map(|(index, pair)| Some((rank(pair)?, index, pair)))
            .min_by(|left, right| {
                let by_size = size(right.2).total_cmp(&size(left.2));
                left.0
                    .cmp(&right.0)
                    .then(by_size)
                    .then(left.1.cmp(&right.1))
            })
            .map(|(_, _, pair)| pair)
    }
}

fn pair(a: &[Moment], b: &[Moment], left: usize, right: usize) -> Pair {
    let (one, other) = (&a[left], &b[right]);
    Pair {
        a: left,
        b: right,
        totals: [one.totals.clone(), other.totals.clone()],
        common_levels: one
            .stages
            .iter()
            .filter(|own| level(&other.stages, &own.name()).is_some())
            .count(),
        first_difference: first_difference(&one.stages, &other.stages),
        headroom: headroom(one, other),
        homes: homes(one, other),
    }
}

fn first_difference(a: &[Stage], b: &[Stage]) -> Option<StageDifference> {
    a.iter().find_map(|stage| {
        let name = stage.name();
        let other = level(b, &name)?;
        let tolerance = AGREEMENT * stage.plan.abs().max(other.plan.abs()).max(1.0);
        ((stage.plan - other.plan).abs() > tolerance).then_some(StageDifference {
            stage: name,
            a: stage.plan,
            b: other.plan,
        })
    })
}

fn level<'a>(stages: &'a [Stage], name: &str) -> Option<&'a Stage> {
    stages.iter().find(|own| own.name() == name)
}

fn headroom(a: &Moment, b: &Moment) -> Vec<HeadroomDifference> {
    if a.margins.is_empty() || b.margins.is_empty() {
        return Vec::new();
    }
    let mut keys: Vec<&(String, String)> = a.margins.keys().chain(b.margins.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .map(|key| HeadroomDifference {
            component: key.0.clone(),
            resource: key.1.clone(),
            a: a.margins.get(key).cloned(),
            b: b.margins.get(key).cloned(),
        })
        .collect()
}

fn homes(a: &Moment, b: &Moment) -> Vec<HomeDifference> {
    // Who has no users in one of them is not served elsewhere.
    a.homes
        .iter()
        .filter_map(|(shard, own)| Some((shard, own, b.homes.get(shard)?)))
        .filter(|(_, own, other)| differs(own, other))
        .map(|(shard, own, other)| HomeDifference {
            shard: shard.clone(),
            a: own.clone(),
            b: other.clone(),
        })
        .collect()
}

/// `true` if shares of a shard are at different places; growth alone is no difference.
fn differs(a: &BTreeMap<Option<String>, f64>, b: &BTreeMap<Option<String>, f64>) -> bool {
    let shares = |side: &BTreeMap<Option<String>, f64>| -> BTreeMap<Option<String>, f64> {
        let all: f64 = side.values().sum();
        side.iter()
            .filter(|(_, users)| **users > NOBODY)
            .map(|(site, users)| (site.clone(), users / all))
            .collect()
    };
    let (a, b) = (shares(a), shares(b));
    a.len() != b.len()
        || a.iter().any(|(site, share)| {
            b.get(site)
                .is_none_or(|other| (share - other).abs() > AGREEMENT)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Goal;
    use crate::plan_files::LevelMeasure;

    /// A level of unserved users of a tier, or of moved users.
    fn stage(tier: Option<&str>, plan: f64) -> Stage {
        Stage {
            goal: if tier.is_some() {
                Goal::Unserved
            } else {
                Goal::Moves
            },
            tier: tier.map(str::to_owned),
            measure: tier.is_none().then_some(LevelMeasure::Moved),
            value: plan,
            bound: plan,
            gap: 0.0,
            plan,
            whole_bound: None,
            skipped: false,
        }
    }

    /// A period without times: levels, and users of shard `s` by site.
    fn moment(period: u32, stages: &[Stage], homes: &[(Option<&str>, f64)]) -> Moment {
        let home = homes
            .iter()
            .map(|(site, users)| (site.map(str::to_owned), *users));
        Moment {
            period: Some(period),
            span: None,
            words: None,
            totals: Totals::default(),
            stages: stages.to_vec(),
            homes: BTreeMap::from([("s".to_owned(), home.collect())]),
            margins: BTreeMap::new(),
            refused: None,
        }
    }

    fn only_pair(a: Moment, b: Moment) -> Pair {
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
            (first.stage.as_str(), first.a, first.b),
            ("unserved gold", 5.0, 9.0)
        );
        assert_eq!(pair.order(), Ordering::Less);
        let turned = only_pair(moment(0, &b, &[]), moment(0, &a, &[]));
        let first = turned.first_difference.as_ref().expect("they differ");
        assert_eq!(first.stage, "moves moved");
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
        assert_eq!(comparison.main().map(|pair| pair.a), Some(2));
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
