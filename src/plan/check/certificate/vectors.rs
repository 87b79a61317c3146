//! Vectors of prices by position instead of name, the bounds that they prove, computed side by side, and what all of them
//! prove together, access points and the levels after them included.

use super::super::context::RefereeContext;
use super::super::report::{At, Report, Rule};
use super::bound::Scene;
use super::level::{Aim, Bound, ClaimedLevel, UNKNOWN, Vector};
use super::openings::{Left, Openings, left};
use super::rows::Row;
use super::view::View;
use crate::plan_files::{
    CERTIFICATE_FILE, KeptBy, LevelCertificate, PriceOfRow, PriceVector, SetVector, decimal,
};
use rayon::prelude::*;

/// A price above this is no price: sums of it would leave the range of numbers.
const MOST: f64 = 1e100;

/// The prices by position; `None` if one of them cannot be one, which is noted.
pub(super) fn resolve(
    context: &RefereeContext,
    rows: &[Row],
    stages: &[ClaimedLevel],
    (key, level): (&str, usize),
    prices: &PriceVector,
    report: &mut Report,
) -> Option<Vector> {
    let mut of_row: Vec<[f64; 2]> = vec![[0.0; 2]; rows.len()];
    let mut is_sound = true;
    for (which, list) in [&prices.target, &prices.hard].into_iter().enumerate() {
        for own in list {
            let Some(row) = row_exists(context, rows, key, own, report) else {
                is_sound = false;
                continue;
            };
            is_sound &= price_is_one(key, own.price, report);
            of_row[row][which] += own.price;
        }
    }
    is_sound &= price_is_one(key, prices.moves, report);
    if prices.moves > 0.0 && context.scenario.policy.max_moved_users.is_none() {
        price_of_nothing(key, "a price of the move limit", report);
        is_sound = false;
    }
    for kept in &prices.kept {
        is_sound &= kept_level_is_one(stages, key, level, kept.level, kept.by, report);
    }
    let mut positions: Vec<usize> = prices.kept.iter().map(|kept| kept.level).collect();
    positions.sort_unstable();
    positions.dedup();
    if positions.len() < prices.kept.len() {
        price_of_nothing(key, "a level kept twice", report);
        is_sound = false;
    }
    is_sound.then(|| Vector {
        rows: of_row
            .into_iter()
            .enumerate()
            .filter(|(_, [target, hard])| *target > 0.0 || *hard > 0.0)
            .map(|(row, [target, hard])| (row, target, hard))
            .collect(),
        moves: prices.moves,
        kept: prices
            .kept
            .iter()
            .map(|kept| (kept.level, kept.by))
            .collect(),
    })
}

/// P7972: a price is of a component and a resource that it limits, and that has something left.
fn row_exists(
    context: &RefereeContext,
    rows: &[Row],
    key: &str,
    own: &PriceOfRow,
    report: &mut Report,
) -> Option<usize> {
    let component = context.components.get(own.component.as_str());
    let resource = context.resources.get(own.resource.as_str());
    let position = component.zip(resource).and_then(|(component, resource)| {
        let of = (component.index(), resource.index(), own.slice as usize);
        let at = (own.with_retries, of);
        rows.binary_search_by_key(&at, |row| {
            (row.with_retries, (row.component, row.resource, row.slice))
        })
        .ok()
    });
    if position.is_none() {
        let found = format!("a price of `{}` and `{}`", own.component, own.resource);
        price_of_nothing(key, &found, report);
    }
    position
}

/// P7972 of anything else that the period does not have.
fn price_of_nothing(key: &str, found: &str, report: &mut Report) {
    let expected = "prices of what limits something in the period";
    report.add(UNKNOWN, At::cell(CERTIFICATE_FILE, 0, key), found, expected);
}

/// P7973: a price is a finite number of 0 or more.
fn price_is_one(key: &str, price: f64, report: &mut Report) -> bool {
    const RULE: Rule = Rule::new(
        "P7973",
        "a price of less than nothing proves nothing: take the file as it was written",
    );
    let is_one = (0.0..=MOST).contains(&price);
    if !is_one {
        let at = At::cell(CERTIFICATE_FILE, 0, key);
        report.add(RULE, at, decimal(price), "a price of 0 or more");
    }
    is_one
}

