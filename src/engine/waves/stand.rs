//! Stand: who has moved so far, and what that loads under any steering of the way.

use super::blend::Blend;
use super::cells::{Cells, at};
use super::limits::Limits;
use super::passage::Passage;

/// Who has moved so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Stand {
    /// By limit: load.
    loads: Vec<Blend>,
    /// By gate: new sessions per second of normal operation.
    sessions: Vec<Blend>,
    /// Cells × cases: users.
    staying: Vec<f64>,
    grounds: usize,
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

    /// Adds an item where it is before it moves.
    pub(super) fn come(&mut self, passage: &Passage<'_>, item: usize) {
        self.shift(passage, item, 1.0, 0.0);
    }

    /// Moves an item.
    pub(super) fn go(&mut self, passage: &Passage<'_>, item: usize) {
        self.shift(passage, item, -1.0, 1.0);
    }

    /// Lets this share of an item come that is served nowhere before.
    pub(super) fn restore(&mut self, passage: &Passage<'_>, item: usize, share: f64) {
        self.shift(passage, item, 0.0, share);
    }

    fn shift(&mut self, passage: &Passage<'_>, item: usize, old: f64, new: f64) {
        let limits = &passage.limits;
        let kind = &passage.kinds[passage.items[item].kind];
        let users = |ground: usize| {
            let [before, after] = passage.users(item, ground);
            [before * old, after * new]
        };
        for brought in &kind.loads {
            let [before, after] = users(limits.rows[brought.at].ground);
            self.loads[brought.at].add(brought.old, before);
            self.loads[brought.at].add(brought.new, after);
        }
        for brought in &kind.gates {
            let [before, after] = users(limits.gates[brought.at].ground);
            self.sessions[brought.at].add(brought.old, before * kind.sessions);
            self.sessions[brought.at].add(brought.new, after * kind.sessions);
        }
        for ground in 0..self.grounds {
            let [before, after] = users(ground);
            if let Some(cell) = kind.from_cell {
                self.staying[cell * self.grounds + ground] += before;
            }
            if let Some(cell) = kind.to_cell {
                self.staying[cell * self.grounds + ground] += after;
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

    /// By gate: users who stay and newly connect.
    pub(super) fn arrivals(self, passage: &Passage<'_>, stand: &Stand) -> Vec<f64> {
        let mut arrivals = vec![0.0; passage.limits.gates.len()];
        for (index, cell) in passage.cells.all.iter().enumerate() {
            for (gate, share) in self.entering(cell) {
                let ground = passage.limits.gates[gate].ground;
                arrivals[gate] += stand.in_cell(index, ground) * share;
            }
        }
        arrivals
    }
}
