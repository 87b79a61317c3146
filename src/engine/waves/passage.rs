//! Passage: what the waves of a transition are made from: limits, cells, who stays, and who moves, by kind.

use super::cells::{Blend, Cells, Pair};
use super::context::{WaveChange, WaveContext};
use super::limits::Limits;
use super::stand::{Stayers, SteeringTurn, WaveState};
use super::touched::Under;
use crate::ids::{ShardId, SiteId};
use crate::model::Retries;
use crate::plan::{Mover, SteeringGroups, has_copy};
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What one user of a kind brings to a limit, or whether they pass a gate, before they move and after.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Brought {
    pub(super) at: usize,
    pub(super) old: Blend,
    pub(super) new: Blend,
}

/// Users who bring the same wherever they are: of one group, from one site to another, with copies alike.
#[derive(Debug, Clone)]
pub(super) struct MoverKind {
    pub(super) from: Option<SiteId>,
    pub(super) to: SiteId,
    pub(super) from_cell: Option<usize>,
    pub(super) to_cell: Option<usize>,
    pub(super) loads: Vec<Brought>,
    pub(super) gates: Vec<Brought>,
    pub(super) sessions: f64,
}

/// Users of a shard who move at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Position among the moves of the period; `None` is users who come back to their home.
    pub(super) moved: Option<usize>,
    pub(super) kind: usize,
    /// By which rates and new connections are counted: the most that they are.
    pub(super) users: f64,
    /// Users who leave a site.
    pub(super) leaving: f64,
    /// Some of them were served there.
    pub(super) was_served: bool,
    /// When users are placed where they leave; `None` is before all waves.
    pub(super) comes: Option<Timestamp>,
}

/// What the waves of a transition are made from.
pub(super) struct WavePassage<'a> {
    pub(super) limits: Limits<'a>,
    pub(super) cells: Cells,
    pub(super) kinds: Vec<MoverKind>,
    pub(super) items: Vec<Item>,
    /// Items × cases: users before they move and after.
    amounts: Vec<Pair>,
    /// Before anybody has moved.
    pub(super) first: WaveState,
}

/// What tells kinds apart.
type KindKey = (usize, Option<SiteId>, SiteId, [bool; 2], Vec<u64>);

impl<'a> WavePassage<'a> {
    pub(super) fn new(
        context: &WaveContext<'a>,
        unders: &[Under<'a, '_>],
        staying: &Stayers<'a>,
        movers: &[Mover],
        change: &WaveChange,
    ) -> Self {
        let limits = Limits::new(context, unders, change);
        let cells = Cells::new(&limits, context, unders);
        let mut passage = Self {
            first: WaveState::empty(&limits, &cells),
            limits,
            cells,
            kinds: Vec::new(),
            items: Vec::new(),
            amounts: Vec::new(),
        };
        passage.settle(unders, staying);
        let mut known = FxHashMap::default();
        for mover in movers {
            passage.add(context.inputs.groups, mover, &mut known);
        }
        passage
    }

    /// Users of an item under a case, before and after.
    pub(super) fn users(&self, item: usize, case: usize) -> Pair {
        self.amounts[item * self.limits.cases.len() + case]
    }

    /// What one user of a shard demands under a case, by resource.
    fn demand(&self, case_index: usize, shard: ShardId) -> Vec<f64> {
        let inventory = self.limits.inventory;
        let row = &inventory.shards[shard.index()];
        let case = &self.limits.cases[case_index].case;
        let factor = case.factor[shard.index()];
        let of_hour = case.hours.factor(0, row.client_region);
        let demand = &inventory.profiles[row.profile.index()].demand;
        let of_user = inventory.resources.iter().zip(demand);
        of_user
            .map(|(resource, demand)| {
                if resource.varies {
                    demand * of_hour
                } else if factor <= 0.0 {
                    *demand
                } else {
                    demand / factor
                }
            })
            .collect()
    }

