//! Outcome: what was found, level by level, and how far each value is proven.

use super::prices::{Prices, SetPrices};
use crate::formulation::goals::Level;
use crate::formulation::{ClassId, PathId, PathTable};
use crate::ids::AccessPointId;
use crate::plan_files::ModelSize;
use crate::units::NUMERICAL_NOISE;
use std::collections::BTreeMap;

/// How far an outcome is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Every level met its bound within tolerance.
    Proven,
    /// Some level ended with a gap; its bound says how large.
    Gap,
    /// A stop was raised: the best plan so far.
    Stopped,
}

/// One settled level.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelOutcome {
    /// Which.
    pub level: Level,
    /// Its optimum over fractional homes, in its unit.
    pub value: f64,
    /// What is proven for it: no plan with the earlier values does better.
    pub bound: f64,
    /// `true` if its bound was met at once and nothing had to be solved.
    pub is_skipped: bool,
    /// By load row: how much the value improves per unit of capacity left there, at least 0.
    pub gains: Vec<f64>,
    /// What proves its bound.
    pub proof: LevelProof,
    /// For the levels after the access points: what shows that no other set of as many openings does better.
    pub other_sets: Vec<SetPrices>,
}

/// What proves the bound of a level.
#[derive(Debug, Clone, PartialEq)]
pub enum LevelProof {
    /// Nothing can be lower, whatever the prices.
    Floor,
    /// The prices of rows.
    Prices(Prices),
    /// For the access-point level: sets of openings that cannot keep the earlier levels, nor can their subsets.
    Sets {
        /// The set that is open in the plan of the levels after it, ascending.
        open: Vec<AccessPointId>,
        /// The sets and what refutes them.
        refuted: Vec<SetPrices>,
    },
}

impl LevelOutcome {
    /// `value − bound`, relative to the larger of 1 and the value.
    pub fn gap(&self) -> f64 {
        ((self.value - self.bound) / self.value.abs().max(1.0)).max(0.0)
    }
}

/// Users of a class on a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Served {
    /// Whose users.
    pub class: ClassId,
    /// On which path of the outcome's table.
    pub path: PathId,
    /// How many.
    pub users: f64,
}

impl Outcome {
    /// `true` if the levels of this outcome are lower than those of the other at the first one that differs.
    pub fn is_lower_than(&self, other: &Self) -> bool {
        is_lower(&self.levels, &other.levels)
    }
}

/// `true` if the first levels that differ are lower in `mine`; levels that one of them lacks are not compared.
pub(super) fn is_lower(mine: &[LevelOutcome], theirs: &[LevelOutcome]) -> bool {
    for (mine, theirs) in mine.iter().zip(theirs) {
        let difference = mine.value - theirs.value;
        if !is_same(mine.value, theirs.value) {
            return difference < 0.0;
        }
    }
    false
}

/// `true` if two values of a level are the same, except for what arithmetic leaves.
pub(super) fn is_same(mine: f64, theirs: f64) -> bool {
    (mine - theirs).abs() <= NUMERICAL_NOISE * theirs.abs().max(1.0)
}

/// From where on a level is worse than one of this value, whatever arithmetic leaves.
pub(super) fn worse_from(value: f64) -> f64 {
    value + 2.0 * NUMERICAL_NOISE * value.abs().max(1.0)
}

/// What was found for one problem.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// In the order of the goals; short if stopped.
    pub levels: Vec<LevelOutcome>,
    /// Ascending by class, then path.
    pub served: Vec<Served>,
    /// By class of which somebody is unserved, then rank.
    pub unserved: BTreeMap<ClassId, Vec<f64>>,
    /// What the paths of `served` are.
    pub paths: PathTable,
    /// By access point, whether it is open.
    pub is_open: Vec<bool>,
    /// How far it is proven.
    pub proof: Proof,
    /// How large the program became.
    pub size: ModelSize,
}