/// P7974: only levels before it are kept, at no less than their values.
fn kept_level_is_one(
    stages: &[ClaimedLevel],
    key: &str,
    level: usize,
    kept: usize,
    by: KeptBy,
    report: &mut Report,
) -> bool {
    const RULE: Rule = Rule::new(
        "P7974",
        "a bound holds for plans that keep the levels before it at their values",
    );
    let mut wrong = |found: String, expected: &str| {
        report.add(RULE, At::cell(CERTIFICATE_FILE, 0, key), found, expected);
        false
    };
    let Some(stage) = stages.get(kept).filter(|_| kept < level) else {
        let expected = "a level before it";
        return wrong(format!("level {kept} kept by level {level}"), expected);
    };
    // Two sets of openings are as good as each other to a billionth; the bound takes the value where that is more.
    let least = stage.value - 1e-8 * stage.value.abs().max(1.0);
    match by {
        KeptBy::Floor if !(stage.aim.is_in_users()) => wrong(
            format!("level {kept} kept at its floor"),
            "a level that counts users",
        ),
        KeptBy::Limit { .. } if stage.aim != Aim::Worst => wrong(
            format!("level {kept} kept by a limit"),
            "the worst missing share",
        ),
        KeptBy::Row { .. } if stage.aim == Aim::AccessPoints => {
            wrong(format!("level {kept} kept by a row"), "its set of openings")
        }
        KeptBy::Limit { at } | KeptBy::Row { at, .. } if at < least || at > MOST || at.is_nan() => {
            let expected = format!("at least its value {}", decimal(stage.value));
            wrong(format!("level {kept} kept at {}", decimal(at)), &expected)
        }
        KeptBy::Floor | KeptBy::Limit { .. } => true,
        KeptBy::Row { price, .. } => price_is_one(key, price, report),
    }
}

/// Prices of one set of openings, by position.
pub(super) struct OfSet {
    /// Ascending, among the candidates.
    pub(super) open: Vec<usize>,
    pub(super) vector: Vector,
}

/// The vectors of one level.
#[derive(Default)]
pub(super) struct Vectors {
    pub(super) own: Option<Vector>,
    pub(super) is_sound: bool,
    pub(super) refuted: Vec<OfSet>,
    pub(super) others: Vec<OfSet>,
}

/// All vectors of a level; those that cannot be ones are left out.
pub(super) fn vectors(
    scene: &Scene<'_>,
    openings: &Openings,
    (key, position): (&str, usize),
    level: &LevelCertificate,
    report: &mut Report,
) -> Vectors {
    let own = |key: &str, prices: &PriceVector, report: &mut Report| {
        resolve(
            scene.context,
            scene.rows,
            scene.stages,
            (key, position),
            prices,
            report,
        )
    };
    let mut all = Vectors {
        is_sound: true,
        ..Vectors::default()
    };
    if let Some(prices) = &level.prices {
        all.own = own(key, prices, report);
        all.is_sound = all.own.is_some();
    }
    let sets = |list: &[SetVector], word: &str, report: &mut Report| -> Vec<OfSet> {
        let list = list.iter().enumerate();
        list.filter_map(|(index, set)| {
            let key = format!("{key}.{word}[{index}]");
            let open = openings.positions(scene.context, &key, &set.open, report)?;
            let vector = own(&key, &set.prices, report)?;
            Some(OfSet { open, vector })
        })
        .collect()
    };
    all.refuted = sets(&level.refuted, "refuted", report);
    all.others = sets(&level.other_sets, "other_sets", report);
    all
}

/// What the vectors of one level prove.
pub(super) struct LevelBounds {
    /// `None` where its own cannot be one.
    pub(super) own: Option<Bound>,
    /// By set of openings.
    pub(super) refuted: Vec<(Vec<usize>, Bound)>,
    pub(super) others: Vec<(Vec<usize>, Bound)>,
}

