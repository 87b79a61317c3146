//! Course: who is where, and on which paths, at every instant.

use super::enacted::{Placement, joined, mixed, until_it_begins};
use super::field::{SteeredGroup, hops};
use super::ramp::{Arrivals, RampSide, TimeRamp};
use super::script::{Script, ScriptState, SliceTurn};
use crate::graph::{Network, Path};
use crate::ids::{ComponentId, ShardId};
use crate::model::{Case, Inventory};
use crate::plan::{GroupKey, SteeringGroups};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Shares of a cell's users by stream.
type Weights = Vec<(usize, f64)>;

/// Who is where over the whole replay.
pub(super) struct Course<'a> {
    script: &'a Script,
    arrivals: &'a Arrivals<'a>,
    /// Steering groups at sites.
    pub(super) cells: Vec<SteeredGroup>,
    /// By stream: whose, its cell, its path.
    pub(super) streams: Vec<(GroupKey, usize, Path)>,
    /// By state, slice and cell.
    weights: Vec<Vec<Vec<Weights>>>,
    /// By state and shard.
    placements: Vec<StatePlacements>,
    /// By stream, the components that it passes and that no other can stand in for.
    passed: Vec<Vec<ComponentId>>,
    /// By shard, for the states to which it moves by itself, in their order: how far it has gone from the state before; to
    /// all others it goes with the state.
    moves: Vec<Vec<(usize, TimeRamp)>>,
}

/// Users of a shard in a cell, or nowhere, from the beginning of a span to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Member {
    pub(super) shard: ShardId,
    pub(super) cell: Option<usize>,
    pub(super) users: [f64; 2],
}

/// Who is where from one instant to another; what changes does so evenly.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Every part of every shard.
    pub(super) members: Vec<Member>,
    /// By stream: users.
    pub(super) streams: Vec<[f64; 2]>,
    /// By cell: users on no stream.
    pub(super) stranded: Vec<[f64; 2]>,
    /// Of the members, those who are on no stream.
    nowhere: Vec<Member>,
}

impl Layout {
    /// By stream, its users a share of the span after its beginning.
    pub(super) fn users_at(&self, share: f64) -> Vec<f64> {
        let between = |ends: &[f64; 2]| ends[0] + share * (ends[1] - ends[0]);
        self.streams.iter().map(between).collect()
    }

    /// `true` if no user moves from the beginning of the span to its end.
    pub(super) fn is_steady(&self) -> bool {
        let mut ends = self.streams.iter().chain(&self.stranded);
        ends.all(|end| end[0].to_bits() == end[1].to_bits())
    }

    /// Users on no stream then: all of them, those who are there at this hour, by the factor of their client region, and of these
    /// those of shards without a site in shards.csv.
    pub(super) fn nowhere_at(&self, share: f64, inventory: &Inventory, factor: &[f64]) -> [f64; 3] {
        let between = |ends: &[f64; 2]| ends[0] + share * (ends[1] - ends[0]);
        let mut sums = [0.0; 3];
        for member in &self.nowhere {
            let shard = &inventory.shards[member.shard.index()];
            let users = between(&member.users);
            sums[0] += users;
            if factor[shard.client_region.index()] > 0.0 {
                sums[1] += users;
                if member.cell.is_none() && shard.site.is_none() {
                    sums[2] += users;
                }
            }
        }
        sums
    }
}

/// Where the users of every shard are in a state.
struct StatePlacements {
    /// By shard, where its shares begin; one more closes the last.
    first: Vec<usize>,
    /// Shares of its users by cell, ascending; `None` is nowhere.
    all: Vec<(Option<usize>, f64)>,
}

impl StatePlacements {
    fn of(&self, shard: usize) -> &[(Option<usize>, f64)] {
        &self.all[self.first[shard]..self.first[shard + 1]]
    }

    /// All shards up to this one that have not begun yet begin here.
    fn begin_until(&mut self, shard: usize) {
        self.first
            .resize((shard + 1).max(self.first.len()), self.all.len());
    }
}

