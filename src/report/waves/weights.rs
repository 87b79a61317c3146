//! Weights: which of them a step sets to what, as a command needs it.

use super::in_force::WeightRows;
use super::tasks::{RunbookTask, Work};
use super::writer::TransitionWriter;
use crate::graph::Network;
use crate::ids::{AccessPointId, ClientRegionId, LinkId, ProfileId, SiteId};
use crate::model::{CommandTemplate, LinkEnd, Placeholder};
use crate::plan::{Flow, flows_in, wave_weights};
use crate::plan_files::joined;
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Users of a group at a site.
type WeightCell = (ClientRegionId, ProfileId, Option<u64>, SiteId);

/// The weights of a cell, by the links of each path.
type PathWeights = BTreeMap<Vec<LinkId>, f64>;

/// What a weight is known by in commands; `None` where the template does not tell these apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CommandWeight {
    pub(super) client_region: ClientRegionId,
    pub(super) profile: Option<ProfileId>,
    /// Bits of the limit in milliseconds; infinite where there is none.
    pub(super) limit: Option<u64>,
    pub(super) site: Option<SiteId>,
    pub(super) access_point: Option<AccessPointId>,
    pub(super) path: Option<Vec<LinkId>>,
}

/// The weights that hold, as steps set them one after the other.
pub(super) struct HeldWeights<'a> {
    writer: &'a TransitionWriter<'a>,
    network: Network,
    /// Of commands that set weights, if there are any.
    template: Option<&'a CommandTemplate>,
    in_force: BTreeMap<WeightCell, PathWeights>,
    /// As commands have set them.
    set: BTreeMap<CommandWeight, f64>,
    /// The rows that were set last.
    last: Option<WeightRows>,
}

/// A weight and what it is set to.
pub(super) type CommandSetting = (CommandWeight, f64);

/// The weights that a step changes, in order: to what, and what they were.
#[derive(Default)]
pub(super) struct WeightTurn {
    pub(super) changed: Vec<CommandSetting>,
    /// Users who had no weights before keep theirs.
    pub(super) before: Vec<CommandSetting>,
}

fn cell(flow: &Flow) -> WeightCell {
    let group = &flow.group;
    let limit = group.max_latency.map(f64::to_bits);
    (group.client_region, group.profile, limit, flow.path.site)
}

/// The weights of flows: of the users of each cell, the share on each path.
fn mixes<'f>(flows: impl IntoIterator<Item = &'f Flow>) -> BTreeMap<WeightCell, PathWeights> {
    let mut mixes: BTreeMap<WeightCell, PathWeights> = BTreeMap::new();
    for flow in flows.into_iter().filter(|flow| flow.users > 0.0) {
        let mix = mixes.entry(cell(flow)).or_default();
        *mix.entry(flow.path.links.clone()).or_default() += flow.users;
    }
    for mix in mixes.values_mut() {
        let sum: f64 = mix.values().sum();
        for weight in mix.values_mut() {
            *weight /= sum;
        }
    }
    mixes
}

impl<'a> HeldWeights<'a> {
    /// The weights of before, which nobody has to set.
    pub(super) fn new(
        transition_writer: &'a TransitionWriter<'a>,
        template: Option<&'a CommandTemplate>,
    ) -> Self {
        let before = &transition_writer.plan.before;
        let slice = before.case.hours.slice_at(transition_writer.scenario.start);
        let flows = flows_in(&before.flows, slice);
        let mut held_weights = Self {
            writer: transition_writer,
            network: Network::new(transition_writer.inventory),
            template,
            in_force: mixes(flows),
            set: BTreeMap::new(),
            last: None,
        };
        if template.is_some() {
            held_weights.set = held_weights.distinguished(&users_of(flows));
        }
        held_weights
    }

