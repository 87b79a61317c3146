//! Prices at which a pass looks at the program: what every row and level adds.

use crate::formulation::goals::Objective;

/// Prices at which a pass looks at the program.
#[derive(Debug, Clone)]
pub(super) struct Tariff {
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