impl<'a> Course<'a> {
    pub(super) fn new(
        inventory: &Inventory,
        network: &Network,
        groups: &SteeringGroups,
        script: &'a Script,
        arrivals: &'a Arrivals<'a>,
    ) -> Self {
        let mut known: BTreeMap<SteeredGroup, usize> = BTreeMap::new();
        let mut cells: Vec<SteeredGroup> = Vec::new();
        let mut cell_of = |cell: SteeredGroup| {
            *known.entry(cell).or_insert_with(|| {
                cells.push(cell);
                cells.len() - 1
            })
        };
        let mut streams: Vec<(GroupKey, usize, Path)> = Vec::new();
        let mut stream_of: BTreeMap<(usize, Vec<u32>), usize> = BTreeMap::new();
        let mut weights = Vec::with_capacity(script.states.len());
        for state in &script.states {
            let mut by_slice = vec![BTreeMap::<usize, Weights>::new(); state.hours.slice_count()];
            for flow in state.flows.iter().filter(|flow| flow.users > 0.0) {
                let Some(group) = groups.of(&flow.group) else {
                    continue;
                };
                let cell = cell_of(SteeredGroup {
                    group,
                    site: flow.path.site,
                });
                let links = flow.path.links.iter().map(|link| link.0).collect();
                let stream = *stream_of.entry((cell, links)).or_insert_with(|| {
                    streams.push((flow.group, cell, flow.path.clone()));
                    streams.len() - 1
                });
                if let Some(pairs) = by_slice.get_mut(flow.slice) {
                    pairs.entry(cell).or_default().push((stream, flow.users));
                }
            }
            weights.push(by_slice);
        }
        let placements = script.states.iter();
        let placements: Vec<StatePlacements> = placements
            .map(|state| placed(inventory, groups, state, &mut cell_of))
            .collect();
        let weights = by_cell(weights, cells.len());
        let mut moves: Vec<Vec<(usize, TimeRamp)>> = vec![Vec::new(); inventory.shards.len()];
        for (number, state) in script.states.iter().enumerate().skip(1) {
            let [before, after] = [&placements[number - 1], &placements[number]];
            for (shard, ramp) in &state.moves {
                if before.of(*shard) != after.of(*shard) {
                    moves[*shard].push((number, ramp.clone()));
                }
            }
        }
        let passed = streams.iter().map(|(_, _, path)| {
            let hops = hops(inventory, network, path).into_iter();
            let alone = hops.filter(|(pool, _)| pool.is_none());
            alone.flat_map(|(_, components)| components).collect()
        });
        Self {
            passed: passed.collect(),
            moves,
            script,
            arrivals,
            cells,
            streams,
            weights,
            placements,
        }
    }

    /// Every instant at which anything changes otherwise than evenly.
    pub(super) fn instants(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let states = self.script.states.iter();
        let of_states = states.flat_map(|state| {
            let stretches = state.hours.stretches().iter();
            let of_hours = stretches.flat_map(|stretch| [stretch.start, stretch.end]);
            let turns = state.turns.iter().flat_map(|turn| turn.ramp.instants());
            let moves = state.moves.values().flat_map(TimeRamp::instants);
            let chain = [state.start].into_iter().chain(state.after_until);
            chain
                .chain(state.steering.instants())
                .chain(of_hours)
                .chain(turns)
                .chain(moves)
        });
        of_states.chain(self.arrivals.instants())
    }

