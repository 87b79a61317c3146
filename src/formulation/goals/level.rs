//! What every level adds up, and objectives: the weights of levels.

use super::{moves, relief};
use crate::formulation::class::Class;
use crate::ids::SiteId;
use crate::model::{ByLevel, Level};

/// `true` if a level counts users of a class who have left their current site for another.
pub fn counts_mover(level: Level, class: &Class, site: SiteId) -> bool {
    match level {
        Level::Relief => relief::counts_mover(class),
        Level::Copied => moves::copies_mover(class, site),
        Level::Moved => true,
        Level::Unserved(_)
        | Level::Lost
        | Level::Worst
        | Level::Total
        | Level::AccessPoints
        | Level::Latency => false,
    }
}

/// What one user of a class served at a site adds to a level that counts movers: 1 or 0.
pub fn per_user(level: Level, class: &Class, site: SiteId) -> f64 {
    let has_left = class.current.is_some_and(|current| current != site);
    if has_left && counts_mover(level, class, site) {
        1.0
    } else {
        0.0
    }
}

/// Weights of everything that a column can cost. A level is one of them at 1; a settled level comes back with
/// its multiplier.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Of one of what a level counts: a user, a share, a user-millisecond. `AccessPoints` has none, its number is an integer.
    pub levels: ByLevel<f64>,
    /// Of a user's worth of load above capacity or of moves above the limit.
    pub overload: f64,
    /// Of the scale of all that rows allow.
    pub scale: f64,
    /// By access point, of a user who enters there.
    pub entry: Vec<f64>,
}

impl Objective {
    /// All weights 0.
    pub fn zero(rank_count: usize, access_point_count: usize) -> Self {
        Self {
            levels: ByLevel::new(rank_count),
            overload: 0.0,
            scale: 0.0,
            entry: vec![0.0; access_point_count],
        }
    }

    /// The objective of one level.
    pub fn of(level: Level, rank_count: usize, access_point_count: usize) -> Self {
        let mut objective = Self::zero(rank_count, access_point_count);
        if level != Level::AccessPoints {
            objective.levels[level] = 1.0;
        }
        objective
    }

    /// Adds another objective times `weight`.
    pub fn add(&mut self, other: &Self, weight: f64) {
        let add = |mine: &mut [f64], theirs: &[f64]| {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += weight * theirs;
            }
        };
        add(&mut self.levels.unserved, &other.levels.unserved);
        add(&mut self.levels.single, &other.levels.single);
        add(&mut self.entry, &other.entry);
        self.overload += weight * other.overload;
        self.scale += weight * other.scale;
    }

    /// What these amounts cost: users, user-milliseconds, shares, each times its weight.
    pub fn of_amounts(&self, amounts: &Self) -> f64 {
        let sum = |first: f64, weights: &[f64], amounts: &[f64]| -> f64 {
            let pairs = weights.iter().zip(amounts);
            pairs.fold(first, |sum, (weight, amount)| sum + weight * amount)
        };
        let (by_level, theirs) = (&self.levels, &amounts.levels);
        let of_users =
            sum(0.0, &by_level.unserved, &theirs.unserved) + sum(0.0, &self.entry, &amounts.entry);
        sum(of_users, &by_level.single, &theirs.single)
            + self.overload * amounts.overload
            + self.scale * amounts.scale
    }
}
