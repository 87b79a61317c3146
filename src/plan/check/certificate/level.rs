//! Levels of a period, their prices by position, and what these prove.

use super::super::context::RefereeContext;
use super::super::report::Rule;
use super::classes::AlikeClass;
use crate::model::Goal;
use crate::plan_files::{KeptBy, LevelCertificate, Measure};
use crate::units::AGREEMENT;

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
    pub(super) fn of_site(self, class: &AlikeClass, site: usize) -> f64 {
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
            Aim::Unserved(ranks.iter().position(|own| *own == rank))
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
#[derive(Debug, Clone, PartialEq, Default)]
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

/// P7971: what is told is of the same plan.
pub(super) const SHAPE: Rule = Rule::new("P7971", "take all files of the same plan");

/// P7972: what is named is there.
pub(super) const UNKNOWN: Rule = Rule::new(
    "P7972",
    "take the prices as they were written for this plan",
);