    fn retries(&self, shard: ShardId) -> Retries {
        let inventory = self.limits.inventory;
        let profile = inventory.shards[shard.index()].profile;
        Retries::of(&inventory.profiles[profile.index()])
    }

    /// The cell of a group at a site, where it can be reached under a case.
    fn cell(&self, case_index: usize, group: usize, site: SiteId) -> Option<usize> {
        let case = &self.limits.cases[case_index].case;
        let cell = self.cells.of(group, site)?;
        let is_served = !case.gone[site.index()] && self.cells.all[cell].is_open[case_index];
        is_served.then_some(cell)
    }

    fn settle(&mut self, unders: &[Under<'a, '_>], staying: &Stayers<'a>) {
        let cases: Vec<usize> = unders
            .iter()
            .map(|under| staying.case(under.case))
            .collect();
        for stayer in &staying.all {
            for (case_index, case) in cases.iter().enumerate() {
                let Some(cell) = self.cell(case_index, stayer.group, stayer.site) else {
                    continue;
                };
                let users = stayer.users(*case);
                let demand = self.demand(case_index, stayer.shard);
                let demand = (demand.as_slice(), self.retries(stayer.shard));
                for (limit, load) in
                    self.limits
                        .at_site(case_index, stayer.site, demand, stayer.has_copy)
                {
                    self.first.add_at_site(limit, load * users);
                }
                self.first.add_staying(cell, case_index, users);
            }
        }
        self.first.spread(&self.limits, &self.cells);
    }

    fn add(
        &mut self,
        groups: &SteeringGroups,
        mover: &Mover,
        known: &mut FxHashMap<KindKey, usize>,
    ) {
        let inventory = self.limits.inventory;
        let group = groups.of_shard(mover.shard);
        let copy_at = |site| has_copy(inventory, mover.shard, site);
        let copies = [mover.from.is_some_and(copy_at), copy_at(mover.to)];
        let cases = 0..self.limits.cases.len();
        let factors = cases.clone().map(|index| {
            let case = &self.limits.cases[index].case;
            case.factor[mover.shard.index()].to_bits()
        });
        let key = (group, mover.from, mover.to, copies, factors.collect());
        let kind = if let Some(kind) = known.get(&key) {
            *kind
        } else {
            let kind = self.kind(group, mover, copies);
            self.kinds.push(kind);
            known.insert(key, self.kinds.len() - 1);
            self.kinds.len() - 1
        };
        let is_placed = mover.from.is_none() && mover.moved.is_some();
        let mut item = Item {
            moved: mover.moved,
            kind,
            // Users who are placed count once they are there.
            users: if is_placed { 0.0 } else { mover.users },
            leaving: 0.0,
            was_served: mover.shares[0] > 0.0,
            comes: mover.comes,
        };
        for case_index in cases {
            let case = &self.limits.cases[case_index].case;
            let all = case.users(mover.shard.index());
            let is_there = |site: SiteId| self.cell(case_index, group, site).is_some();
            let old = if mover.from.is_some_and(is_there) {
                all * mover.shares[0]
            } else {
                0.0
            };
            let new = if is_there(mover.to) {
                all * mover.shares[1]
            } else {
                0.0
            };
            self.amounts.push([old, new]);
            item.users = item.users.max(new);
            item.leaving = item.leaving.max(old);
        }
        if item.leaving > 0.0 {
            item.leaving = item.leaving.max(item.users);
        }
        self.items.push(item);
        let mut first = std::mem::take(&mut self.first);
        first.come(self, self.items.len() - 1);
        self.first = first;
    }

