//! Stand: who has moved so far, who stays meanwhile, and what that loads under any steering in between.
//!
//! Those who stay are summed up: passages are made many times, and there may be a million shards.

use super::cells::{Blend, Cells, at};
use super::limits::Limits;
use super::touched::Under;
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Inventory};
use crate::plan::{Staying, SteeringGroups, has_copy};
use rustc_hash::FxHashMap;

/// Who has moved so far.
#[derive(Debug, Clone, Default)]
pub(super) struct WaveState {
    /// By limit: load.
    pub(super) loads: Vec<Blend>,
    /// By gate: new sessions per second of normal operation.
    pub(super) sessions: Vec<Blend>,
    /// Cells × cases: users.
    pub(super) staying: Vec<f64>,
    pub(super) cases: usize,
    /// Share of those who come back to where they are homed who have.
    pub(super) restored: f64,
}

impl WaveState {
    /// Nobody is there yet, and what is fixed is.
    pub(super) fn empty(limits: &Limits<'_>, cells: &Cells) -> Self {
        let index = limits.cases.len();
        let fixed = limits.rows.iter().map(|limit| {
            let standby = limits.standby(limit.row.component);
            if standby.is_none_or(|access_point| cells.is_entered(limit.case, access_point)) {
                Blend::same(limit.row.fixed)
            } else {
                Blend::default()
            }
        });
        Self {
            loads: fixed.collect(),
            sessions: vec![Blend::default(); limits.gates.len()],
            staying: vec![0.0; cells.all.len() * index],
            cases: index,
            restored: 0.0,
        }
    }

    /// Adds what a user who stays brings to their site.
    pub(super) fn add_at_site(&mut self, limit: usize, load: f64) {
        self.loads[limit].add(Blend::same(load), 1.0);
    }

    /// Adds somebody who stays.
    pub(super) fn add_staying(&mut self, cell: usize, case: usize, users: f64) {
        self.staying[cell * self.cases + case] += users;
    }

    pub(super) fn spread(&mut self, limits: &Limits<'_>, cells: &Cells) {
        for (index, cell) in cells.all.iter().enumerate() {
            let users = &self.staying[index * self.cases..(index + 1) * self.cases];
            for (limit, load) in &cell.loads {
                let users = users[limits.rows[*limit].case];
                self.loads[*limit].add(*load, users);
            }
            for (gate, passing) in &cell.gates {
                let users = users[limits.gates[*gate].case] * cell.sessions;
                self.sessions[*gate].add(*passing, users);
            }
        }
    }

    pub(super) fn load(&self, limit: usize, steering: f64) -> f64 {
        self.loads[limit].at(steering)
    }

    /// The most at a limit while steering turns.
    pub(super) fn most_load(&self, limit: usize, turn: SteeringTurn) -> f64 {
        self.loads[limit].most(turn.from, turn.to)
    }

    pub(super) fn peak_load(&self, limit: usize, turn: SteeringTurn) -> Option<f64> {
        self.loads[limit].peak(turn.from, turn.to)
    }

    /// New sessions per second of normal operation at a gate under a steering.
    pub(super) fn sessions(&self, gate: usize, steering: f64) -> f64 {
        self.sessions[gate].at(steering)
    }

    pub(super) fn background(&self, gate: usize, turn: SteeringTurn) -> f64 {
        self.sessions[gate].most(turn.from, turn.to)
    }

    pub(super) fn in_cell(&self, cell: usize, case: usize) -> f64 {
        self.staying[cell * self.cases + case].max(0.0)
    }
}

/// The steering that a wave begins at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SteeringTurn {
    pub(super) from: f64,
    pub(super) to: f64,
    /// Something has just been lost: users who are cut off reconnect.
    pub(super) is_first_after_loss: bool,
}

impl SteeringTurn {
    /// By gate of a cell: the share of its users who newly connect there.
    pub(super) fn entering(
        self,
        cell: &super::cells::WaveCell,
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

/// Users of one group who stay at one site and bring the same there: with copies alike, raised alike by surges.
pub(super) struct Stayer {
    /// One of their shards.
    pub(super) shard: ShardId,
    pub(super) group: usize,
    pub(super) site: SiteId,
    pub(super) has_copy: bool,
    users: Vec<f64>,
}

/// Who stays, under some cases.
pub(super) struct Stayers<'a> {
    cases: Vec<&'a Case>,
    pub(super) all: Vec<Stayer>,
}

impl<'a> Stayers<'a> {
    /// Those of some shares of shards, under all cases of what is touched.
    pub(super) fn new<'s>(
        inventory: &Inventory,
        groups: &SteeringGroups,
        unders: &[Under<'a, '_>],
        staying: impl Iterator<Item = &'s Staying>,
    ) -> Self {
        let mut cases: Vec<&'a Case> = Vec::new();
        for under in unders {
            if !cases.iter().any(|case| std::ptr::eq(*case, under.case)) {
                cases.push(under.case);
            }
        }
        let mut all: Vec<Stayer> = Vec::new();
        // The product of surges under every case, by number.
        let mut factors: FxHashMap<Vec<u64>, usize> = FxHashMap::default();
        let mut known: FxHashMap<(usize, SiteId, bool, usize), usize> = FxHashMap::default();
        let mut of_shard = Vec::with_capacity(cases.len());
        for one_staying in staying {
            let shard = one_staying.shard.index();
            of_shard.clear();
            of_shard.extend(cases.iter().map(|case| case.factor[shard].to_bits()));
            let raised = if let Some(raised) = factors.get(of_shard.as_slice()) {
                *raised
            } else {
                factors.insert(of_shard.clone(), factors.len());
                factors.len() - 1
            };
            let group = groups.of_shard(one_staying.shard);
            let has_copy = has_copy(inventory, one_staying.shard, one_staying.site);
            let position = known.entry((group, one_staying.site, has_copy, raised));
            let position = *position.or_insert_with(|| {
                all.push(Stayer {
                    shard: one_staying.shard,
                    group,
                    site: one_staying.site,
                    has_copy,
                    users: vec![0.0; cases.len()],
                });
                all.len() - 1
            });
            for (sum, case) in all[position].users.iter_mut().zip(&cases) {
                *sum += case.users(shard) * one_staying.share;
            }
        }
        Self { cases, all }
    }

    pub(super) fn case(&self, of: &Case) -> usize {
        let position = self.cases.iter().position(|case| std::ptr::eq(*case, of));
        position.expect("invariant: users are summed up under every case that is touched")
    }
}

impl Stayer {
    pub(super) fn users(&self, case: usize) -> f64 {
        self.users[case]
    }
}
