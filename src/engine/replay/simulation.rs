//! Simulation: users, their attempts and what becomes of them, step by step (`docs/model.md` §9, Replay).

use super::accounts::StepTally;
use super::amount::Amount;
use super::conditions::Conditions;
use super::crowds::{AttemptKind, Items};
use super::field::{Obstacle, PathPoint, ResourceNetwork, Take, Where};
use super::grid::Haste;
use super::pending::{Attempts, Pending};
use super::pools::{Pools, Shares};
use super::queue::{Queue, QueueEntry};
use super::turning::Turning;
use crate::model::{Inventory, Queued, ReplayPolicy};
use crate::plan::replay::exceeds;
use crate::units::SAME_INSTANT;

/// What a step is made under.
pub(super) struct PlayedStep<'a> {
    /// Seconds since the replay began.
    pub(super) start: f64,
    pub(super) seconds: f64,
    /// By stream: users, counted as at the peak.
    pub(super) users: &'a [f64],
    /// By stream: users when it begins.
    pub(super) first: &'a [f64],
    /// By stream: the share of them that is there at this hour.
    pub(super) factor: &'a [f64],
    pub(super) conditions: &'a Conditions,
    /// How they divide from its beginning to its end.
    pub(super) pools: &'a Pools,
    /// By stage: what copies take of it.
    pub(super) standing: &'a [f64],
    /// By stream: users who are brought when it begins, counted as at the peak; all others come evenly.
    pub(super) jumped: &'a [f64],
    /// Components whose sessions end when the step begins, by position, and client regions.
    pub(super) disconnected: &'a [Where],
}

/// Of users of a stream, what rounding to millionths leaves of nobody.
const DUST: f64 = 10.0 * Amount::LEAST;

/// Users who wait no longer than this on average, in seconds, are accepted at once.
const AT_ONCE: f64 = 0.5;

/// What a stage had no time for when it came, because its turn was over.
#[derive(Debug, Clone, Copy)]
pub(super) struct CameBack {
    pub(super) entry: QueueEntry,
    /// In what time it comes, in seconds: as evenly as it came.
    pub(super) seconds: f64,
}

impl CameBack {
    /// Takes out what comes in `seconds`.
    pub(super) fn take(&mut self, seconds: f64) -> QueueEntry {
        let share = if self.entry.at_once {
            1.0
        } else {
            seconds / self.seconds
        };
        let amount = self.entry.amount.share(share);
        let [first, last] = self.entry.sent;
        let cut = first + share.min(1.0) * (last - first);
        let taken = QueueEntry {
            amount,
            sent: [first, cut],
            ..self.entry
        };
        self.entry.amount -= amount;
        self.entry.sent = [cut, last];
        self.seconds -= seconds;
        taken
    }
}

/// Everything that goes on from one step to the next.
pub(super) struct Simulation<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) field: &'a ResourceNetwork,
    pub(super) policy: ReplayPolicy,
    pub(super) items: Items,
    pub(super) queues: Vec<Queue>,
    /// By stage: what has come to it against the order of the stages, and found no time left.
    pub(super) came_back: Vec<Vec<CameBack>>,
    /// By stream: users who are there and have a session.
    pub(super) connected: Vec<Amount>,
    /// By stream: users who are there and have none.
    pub(super) apart: Vec<Amount>,
    /// By stream: users who send work in a step: who has a session when it begins, or only ends one in the course of things.
    pub(super) sending: Vec<Amount>,
    /// By stream: attempts to connect that wait somewhere.
    pub(super) outstanding: Vec<Amount>,
    /// By stream: attempts to connect that are made in a step for the first time, and all that are.
    pub(super) tried: Vec<[f64; 2]>,
    /// By stream: users without a session when a step begins, and whose sessions end at that instant.
    pub(super) at_first: Vec<f64>,
    /// By stream: users with a session when a step begins, before anybody comes or goes.
    pub(super) connected_first: Vec<f64>,
    pub(super) pending: Pending,
    /// By stream: users of the step before, counted as at the peak.
    pub(super) before: Vec<f64>,
    /// By stream: the share of them that was there.
    pub(super) factor_before: Vec<f64>,
    /// By pool and member: the share of sessions that it holds.
    pub(super) held: Shares,
    /// Which of the users turned last reconnect, and where.
    pub(super) turning: Turning,
    pub(super) attempts: Attempts,
    /// By stream: seconds of users down that are still to be counted, since nobody is down twice at once.
    owed: Vec<f64>,
    pub(super) is_begun: bool,
    is_quiet: bool,
    /// How soon clients try again what did not fit in the last step, in seconds; endless if everything did.
    pub(super) soonest: f64,
    /// See [`Self::effort`].
    pub(super) effort: f64,
    /// By stage: what arithmetic may bring to it in a step, and for every second of it, in the resource's unit times seconds.
    rounding: Vec<[f64; 2]>,
}