    /// Who is where from `start` to `end`, within which nothing changes but evenly.
    pub(super) fn layout(&self, start: Timestamp, end: Timestamp, believed: &Case) -> Layout {
        let now = [self.script.led_to_at(start), self.script.begun_at(start)];
        let mut layout = Layout {
            members: Vec::new(),
            streams: vec![[0.0; 2]; self.streams.len()],
            stranded: vec![[0.0; 2]; self.cells.len()],
            nowhere: Vec::new(),
        };
        let ends = [(start, RampSide::From), (end, RampSide::Before)];
        let mut in_cells = vec![[0.0; 2]; self.cells.len()];
        let states = &self.script.states;
        let case = &states[now[1]].case;
        // Users placed before the scenario are there as waves place them, and not earlier.
        let first = states.get(1).filter(|_| now[1] == 0);
        for shard in 0..self.moves.len() {
            let is_nobody = case.base_users[shard] <= 0.0 && !self.moves[shard].is_empty();
            let placed = first.filter(|_| is_nobody);
            let base = placed
                .map_or(case, |script_state| &script_state.case)
                .base_users[shard];
            let users = ends.map(|(at, side)| self.arrivals.users(shard, base, at, side));
            if users.iter().all(|value| *value <= 0.0) {
                continue;
            }
            let mut add = |cell: Option<usize>, shares: [f64; 2]| {
                let users = [shares[0] * users[0], shares[1] * users[1]];
                if let Some(cell) = cell {
                    for (sum, value) in in_cells[cell].iter_mut().zip(users) {
                        *sum += value;
                    }
                }
                layout.members.push(Member {
                    shard: ShardId::new(shard),
                    cell,
                    users,
                });
            };
            if self.moves[shard].is_empty() {
                for &(cell, share) in self.placements[now[0]].of(shard) {
                    add(cell, [share; 2]);
                }
                continue;
            }
            let shares = ends.map(|(at, side)| self.placement(shard, now, at, side));
            for (cell, shares) in joined(&shares) {
                if placed.is_none() || cell.is_some() {
                    add(cell, shares);
                }
            }
        }
        for (cell, users) in in_cells.iter().enumerate() {
            if users.iter().all(|value| *value <= NOBODY) {
                continue;
            }
            let weights = ends.map(|(at, side)| self.weights_at(cell, now, (start, at), side));
            let mut is_carried = false;
            for (end, weights) in weights.into_iter().enumerate() {
                for (stream, share) in self.among_open(weights, believed) {
                    layout.streams[stream][end] = share * users[end];
                    is_carried = true;
                }
            }
            if !is_carried {
                layout.stranded[cell] = *users;
            }
        }
        let is_nowhere = |cell: usize| layout.stranded[cell].iter().any(|value| *value > 0.0);
        let members = layout.members.iter();
        let nowhere = members.filter(|member| member.cell.is_none_or(is_nowhere));
        layout.nowhere = nowhere.copied().collect();
        layout
    }

    /// Where the users of a shard are; `now` is the state to which waves lead, and the last that has begun.
    fn placement(
        &self,
        shard: usize,
        [now, begun]: [usize; 2],
        at: Timestamp,
        side: RampSide,
    ) -> Placement {
        let mut pairs = self.placements[now].of(shard).to_vec();
        for (state, ramp) in &self.moves[shard] {
            let gone = ramp.at(at, side);
            if *state == now && gone < 1.0 {
                pairs = mixed(self.placements[now - 1].of(shard), &pairs, gone);
            } else if *state > begun && gone > 0.0 {
                let later = until_it_begins(&pairs, self.placements[*state].of(shard));
                pairs = mixed(&pairs, &later, gone);
            }
        }
        pairs
    }

    /// By stream, the share of a cell's users; `start` is where the span begins, whose hour holds, and `now` is the state to which
    /// waves lead, and the last that has begun.
    fn weights_at(
        &self,
        cell: usize,
        [now, begun]: [usize; 2],
        (start, at): (Timestamp, Timestamp),
        side: RampSide,
    ) -> Weights {
        let states = &self.script.states;
        // Where its waves outlast it, the steering with which its own time ends goes on.
        let start = if now < begun {
            start.min(states[now + 1].start_less())
        } else {
            start
        };
        let of_now = self.of_state(cell, now, (start, at), side);
        let first_of = |later: usize| -> Weights {
            let first = states[later].hours.slice_at(states[later].start);
            self.weights[later][first][cell].clone()
        };
        let mix = |before: &Weights, after: &Weights, share| mixed(before, after, share);
        let mut pairs = self
            .script
            .turned_ahead(begun, (at, side), of_now, first_of, mix);
        if now > 0 {
            let turned = states[now].steering.at(at, side);
            // Users who leave while steering no longer sends anybody to their site keep the path that they had.
            if turned < 1.0 || pairs.is_empty() {
                pairs = mixed(self.turned_until(cell, now), &pairs, turned);
            }
        }
        if pairs.is_empty() {
            // Nobody steers anybody here then: whose waves ahead bring users here counts.
            let later = states.iter().enumerate().skip(begun + 1);
            let mut leading = later.filter(|(_, later)| later.steering.has_begun(at, side));
            let found = leading.find_map(|(later, _)| {
                let first = first_of(later);
                (!first.is_empty()).then_some(first)
            });
            pairs = found.unwrap_or_default();
        }
        if pairs.is_empty() {
            // Else who last did, else who first does.
            let (earlier, later) = self.weights.split_at(now);
            let earlier = earlier.iter().rev().flat_map(|pairs| pairs.iter().rev());
            let all = earlier.chain(later.iter().flatten());
            let mut known = all.map(|of_slice| &of_slice[cell]);
            pairs = known
                .find(|pairs| !pairs.is_empty())
                .cloned()
                .unwrap_or_default();
        }
        pairs
    }

