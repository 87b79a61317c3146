//! Fill: as many users in one wave as fit, whatever part of them has moved, and as can be let through in its time.

use super::passage::{Brought, WavePassage};
use super::stand::{SteeringTurn, WaveState};
use crate::units::{FEASIBILITY, SUM_NOISE};

/// The least share of users who come back that one wave lets in: nobody takes a step for fewer.
const LEAST_SHARE: f64 = 0.001;

/// What is left for users to move.
#[derive(Clone)]
pub(super) struct SpareForMoves {
    loads: Vec<f64>,
    /// New sessions per second, those of normal operation taken off.
    gates: Vec<f64>,
    out: Vec<f64>,
    into: Vec<f64>,
    /// Seconds in which users move.
    seconds: f64,
}

impl SpareForMoves {
    pub(super) fn loads(&self) -> &[f64] {
        &self.loads
    }
}

/// Who moves in a wave.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    pub(super) items: Vec<usize>,
    /// Of those who come back to where they are homed, the share that comes.
    pub(super) restored: f64,
    pub(super) users: f64,
}

impl Filled {
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.restored <= 0.0
    }
}

/// What stays of a number in spite of what arithmetic adds to it.
fn with_tolerance(most: f64) -> f64 {
    most * (1.0 + FEASIBILITY)
}