impl PlayedStep<'_> {
    pub(super) fn middle(&self) -> f64 {
        self.start + self.seconds / 2.0
    }

    pub(super) fn span(&self) -> [f64; 2] {
        [self.start, self.start + self.seconds]
    }

    /// What a stage takes per second, beside copies.
    pub(super) fn capacity(&self, stage: usize) -> f64 {
        (self.conditions.capacity[stage] - self.standing[stage]).max(0.0)
    }
}

impl<'a> Simulation<'a> {
    /// Where nobody is yet; pools held their sessions by `held` before.
    pub(super) fn new(
        inventory: &'a Inventory,
        field: &'a ResourceNetwork,
        policy: ReplayPolicy,
        held: Shares,
    ) -> Self {
        let items = Items::new(inventory, field);
        let streams = field.streams.len();
        Self {
            inventory,
            field,
            policy,
            queues: vec![Queue::default(); field.stages.len()],
            came_back: vec![Vec::new(); field.stages.len()],
            connected: vec![Amount::NONE; streams],
            apart: vec![Amount::NONE; streams],
            sending: vec![Amount::NONE; streams],
            outstanding: vec![Amount::NONE; streams],
            tried: vec![[0.0; 2]; streams],
            at_first: vec![0.0; streams],
            connected_first: vec![0.0; streams],
            pending: Pending::default(),
            before: vec![0.0; streams],
            factor_before: Vec::new(),
            held,
            turning: Turning::default(),
            attempts: Attempts::new(items.len()),
            owed: vec![0.0; streams],
            items,
            is_begun: false,
            is_quiet: false,
            soonest: f64::INFINITY,
            effort: 0.0,
            rounding: rounding(inventory, field),
        }
    }

    /// `true` if more comes to a stage in a step than its capacity: what arithmetic leaves of users and of their work always
    /// fits, or clients who try again would make ever more of it.
    pub(super) fn exceeds(&self, stage: usize, (came, spare): (f64, f64), seconds: f64) -> bool {
        let [once, by_second] = self.rounding[stage];
        exceeds(came - once - by_second * seconds, spare)
    }

    /// Puts in what is queued when the replay begins, as work of the users who send most there; returns how much that is.
    ///
    /// It is divided among the streams that pass, by what they bring; where none does, nobody waits for it, and it is worked all the same.
    pub(super) fn begin(
        &mut self,
        queued: &[Queued],
        conditions: &Conditions,
        users: &[f64],
        factor: &[f64],
    ) -> Amount {
        let mut all = Amount::NONE;
        for one_queued in queued {
            let stages = self
                .field
                .of_component(one_queued.component)
                .iter()
                .copied();
            let obstacle = Obstacle::Resource(one_queued.resource.index());
            let mut named = stages.filter(|stage| self.field.stages[*stage].obstacle == obstacle);
            let Some(stage) = named.next() else {
                continue;
            };
            let mut waiting = Vec::new();
            let mut sum = 0.0;
            for (stream, path) in self.field.streams.iter().enumerate() {
                let cost = self.cost(conditions, stage, stream, AttemptKind::Work);
                let normal = cost / conditions.takes(stage, path.profile.index());
                let there = users[stream] * factor[stream];
                let next = path.points.iter().find_map(|point| match point {
                    PathPoint::Stage { stage: here, next } if *here == stage => Some(*next),
                    _ => None,
                });
                if let Some(next) = next.filter(|_| cost * there > 0.0) {
                    sum += normal * there;
                    waiting.push((stream, next, cost, there));
                }
            }
            let entries = waiting
                .into_iter()
                .map(|(stream, next, cost, there)| QueueEntry {
                    item: self.items.first(stream, AttemptKind::Work),
                    next,
                    amount: Amount::of(one_queued.amount * there / sum),
                    came: [0.0; 2],
                    age: 0.0,
                    sent: [0.0; 2],
                    lag: 0.0,
                    longest: 0.0,
                    at: 0.0,
                    at_once: false,
                    cost,
                });
            let entries: Vec<QueueEntry> = entries.collect();
            if entries.is_empty() {
                self.queues[stage].put_stale(0.0, Amount::of(one_queued.amount));
                continue;
            }
            all += entries.iter().map(|entry| entry.amount).sum();
            self.queues[stage].put(0.0, entries);
        }
        all
    }

