//! Fill: as many users in one wave as fit, whatever part of them has moved, and as can be let through in its time.

use super::passage::{Brought, WavePassage};
use super::stand::{SteeringTurn, WaveState};
use crate::units::{FEASIBILITY, SUM_NOISE};

/// The least share of users who come back that one wave lets in: nobody takes a step for fewer.
const LEAST_SHARE: f64 = 0.001;

/// What is left for users to move.
#[derive(Clone)]
pub(super) struct Room {
    loads: Vec<f64>,
    /// New sessions per second, those of normal operation taken off.
    gates: Vec<f64>,
    out: Vec<f64>,
    into: Vec<f64>,
    /// Seconds in which users move.
    seconds: f64,
}

impl Room {
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
    pub(super) fn room(&self, stand: &WaveState, turn: SteeringTurn, seconds: f64) -> Option<Room> {
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
        Some(Room {
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
        let own = &self.limits.rows[limit];
        let begun = stand.load(limit, steering);
        if begun > own.most {
            // What one wave adds to it is what the next begins with: all of them add less than a tolerance.
            begun * (1.0 + SUM_NOISE)
        } else {
            own.most
        }
    }

    /// What an item adds to a limit at most while it moves.
    pub(super) fn growth(
        &self,
        item: usize,
        brought: &Brought,
        ground: usize,
        steering: f64,
    ) -> f64 {
        let [before, after] = self.users(item, ground);
        (after * brought.new.at(steering) - before * brought.old.at(steering)).max(0.0)
    }

    /// `true` if an item fits: at its limits, and where rates ask it.
    pub(super) fn fits(&self, room: &Room, item: usize, steering: f64) -> bool {
        let own = self.items[item];
        let kind = &self.kinds[own.kind];
        let is_slow_enough = own.users <= room.into[kind.to.index()]
            && kind
                .from
                .is_none_or(|from| own.leaving <= room.out[from.index()]);
        is_slow_enough
            && self.is_safe(&room.loads, item, steering)
            && kind.gates.iter().all(|brought| {
                let needed = self.needed(room.seconds, item, brought, steering);
                needed <= 0.0
                    || needed
                        <= room.gates[brought.at]
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
    pub(super) fn is_safe(&self, room: &[f64], item: usize, steering: f64) -> bool {
        let kind = &self.kinds[self.items[item].kind];
        kind.loads.iter().all(|brought| {
            let ground = self.limits.rows[brought.at].ground;
            self.growth(item, brought, ground, steering) <= room[brought.at]
        })
    }

    /// New sessions per second that an item brings to a gate, those of its normal operation included; 0 where it does
    /// not pass afterwards.
    fn needed(&self, seconds: f64, item: usize, brought: &Brought, steering: f64) -> f64 {
        let own = self.items[item];
        let arriving = own.users * brought.new.at(steering);
        if arriving <= 0.0 {
            return 0.0;
        }
        let ground = self.limits.gates[brought.at].ground;
        arriving / seconds
            + self.growth(item, brought, ground, steering) * self.kinds[own.kind].sessions
    }

    pub(super) fn take(&self, room: &mut Room, item: usize, steering: f64) {
        let own = self.items[item];
        let kind = &self.kinds[own.kind];
        for brought in &kind.loads {
            let ground = self.limits.rows[brought.at].ground;
            room.loads[brought.at] -= self.growth(item, brought, ground, steering);
        }
        for brought in &kind.gates {
            room.gates[brought.at] -= self.needed(room.seconds, item, brought, steering);
        }
        room.into[kind.to.index()] -= own.users;
        if let Some(from) = kind.from {
            room.out[from.index()] -= own.leaving;
        }
    }

    pub(super) fn filled(
        &self,
        mut room: Room,
        remaining: &[usize],
        (returning, left): (&[usize], f64),
        steering: f64,
    ) -> Filled {
        let mut filled = Filled::default();
        for &item in remaining {
            if self.fits(&room, item, steering) {
                self.take(&mut room, item, steering);
                filled.users += self.items[item].users;
                filled.items.push(item);
            }
        }
        if left > 0.0 && !returning.is_empty() {
            let share = self.share_that_fits(&room, returning, steering).min(left);
            if share >= LEAST_SHARE.min(left) {
                filled.restored = share;
                let users: f64 = returning.iter().map(|item| self.items[*item].users).sum();
                filled.users += share * users;
            }
        }
        filled
    }

    /// The largest share of items that fits together.
    fn share_that_fits(&self, room: &Room, items: &[usize], steering: f64) -> f64 {
        let mut loads = vec![0.0; room.loads.len()];
        let mut gates = vec![0.0; room.gates.len()];
        let mut into = vec![0.0; room.into.len()];
        for &item in items {
            let own = self.items[item];
            let kind = &self.kinds[own.kind];
            for brought in &kind.loads {
                let ground = self.limits.rows[brought.at].ground;
                loads[brought.at] += self.growth(item, brought, ground, steering);
            }
            for brought in &kind.gates {
                gates[brought.at] += self.needed(room.seconds, item, brought, steering);
            }
            into[kind.to.index()] += own.users;
        }
        let all = loads.iter().zip(&room.loads);
        let all = all
            .chain(gates.iter().zip(&room.gates))
            .chain(into.iter().zip(&room.into));
        let least = all
            .filter(|(needed, _)| **needed > 0.0)
            .map(|(needed, room)| room.max(0.0) / needed)
            .fold(f64::INFINITY, f64::min);
        // What is not worth a wave of its own is nothing.
        if least < 1e-6 { 0.0 } else { least.min(1.0) }
    }
}
