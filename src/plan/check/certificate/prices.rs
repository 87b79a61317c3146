//! Prices by position instead of name: whether those of a level can be ones, and the levels that are claimed.

use super::super::context::RefereeContext;
use super::super::judge::Keys;
use super::super::period::PeriodState;
use super::super::report::Rule;
use super::classes::AlikeClasses;
use super::roads::Roads;
use super::rows::CapacityRow;
use super::view::Aim;
use crate::diagnostic::amounts::rounded;
use crate::model::Goal;
use crate::plan_files::{KeptBy, LevelCertificate, Measure, PriceOfRow, PriceVector};
use crate::units::AGREEMENT;

/// P7971: what the file says is of the same plan.
pub(super) const SHAPE: Rule = Rule::new("P7971", "use all files of one plan");

/// P7972: what is named is there.
pub(super) const UNKNOWN: Rule =
    Rule::new("P7972", "use the prices that were written for this plan");

/// What bounds are computed from: who may go where, over which paths, past which rows.
#[derive(Clone, Copy)]
pub(in crate::plan::check) struct Scene<'a> {
    pub(in crate::plan::check) situation: &'a PeriodState<'a>,
    /// The same in every slice of the hours.
    pub(in crate::plan::check) slices: &'a [PeriodState<'a>],
    pub(in crate::plan::check) rows: &'a [CapacityRow],
    pub(in crate::plan::check) classes: &'a AlikeClasses<'a>,
    pub(in crate::plan::check) roads: &'a Roads<'a>,
    /// None until somebody claims some.
    pub(in crate::plan::check) stages: &'a [ClaimedLevel],
}

/// One level.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan::check) struct ClaimedLevel {
    pub(super) aim: Aim,
    /// The value that is claimed for it.
    pub(super) value: f64,
    /// The bound that is claimed for it.
    pub(super) bound: f64,
}

impl ClaimedLevel {
    /// By how much two numbers of the level may differ by tolerances, `nobody` being a billionth of all users.
    pub(super) fn slack(&self, nobody: f64) -> f64 {
        let dust = if self.aim.is_in_users() { nobody } else { 0.0 };
        AGREEMENT * self.value.abs().max(1.0) + dust
    }
}

/// The aim of a level; `None` for a tier that the inventory does not have.
pub(super) fn aim_of(
    context: &RefereeContext,
    ranks: &[u32],
    level: &LevelCertificate,
) -> Option<Aim> {
    Some(match (level.goal, level.measure) {
        (Goal::Unserved, _) => {
            let tier = level.tier.as_deref()?;
            let tiers = &context.inventory.tiers;
            let rank = tiers.iter().map(|tier| tier.rank).find(|rank| {
                let of_rank = tiers.iter().filter(|tier| tier.rank == *rank);
                let mut names: Vec<&str> = of_rank.map(|tier| tier.id.as_str()).collect();
                names.sort_unstable();
                names.join("+") == tier
            })?;
            Aim::Unserved(ranks.iter().position(|number| *number == rank))
        }
        (Goal::Relief, _) => Aim::Relief,
        (Goal::Headroom, Some(Measure::Worst)) => Aim::Worst,
        (Goal::Headroom, _) => Aim::Total,
        (Goal::AccessPoints, _) => Aim::AccessPoints,
        (Goal::Moves, Some(Measure::Copied)) => Aim::Copied,
        (Goal::Moves, _) => Aim::Moved,
        (Goal::Latency, _) => Aim::Latency,
    })
}

/// Prices by position.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vector {
    /// Position of the row, price of load beyond its target, price of load beyond its capacity.
    pub(super) rows: Vec<(usize, f64, f64)>,
    pub(super) moves: f64,
    pub(super) kept: Vec<(usize, KeptBy)>,
}

/// What prices say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    /// No plan that keeps the levels before has less.
    AtLeast(f64),
    /// No plan keeps the levels before at all.
    Impossible,
    /// A level is said to be kept at its floor, but its value is above it.
    NotAtFloor(usize),
}

/// A price above this is no price: sums of it would leave the range of numbers.
const MOST: f64 = 1e100;

