//! Step by step: who is there, what is sent, what becomes of it, and what is felt.

use super::clients::{Clients, Failure, Tally};
use super::parcel::{Errand, Parcel};
use super::queue::Queue;
use super::sessions::{Sessions, are_free, is_path_open, kept};
use super::streams::{Hop, Stream, order, streams};
use super::truth::{Truth, users as users_at};
use jiff::{SignedDuration, Timestamp};
use plimsoll::ids::{ComponentId, ShardId};
use plimsoll::model::{Inventory, Profile, Scenario};
use plimsoll::plan::replay::Short;
use plimsoll::plan::{Flow, GroupKey};
use std::collections::BTreeMap;

/// What is felt in a step, in users.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moment {
    pub(crate) users: f64,
    pub(crate) down: f64,
    pub(crate) sent: f64,
    pub(crate) again: f64,
    pub(crate) served: f64,
    pub(crate) failed: f64,
    pub(crate) late: f64,
    /// Without a session, at its end.
    pub(crate) apart: f64,
}

/// A scenario played forward.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    pub(crate) moments: Vec<Moment>,
    /// What waits at the end of every step, where anything ever waits.
    pub(crate) queued: BTreeMap<(ComponentId, Short), Vec<f64>>,
}

/// What goes on.
pub(super) struct World<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) scenario: &'a Scenario,
    pub(super) streams: Vec<Stream>,
    pub(super) order: Vec<ComponentId>,
    pub(super) queues: BTreeMap<(ComponentId, Short), Queue>,
    pub(super) clients: Clients,
    pub(super) tallies: Vec<Tally>,
    /// By component: what comes in this step, and in the next.
    pub(super) inbox: [Vec<Vec<Parcel>>; 2],
    /// By component: `true` once it has had its turn in this step.
    pub(super) is_over: Vec<bool>,
    /// Start and end of the step.
    pub(super) span: [f64; 2],
}

/// Plays a scenario in which nobody does anything, in the steps that these instants end, under the steering of the state
/// before.
pub(crate) fn played(
    inventory: &Inventory,
    scenario: &Scenario,
    steering: &[Flow],
    steps: &[(Timestamp, Timestamp)],
) -> Reported {
    let (streams, stranded) = streams(inventory, scenario, steering);
    let count = inventory.component_count();
    let mut world = World {
        inventory,
        scenario,
        order: order(inventory, &streams),
        queues: BTreeMap::new(),
        clients: Clients::default(),
        tallies: vec![Tally::default(); streams.len()],
        inbox: [vec![Vec::new(); count], vec![Vec::new(); count]],
        is_over: vec![false; count],
        span: [0.0; 2],
        streams,
    };
    // Nothing is out before the scenario begins.
    let mut quiet = scenario.clone();
    quiet.events.clear();
    let mut before = Truth::at(inventory, &quiet, scenario.start);
    let mut sessions = vec![Sessions::default(); world.streams.len()];
    let mut carried = vec![0.0; world.streams.len()];
    let mut reported = Reported::default();
    let since = |at: Timestamp| at.duration_since(scenario.start).as_secs_f64();
    let of_streams = |world: &World<'_>, at: Timestamp| -> Vec<f64> {
        let there = users_at(inventory, scenario, at);
        let streams = 0..world.streams.len();
        streams.map(|index| world.users(index, &there)).collect()
    };
    // Before anything of the scenario arrives.
    let quietly = users_at(inventory, &quiet, scenario.start);
    let mut users: Vec<f64> = (0..world.streams.len())
        .map(|index| world.users(index, &quietly))
        .collect();
    for (index, (start, end)) in steps.iter().enumerate() {
        let now = Truth::at(inventory, scenario, *start);
        world.span = [since(*start), since(*end)];
        if index == 0 {
            world.begin(&now, &users, &mut sessions);
        }
        let middle = *start + end.duration_since(*start) / 2;
        let during = of_streams(&world, middle);
        let jumped = of_streams(&world, *start);
        let mut jumped: Vec<f64> = jumped
            .iter()
            .zip(if index == 0 {
                users.clone()
            } else {
                of_streams(&world, *start - SignedDuration::from_nanos(1))
            })
            .map(|(now, before)| (now - before).max(0.0))
            .collect();
        let mut moment = Moment::default();
        world.tallies.fill(Tally::default());
        for index in 0..world.streams.len() {
            let next = during[index];
            jumped[index] = jumped[index].min((next - users[index]).max(0.0));
            let crowd = [users[index], jumped[index], next];
            world.people(index, [&before, &now], crowd, &mut sessions[index]);
            users[index] = next;
        }
        let apart: Vec<f64> = sessions
            .iter()
            .map(|sessions| sessions.there - sessions.with)
            .collect();
        let ended = world.send(&mut sessions);
        world.pass(&now);
        let seconds = world.span[1] - world.span[0];
        for index in 0..world.streams.len() {
            let tally = world.tallies[index];
            sessions[index].with += tally.accepted;
            let there = sessions[index].there;
            let alone =
                apart[index] * seconds + ended[index] * seconds / 2.0 - tally.accepted_seconds;
            let faults = carried[index] + tally.failed_in_time + tally.late;
            // Nobody is down twice at once.
            let down = (alone.max(0.0) + faults).min(there * seconds);
            carried[index] = (faults - (down - alone.max(0.0)).max(0.0)).max(0.0);
            let factor = now.factor[world.streams[index].group.client_region.index()];
            if factor > 0.0 {
                moment.down += down / factor / seconds;
            }
            moment.users += users[index];
            moment.sent += tally.sent / seconds;
            moment.again += tally.again / seconds;
            moment.served += tally.served / seconds;
            moment.failed += tally.failed / seconds;
            moment.late += tally.late / seconds;
            moment.apart += there - sessions[index].with;
        }
        let there = users_at(inventory, scenario, middle);
        for shard in &stranded {
            moment.users += there[*shard];
            moment.down += there[*shard];
        }
        reported.moments.push(moment);
        world.report_queues(index, &mut reported);
        before = now;
    }
    for queued in reported.queued.values_mut() {
        queued.resize(steps.len(), 0.0);
    }
    reported
}