    /// The weights that a step changes; nothing if it sets none.
    pub(super) fn set_by(&mut self, task: &RunbookTask<'_>) -> WeightTurn {
        if !matches!(task.work, Work::Weights { .. }) {
            return WeightTurn::default();
        }
        self.put_rows(task);
        let users = self.users_after(task);
        self.turn_to(&users)
    }

    /// Whether a step changes a weight, or the commands of the template set one.
    pub(super) fn is_changed_by(&mut self, task: &RunbookTask<'_>) -> bool {
        let is_changed = self.put_rows(task);
        let has_commands = self.template.is_some() && {
            let users = self.users_after(task);
            !self.turn_to(&users).changed.is_empty()
        };
        is_changed || has_commands
    }

    /// Takes the rows of a step as in force, and says whether any of them differs from what was.
    fn put_rows(&mut self, task: &RunbookTask<'_>) -> bool {
        let Work::Weights {
            rows, is_only_new, ..
        } = task.work
        else {
            return false;
        };
        let there: BTreeSet<WeightCell> = if is_only_new {
            let before = self.users_before(task);
            let there = before.into_iter().filter(|pair| pair.1 > NOBODY);
            there.map(|pair| pair.0).collect()
        } else {
            BTreeSet::new()
        };
        let (rows, slice) = match (rows, self.last) {
            // Waves before a period hold until it begins, hour by hour.
            (WeightRows::Hour(period, slice), Some(WeightRows::Wave(later, number, _)))
                if later > period =>
            {
                (WeightRows::Wave(later, number, Some(period)), Some(slice))
            }
            (WeightRows::Hour(period, slice), _) => (WeightRows::Period(period), Some(slice)),
            (rows, _) => (rows, None),
        };
        let mut is_changed = false;
        for (cell, mix) in self.rows((rows, slice), task.at) {
            if !there.contains(&cell) {
                let before = self.in_force.get(&cell);
                is_changed |= before.is_none_or(|before| !are_same(before, &mix));
                self.in_force.insert(cell, mix);
            }
        }
        if !is_only_new {
            self.last = Some(rows);
        }
        is_changed
    }

    /// The weights that a rollback changes which sets those of rows, once it has begun at an instant.
    pub(super) fn go_back(&mut self, rows: WeightRows, at: Timestamp) -> Vec<CommandSetting> {
        let plan = self.writer.plan;
        let users = match rows {
            WeightRows::Before => {
                let slice = plan.before.case.hours.slice_at(at);
                users_of(flows_in(&plan.before.flows, slice))
            }
            WeightRows::Period(period) | WeightRows::Hour(period, _) => {
                users_of(plan.periods[period].first_flows())
            }
            WeightRows::Wave(period, number, _) => {
                self.users_with(period, |one_number| one_number <= number)
            }
        };
        let rows = self.rows((rows, None), at);
        self.in_force.extend(rows);
        self.turn_to(&users).changed
    }

    /// Takes the weights in force as set by commands, with the given users.
    fn turn_to(&mut self, users: &BTreeMap<WeightCell, f64>) -> WeightTurn {
        let next = self.distinguished(users);
        let mut turn = WeightTurn::default();
        for (key, weight) in &next {
            let before = self.set.get(key).copied();
            if before.is_none_or(|before| (before - weight).abs() > AGREEMENT) {
                turn.changed.push((key.clone(), *weight));
            }
        }
        // A path that has no weight any more, of users who have others.
        let known: BTreeSet<CommandWeight> = next.keys().map(whose).collect();
        for (key, weight) in &self.set {
            let is_gone = !next.contains_key(key) && known.contains(&whose(key));
            if is_gone && *weight > 0.0 {
                turn.changed.push((key.clone(), 0.0));
            }
        }
        turn.changed.sort_by(|a, b| a.0.cmp(&b.0));
        let had: BTreeSet<CommandWeight> = self.set.keys().map(whose).collect();
        let changed = turn.changed.iter();
        let before = changed.filter_map(|(key, _)| {
            let none = had.contains(&whose(key)).then_some(0.0);
            let before = self.set.get(key).copied().or(none)?;
            Some((key.clone(), before))
        });
        turn.before = before.collect();
        self.set.retain(|key, _| !known.contains(&whose(key)));
        self.set.extend(next);
        turn
    }

