//! Run: one play of a scenario, from its first step to its last.

use super::accounts::StepTally;
use super::conditions::{Conditions, SlowWorks};
use super::course::Course;
use super::crowds::RunCrowds;
use super::field::{ResourceNetwork, Where};
use super::grid::{Grid, Play, changes};
use super::notes::{Notes, passages};
use super::pools::{CopyLoads, Members, Pools, has_copies, members_in, shares};
use super::ramp::{Arrivals, RampSide};
use super::script::Script;
use super::simulation::{PlayedStep, Simulation};
use crate::error::{Error, Result};
use crate::graph::Network;
use crate::ids::{ClientRegionId, ShardId};
use crate::model::{Inventory, Scenario};
use crate::plan::SteeringGroups;
use crate::plan::replay::{Conduct, Run};
use crate::scenario::{Knowledge, capacities_at, hours_between};
use crate::solve::Stop;
use crate::units::{NOBODY, SAME_INSTANT};
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::Arc;

/// A run, as far as it was played.
pub(in crate::engine) struct Played {
    pub(in crate::engine) run: Run,
    /// Who is down in it; noted where a plan is played in memory alone.
    pub(in crate::engine) crowds: RunCrowds,
    /// Pieces of work that were spent.
    pub(in crate::engine) work: f64,
    /// When the work was spent, if it was.
    pub(in crate::engine) spent: Option<Timestamp>,
    /// Users that the state before leaves unserved: nothing says when the first waves let them in.
    pub(in crate::engine) unserved_before: f64,
}

/// What every run goes over.
pub(super) struct RunContext<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) network: &'a Network,
    pub(super) groups: &'a SteeringGroups,
    pub(super) play: Play,
    pub(super) reports_crowds: bool,
    /// Adds up what users felt by tenant.
    pub(super) is_accounted: bool,
}

/// Pieces of work that it takes to see who is where, by shard.
const OF_SHARD: f64 = 4.0;

