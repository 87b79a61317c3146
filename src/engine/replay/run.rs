//! Run: one way through a scenario, from its first step to its last.

use super::accounts::Accounts;
use super::arrivals::Arrivals;
use super::conditions::Conditions;
use super::course::Course;
use super::field::{Field, Obstacle, Where};
use super::grid::{Grid, changes};
use super::pools::{Pools, Shares, shares_in};
use super::ramp::Side;
use super::script::Script;
use super::simulation::{Simulation, Step};
use super::slow::SlowWorks;
use super::standing::{Standing, has_copies};
use super::tally::{OfStage, Tally};
use crate::diagnostic::Finding;
use crate::engine::plan::{Loaded, state_before};
use crate::error::{Error, Result};
use crate::graph::Network;
use crate::ids::{ClientRegionId, ResourceId, ShardId};
use crate::model::{EventKind, Inventory, Scenario};
use crate::plan::SteeringGroups;
use crate::plan::replay::{Conduct, Moment, Passage, PassageFlow, Replay, Run, Short, exceeds};
use crate::plan_files::WrittenPlan;
use crate::scenario::{Band, Knowledge, case_at, hours_between};
use crate::solve::Stop;
use jiff::Timestamp;
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Plays a scenario forward: with a written plan, if there is one, and with nobody doing anything, if that is asked.
///
/// # Errors
/// A finding if the plan names what the inventory does not have; an [`Error`] if the state before cannot be found, a stop
/// is raised, or work is lost or made up on the way, which would be a bug.
pub fn replay(
    inventory: &Inventory,
    scenario: &Scenario,
    written: Option<&WrittenPlan>,
    with_nothing: bool,
    stop: &Stop,
) -> std::result::Result<Result<Replay>, Box<Finding>> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let loaded = Loaded {
        inventory,
        network: &network,
        known: None,
    };
    let before = match state_before(&loaded, &groups, scenario, stop) {
        Ok(before) => before,
        Err(error) => return Ok(Err(error)),
    };
    let mut scripts = Vec::new();
    if let Some(written) = written {
        let script = Script::of_plan(inventory, scenario, &before, written)?;
        scripts.push((Conduct::Plan, script));
    }
    if with_nothing {
        let script = Script::of_nothing(inventory, scenario, &network, &groups, &before);
        scripts.push((Conduct::Nothing, script));
    }
    let ground = Ground {
        inventory,
        scenario,
        network: &network,
        groups: &groups,
    };
    // Both are looked at from the same instant on.
    let starts = scripts
        .iter()
        .map(|(_, own)| own.first_change(scenario.start));
    let start = starts.min().unwrap_or(scenario.start);
    let runs = scripts
        .into_iter()
        .map(|(conduct, script)| ground.run(conduct, &script, start, stop))
        .collect::<Result<Vec<Run>>>();
    Ok(runs.map(|runs| Replay {
        policy: scenario.replay,
        runs,
    }))
}

/// Steps whose lengths differ by less, in seconds, are of one length.
const SAME: f64 = 1e-6;

/// What every run goes over.
struct Ground<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    network: &'a Network,
    groups: &'a SteeringGroups,
}

/// What has been noted so far.
struct Notes {
    moments: Vec<Moment>,
    cuts: Vec<Timestamp>,
    /// By moment: what came to every stage.
    stages: Vec<Arc<Vec<OfStage>>>,
    /// By moment: what every stage could take.
    rooms: Vec<Arc<Vec<f64>>>,
    accounts: Accounts,
    /// By month: how many seconds of it are played.
    lengths: BTreeMap<Date, f64>,
}