/// Recomputes all bounds, side by side; by level.
pub(super) fn bounds(
    scene: &Scene<'_>,
    openings: &Openings,
    vectors: &[Vectors],
) -> Vec<LevelBounds> {
    let of_level = |(position, of_level): (usize, &Vectors)| {
        let aim = scene.stages[position].aim;
        let own = || {
            let mask = if openings.is_after(position) {
                openings.mask(scene, openings.open.as_deref()?)
            } else {
                scene.roads.may_open.clone()
            };
            match &of_level.own {
                Some(vector) => Some(scene.bound(aim, vector, &mask, None)),
                None if of_level.is_sound => {
                    let view = View::new(scene.classes, scene.roads, mask);
                    Some(Bound::AtLeast(view.floor(aim)))
                }
                None => None,
            }
        };
        let refuted = |set: &OfSet| {
            let mut entry = vec![0.0; scene.roads.may_open.len()];
            for (position, &candidate) in openings.candidates.iter().enumerate() {
                if set.open.binary_search(&position).is_err() {
                    entry[candidate] = 1.0;
                }
            }
            let open = &scene.roads.may_open;
            let bound = scene.bound(Aim::Entry, &set.vector, open, Some(&entry));
            (set.open.clone(), bound)
        };
        let other = |set: &OfSet| {
            let mask = openings.mask(scene, &set.open);
            let bound = scene.bound(aim, &set.vector, &mask, None);
            (set.open.clone(), bound)
        };
        let sets = || {
            let refuted = of_level.refuted.par_iter().map(refuted).collect();
            let others = of_level.others.par_iter().map(other).collect();
            (refuted, others)
        };
        let (own, (refuted, others)) = rayon::join(own, sets);
        LevelBounds {
            own,
            refuted,
            others,
        }
    };
    vectors.par_iter().enumerate().map(of_level).collect()
}

/// By level, what is proven of it: 0 where nothing is, for no level can be less.
pub(super) fn combine(
    scene: &Scene<'_>,
    openings: &Openings,
    vectors: &[Vectors],
    bounds: &[LevelBounds],
) -> Vec<f64> {
    let own = |position: usize| match bounds[position].own {
        Some(Bound::AtLeast(bound)) => bound,
        _ => 0.0,
    };
    let mut proven: Vec<f64> = (0..vectors.len()).map(own).collect();
    let Some(level) = openings.level else {
        return proven;
    };
    let refuted = bounds[level].refuted.iter();
    let refuted = refuted.filter(|(_, bound)| match bound {
        Bound::AtLeast(users) => *users > 0.0,
        Bound::Impossible => true,
        Bound::NotAtFloor(_) => false,
    });
    let refuted: Vec<Vec<usize>> = refuted.map(|(open, _)| open.clone()).collect();
    let count = openings.candidates.len();
    proven[level] = least_number(count, scene.stages[level].value, &refuted) as f64;
    let Some(open) = &openings.open else {
        return proven;
    };
    let mut alive = match left(count, open.len(), &refuted) {
        Left::Sets(sets) => {
            let others = sets.into_iter().filter(|set| set != open);
            others.collect::<Vec<_>>()
        }
        Left::Unknown => {
            proven[level + 1..].fill(0.0);
            return proven;
        }
    };
    for position in level + 1..vectors.len() {
        let of_set = |set: &Vec<usize>| -> Bound {
            let others = bounds[position].others.iter();
            let mut own = others.filter(|(open, _)| open == set).map(|own| own.1);
            own.find(|bound| !matches!(bound, Bound::NotAtFloor(_)))
                .unwrap_or(Bound::AtLeast(0.0))
        };
        let most = held_at(scene, vectors, position);
        alive.retain(|set| match of_set(set) {
            Bound::Impossible => false,
            Bound::AtLeast(bound) => {
                let is_worse = bound > most;
                if !is_worse {
                    proven[position] = proven[position].min(bound);
                }
                !is_worse
            }
            Bound::NotAtFloor(_) => true,
        });
    }
    proven
}

/// The most that later levels of the set that is open let a level be. Another set that cannot have so little is worse,
/// however much of the level its own later prices let it have.
fn held_at(scene: &Scene<'_>, vectors: &[Vectors], position: usize) -> f64 {
    let stage = &scene.stages[position];
    let later = vectors[position + 1..].iter();
    let at = later
        .flat_map(|of_level| &of_level.own)
        .flat_map(|vector| &vector.kept)
        .filter(|(level, _)| *level == position)
        .map(|(_, by)| match by {
            KeptBy::Floor => stage.value + scene.classes.nobody(),
            KeptBy::Limit { at } | KeptBy::Row { at, .. } => *at,
        });
    at.fold(stage.value, f64::max)
}

/// The least number of openings, as far as it is proven: every set of fewer is refuted.
fn least_number(count: usize, value: f64, refuted: &[Vec<usize>]) -> usize {
    let mut least = 0;
    while least < count && (least as f64) < value {
        match left(count, least, refuted) {
            Left::Sets(sets) if sets.is_empty() => least += 1,
            _ => return least,
        }
    }
    least
}
