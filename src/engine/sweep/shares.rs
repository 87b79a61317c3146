//! Shares: what overloaded components serve of those who ask for them (`docs/model.md` §10).
//!
//! ```text
//! σ[e,r] = max(0, A − F) / (L − F)  where L > A, else 1
//! ```
//!
//! for everybody who demands r and crosses e or is homed there; a user is served with the least of these shares on his
//! path and at his site. Nothing is overloaded by that: at most σ·(L − F) + F = A is left of L.

use super::hops::{self, Hop};
use crate::formulation::rows::{LoadRow, LoadRows};
use crate::units::FEASIBILITY;
use std::collections::BTreeMap;

/// What overloaded components serve of those who ask for them.
#[derive(Debug, Default)]
pub(super) struct Shares {
    /// By hop, the resources of which there is not enough, each with the share that is served.
    of_hop: BTreeMap<Hop, Vec<(usize, f64)>>,
}

/// `true` if more is asked for than there is, beyond what plans are judged to.
pub(super) fn is_overloaded(row: &LoadRow, load: f64) -> bool {
    load > row.capacity * (1.0 + FEASIBILITY)
}

impl Shares {
    /// The shares under these loads, by row.
    pub(super) fn of(rows: &LoadRows, loads: &[f64]) -> Self {
        let mut shares = Self::default();
        for (hop, of_hop) in hops::rows(rows) {
            for &index in of_hop {
                let (row, load) = (&rows.rows[index], loads[index]);
                if is_overloaded(row, load) {
                    let share = (row.capacity - row.fixed).max(0.0) / (load - row.fixed);
                    let of_hop = shares.of_hop.entry(hop).or_default();
                    of_hop.push((row.resource.index(), share));
                }
            }
        }
        shares
    }

    /// Where there is not enough of something, ascending.
    pub(super) fn hops(&self) -> impl Iterator<Item = Hop> + '_ {
        self.of_hop.keys().copied()
    }

    /// The share of users with a demand, by resource, that is served at a hop.
    pub(super) fn at(&self, hop: Hop, demand: &[f64]) -> f64 {
        let of_hop = self.of_hop.get(&hop).into_iter().flatten();
        of_hop
            .filter(|(resource, _)| demand[*resource] > 0.0)
            .fold(1.0, |least, (_, share)| least.min(*share))
    }
}
