//! Pools: how they divide their load, from the beginning of a span to its end.

use super::ramp::Side;
use super::script::Script;
use crate::formulation::{background_in, members_of_all};
use crate::ids::{ComponentId, PoolId};
use crate::model::{Case, Inventory};
use jiff::Timestamp;
use ndarray::Array2;

/// By pool and member: the share of what comes that it gets.
pub(super) type Shares = Vec<Vec<f64>>;

/// The shares of pools at both ends of a time, between which they change evenly.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pools {
    pub(super) ends: [Shares; 2],
}

impl Pools {
    /// Those of a script from one instant to another; `believed` is what the planner believes from the first on.
    pub(super) fn new(
        inventory: &Inventory,
        script: &Script,
        of_states: &[Shares],
        ends: [(Timestamp, Side); 2],
        believed: &Case,
    ) -> Self {
        let here = shares_in(inventory, believed);
        let begun = |own: &super::script::State| own.start <= ends[0].0;
        let now = script.states.partition_point(begun).max(1) - 1;
        let at = |(at, side): (Timestamp, Side)| {
            let mut own = here.clone();
            if now > 0 {
                let turned = script.states[now].steering.at(at, side);
                if turned < 1.0 {
                    own = mixed(&carrying(&of_states[now - 1], &here), &own, turned);
                }
            }
            for (later, state) in script.states.iter().enumerate().skip(now + 1) {
                let turned = state.steering.at(at, side);
                if turned > 0.0 {
                    own = mixed(&own, &carrying(&of_states[later], &here), turned);
                }
            }
            own
        };
        Self { ends: ends.map(at) }
    }

    /// `true` if nothing changes.
    pub(super) fn is_steady(&self) -> bool {
        let both = self.ends[0]
            .iter()
            .flatten()
            .zip(self.ends[1].iter().flatten());
        both.into_iter().all(|(a, b)| a.to_bits() == b.to_bits())
    }

    /// Those of a part of the time, from one share of it to another.
    pub(super) fn part(&self, from: f64, to: f64) -> Self {
        let at = |share| mixed(&self.ends[0], &self.ends[1], share);
        Self {
            ends: [at(from), at(to)],
        }
    }

    /// By member of a pool: the share of what comes in the middle of the time.
    pub(super) fn mean(&self, pool: PoolId, member: usize) -> f64 {
        let [begin, end] = self.of(pool);
        f64::midpoint(begin[member], end[member])
    }

    /// By member of a pool, at both ends.
    pub(super) fn of(&self, pool: PoolId) -> [&[f64]; 2] {
        [0, 1].map(|end: usize| self.ends[end][pool.index()].as_slice())
    }
}

/// One share for each member that carries load as far as is believed; all alike where none does.
pub(super) fn shares_in(inventory: &Inventory, believed: &Case) -> Shares {
    let background: Array2<f64> = background_in(inventory, believed);
    let carrying = members_of_all(inventory, believed, &background);
    let pools = inventory.pools.iter().zip(carrying);
    pools
        .map(|(pool, carrying)| {
            let members = pool.members.iter();
            let members = members.map(|own| inventory.element_component(*own));
            let count = if carrying.is_empty() {
                pool.members.len()
            } else {
                carrying.len()
            };
            let share = 1.0 / count.max(1) as f64;
            let of = |own: ComponentId| {
                let is_in = carrying.is_empty() || carrying.contains(&own);
                if is_in { share } else { 0.0 }
            };
            members.map(of).collect()
        })
        .collect()
}

/// Shares among those members alone that carry anything by other shares; those others if nothing is left.
fn carrying(shares: &Shares, here: &Shares) -> Shares {
    let both = shares.iter().zip(here);
    both.map(|(own, here)| {
        let kept = own.iter().zip(here);
        let kept: Vec<f64> = kept
            .map(|(own, here)| if *here > 0.0 { *own } else { 0.0 })
            .collect();
        let sum: f64 = kept.iter().sum();
        if sum > 0.0 {
            kept.into_iter().map(|own| own / sum).collect()
        } else {
            here.clone()
        }
    })
    .collect()
}

/// So much of the way from some shares to others.
fn mixed(before: &Shares, after: &Shares, share: f64) -> Shares {
    let both = before.iter().zip(after);
    both.map(|(before, after)| {
        let both = before.iter().zip(after);
        both.map(|(before, after)| (1.0 - share) * before + share * after)
            .collect()
    })
    .collect()
}