    /// The weights in force as commands tell them apart: those that share a key are added up by the users of each.
    fn distinguished(&self, users: &BTreeMap<WeightCell, f64>) -> BTreeMap<CommandWeight, f64> {
        let mut sums: BTreeMap<CommandWeight, f64> = BTreeMap::new();
        let mut all: BTreeMap<CommandWeight, f64> = BTreeMap::new();
        let has = |value| self.template.is_some_and(|template| template.has(value));
        let is_whole =
            has(Placeholder::Profile) && has(Placeholder::Site) && has(Placeholder::MaxLatency);
        for (cell, mix) in &self.in_force {
            let users = users.get(cell).copied().unwrap_or(0.0);
            // A cell of its own has its weights whether or not it has users.
            let users = if is_whole { 1.0 } else { users };
            if users <= 0.0 {
                continue;
            }
            for (links, weight) in mix {
                let key = CommandWeight {
                    client_region: cell.0,
                    profile: has(Placeholder::Profile).then_some(cell.1),
                    limit: has(Placeholder::MaxLatency)
                        .then(|| cell.2.unwrap_or(f64::INFINITY.to_bits())),
                    site: has(Placeholder::Site).then_some(cell.3),
                    access_point: self
                        .access_point(links)
                        .filter(|_| has(Placeholder::AccessPoint)),
                    path: has(Placeholder::Path).then(|| links.clone()),
                };
                *sums.entry(whose(&key)).or_default() += users * weight;
                *all.entry(key).or_default() += users * weight;
            }
        }
        for (key, weight) in &mut all {
            *weight /= sums.get(&whose(key)).copied().unwrap_or(1.0);
        }
        all
    }

    fn access_point(&self, links: &[LinkId]) -> Option<AccessPointId> {
        let links = links
            .iter()
            .map(|link| &self.writer.inventory.links[link.index()]);
        let mut ends = links.flat_map(|link| [link.from, link.to]);
        ends.find_map(|end| match end {
            LinkEnd::AccessPoint(id) => Some(id),
            _ => None,
        })
    }

    /// The weights of the rows of a file that hold at an instant.
    fn rows(
        &self,
        (rows, slice): (WeightRows, Option<usize>),
        at: Timestamp,
    ) -> BTreeMap<WeightCell, PathWeights> {
        let plan = self.writer.plan;
        match rows {
            WeightRows::Before => {
                let slice = slice.unwrap_or_else(|| plan.before.case.hours.slice_at(at));
                mixes(flows_in(&plan.before.flows, slice))
            }
            WeightRows::Period(period) | WeightRows::Hour(period, _) => {
                let period_plan = &plan.periods[period];
                let hour = at.max(period_plan.period.start);
                let slice = slice.unwrap_or_else(|| period_plan.case.hours.slice_at(hour));
                mixes(flows_in(&period_plan.flows, slice))
            }
            WeightRows::Wave(period, number, during) => {
                let Some((transition, wave)) = self.writer.wave(period, number) else {
                    return BTreeMap::new();
                };
                let hours = match during {
                    Some(index) => &plan.periods[index].case.hours,
                    None => &plan.before.case.hours,
                };
                let inventory = self.writer.inventory;
                let all = wave_weights(inventory, &self.network, plan, transition, wave);
                let of_during = || {
                    all.iter()
                        .filter(|wave_weight| wave_weight.during == during)
                };
                // An hour that the wave does not meet has no rows: its first one stands for it.
                let slice = slice.unwrap_or_else(|| hours.slice_at(at));
                let slice = of_during()
                    .map(|wave_weight| wave_weight.slice)
                    .find(|index| *index == slice)
                    .or_else(|| of_during().map(|wave_weight| wave_weight.slice).next());
                let mut mixes: BTreeMap<WeightCell, PathWeights> = BTreeMap::new();
                for wave_weight in
                    of_during().filter(|wave_weight| Some(wave_weight.slice) == slice)
                {
                    let mix = mixes.entry(cell(wave_weight.flow)).or_default();
                    *mix.entry(wave_weight.flow.path.links.clone()).or_default() +=
                        wave_weight.weight;
                }
                mixes
            }
        }
    }