    fn kind(&self, group: usize, mover: &Mover, copies: [bool; 2]) -> MoverKind {
        let mut loads: BTreeMap<usize, Brought> = BTreeMap::new();
        let mut gates: BTreeMap<usize, Brought> = BTreeMap::new();
        let sites = [mover.from, Some(mover.to)];
        let mut cells = [None, None];
        for end in [0, 1] {
            let Some(site) = sites[end] else { continue };
            let put = |into: &mut BTreeMap<usize, Brought>, at: usize, blend: Blend| {
                let brought = into.entry(at).or_insert(Brought {
                    at,
                    ..Brought::default()
                });
                let one_blend = if end == 0 {
                    &mut brought.old
                } else {
                    &mut brought.new
                };
                one_blend.add(blend, 1.0);
            };
            for case in 0..self.limits.cases.len() {
                let Some(cell) = self.cell(case, group, site) else {
                    continue;
                };
                cells[end] = Some(cell);
                let demand = self.demand(case, mover.shard);
                let demand = (demand.as_slice(), self.retries(mover.shard));
                for (limit, load) in self.limits.at_site(case, site, demand, copies[end]) {
                    put(&mut loads, limit, Blend::same(load));
                }
                let cell = &self.cells.all[cell];
                for (limit, load) in &cell.loads {
                    if self.limits.rows[*limit].case == case {
                        put(&mut loads, *limit, *load);
                    }
                }
                for (gate, passing) in &cell.gates {
                    if self.limits.gates[*gate].case == case {
                        put(&mut gates, *gate, *passing);
                    }
                }
            }
        }
        let sessions = cells.iter().flatten().next_back();
        MoverKind {
            from: mover.from,
            to: mover.to,
            from_cell: cells[0],
            to_cell: cells[1],
            loads: loads.into_values().collect(),
            gates: gates.into_values().collect(),
            sessions: sessions.map_or(0.0, |cell| self.cells.all[*cell].sessions),
        }
    }
}

impl WaveState {
    /// Adds an item where it is before it moves.
    pub(super) fn come(&mut self, passage: &WavePassage<'_>, item: usize) {
        self.shift(passage, item, 1.0, 0.0);
    }

    pub(super) fn go(&mut self, passage: &WavePassage<'_>, item: usize) {
        self.shift(passage, item, -1.0, 1.0);
    }

    /// Lets this share of an item come that is served nowhere before.
    pub(super) fn restore(&mut self, passage: &WavePassage<'_>, item: usize, share: f64) {
        self.shift(passage, item, 0.0, share);
    }

    fn shift(&mut self, passage: &WavePassage<'_>, item: usize, old: f64, new: f64) {
        let limits = &passage.limits;
        let kind = &passage.kinds[passage.items[item].kind];
        let users = |case: usize| {
            let [before, after] = passage.users(item, case);
            [before * old, after * new]
        };
        for brought in &kind.loads {
            let [before, after] = users(limits.rows[brought.at].case);
            self.loads[brought.at].add(brought.old, before);
            self.loads[brought.at].add(brought.new, after);
        }
        for brought in &kind.gates {
            let [before, after] = users(limits.gates[brought.at].case);
            self.sessions[brought.at].add(brought.old, before * kind.sessions);
            self.sessions[brought.at].add(brought.new, after * kind.sessions);
        }
        for case in 0..self.cases {
            let [before, after] = users(case);
            if let Some(cell) = kind.from_cell {
                self.staying[cell * self.cases + case] += before;
            }
            if let Some(cell) = kind.to_cell {
                self.staying[cell * self.cases + case] += after;
            }
        }
    }
}

impl SteeringTurn {
    /// By gate: users who stay and newly connect.
    pub(super) fn arrivals(self, passage: &WavePassage<'_>, stand: &WaveState) -> Vec<f64> {
        let mut arrivals = vec![0.0; passage.limits.gates.len()];
        for (index, cell) in passage.cells.all.iter().enumerate() {
            for (gate, share) in self.entering(cell) {
                let case = passage.limits.gates[gate].case;
                arrivals[gate] += stand.in_cell(index, case) * share;
            }
        }
        arrivals
    }
}
