//! What differs between two plans, period by period.

use super::moment::{Margin, Moment, Totals};
use super::pairs::paired;
use crate::plan_files::Stage;
use crate::units::{AGREEMENT, NOBODY};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Headrooms closer than this, in shares of capacity, are the same.
const SAME_HEADROOM: f64 = 1e-6;

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
                (Some(a), Some(b)) => (a - b).abs() <= SAME_HEADROOM,
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

    /// The place of most of its users on either side.
    pub fn mostly(&self) -> (Option<&str>, Option<&str>) {
        (place(&self.a), place(&self.b))
    }
}

/// The place of most users.
fn place(side: &BTreeMap<Option<String>, f64>) -> Option<&str> {
    side.iter()
        .max_by(|left, right| left.1.total_cmp(right.1).then(right.0.cmp(left.0)))
        .and_then(|(site, _)| site.as_deref())
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
    /// The first level, in the order of the first plan, at which they differ.
    pub first_difference: Option<StageDifference>,
    /// Every component and resource of either, ascending.
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
        first_difference: first_difference(&one.stages, &other.stages),
        headroom: headroom(one, other),
        homes: homes(one, other),
    }
}

fn first_difference(a: &[Stage], b: &[Stage]) -> Option<StageDifference> {
    a.iter().find_map(|stage| {
        let name = stage.name();
        let other = b.iter().find(|other| other.name() == name)?;
        let tolerance = AGREEMENT * stage.plan.abs().max(other.plan.abs()).max(1.0);
        ((stage.plan - other.plan).abs() > tolerance).then_some(StageDifference {
            stage: name,
            a: stage.plan,
            b: other.plan,
        })
    })
}

fn headroom(a: &Moment, b: &Moment) -> Vec<HeadroomDifference> {
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
