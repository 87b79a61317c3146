//! Stand: who has moved so far, and what that loads under any steering of the way.

use super::blend::Blend;
use super::cells::{Cells, at};
use super::limits::Limits;

/// Who has moved so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Stand {
    /// By limit: load.
    pub(super) loads: Vec<Blend>,
    /// By gate: new sessions per second of normal operation.
    pub(super) sessions: Vec<Blend>,
    /// Cells × cases: users.
    pub(super) staying: Vec<f64>,
    pub(super) grounds: usize,
    /// Share of those who come back to where they are homed who have.
    pub(super) restored: f64,
}

impl Stand {
    /// Nobody is there yet, and what is fixed is.
    pub(super) fn empty(limits: &Limits<'_>, cells: &Cells) -> Self {
        let grounds = limits.grounds.len();
        let fixed = limits.rows.iter().map(|limit| {
            let standby = limits.standby(limit.component);
            if standby.is_none_or(|own| cells.is_entered(limit.ground, own)) {
                Blend::same(limit.fixed)
            } else {
                Blend::default()
            }
        });
        Self {
            loads: fixed.collect(),
            sessions: vec![Blend::default(); limits.gates.len()],
            staying: vec![0.0; cells.all.len() * grounds],
            grounds,
            restored: 0.0,
        }
    }

    /// Adds what somebody who stays brings to his site.
    pub(super) fn add_at_site(&mut self, limit: usize, load: f64) {
        self.loads[limit].add(Blend::same(load), 1.0);
    }

    /// Adds somebody who stays.
    pub(super) fn add_staying(&mut self, cell: usize, ground: usize, users: f64) {
        self.staying[cell * self.grounds + ground] += users;
    }

    /// Adds what those who stay bring on their way.
    pub(super) fn spread(&mut self, limits: &Limits<'_>, cells: &Cells) {
        for (index, cell) in cells.all.iter().enumerate() {
            let users = &self.staying[index * self.grounds..(index + 1) * self.grounds];
            for (limit, load) in &cell.loads {
                let users = users[limits.rows[*limit].ground];
                self.loads[*limit].add(*load, users);
            }
            for (gate, passing) in &cell.gates {
                let users = users[limits.gates[*gate].ground] * cell.sessions;
                self.sessions[*gate].add(*passing, users);
            }
        }
    }

    /// Load at a limit under a steering.
    pub(super) fn load(&self, limit: usize, steering: f64) -> f64 {
        self.loads[limit].at(steering)
    }

    /// The most at a limit while steering turns.
    pub(super) fn most_load(&self, limit: usize, turn: Turn) -> f64 {
        self.loads[limit].most(turn.from, turn.to)
    }

    /// The most at a limit while steering turns, if that is more than before and after.
    pub(super) fn peak_load(&self, limit: usize, turn: Turn) -> Option<f64> {
        self.loads[limit].peak(turn.from, turn.to)
    }

    /// New sessions per second of normal operation at a gate under a steering.
    pub(super) fn sessions(&self, gate: usize, steering: f64) -> f64 {
        self.sessions[gate].at(steering)
    }

    /// The same at worst while steering turns.
    pub(super) fn background(&self, gate: usize, turn: Turn) -> f64 {
        self.sessions[gate].most(turn.from, turn.to)
    }

    /// Users in a cell under a case.
    pub(super) fn in_cell(&self, cell: usize, ground: usize) -> f64 {
        self.staying[cell * self.grounds + ground].max(0.0)
    }
}

/// The steering that a wave begins at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Turn {
    /// Where it is before.
    pub(super) from: f64,
    /// Where it goes.
    pub(super) to: f64,
    /// Something has just been lost: who is cut off connects anew.
    pub(super) is_first_after_loss: bool,
}

impl Turn {
    /// By gate of a cell: the share of its users who newly connect there.
    pub(super) fn entering(
        self,
        cell: &super::cells::Cell,
    ) -> impl Iterator<Item = (usize, f64)> + '_ {
        let both = cell.gates.iter().zip(&cell.left);
        both.map(move |((gate, now), (_, left))| {
            let before = if self.is_first_after_loss {
                at(*left, self.from)
            } else {
                now.at(self.from)
            };
            (*gate, (now.at(self.to) - before).max(0.0))
        })
        .filter(|(_, share)| *share > 1e-12)
    }
}
