//! Stages: the levels of a period, prices by position instead of name, and the bounds that they prove, computed side by
//! side.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use super::bound::{Bound, Scene};
use super::classes::Class;
use super::openings::Openings;
use super::rows::Row;
use super::view::View;
use crate::model::Goal;
use crate::plan_files::{
    CERTIFICATE_FILE, KeptBy, LevelCertificate, LevelMeasure, PriceOfRow, PriceVector, SetVector,
    decimal,
};
use rayon::prelude::*;

/// What a level minimises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan::check) enum Aim {
    /// Unserved users of a rank; `None` if nobody is of it.
    Unserved(Option<usize>),
    Relief,
    Worst,
    Total,
    AccessPoints,
    Copied,
    Moved,
    Latency,
    /// Users who enter through access points that are charged for: no level, but what refutes sets.
    Entry,
}

impl Aim {
    /// What one user of a class served at a site adds, latency apart.
    pub(super) fn of_site(self, class: &Class, site: usize) -> f64 {
        let adds = match self {
            Self::Relief => class.leaves_for(site) && !class.is_affected,
            Self::Copied => class.leaves_for(site) && !class.has_copy(site),
            Self::Moved => class.leaves_for(site),
            _ => false,
        };
        if adds { 1.0 } else { 0.0 }
    }

    /// What one unserved user of a rank adds.
    pub(super) fn of_unserved(self, rank: usize) -> f64 {
        if self == Self::Unserved(Some(rank)) {
            1.0
        } else {
            0.0
        }
    }

    /// `true` if users who are served somewhere, or nowhere, are counted.
    pub(super) fn counts_users(self) -> bool {
        matches!(
            self,
            Self::Unserved(_) | Self::Relief | Self::Copied | Self::Moved
        )
    }

    /// `true` if a billionth of all users is nothing to the level.
    pub(super) fn is_in_users(self) -> bool {
        self.counts_users() || self == Self::Total
    }
}

/// One level.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan::check) struct Stage {
    pub(super) aim: Aim,
    /// The value that is claimed for it.
    pub(super) value: f64,
    /// The bound that is claimed for it.
    pub(super) bound: f64,
}

impl Stage {
    /// By how much two numbers of the level may differ by tolerances, `nobody` being a billionth of all users.
    pub(super) fn slack(&self, nobody: f64) -> f64 {
        let dust = if self.aim.is_in_users() { nobody } else { 0.0 };
        crate::units::AGREEMENT * self.value.abs().max(1.0) + dust
    }
}

/// The aim of a level; `None` for a tier that the inventory does not have.
pub(super) fn aim_of(ground: &Ground<'_>, ranks: &[u32], level: &LevelCertificate) -> Option<Aim> {
    Some(match (level.goal, level.measure) {
        (Goal::Unserved, _) => {
            let tier = level.tier.as_deref()?;
            let tiers = &ground.inventory.tiers;
            let rank = tiers.iter().map(|tier| tier.rank).find(|rank| {
                let of_rank = tiers.iter().filter(|tier| tier.rank == *rank);
                let mut names: Vec<&str> = of_rank.map(|tier| tier.id.as_str()).collect();
                names.sort_unstable();
                names.join("+") == tier
            })?;
            Aim::Unserved(ranks.iter().position(|own| *own == rank))
        }
        (Goal::Relief, _) => Aim::Relief,
        (Goal::Headroom, Some(LevelMeasure::Worst)) => Aim::Worst,
        (Goal::Headroom, _) => Aim::Total,
        (Goal::AccessPoints, _) => Aim::AccessPoints,
        (Goal::Moves, Some(LevelMeasure::Copied)) => Aim::Copied,
        (Goal::Moves, _) => Aim::Moved,
        (Goal::Latency, _) => Aim::Latency,
    })
}

/// Prices by position.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Vector {
    /// Position of the row, price of load beyond its target, price of load beyond its capacity.
    pub(super) rows: Vec<(usize, f64, f64)>,
    pub(super) moves: f64,
    pub(super) kept: Vec<(usize, KeptBy)>,
}

/// A price above this is no price: sums of it would leave the range of numbers.
const MOST: f64 = 1e100;

/// The prices by position; `None` if one of them cannot be one, which is noted.
pub(super) fn resolve(
    ground: &Ground<'_>,
    rows: &[Row],
    stages: &[Stage],
    (key, level): (&str, usize),
    prices: &PriceVector,
    report: &mut Report,
) -> Option<Vector> {
    let mut of_row: Vec<[f64; 2]> = vec![[0.0; 2]; rows.len()];
    let mut is_sound = true;
    for (which, list) in [&prices.target, &prices.hard].into_iter().enumerate() {
        for own in list {
            let Some(row) = row_exists(ground, rows, key, own, report) else {
                is_sound = false;
                continue;
            };
            is_sound &= price_is_one(key, own.price, report);
            of_row[row][which] += own.price;
        }
    }
    is_sound &= price_is_one(key, prices.moves, report);
    if prices.moves > 0.0 && ground.scenario.policy.max_moved_users.is_none() {
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

/// P7971: what is told is of the same plan.
pub(super) const SHAPE: Rule = Rule {
    code: "P7971",
    hint: "take all files of the same plan",
};

/// P7972: what is named is there.
pub(super) const UNKNOWN: Rule = Rule {
    code: "P7972",
    hint: "take the prices as they were written for this plan",
};

/// P7972: a price is of a component and a resource that it limits, and that has something left.
fn row_exists(
    ground: &Ground<'_>,
    rows: &[Row],
    key: &str,
    own: &PriceOfRow,
    report: &mut Report,
) -> Option<usize> {
    let component = ground.components.get(own.component.as_str());
    let resource = ground.resources.get(own.resource.as_str());
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
    const RULE: Rule = Rule {
        code: "P7973",
        hint: "a price of less than nothing proves nothing: take the file as it was written",
    };
    let is_one = (0.0..=MOST).contains(&price);
    if !is_one {
        let at = At::cell(CERTIFICATE_FILE, 0, key);
        report.add(RULE, at, decimal(price), "a price of 0 or more");
    }
    is_one
}

/// P7974: only levels before it are kept, at no less than their values.
fn kept_level_is_one(
    stages: &[Stage],
    key: &str,
    level: usize,
    kept: usize,
    by: KeptBy,
    report: &mut Report,
) -> bool {
    const RULE: Rule = Rule {
        code: "P7974",
        hint: "a bound holds for plans that keep the levels before it at their values",
    };
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
            scene.ground,
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
            let open = openings.positions(scene.ground, &key, &set.open, report)?;
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
pub(super) struct Bounds {
    /// `None` where its own cannot be one.
    pub(super) own: Option<Bound>,
    /// By set of openings.
    pub(super) refuted: Vec<(Vec<usize>, Bound)>,
    pub(super) others: Vec<(Vec<usize>, Bound)>,
}

/// Recomputes all bounds, side by side; by level.
pub(super) fn bounds(scene: &Scene<'_>, openings: &Openings, vectors: &[Vectors]) -> Vec<Bounds> {
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
        Bounds {
            own,
            refuted,
            others,
        }
    };
    vectors.par_iter().enumerate().map(of_level).collect()
}