impl<'a> World<'a> {
    pub(super) fn profile(&self, stream: usize) -> &'a Profile {
        &self.inventory.profiles[self.streams[stream].group.profile.index()]
    }

    /// Users of a stream, counted as at the peak.
    fn users(&self, stream: usize, there: &[f64]) -> f64 {
        let one_stream = &self.streams[stream];
        let shards = self.inventory.shards.iter().enumerate();
        let users = shards.filter(|(index, shard)| {
            let id = ShardId::new(*index);
            let group = GroupKey::of(self.inventory, &self.scenario.policy, id);
            group == one_stream.group && shard.site == Some(one_stream.site)
        });
        let users: f64 = users.map(|(index, _)| there[index]).sum();
        users * one_stream.weight
    }

    /// Everybody who is there has a session, and what waits belongs to who passes the place, in proportion to what he loads
    /// there; it was sent at the beginning.
    fn begin(&mut self, now: &Truth<'_>, users: &[f64], sessions: &mut [Sessions]) {
        let there = |index: usize| {
            users[index] * now.factor[self.streams[index].group.client_region.index()]
        };
        for (index, session) in sessions.iter_mut().enumerate() {
            let there = there(index);
            *session = Sessions { there, with: there };
        }
        for queued in &self.scenario.queued {
            let mut loads = Vec::new();
            for index in 0..self.streams.len() {
                for (hop, at) in self.streams[index].hops.iter().enumerate() {
                    let share = match at {
                        Hop::One(component) => f64::from(u8::from(*component == queued.component)),
                        Hop::Pool(pool) => now.shares[pool.index()]
                            .iter()
                            .filter(|(member, _)| *member == queued.component.index())
                            .map(|(_, share)| *share)
                            .sum(),
                    };
                    let demand = self.profile(index).demand[queued.resource.index()];
                    let load = there(index) * share * demand;
                    if load > 0.0 {
                        loads.push((index, hop, load, demand));
                    }
                }
            }
            let all: f64 = loads.iter().map(|(_, _, load, _)| load).sum();
            let cohort = loads.into_iter().map(|(stream, hop, load, demand)| Parcel {
                stream,
                errand: Errand::Work,
                attempt: 0,
                amount: queued.amount * load / all / demand,
                sent: [0.0; 2],
                age: 0.0,
                is_late: false,
                is_new: false,
                hop,
                is_at_once: false,
                at: [0.0; 2],
            });
            let cohort = cohort.collect();
            let place = (queued.component, Short::Resource(queued.resource));
            self.queues.entry(place).or_default().put(cohort);
        }
    }

    /// Who is there when a step begins, and who of them has a session still.
    fn people(
        &mut self,
        index: usize,
        [before, now]: [&Truth<'_>; 2],
        [users_before, jumped, users_now]: [f64; 3],
        sessions: &mut Sessions,
    ) {
        let users = [users_before, users_now];
        let stream = self.streams[index].clone();
        let region = stream.group.client_region.index();
        let factor = [before.factor[region], now.factor[region]];
        let there = users[1] * factor[1];
        if are_free(self.inventory, &stream) {
            let with = if is_path_open(&stream, now) {
                there
            } else {
                0.0
            };
            *sessions = Sessions { there, with };
            return;
        }
        // Who comes or goes by the hour has a session in the proportion of those who are there.
        let by_hour = if factor[0] > 0.0 {
            factor[1] / factor[0]
        } else {
            1.0
        };
        let apart = sessions.there - sessions.with;
        if factor[0] > 0.0 {
            sessions.with *= by_hour;
        } else {
            sessions.with = users[0] * factor[1];
        }
        sessions.there = users[0] * factor[1];
        if by_hour > 1.0 {
            self.connect(index, apart * (by_hour - 1.0), false);
        } else if by_hour < 1.0 {
            self.fewer(index, by_hour);
        }
        // Decision: who joins all at once does so when the step begins, others evenly over it, and surges bring users who
        // join; who leaves does so whether he has a session or not.
        if users[1] > users[0] {
            self.connect(index, jumped * factor[1], true);
            self.connect(index, (users[1] - users[0] - jumped) * factor[1], false);
        } else if users[1] < users[0] {
            let share = users[1] / users[0];
            sessions.with *= share;
            self.fewer(index, share);
        }
        sessions.there = there;
        let stays = kept(self.inventory, &stream, before, now);
        self.connect(index, sessions.with * (1.0 - stays), true);
        sessions.with *= stays;
    }

    /// Only a share of those who connect is still there.
    fn fewer(&mut self, stream: usize, share: f64) {
        let is_own = |of: usize, errand: Errand| of == stream && errand == Errand::Connect;
        for parcel in self.queues.values_mut().flat_map(Queue::parcels) {
            if is_own(parcel.stream, parcel.errand) {
                parcel.amount *= share;
            }
        }
        for pending in &mut self.clients.pending {
            if is_own(pending.stream, pending.errand) {
                pending.amount *= share;
            }
        }
    }

    fn connect(&mut self, stream: usize, amount: f64, is_at_once: bool) {
        let [start, end] = self.span;
        let span = if is_at_once { [start; 2] } else { [start, end] };
        self.first(stream, Errand::Connect, amount, span, is_at_once);
    }

    fn first(
        &mut self,
        stream: usize,
        errand: Errand,
        amount: f64,
        sent: [f64; 2],
        is_at_once: bool,
    ) {
        if amount > 1e-12 {
            self.waiting_to_enter(Parcel {
                stream,
                errand,
                attempt: 0,
                amount,
                sent,
                age: 0.0,
                is_late: false,
                is_new: true,
                hop: 0,
                is_at_once,
                at: sent,
            });
        }
    }

    /// Sends work, what is sent again, and who connects in the course of things; returns how many sessions end so.
    fn send(&mut self, sessions: &mut [Sessions]) -> Vec<f64> {
        let seconds = self.span[1] - self.span[0];
        let mut ended = vec![0.0; sessions.len()];
        for index in 0..sessions.len() {
            let with = sessions[index].with;
            self.tallies[index].sent += with * seconds;
            self.first(index, Errand::Work, with * seconds, self.span, false);
            if !are_free(self.inventory, &self.streams[index]) {
                let share = self.profile(index).sessions_per_hour * seconds / 3600.0;
                ended[index] = with * share.min(1.0);
                sessions[index].with -= ended[index];
                self.connect(index, ended[index], false);
            }
        }
        for parcel in self.clients.due(self.span) {
            if parcel.errand == Errand::Work {
                self.tallies[parcel.stream].again += parcel.amount;
            }
            self.waiting_to_enter(parcel);
        }
        for at in 0..self.is_over.len() {
            for mut parcel in std::mem::take(&mut self.inbox[1][at]) {
                parcel.is_at_once = false;
                parcel.at = self.span;
                self.inbox[0][at].push(parcel);
            }
            self.is_over[at] = false;
        }
        ended
    }

    /// Puts a parcel before its path.
    fn waiting_to_enter(&mut self, parcel: Parcel) {
        let Hop::One(first) = self.streams[parcel.stream].hops[0] else {
            unreachable!("a path begins with a link");
        };
        self.inbox[0][first.index()].push(parcel);
    }

    pub(super) fn fail(&mut self, parcel: &Parcel, failure: Failure) {
        let index = parcel.stream;
        let profile = self.profile(index);
        let clients = (profile, &self.scenario.replay);
        let tally = &mut self.tallies[index];
        self.clients
            .fail(parcel, failure, self.span, clients, tally);
    }

    fn report_queues(&self, index: usize, reported: &mut Reported) {
        for (place, queue) in &self.queues {
            let waiting = self.in_normal_time(*place, queue);
            let values = reported.queued.entry(*place).or_default();
            values.resize(index, 0.0);
            values.push(waiting);
        }
    }
}