impl Ground<'_> {
    fn run(&self, conduct: Conduct, script: &Script, start: Timestamp, stop: &Stop) -> Result<Run> {
        let (inventory, scenario) = (self.inventory, self.scenario);
        let arrivals = Arrivals::new(inventory, scenario);
        let course = Course::new(inventory, self.network, self.groups, script, &arrivals);
        let field = Field::new(inventory, scenario, self.network, &course.streams);
        let instants = changes(inventory, scenario, start, course.instants());
        let dated = inventory.capacity_changes.iter().map(|own| own.date);
        let grid = Grid::new(scenario, dated);
        let states = script.states.iter();
        let of_states: Vec<Shares> = states.map(|own| shares_in(inventory, &own.case)).collect();
        let held = of_states[0].clone();
        let mut simulation = Simulation::new(inventory, &field, scenario.replay, held);
        let mut tally = Tally::new(field.streams.len(), field.stages.len());
        let mut part = Tally::new(field.streams.len(), field.stages.len());
        let mut notes = Notes {
            moments: Vec::new(),
            cuts: Vec::new(),
            stages: Vec::new(),
            rooms: Vec::new(),
            accounts: Accounts::default(),
            lengths: BTreeMap::new(),
        };
        let groups = (0..inventory.shards.len()).map(ShardId::new);
        let groups: Vec<usize> = groups.map(|own| self.groups.of_shard(own)).collect();
        let cells: Vec<usize> = course.cells.iter().map(|own| own.group).collect();
        let copies = has_copies(inventory);
        let mut slow = SlowWorks::default();
        let nobody = vec![0.0; field.streams.len()];
        let mut ended_with = nobody.clone();
        let mut is_changing = false;
        let mut sent = super::amount::Amount::NONE;
        let mut done = super::amount::Amount::NONE;
        for (number, span) in instants.windows(2).enumerate() {
            if stop.is_raised() {
                return Err(Error::StoppedEarly);
            }
            let (from, to) = (span[0], span[1]);
            let believed = case_at(
                inventory,
                scenario,
                from,
                Knowledge::Believed,
                Band::Expected,
            );
            let conditions = Conditions::new(inventory, scenario, &field, from);
            let ends = [(from, Side::From), (to, Side::Before)];
            let pools = Pools::new(inventory, script, &of_states, ends, &believed);
            let layout = course.layout(from, to, &believed);
            let hours = hours_between(inventory, from, to);
            let regions = (0..inventory.client_regions.len()).map(ClientRegionId::new);
            let by_region: Vec<f64> = regions.map(|own| hours.factor(0, own)).collect();
            let of_stream = field.streams.iter();
            let factor: Vec<f64> = of_stream
                .map(|own| by_region[own.group.client_region.index()])
                .collect();
            let standing = if copies {
                let standing =
                    Standing::new(inventory, &field, &course, &layout, &conditions.is_gone);
                standing.at(field.stages.len(), &by_region)
            } else {
                vec![0.0; field.stages.len()]
            };
            let rooms = Arc::new(rooms(&conditions, &standing));
            if number == 0 {
                let users = layout.users_at(0.0);
                sent += simulation.begin(&scenario.queued, &conditions, &users, &factor);
            }
            let there = |share: f64| -> Vec<f64> {
                let users = layout.users_at(share).into_iter().zip(&factor);
                users.map(|(users, factor)| users * factor).collect()
            };
            if !conditions.slow.is_empty() {
                let at = (there(0.0), &rooms);
                let by = (&pools, &conditions);
                slow.look(inventory, scenario, &field, from, (&at.0, at.1), by);
            }
            simulation.revalue(&conditions);
            let (begins, ends) = (layout.users_at(0.0), layout.users_at(1.0));
            let jumped = begins.iter().zip(&ended_with);
            let jumped: Vec<f64> = jumped
                .map(|(now, before)| (now - before).max(0.0))
                .collect();
            let is_jumped = jumped.iter().any(|own| *own > 0.0);
            ended_with = ends;
            let month = scenario.offset.to_datetime(from).date().first_of_month();
            let ended = self.disconnected(from);
            let whole = to.duration_since(from).as_secs_f64();
            let is_steady = layout.is_steady() && pools.is_steady();
            let was_changing = std::mem::replace(&mut is_changing, !is_steady);
            // How long the last step was, if nothing went on in it.
            let mut quiet_seconds = f64::INFINITY;
            for (index, (begin, end)) in grid.told(from, to).into_iter().enumerate() {
                if stop.is_raised() {
                    return Err(Error::StoppedEarly);
                }
                let since = |at: Timestamp| at.duration_since(from).as_secs_f64();
                let seconds = end.duration_since(begin).as_secs_f64();
                // Where nothing waits and nothing changes, a step is like the one before.
                let is_quiet = index > 0 && is_steady && simulation.is_quiet();
                if !is_quiet || (seconds - quiet_seconds).abs() > SAME {
                    tally.clear();
                    let mut at = begin;
                    while at < end {
                        let offset = at.duration_since(start).as_secs_f64();
                        let until = if is_quiet {
                            end
                        } else {
                            let mut haste = simulation.haste(offset);
                            // The rest of an even change comes in the first part behind it.
                            haste.is_even = !is_steady || at == from && was_changing;
                            if at == from && is_jumped {
                                haste.at_once = Some(0.0);
                            }
                            grid.next(at, (begin, end), haste)
                        };
                        let [now, then] = [at, until].map(since);
                        let users = layout.users_at(f64::midpoint(now, then) / whole);
                        let own_pools = if pools.is_steady() {
                            Cow::Borrowed(&pools)
                        } else {
                            Cow::Owned(pools.part(now / whole, then / whole))
                        };
                        let is_first = at == from;
                        let step = Step {
                            start: offset,
                            seconds: then - now,
                            users: &users,
                            factor: &factor,
                            conditions: &conditions,
                            pools: &own_pools,
                            standing: &standing,
                            jumped: if is_first { &jumped } else { &nobody },
                            disconnected: if is_first { &ended } else { &[] },
                        };
                        part.clear();
                        simulation.step(&step, &mut part);
                        tally.add(&part, (then - now) / seconds);
                        notes.cuts.push(until);
                        at = until;
                    }
                    quiet_seconds = if is_quiet { seconds } else { f64::INFINITY };
                } else {
                    notes.cuts.push(end);
                }
                let middle = since(begin) + seconds / 2.0;
                let users = layout.users_at(middle / whole);
                notes
                    .accounts
                    .step(&field, &cells, &tally.streams, (&users, &factor), seconds);
                if !layout.is_steady() {
                    let at = (&layout, middle / whole);
                    let when = (month, by_region.as_slice());
                    notes.accounts.close(inventory, &groups, at, when);
                }
                let in_flight = simulation.in_flight();
                for own in &tally.streams {
                    sent += own.sent;
                    done += own.served + own.failed;
                }
                if sent != done + in_flight {
                    let text = format!(
                        "a replay lost or made up work at {begin}: {} were sent, {} are done and {} under way",
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
                notes.rooms.push(Arc::clone(&rooms));
            }
            if layout.is_steady() {
                notes
                    .accounts
                    .close(inventory, &groups, (&layout, 0.5), (month, &by_region));
            }
            *notes.lengths.entry(month).or_default() += whole;
        }
        let passages = passages(&field, &notes);
        let (accounts, totals) = notes.accounts.settled(inventory, &notes.lengths);
        Ok(Run {
            conduct,
            moments: notes.moments,
            cuts: notes.cuts,
            passages,
            slow: slow.into_values(),
            accounts,
            totals,
        })
    }

    /// Whose sessions end at an instant.
    fn disconnected(&self, at: Timestamp) -> Vec<Where> {
        let mut all = Vec::new();
        for event in self.scenario.events.iter().filter(|own| own.start == at) {
            if let EventKind::Disconnect(own) = &event.kind {
                all.extend(own.components.iter().copied().map(Where::Component));
                all.extend(own.client_region.map(Where::Region));
            }
        }
        all
    }
}

/// By stage, what it takes per second beside copies.
fn rooms(conditions: &Conditions, standing: &[f64]) -> Vec<f64> {
    let both = conditions.capacity.iter().zip(standing);
    both.map(|(capacity, standing)| (capacity - standing).max(0.0))
        .collect()
}

impl Notes {
    fn note(
        &mut self,
        (start, end): (Timestamp, Timestamp),
        (users, [nowhere, down]): (f64, [f64; 2]),
        factor: &[f64],
        tally: &Tally,
        in_flight: f64,
    ) {
        let seconds = end.duration_since(start).as_secs_f64();
        let mut moment = Moment {
            start,
            end,
            users: nowhere + users,
            down,
            nowhere: down,
            without_session: 0.0,
            most_down: 0.0,
            sent: 0.0,
            again: 0.0,
            served: 0.0,
            failed: 0.0,
            late: 0.0,
            apart: 0.0,
            ended: 0.0,
            connected: 0.0,
            in_flight,
        };
        for (own, factor) in tally.streams.iter().zip(factor) {
            moment.sent += own.sent.number() / seconds;
            moment.again += own.again.number() / seconds;
            moment.served += own.served.number() / seconds;
            moment.failed += own.failed.number() / seconds;
            moment.late += own.late.number() / seconds;
            moment.apart += own.apart / seconds;
            moment.ended += own.ended / seconds;
            moment.connected += own.connected / seconds;
            if own.down > 0.0 && *factor > 0.0 {
                moment.down += own.down / factor / seconds;
                moment.without_session += own.down_apart / factor / seconds;
            }
        }
        moment.most_down = moment.down.max(moment.nowhere + tally.most_apart);
        self.moments.push(moment);
        let stages = match self.stages.last() {
            Some(last) if **last == tally.stages => Arc::clone(last),
            _ => Arc::new(tally.stages.clone()),
        };
        self.stages.push(stages);
    }
}

/// What held work up at any time: where anything waited, was lost or was more than there was room for.
fn passages(field: &Field, notes: &Notes) -> Vec<Passage> {
    let mut is_noted = vec![false; field.stages.len()];
    for (stages, rooms) in notes.stages.iter().zip(&notes.rooms) {
        for (stage, own) in stages.iter().enumerate() {
            is_noted[stage] |= own.queued > 0.0
                || own.most[0] > 0.0
                || own.lost > 0.0
                || exceeds(own.offered * own.stretch.max(1.0), rooms[stage]);
        }
    }
    let mut passages = Vec::new();
    for (stage, own) in field
        .stages
        .iter()
        .enumerate()
        .filter(|(own, _)| is_noted[*own])
    {
        let Where::Component(component) = own.place else {
            continue;
        };
        let short = match own.obstacle {
            Obstacle::Itself => continue,
            Obstacle::Gate => Short::Sessions,
            Obstacle::Resource(resource) => Short::Resource(ResourceId::new(resource)),
        };
        let first = notes.moments.first().map(|own| own.start);
        let moments = notes.moments.iter();
        let both = notes.stages.iter().zip(&notes.rooms).zip(moments);
        let flows = both.map(|((stages, rooms), moment)| {
            let own = stages[stage];
            let seconds = moment.seconds();
            let [most, most_after] = if own.queued >= own.most[0] {
                [own.queued, seconds]
            } else {
                let begins = first.map(|first| moment.start.duration_since(first).as_secs_f64());
                [own.most[0], own.most[1] - begins.unwrap_or(0.0)]
            };
            PassageFlow {
                offered: own.offered,
                capacity: rooms[stage] / own.stretch.max(1.0),
                worked: own.worked,
                lost: own.lost,
                queued: own.queued,
                oldest: own.oldest,
                longest: own.longest,
                most,
                most_after: most_after.clamp(0.0, seconds),
                stale: own.stale,
            }
        });
        passages.push(Passage {
            component,
            short,
            flows: flows.collect(),
        });
    }
    passages
}