impl RunContext<'_> {
    /// Plays what a script says, from an instant on.
    ///
    /// # Errors
    /// Those of [`replay_plan`].
    pub(super) fn run(
        &self,
        conduct: Conduct,
        script: &Script,
        start: Timestamp,
        stop: &Stop,
    ) -> Result<Played> {
        let (inventory, scenario) = (self.inventory, self.scenario);
        let arrivals = Arrivals::new(inventory, scenario);
        let course = Course::new(inventory, self.network, self.groups, script, &arrivals);
        let field = ResourceNetwork::new(inventory, scenario, self.network, &course.streams);
        let instants = changes(inventory, scenario, start, course.instants());
        let dated = inventory
            .capacity_changes
            .iter()
            .map(|capacity_change| capacity_change.date);
        let mut grid = Grid::new(scenario, dated);
        if matches!(self.play, Play::Roughly(_)) {
            grid = grid.roughly();
        }
        let members = script
            .states
            .iter()
            .map(|state| members_in(inventory, &state.case));
        let members: Vec<Members> = members.collect();
        let held = shares(inventory, &members[0], &members[0]);
        let mut simulation = Simulation::new(inventory, &field, scenario.replay, held);
        let mut tally = StepTally::new(field.streams.len(), field.stages.len());
        let mut part = StepTally::new(field.streams.len(), field.stages.len());
        let mut notes = Notes::new();
        let groups = (0..inventory.shards.len()).map(ShardId::new);
        let groups: Vec<usize> = groups.map(|shard| self.groups.of_shard(shard)).collect();
        let cells: Vec<usize> = course
            .cells
            .iter()
            .map(|steered_group| steered_group.group)
            .collect();
        let mut crowds = self.reports_crowds.then(|| RunCrowds::new(&field, &cells));
        let copies = has_copies(inventory);
        let mut slow = SlowWorks::default();
        let nobody = vec![0.0; field.streams.len()];
        let mut ended_with = nobody.clone();
        let mut is_changing = false;
        let mut sent = super::amount::Amount::NONE;
        let mut done = super::amount::Amount::NONE;
        let mut work = 0.0;
        let mut spent = None;
        let spans = instants.windows(2);
        let mut steps_left: usize = spans
            .map(|instants| grid.reported_steps(instants[0], instants[1]).len())
            .sum();
        'spans: for (number, span) in instants.windows(2).enumerate() {
            if stop.is_raised() {
                return Err(Error::StoppedEarly);
            }
            let (from, to) = (span[0], span[1]);
            work += OF_SHARD * inventory.shards.len() as f64 + field.streams.len() as f64;
            let believed = capacities_at(inventory, scenario, from, Knowledge::Believed);
            let conditions = Conditions::new(inventory, scenario, &field, from);
            let ends = [(from, RampSide::From), (to, RampSide::Before)];
            let pools = Pools::new(inventory, script, &members, ends, &believed);
            let layout = course.layout(from, to, &believed);
            if let Some(crowds) = &mut crowds {
                crowds.look((scenario, from), &layout.members, &groups);
            }
            let hours = hours_between(inventory, from, to);
            let regions = (0..inventory.client_regions.len()).map(ClientRegionId::new);
            let by_region: Vec<f64> = regions.map(|region| hours.factor(0, region)).collect();
            let of_stream = field.streams.iter();
            let factor: Vec<f64> = of_stream
                .map(|stream| by_region[stream.group.client_region.index()])
                .collect();
            let standing = if copies {
                let standing =
                    CopyLoads::new(inventory, &field, &course, &layout, &conditions.is_gone);
                standing.at(field.stages.len(), &by_region)
            } else {
                vec![0.0; field.stages.len()]
            };
            let spares = Arc::new(capacities(&conditions, &standing));
            if number == 0 {
                let users = layout.users_at(0.0);
                sent += simulation.begin(&scenario.queued, &conditions, &users, &factor);
            }
            let there = |share: f64| -> Vec<f64> {
                let users = layout.users_at(share).into_iter().zip(&factor);
                users.map(|(users, factor)| users * factor).collect()
            };
            if !conditions.slow.is_empty() {
                let at = (there(0.0), &spares);
                let by = (&pools, &conditions);
                slow.look(inventory, scenario, &field, from, (&at.0, at.1), by);
            }
            simulation.revalue(&conditions);
            let (begins, ends) = (layout.users_at(0.0), layout.users_at(1.0));
            let jumped = begins.iter().zip(&ended_with);
            // What rounding leaves of nobody would cut a short part, in which the rest of an even change comes.
            let jumped: Vec<f64> = jumped
                .map(|(now, before)| now - before)
                .map(|users| if users > NOBODY { users } else { 0.0 })
                .collect();
            let is_jumped = jumped.iter().any(|value| *value > 0.0);
            ended_with = ends;
            let month = scenario.offset.to_datetime(from).date().first_of_month();
            let ended = self.disconnected(from);
            let whole = to.duration_since(from).as_secs_f64();
            let is_steady = layout.is_steady() && pools.is_steady();
            let was_changing = std::mem::replace(&mut is_changing, !is_steady);
            // How long the last step was, if nothing went on in it.
            let mut quiet_seconds = f64::INFINITY;
            for (index, (begin, mut end)) in grid.reported_steps(from, to).into_iter().enumerate() {
                if stop.is_raised() {
                    return Err(Error::StoppedEarly);
                }
                let mut is_last = false;
                if let Some(most) = self.play.most_work() {
                    if work > most {
                        spent = Some(begin);
                        break 'spans;
                    }
                    if index > 0 && is_steady && simulation.is_quiet() {
                        end = to;
                        is_last = true;
                    }
                }
                let since = |at: Timestamp| at.duration_since(from).as_secs_f64();
                let seconds = end.duration_since(begin).as_secs_f64();
                // Where nothing waits and nothing changes, a step is like the one before.
                let is_quiet = index > 0 && is_steady && simulation.is_quiet();
                let effort = simulation.effort();
                let most = effort + self.play.of_step(effort, steps_left);
                steps_left = steps_left.saturating_sub(1);
                let mut of_part = 0.0;
                let mut is_coarse = false;
                if !is_quiet || (seconds - quiet_seconds).abs() > SAME_INSTANT {
                    tally.clear();
                    let mut at = begin;
                    while at < end {
                        let offset = at.duration_since(start).as_secs_f64();
                        let until = if is_quiet {
                            end
                        } else {
                            let mut haste = simulation.haste(offset);
                            // The rest of an even change comes in the first part after it.
                            haste.is_even = !is_steady || at == from && was_changing;
                            if at == from && is_jumped {
                                haste.at_once = Some(0.0);
                            }
                            if of_part > 0.0 {
                                // As if every part of the step took as much work as the last.
                                let left = end.duration_since(at).as_secs_f64();
                                haste.affordable =
                                    left * of_part / (most - simulation.effort()).max(0.0);
                            }
                            let (until, is_longer) = grid.next(at, (begin, end), haste);
                            is_coarse |= is_longer;
                            until
                        };
                        let [now, then] = [at, until].map(since);
                        let users = layout.users_at(f64::midpoint(now, then) / whole);
                        let first = if layout.is_steady() {
                            Cow::Borrowed(&users)
                        } else {
                            Cow::Owned(layout.users_at(now / whole))
                        };
                        let own_pools = if pools.is_steady() {
                            Cow::Borrowed(&pools)
                        } else {
                            Cow::Owned(pools.part(now / whole, then / whole))
                        };
                        let is_first = at == from;
                        let step = PlayedStep {
                            start: offset,
                            seconds: then - now,
                            users: &users,
                            first: &first,
                            factor: &factor,
                            conditions: &conditions,
                            pools: &own_pools,
                            standing: &standing,
                            jumped: if is_first { &jumped } else { &nobody },
                            disconnected: if is_first { &ended } else { &[] },
                        };
                        let of_part_before = simulation.effort();
                        part.clear();
                        simulation.step(&step, &mut part);
                        of_part = simulation.effort() - of_part_before;
                        work += simulation.work();
                        tally.add(&part, (then - now) / seconds);
                        notes.cuts.push(until);
                        at = until;
                    }
                    quiet_seconds = if is_quiet { seconds } else { f64::INFINITY };
                } else {
                    notes.cuts.push(end);
                }
                if is_coarse {
                    notes.coarse.push([begin, end]);
                }
                let middle = since(begin) + seconds / 2.0;
                let users = layout.users_at(middle / whole);
                if self.is_accounted {
                    let pair = (users.as_slice(), factor.as_slice());
                    notes
                        .accounts
                        .step(&field, &cells, &tally.streams, pair, seconds);
                    if !layout.is_steady() {
                        let at = (&layout, middle / whole);
                        let when = (month, by_region.as_slice());
                        notes.accounts.close(inventory, &groups, at, when);
                    }
                }
                let in_flight = simulation.in_flight();
                for of_stream in &tally.streams {
                    sent += of_stream.sent;
                    done += of_stream.served + of_stream.failed;
                }
                if sent != done + in_flight {
                    let text = format!(
                        "a replay lost or invented work at {begin}: {} were sent, {} are done and {} in progress",
                        sent.number(),
                        done.number(),
                        in_flight.number(),
                    );
                    return Err(Error::Internal(text));
                }
                notes.note(
                    (begin, end),
                    (
                        users.iter().sum(),
                        layout.nowhere_at(middle / whole, inventory, &by_region),
                    ),
                    &factor,
                    &tally,
                    in_flight.number(),
                );
                notes.capacities.push(Arc::clone(&spares));
                if let Some(crowds) = &mut crowds {
                    let of_streams = layout.users_at(middle / whole);
                    let span = (seconds / whole, index == 0);
                    crowds.note((&tally, &factor), &of_streams, seconds, span);
                }
                if is_last {
                    break;
                }
            }
            if self.is_accounted && layout.is_steady() {
                notes
                    .accounts
                    .close(inventory, &groups, (&layout, 0.5), (month, &by_region));
            }
            *notes.lengths.entry(month).or_default() += whole;
        }
        tracing::debug!(
            conduct = conduct.word(),
            work,
            effort = simulation.effort(),
            coarse = notes.coarse.len(),
            parts = notes.cuts.len(),
            "replay"
        );
        let passages = passages(&field, &notes);
        let (accounts, totals) = notes.accounts.settled(inventory, &notes.lengths);
        let run = Run {
            conduct,
            moments: notes.moments,
            cuts: notes.cuts,
            coarse: notes.coarse,
            passages,
            slow: slow.into_values(),
            accounts,
            totals,
        };
        Ok(Played {
            run,
            crowds: crowds.unwrap_or_default(),
            work,
            spent,
            unserved_before: script.unserved_before,
        })
    }

    /// Whose sessions end at an instant.
    fn disconnected(&self, at: Timestamp) -> Vec<Where> {
        let mut all = Vec::new();
        for event in self
            .scenario
            .events
            .iter()
            .filter(|event| event.start == at)
        {
            if let Some(disconnect) = event.disconnect() {
                all.extend(disconnect.components.iter().copied().map(Where::Component));
                all.extend(disconnect.client_region.map(Where::Region));
            }
        }
        all
    }
}

/// By stage, what it takes per second beside copies.
fn capacities(conditions: &Conditions, standing: &[f64]) -> Vec<f64> {
    let both = conditions.capacity.iter().zip(standing);
    both.map(|(capacity, standing)| (capacity - standing).max(0.0))
        .collect()
}