impl WavePassage<'_> {
    /// What a stand leaves under a steering to users who move in `seconds`; `None` if the steering alone is not
    /// safe.
    pub(super) fn spare(
        &self,
        stand: &WaveState,
        turn: SteeringTurn,
        seconds: f64,
    ) -> Option<SpareForMoves> {
        let mut loads = Vec::with_capacity(self.limits.rows.len());
        for position in 0..self.limits.rows.len() {
            let load = stand.load(position, turn.to);
            let most = self.most(stand, position, turn.from);
            if stand.most_load(position, turn) > most {
                return None;
            }
            loads.push(most - load);
        }
        let mut gates = Vec::with_capacity(self.limits.gates.len());
        for (position, gate) in self.limits.gates.iter().enumerate() {
            gates.push(gate.spare(stand.background(position, turn)));
        }
        let inventory = self.limits.inventory;
        let per_wave =
            |rate: Option<f64>| rate.map_or(f64::INFINITY, |rate| rate * seconds / 3600.0);
        let sites = inventory.sites.iter();
        Some(SpareForMoves {
            loads,
            gates,
            out: sites
                .clone()
                .map(|site| with_tolerance(per_wave(site.move_out_per_hour)))
                .collect(),
            into: sites
                .map(|site| with_tolerance(per_wave(site.move_in_per_hour)))
                .collect(),
            seconds,
        })
    }

    /// The most that a limit may carry in a wave: what is left there, or, where a fault has left less than it carries
    /// already, no more than when the wave begins.
    pub(super) fn most(&self, stand: &WaveState, limit: usize, steering: f64) -> f64 {
        let load_limit = &self.limits.rows[limit];
        let begun = stand.load(limit, steering);
        if begun > load_limit.most {
            // What one wave adds to it is what the next begins with: all of them add less than a tolerance.
            begun * (1.0 + SUM_NOISE)
        } else {
            load_limit.most
        }
    }

    /// What an item adds to a limit at most while it moves.
    pub(super) fn growth(&self, item: usize, brought: &Brought, case: usize, steering: f64) -> f64 {
        let [before, after] = self.users(item, case);
        (after * brought.new.at(steering) - before * brought.old.at(steering)).max(0.0)
    }

    /// `true` if an item fits: at its limits, and where rates ask it.
    pub(super) fn fits(&self, spare: &SpareForMoves, item: usize, steering: f64) -> bool {
        let one_item = self.items[item];
        let kind = &self.kinds[one_item.kind];
        let is_slow_enough = one_item.users <= spare.into[kind.to.index()]
            && kind
                .from
                .is_none_or(|from| one_item.leaving <= spare.out[from.index()]);
        is_slow_enough
            && self.is_safe(&spare.loads, item, steering)
            && kind.gates.iter().all(|brought| {
                let needed = self.needed(spare.seconds, item, brought, steering);
                needed <= 0.0
                    || needed
                        <= spare.gates[brought.at]
                            + FEASIBILITY * self.limits.gates[brought.at].accepts
            })
    }

    pub(super) fn alone(&self, item: usize) -> Filled {
        Filled {
            items: vec![item],
            users: self.items[item].users,
            restored: 0.0,
        }
    }

    /// `true` if an item fits at every limit.
    pub(super) fn is_safe(&self, spare: &[f64], item: usize, steering: f64) -> bool {
        let kind = &self.kinds[self.items[item].kind];
        kind.loads.iter().all(|brought| {
            let case = self.limits.rows[brought.at].case;
            self.growth(item, brought, case, steering) <= spare[brought.at]
        })
    }

    /// New sessions per second that an item brings to a gate, those of its normal operation included; 0 where it does
    /// not pass afterwards.
    fn needed(&self, seconds: f64, item: usize, brought: &Brought, steering: f64) -> f64 {
        let one_item = self.items[item];
        let arriving = one_item.users * brought.new.at(steering);
        if arriving <= 0.0 {
            return 0.0;
        }
        let case = self.limits.gates[brought.at].case;
        arriving / seconds
            + self.growth(item, brought, case, steering) * self.kinds[one_item.kind].sessions
    }

    pub(super) fn take(&self, spare: &mut SpareForMoves, item: usize, steering: f64) {
        let one_item = self.items[item];
        let kind = &self.kinds[one_item.kind];
        for brought in &kind.loads {
            let case = self.limits.rows[brought.at].case;
            spare.loads[brought.at] -= self.growth(item, brought, case, steering);
        }
        for brought in &kind.gates {
            spare.gates[brought.at] -= self.needed(spare.seconds, item, brought, steering);
        }
        spare.into[kind.to.index()] -= one_item.users;
        if let Some(from) = kind.from {
            spare.out[from.index()] -= one_item.leaving;
        }
    }

    pub(super) fn filled(
        &self,
        mut spare: SpareForMoves,
        remaining: &[usize],
        (returning, left): (&[usize], f64),
        steering: f64,
    ) -> Filled {
        let mut filled = Filled::default();
        for &item in remaining {
            if self.fits(&spare, item, steering) {
                self.take(&mut spare, item, steering);
                filled.users += self.items[item].users;
                filled.items.push(item);
            }
        }
        if left > 0.0 && !returning.is_empty() {
            let share = self.share_that_fits(&spare, returning, steering).min(left);
            if share >= LEAST_SHARE.min(left) {
                filled.restored = share;
                let users: f64 = returning.iter().map(|item| self.items[*item].users).sum();
                filled.users += share * users;
            }
        }
        filled
    }

    /// The largest share of items that fits together.
    fn share_that_fits(&self, spare: &SpareForMoves, items: &[usize], steering: f64) -> f64 {
        let mut loads = vec![0.0; spare.loads.len()];
        let mut gates = vec![0.0; spare.gates.len()];
        let mut into = vec![0.0; spare.into.len()];
        for &item in items {
            let one_item = self.items[item];
            let kind = &self.kinds[one_item.kind];
            for brought in &kind.loads {
                let case = self.limits.rows[brought.at].case;
                loads[brought.at] += self.growth(item, brought, case, steering);
            }
            for brought in &kind.gates {
                gates[brought.at] += self.needed(spare.seconds, item, brought, steering);
            }
            into[kind.to.index()] += one_item.users;
        }
        let all = loads.iter().zip(&spare.loads);
        let all = all
            .chain(gates.iter().zip(&spare.gates))
            .chain(into.iter().zip(&spare.into));
        let least = all
            .filter(|(needed, _)| **needed > 0.0)
            .map(|(needed, spare)| spare.max(0.0) / needed)
            .fold(f64::INFINITY, f64::min);
        // What is not worth a wave of its own is nothing.
        if least < 1e-6 { 0.0 } else { least.min(1.0) }
    }
}
