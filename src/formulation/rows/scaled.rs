//! **Scaled rows.** What may be used while all demand, or all capacity, is off by one factor.
//!
//! With `z' = z/α` and `β = 1/α` the load rows of a demand that is `α` times as large are linear in `β`
//! (`model.md` §11), and so are those of capacities that are only `β` times as large:
//!
//! ```text
//! demand      Σ q·z' + F_copies                 ≤ β·(A·ℓ − F_background)       Σ moved z' ≤ β·max_moved_users
//! capacity    Σ q·z  + F_copies + F_background  ≤ β·A·ℓ                        Σ moved z  ≤ max_moved_users
//! ```
//!
//! `ℓ` is the share of the capacity that may be used: the [`target_limit`](super::target_limit) where the targets
//! are to hold, else 1. Unit: rows are divided by `A`. Dual: how much `β` rises per unit of load; together, each
//! times what `β` brings its row, they sum to 1. Size: the load rows, none added.
//!
//! ```
//! use plimsoll::formulation::rows::{Scaled, Side};
//! // 100 of capacity, a target of 20 %, 10 of copies and 20 of background; the users load 40.
//! let demand = Scaled::of(Side::Demand, 0.8, 0.1, 0.2);
//! // 40 + 10 ≤ β·(80 − 20): demand may be 1.2 times as large.
//! assert!((0.4 - demand.base - demand.per_scale * 50.0 / 60.0).abs() < 1e-12);
//! // 40 + 30 ≤ β·80: one eighth of the capacity may be missing.
//! let capacity = Scaled::of(Side::Capacity, 0.8, 0.1, 0.2);
//! assert!((0.4 - capacity.base - capacity.per_scale * 70.0 / 80.0).abs() < 1e-12);
//! ```

/// What is off by a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// All demand, that of copies too; background stays.
    Demand,
    /// All capacities.
    Capacity,
}

/// What users may load one row with: `base + β·per_scale`, as shares of the capacity left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaled {
    /// At `β = 0`.
    pub base: f64,
    /// Per unit of `β`; at least 0.
    pub per_scale: f64,
}

impl Scaled {
    /// A row that nobody may load, whatever the factor.
    pub const SHUT: Self = Self {
        base: 0.0,
        per_scale: 0.0,
    };

    /// The row of one component and resource; `limit` is `ℓ`, `copies` and `background` are shares of the capacity.
    pub fn of(side: Side, limit: f64, copies: f64, background: f64) -> Self {
        match side {
            Side::Demand => Self {
                base: -copies,
                per_scale: (limit - background).max(0.0),
            },
            Side::Capacity => Self {
                base: -copies - background,
                per_scale: limit,
            },
        }
    }
}
