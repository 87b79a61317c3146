//! Prices: the numbers that prove a level's bound, for those who recompute it (`docs/model.md` §7).
//!
//! Prices at which a pass looks at the program: what every row and level adds.

use crate::formulation::goals::{Level, Objective};
use crate::ids::{AccessPointId, ComponentId, ResourceId};

/// The prices that prove a bound, in the level's own unit. Whatever is not listed has no price.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prices {
    /// Of the rows that keep headroom targets; above 0, ascending by component, then resource, then slice; those that count
    /// retries come last.
    pub target: Vec<RowPrice>,
    /// Of the rows that keep capacities, where they are rows of their own; the same.
    pub hard: Vec<RowPrice>,
    /// Of the move limit, per user.
    pub moves: f64,
    /// How the levels before it are kept, in their order; one that is not listed adds nothing.
    pub kept: Vec<Kept>,
}

/// The price of a unit of load in one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowPrice {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// `true` for the row that counts users with all their retries.
    pub with_retries: bool,
    /// In which slice of the hours.
    pub slice: usize,
    /// Per unit of the resource.
    pub price: f64,
}

impl RowPrice {
    /// Which row's: rows ascend by it.
    pub fn key(&self) -> (bool, ComponentId, ResourceId, usize) {
        (self.with_retries, self.component, self.resource, self.slice)
    }
}

/// How an earlier level is kept while a later one is settled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// Which.
    pub level: Level,
    /// How.
    pub by: Keeping,
}

/// How a level is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Keeping {
    /// It is as low as it can be, so every user takes only paths that add least to it.
    Floor,
    /// It bounds what may be missing of every target.
    Limit {
        /// The bound.
        at: f64,
    },
    /// A row holds it.
    Row {
        /// The right-hand side, in the level's unit.
        at: f64,
        /// The multiplier.
        price: f64,
    },
}

/// Prices that say something about one set of openings.
#[derive(Debug, Clone, PartialEq)]
pub struct SetPrices {
    /// The standby access points that are open, ascending.
    pub open: Vec<AccessPointId>,
    /// The prices.
    pub prices: Prices,
}

/// Prices at which a pass looks at the program.
#[derive(Debug, Clone)]
pub(super) struct DualPrices {
    /// The level's objective and what settled levels and the move limit add, per user.
    pub(super) objective: Objective,
    /// By load row: price of a unit of load, of the target row and the hard row together.
    pub(super) rows: Vec<f64>,
    /// By load row: the part of the target row.
    pub(super) target_rows: Vec<f64>,
    /// By class: what its row adds, per user.
    pub(super) classes: Vec<f64>,
    /// Prices × right-hand sides of everything but the load rows, to be taken off the bound.
    pub(super) held: f64,
    /// By level that a row holds: its multiplier, and at what it is held.
    pub(super) multipliers: Vec<Multiplier>,
    /// Price of the move limit, per user.
    pub(super) moves: f64,
    /// Reduced cost of `β`.
    pub(super) scale: f64,
}

/// What a settled level that a row holds adds.
#[derive(Debug, Clone)]
pub(super) struct Multiplier {
    /// The settled level's own objective.
    pub(super) objective: Objective,
    /// Price of a unit of it.
    pub(super) price: f64,
    /// The right-hand side, in its unit.
    pub(super) limit: f64,
}