    pub(super) fn step(&mut self, step: &PlayedStep<'_>, tally: &mut StepTally) {
        self.soonest = f64::INFINITY;
        self.tried.fill([0.0; 2]);
        self.at_first.clear();
        let apart = self.apart.iter().map(|amount| amount.number());
        self.at_first.extend(apart);
        self.connected_first.clear();
        let connected = self.connected.iter().map(|amount| amount.number());
        self.connected_first.extend(connected);
        let was_waiting = self.pending.amounts().next().is_some();
        let was_owed = self.is_owed();
        let ending = self.ending(step);
        let turned = self.turned_in_pools(step, &ending);
        self.populate(step, &turned, tally);
        self.end_sessions(step, (&ending, &turned), tally);
        self.attempt(step, tally);
        let loads = self.loads(step, |_| true);
        let (hot, most) = self.hot(step, &loads);
        let is_hot = hot.iter().any(|flag| *flag);
        if is_hot {
            let is_free = self.free(&hot);
            let of_free = self.loads(step, |stream| is_free[stream]);
            tally.begin_stages(&of_free, step.seconds);
            self.pass(step, (&hot, &most), &is_free, tally);
        } else {
            tally.begin_stages(&loads, step.seconds);
            for sent in self.attempts.take() {
                let reached = (sent.item, sent.amount, sent.at);
                self.served(step, reached, [sent.age; 2], 0.0, tally);
            }
        }
        let is_waiting = self.pending.amounts().next().is_some();
        self.count_down(step, tally);
        self.is_quiet = !is_hot
            && !was_waiting
            && !is_waiting
            && !was_owed
            && (self.apart.iter().enumerate())
                .all(|(stream, amount)| amount.number() <= DUST || !self.items.has_gate(stream))
            // Who has got a session in this step sends from the next one on.
            && (self.connected.iter().zip(&self.sending))
                .all(|(now, sent)| now.without(*sent).number() <= DUST)
            && !self.is_owed();
        self.effort += self.work();
    }

    /// Users down: those without a session, and those whose work fails or is late, up to the number that is there; what is
    /// more counts in the steps after. Where no user is left it counts for all others together, as far as those are not down.
    fn count_down(&mut self, step: &PlayedStep<'_>, tally: &mut StepTally) {
        // Counted as at the peak.
        let mut not_down = 0.0;
        for (stream, of_stream) in tally.streams.iter_mut().enumerate() {
            // As if they all had been since it began, and less for who has got one since, or has lost it only since.
            let apart = of_stream.apart + self.apart[stream].number() * step.seconds;
            of_stream.apart = if apart > DUST * step.seconds {
                apart
            } else {
                0.0
            };
            let there = (self.connected[stream] + self.apart[stream]).number() * step.seconds;
            self.owed[stream] += of_stream.down + of_stream.apart;
            of_stream.down = self.owed[stream].min(there);
            self.owed[stream] -= of_stream.down;
            of_stream.down_apart = of_stream.apart.min(of_stream.down);
            if step.factor[stream] > 0.0 {
                not_down += (there - of_stream.down) / step.factor[stream];
                // Users who wait are down from the instant at which their session ends; those accepted within it are not.
                let on_average = of_stream.down_apart / step.seconds;
                let at_first = self.at_first[stream].min(step.first[stream] * step.factor[stream]);
                let most = if of_stream.down_apart > at_first * AT_ONCE {
                    on_average.max(at_first)
                } else {
                    on_average
                };
                tally.most_apart += most / step.factor[stream];
            }
        }
        for (stream, of_stream) in tally.streams.iter_mut().enumerate() {
            let is_left = (self.connected[stream] + self.apart[stream]).is_none();
            if is_left && self.owed[stream] > 0.0 {
                of_stream.down = self.owed[stream].min(not_down * step.factor[stream]);
                self.owed[stream] -= of_stream.down;
                if step.factor[stream] > 0.0 {
                    not_down -= of_stream.down / step.factor[stream];
                }
            }
        }
    }

    /// By stage: what attempts of such streams take that come to it if everything passes, in the resource's unit times seconds.
    fn loads(&self, step: &PlayedStep<'_>, is_meant: impl Fn(usize) -> bool) -> Vec<f64> {
        let mut loads = vec![0.0; self.field.stages.len()];
        // Of work, of sessions, and of sessions of those who are turned.
        let mut of_streams = vec![[0.0; 3]; self.field.streams.len()];
        for (item, amount) in self.attempts.amounts() {
            let (stream, kind) = self.items.whose(item);
            let is_turned = usize::from(self.items.is_turned(item));
            of_streams[stream][kind as usize + is_turned] += amount.number();
        }
        for (stream, [work, again, turned]) in of_streams.into_iter().enumerate() {
            if work <= 0.0 && again <= 0.0 && turned <= 0.0 || !is_meant(stream) {
                continue;
            }
            let one_stream = &self.field.streams[stream];
            let session_cost = self.inventory.profiles[one_stream.profile.index()].session_cost;
            for take in &one_stream.takes {
                let mean = |(pool, member)| step.pools.mean(pool, member);
                let share = take.member.map_or(1.0, mean);
                let mut sessions = share * again;
                if turned > 0.0 {
                    sessions += turned * self.turned_at(step, one_stream.cell, take);
                }
                loads[take.stage] += match take.demand {
                    None => sessions,
                    Some(demand) => {
                        let takes = step
                            .conditions
                            .takes(take.stage, one_stream.profile.index());
                        demand * takes * (share * work + sessions * session_cost)
                    }
                };
            }
        }
        loads
    }