impl Vector {
    /// The prices of a level by position; `None` if one of them cannot be one, which is noted.
    pub(super) fn new(
        scene: &Scene<'_>,
        level: usize,
        prices: &PriceVector,
        keys: &mut Keys<'_>,
    ) -> Option<Self> {
        let policy = &scene.situation.context.scenario.policy;
        let mut of_row: Vec<[f64; 2]> = vec![[0.0; 2]; scene.rows.len()];
        let mut is_sound = true;
        for (which, list) in [&prices.target, &prices.hard].into_iter().enumerate() {
            for price_of_row in list {
                let Some(row) = row_exists(scene, price_of_row, keys) else {
                    is_sound = false;
                    continue;
                };
                is_sound &= price_is_one(price_of_row.price, keys);
                of_row[row][which] += price_of_row.price;
            }
        }
        is_sound &= price_is_one(prices.moves, keys);
        if prices.moves > 0.0 && policy.max_moved_users.is_none() {
            price_of_nothing("a price of the move limit", keys);
            is_sound = false;
        }
        for kept in &prices.kept {
            is_sound &= kept_level_is_one(scene.stages, level, (kept.level, kept.by), keys);
        }
        let kept: Vec<(usize, KeptBy)> = prices
            .kept
            .iter()
            .map(|kept_level| (kept_level.level, kept_level.by))
            .collect();
        let is_again = |(position, pair): (usize, &(usize, KeptBy))| {
            kept[..position].iter().any(|earlier| earlier.0 == pair.0)
        };
        if kept.iter().enumerate().any(is_again) {
            price_of_nothing("a level kept twice", keys);
            is_sound = false;
        }
        let rows = of_row.into_iter().enumerate();
        let rows = rows.filter(|(_, prices)| prices.iter().any(|price| *price > 0.0));
        is_sound.then(|| Self {
            rows: rows
                .map(|(row, [target, hard])| (row, target, hard))
                .collect(),
            moves: prices.moves,
            kept,
        })
    }
}

/// P7972: a price is of a component and a resource that it limits, and that has something left.
fn row_exists(scene: &Scene<'_>, price_of_row: &PriceOfRow, keys: &mut Keys<'_>) -> Option<usize> {
    let limit = scene
        .situation
        .context
        .limit(&price_of_row.component, &price_of_row.resource);
    let position = limit.and_then(|at| {
        let at = (price_of_row.with_retries, at, price_of_row.slice as usize);
        let rows = scene.rows;
        rows.binary_search_by_key(&at, |row| {
            let limit = [row.component, row.resource];
            (row.with_retries, limit, row.slice)
        })
        .ok()
    });
    if position.is_none() {
        let found = format!(
            "a price of `{}` and `{}`",
            price_of_row.component, price_of_row.resource
        );
        price_of_nothing(&found, keys);
    }
    position
}

/// P7972 of anything else that the period does not have.
fn price_of_nothing(found: &str, keys: &mut Keys<'_>) {
    let expected = "prices of limits of the period";
    keys.note(UNKNOWN, "", found, expected);
}

/// P7973: a price is a finite number of 0 or more.
fn price_is_one(price: f64, keys: &mut Keys<'_>) -> bool {
    const RULE: Rule = Rule::new(
        "P7973",
        "a negative price proves nothing: use the file as it was written",
    );
    let is_one = (0.0..=MOST).contains(&price);
    if !is_one {
        keys.note(RULE, "", rounded(price), "a price of 0 or more");
    }
    is_one
}

/// P7974: only levels before it are kept, at no less than their values.
fn kept_level_is_one(
    stages: &[ClaimedLevel],
    level: usize,
    (kept, by): (usize, KeptBy),
    keys: &mut Keys<'_>,
) -> bool {
    const RULE: Rule = Rule::new(
        "P7974",
        "keep earlier levels at their values: the bound holds only for such plans",
    );
    let mut wrong = |found: String, expected: &str| {
        keys.note(RULE, "", found, expected);
        false
    };
    let Some(stage) = stages.get(kept).filter(|_| kept < level) else {
        let expected = "a level before it";
        return wrong(format!("level {kept} kept by level {level}"), expected);
    };
    // Two sets of openings are as good as each other to a billionth; the bound takes the value where that is more.
    let least = stage.value - 1e-8 * stage.value.abs().max(1.0);
    match by {
        KeptBy::Floor if !stage.aim.is_in_users() => wrong(
            format!("level {kept} kept at its least value"),
            "a level that counts users",
        ),
        KeptBy::Limit { .. } if stage.aim != Aim::Worst => wrong(
            format!("level {kept} kept by a limit"),
            "the worst headroom deficit",
        ),
        KeptBy::Row { .. } if stage.aim == Aim::AccessPoints => {
            wrong(format!("level {kept} kept by a row"), "its set of openings")
        }
        KeptBy::Limit { at } | KeptBy::Row { at, .. } if at < least || at > MOST || at.is_nan() => {
            let expected = format!("at least its value {}", rounded(stage.value));
            wrong(format!("level {kept} kept at {}", rounded(at)), &expected)
        }
        KeptBy::Floor | KeptBy::Limit { .. } => true,
        KeptBy::Row { price, .. } => price_is_one(price, keys),
    }
}