    /// The users of each cell once the wave of a step is over, or in its period.
    fn users_after(&self, task: &RunbookTask<'_>) -> BTreeMap<WeightCell, f64> {
        self.users_with(task.period, |number| {
            task.wave.is_none_or(|candidate| number <= candidate)
        })
    }

    /// The same before the wave.
    fn users_before(&self, task: &RunbookTask<'_>) -> BTreeMap<WeightCell, f64> {
        self.users_with(task.period, |number| {
            task.wave.is_none_or(|candidate| number < candidate)
        })
    }

    /// The users of each cell in a period of which waves have moved theirs that are done; those of the state after, less the rest.
    fn users_with(
        &self,
        of_period: usize,
        is_done: impl Fn(u32) -> bool,
    ) -> BTreeMap<WeightCell, f64> {
        let writer = self.writer;
        let period = &writer.plan.periods[of_period];
        let mut users = users_of(period.first_flows());
        let policy = &writer.scenario.policy;
        for (_, wave) in writer.waves_of(of_period) {
            if is_done(wave.number) {
                continue;
            }
            for position in &wave.moves {
                let moved = &period.moves[*position];
                let group = crate::plan::GroupKey::of(writer.inventory, policy, moved.shard);
                let limit = group.max_latency.map(f64::to_bits);
                let at = |site: SiteId| (group.client_region, group.profile, limit, site);
                *users.entry(at(moved.to)).or_default() -= moved.users;
                if let Some(from) = moved.from {
                    *users.entry(at(from)).or_default() += moved.users;
                }
            }
        }
        users
    }
}

/// Whether every path has the same weight in both.
fn are_same(one: &PathWeights, other: &PathWeights) -> bool {
    let of = |weights: &PathWeights, path| weights.get(path).copied().unwrap_or(0.0);
    let mut paths = one.keys().chain(other.keys());
    paths.all(|path| (of(one, path) - of(other, path)).abs() <= AGREEMENT)
}

fn users_of<'f>(flows: impl IntoIterator<Item = &'f Flow>) -> BTreeMap<WeightCell, f64> {
    let mut users: BTreeMap<WeightCell, f64> = BTreeMap::new();
    for flow in flows {
        *users.entry(cell(flow)).or_default() += flow.users;
    }
    users
}

/// Those whose weight it is: weights of the same ones sum to 1.
fn whose(key: &CommandWeight) -> CommandWeight {
    CommandWeight {
        access_point: None,
        path: None,
        ..key.clone()
    }
}

impl CommandWeight {
    /// The ids of the places of its path, from client region to site.
    pub(super) fn path_words(&self, writer: &TransitionWriter<'_>) -> String {
        let inventory = writer.inventory;
        let end = |end: LinkEnd| match end {
            LinkEnd::ClientRegion(id) => inventory.client_regions[id.index()].id.as_str(),
            LinkEnd::AccessPoint(id) => inventory.access_point_id(id),
            LinkEnd::Element(id) => inventory.elements[id.index()].id.as_str(),
            LinkEnd::Pool(id) => inventory.pools[id.index()].id.as_str(),
            LinkEnd::Site(id) => inventory.site_id(id),
        };
        let links = self.path.iter().flatten();
        let links: Vec<_> = links.map(|link| &inventory.links[link.index()]).collect();
        let first = links.first().map(|link| end(link.from));
        joined(
            first
                .into_iter()
                .chain(links.iter().map(|link| end(link.to))),
        )
    }
}