    /// The weights with which the waves of a state begin: those with which the state before ends.
    fn turned_until(&self, cell: usize, state: usize) -> &Weights {
        let states = &self.script.states;
        let before = &states[state - 1];
        let slice = before.hours.slice_at(states[state].start_less());
        &self.weights[state - 1][slice][cell]
    }

    fn of_state(
        &self,
        cell: usize,
        state: usize,
        (start, at): (Timestamp, Timestamp),
        side: RampSide,
    ) -> Weights {
        let script_state = &self.script.states[state];
        let of = |slice: usize| &self.weights[state][slice][cell];
        let is_under_way = |turn: &&SliceTurn| {
            let turned = turn.ramp.at(at, side);
            let is_ahead = start < turn.at && turned > 0.0;
            let is_behind = start >= turn.at && turned < 1.0;
            is_ahead || is_behind
        };
        match script_state.turns.iter().find(is_under_way) {
            Some(turn) => mixed(
                of(turn.slices[0]),
                of(turn.slices[1]),
                turn.ramp.at(at, side),
            ),
            None => of(script_state.hours.slice_at(start)).clone(),
        }
    }

    /// Those of them that lead over nothing that is known to be out, all of it; where none does, what they were.
    fn among_open(&self, weights: Weights, believed: &Case) -> Weights {
        if !self.script.steers_around {
            return weights;
        }
        let is_open = |stream: usize| {
            let mut passed = self.passed[stream].iter();
            !passed.any(|component| believed.gone[component.index()])
        };
        let open: f64 = (weights.iter())
            .filter(|pair| is_open(pair.0))
            .map(|pair| pair.1)
            .sum();
        if open <= 0.0 || open >= 1.0 {
            return weights;
        }
        let kept = weights.into_iter().filter(|weight| is_open(weight.0));
        kept.map(|(stream, share)| (stream, share / open)).collect()
    }
}

fn placed(
    inventory: &Inventory,
    groups: &SteeringGroups,
    state: &ScriptState,
    cell_of: &mut impl FnMut(SteeredGroup) -> usize,
) -> StatePlacements {
    let count = inventory.shards.len();
    let mut is_told = vec![false; count];
    let mut parts: Vec<(u32, Option<usize>, f64)> = Vec::with_capacity(count);
    for part in &state.parts {
        let users = state.case.users(part.shard.index());
        let share = if users > 0.0 { part.users / users } else { 1.0 };
        let group = groups.of_shard(part.shard);
        let cell = part.site.map(|site| cell_of(SteeredGroup { group, site }));
        parts.push((part.shard.0, cell, share));
        is_told[part.shard.index()] = true;
    }
    // Shards that the state does not name are where shards.csv has them.
    let undetermined = (0..count).filter(|shard| !is_told[*shard]);
    for shard in undetermined.map(ShardId::new) {
        let group = groups.of_shard(shard);
        let home = inventory.shards[shard.index()].site;
        let cell = home.map(|site| cell_of(SteeredGroup { group, site }));
        parts.push((shard.0, cell, 1.0));
    }
    parts.sort_by_key(|(shard, cell, _)| (*shard, *cell));
    let mut placements = StatePlacements {
        first: Vec::with_capacity(count + 1),
        all: Vec::with_capacity(parts.len()),
    };
    let mut last = None;
    for (shard, cell, share) in parts {
        match placements.all.last_mut() {
            Some(known) if last == Some((shard, cell)) => known.1 += share,
            _ => {
                placements.begin_until(shard as usize);
                placements.all.push((cell, share));
            }
        }
        last = Some((shard, cell));
    }
    placements.begin_until(count);
    placements
}

/// By state, slice and cell, shares that sum to 1.
fn by_cell(weights: Vec<Vec<BTreeMap<usize, Weights>>>, cells: usize) -> Vec<Vec<Vec<Weights>>> {
    let of_slice = |pairs: BTreeMap<usize, Weights>| {
        let mut all = vec![Weights::new(); cells];
        for (cell, mut weights) in pairs {
            let total: f64 = weights.iter().map(|weight| weight.1).sum();
            for pair in &mut weights {
                pair.1 /= total;
            }
            weights.sort_by_key(|weight| weight.0);
            all[cell] = weights;
        }
        all
    };
    let of_state = |pairs: Vec<BTreeMap<usize, Weights>>| pairs.into_iter().map(of_slice).collect();
    weights.into_iter().map(of_state).collect()
}