    /// Of the turned users of a group at a site, the share who come to a component of their path and connect there.
    fn turned_at(&self, step: &PlayedStep<'_>, cell: usize, take: &Take) -> f64 {
        let share = take.member.map_or(1.0, |(pool, member)| {
            let of_turned = self.turning.members(cell, pool);
            of_turned.map_or_else(|| step.pools.mean(pool, member), |values| values[member])
        });
        share * self.turning.reconnecting(cell, take.component)
    }

    /// Seconds of users down are still to be counted.
    fn is_owed(&self) -> bool {
        self.owed.iter().any(|value| *value > 0.0)
    }

    /// `true` if in the last step everything passed, nothing waits, and everybody there had a session all the time or cannot
    /// try to get one: another one under the same conditions is like it.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// How much the next step has to do: one piece for a stream, half of one for what is tried again, a tenth for a part
    /// of what waits.
    pub(super) fn work(&self) -> f64 {
        let waiting: usize = self.queues.iter().map(Queue::parts).sum();
        let again = self.pending.amounts().count();
        self.field.streams.len() as f64 + 0.5 * again as f64 + 0.1 * waiting as f64
    }

    /// Pieces of work that the replay has taken so far: that of every step ([`Self::work`]), and the points of paths that anything
    /// has passed one by one.
    pub(super) fn effort(&self) -> f64 {
        self.effort
    }

    /// Why the step that begins at an instant must not be long.
    pub(super) fn haste(&self, at: f64) -> Haste {
        let at_once = self.pending.next_at_once(at).map(|value| value - at);
        Haste {
            soonest: self.soonest,
            at_once: at_once.map(|value| if value < SAME_INSTANT { 0.0 } else { value }),
            is_even: false,
            affordable: 0.0,
        }
    }

    /// What one of an item's kind takes of a stage, in the resource's unit times seconds.
    pub(super) fn cost(
        &self,
        conditions: &Conditions,
        stage: usize,
        stream: usize,
        kind: AttemptKind,
    ) -> f64 {
        let profile = self.field.streams[stream].profile.index();
        let row = &self.inventory.profiles[profile];
        match (self.field.stages[stage].obstacle, kind) {
            (Obstacle::Itself, _) | (Obstacle::Gate, AttemptKind::Work) => 0.0,
            (Obstacle::Gate, AttemptKind::Session) => 1.0,
            (Obstacle::Resource(resource), kind) => {
                let takes = conditions.takes(stage, profile);
                let seconds = match kind {
                    AttemptKind::Work => 1.0,
                    AttemptKind::Session => row.session_cost,
                };
                row.work[resource] * takes * seconds
            }
        }
    }

    /// Work that waits takes what it takes under these conditions.
    pub(super) fn revalue(&mut self, conditions: &Conditions) {
        let mut queues = std::mem::take(&mut self.queues);
        for (stage, queue) in queues.iter_mut().enumerate() {
            queue.revalue(|item| {
                let (stream, kind) = self.items.whose(item);
                self.cost(conditions, stage, stream, kind)
            });
        }
        self.queues = queues;
    }

    /// Work that waits in queues or is to be sent again.
    pub(super) fn in_flight(&self) -> Amount {
        let mut all = Amount::NONE;
        let mut add = |item: usize, amount: Amount| {
            if self.items.whose(item).1 == AttemptKind::Work {
                all += amount;
            }
        };
        for entry in self.queues.iter().flat_map(Queue::live) {
            add(entry.item, entry.amount);
        }
        for came_back in self.came_back.iter().flatten() {
            add(came_back.entry.item, came_back.entry.amount);
        }
        for (item, amount) in self.pending.amounts() {
            add(item, amount);
        }
        all
    }
}

/// By stage: what the least that there is of work and of sessions takes of it, of every stream that passes; and what the least
/// that there is of users takes in a second.
fn rounding(inventory: &Inventory, field: &ResourceNetwork) -> Vec<[f64; 2]> {
    let mut all = vec![[0.0; 2]; field.stages.len()];
    for stream in &field.streams {
        let session_cost = inventory.profiles[stream.profile.index()].session_cost;
        for take in &stream.takes {
            let least = Amount::LEAST * take.demand.unwrap_or(1.0);
            let [once, by_second] = &mut all[take.stage];
            *once += least * (1.0 + session_cost);
            *by_second += least;
        }
    }
    all
}
