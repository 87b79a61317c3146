//! Passing: attempts go from stage to stage, as far as those let them.
//!
//! Paths that pass the same stages in opposite orders are circles: some work meets a stage after its turn.

use super::accounts::{OfStage, StepTally};
use super::clients::late_after;
use super::crowds::AttemptKind;
use super::field::{Obstacle, PathPoint, Where};
use super::queue::{Patience, QueueEntry, Service, StepOutcome, cost_of};
use super::simulation::{CameBack, PlayedStep, Simulation};
use crate::units::SAME_INSTANT;

/// As good as no limit on what is worked per second, and still a number that can be divided.
const UNLIMITED: f64 = 1e200;

impl Simulation<'_> {
    /// Lets attempts pass, stage by stage; `loads` is the most that can come to each. What streams send whose path is free gets to its
    /// end.
    pub(super) fn pass(
        &mut self,
        step: &PlayedStep<'_>,
        (hot, loads): (&[bool], &[f64]),
        is_free: &[bool],
        tally: &mut StepTally,
    ) {
        let field = self.field;
        let stages = field.stages.len();
        let mut arriving: Vec<Vec<QueueEntry>> = vec![Vec::new(); stages];
        let mut left: Vec<f64> = vec![f64::INFINITY; stages];
        for sent in self.attempts.take() {
            let stream = self.items.whose(sent.item).0;
            if is_free[stream] {
                let reached = (sent.item, sent.amount, sent.at);
                self.served(step, reached, [sent.age; 2], 0.0, tally);
                continue;
            }
            let points = &self.field.streams[stream].points;
            let entry = QueueEntry {
                item: sent.item,
                next: points.len() - 1,
                amount: sent.amount,
                came: [0.0; 2],
                age: sent.age,
                sent: if sent.at_once {
                    [sent.at; 2]
                } else {
                    step.span()
                },
                lag: 0.0,
                longest: 0.0,
                at: sent.at,
                at_once: sent.at_once,
                cost: 0.0,
            };
            self.advance(step, (hot, loads), &mut arriving, entry, tally);
        }
        for &stage in &field.order {
            if !hot[stage] {
                continue;
            }
            let mut entries = self.come_again(stage, step.seconds);
            entries.append(&mut arriving[stage]);
            if entries.is_empty() && self.queues[stage].is_empty() {
                tally.stage(stage, OfStage::default());
                left[stage] = step.capacity(stage) * step.seconds;
                continue;
            }
            let (on, spare) = self.at_stage(step, stage, entries, tally);
            left[stage] = spare;
            for entry in on {
                self.advance(step, (hot, loads), &mut arriving, entry, tally);
            }
        }
        while arriving
            .iter()
            .any(|queue_entries| !queue_entries.is_empty())
        {
            for &stage in &field.order {
                let entries = std::mem::take(&mut arriving[stage]);
                if entries.is_empty() {
                    continue;
                }
                let on = self.against_the_order(step, (stage, &mut left[stage]), entries, tally);
                for entry in on {
                    self.advance(step, (hot, loads), &mut arriving, entry, tally);
                }
            }
        }
    }

    /// Takes an attempt on to the next stage that may hold it up, or to its end.
    fn advance(
        &mut self,
        step: &PlayedStep<'_>,
        (hot, loads): (&[bool], &[f64]),
        arriving: &mut [Vec<QueueEntry>],
        entry: QueueEntry,
        tally: &mut StepTally,
    ) {
        let (stream, kind) = self.items.whose(entry.item);
        let field = self.field;
        let points = &field.streams[stream].points;
        let is_turned = self.items.is_turned(entry.item);
        let mut entry = entry;
        let mut open: Vec<QueueEntry> = Vec::new();
        loop {
            self.effort += 1.0;
            match &points[entry.next] {
                PathPoint::End => {
                    let waited = [entry.lag, entry.longest].map(|value| entry.age + value);
                    let one_entry = (entry.item, entry.amount, entry.at);
                    let is_of_step = entry.sent[0] > step.start - SAME_INSTANT;
                    let lag = if is_of_step { entry.lag } else { 0.0 };
                    self.served(step, one_entry, waited, lag, tally);
                }
                PathPoint::Pool { pool, members } => {
                    let of_turned = if is_turned {
                        self.turning.members(field.streams[stream].cell, *pool)
                    } else {
                        None
                    };
                    let share = |member: usize| match of_turned {
                        Some(values) => values[member],
                        None => step.pools.mean(*pool, member),
                    };
                    let has_any = |member: &usize| share(*member) > 0.0;
                    let last = (0..members.len()).rev().find(has_any).unwrap_or(0);
                    let mut left = entry.amount;
                    for (member, next) in members.iter().enumerate() {
                        let amount = if member == last {
                            left
                        } else {
                            entry.amount.share(share(member)).min(left)
                        };
                        left -= amount;
                        if !amount.is_none() {
                            open.push(QueueEntry {
                                amount,
                                next: *next,
                                ..entry
                            });
                        }
                    }
                }
                PathPoint::Stage { stage, next } => {
                    entry.next = *next;
                    let stage = *stage;
                    let cost = self.cost(step.conditions, stage, stream, kind);
                    let replay_stage = field.stages[stage];
                    let is_itself = replay_stage.obstacle == Obstacle::Itself;
                    let mut is_here = true;
                    if let Where::Component(component) = replay_stage.place
                        && !is_itself
                        && is_turned
                    {
                        // Who passed it before is not held up.
                        let cell = field.streams[stream].cell;
                        let again = entry
                            .amount
                            .share(self.turning.reconnecting(cell, component));
                        let rest = entry.amount - again;
                        if !rest.is_none() {
                            open.push(QueueEntry {
                                amount: rest,
                                ..entry
                            });
                        }
                        is_here = !again.is_none();
                        entry.amount = again;
                    }
                    if is_here {
                        if !hot[stage] || cost <= 0.0 && !is_itself {
                            let rate = entry.amount.number() * cost / step.seconds;
                            tally.passes(stage, rate, loads[stage] / step.seconds);
                            continue;
                        }
                        entry.cost = cost;
                        arriving[stage].push(entry);
                    }
                }
            }
            let Some(next) = open.pop() else {
                return;
            };
            entry = next;
        }
    }

    /// What a stage makes of what comes to it; returns what goes on, and what else could be worked, in the resource's unit
    /// times seconds.
    fn at_stage(
        &mut self,
        step: &PlayedStep<'_>,
        stage: usize,
        entries: Vec<QueueEntry>,
        tally: &mut StepTally,
    ) -> (Vec<QueueEntry>, f64) {
        let replay_stage = self.field.stages[stage];
        let came = cost_of(&entries);
        let spare_capacity = step.capacity(stage);
        if replay_stage.obstacle == Obstacle::Itself {
            return (self.at_itself(step, stage, entries, tally), f64::INFINITY);
        }
        if !replay_stage.queues {
            let spare = spare_capacity * step.seconds;
            let passes = if self.exceeds(stage, (came, spare), step.seconds) {
                spare / came
            } else {
                1.0
            };
            let is_again = |queue_entry: &&QueueEntry| self.items.attempt(queue_entry.item) > 0;
            let again = entries.iter().filter(is_again);
            let again: f64 = again
                .map(|queue_entry| queue_entry.amount.number() * queue_entry.cost)
                .sum();
            let on = self.let_pass(step, entries, true, |_| (passes, false), tally);
            tally.stage(
                stage,
                OfStage {
                    offered: came / step.seconds,
                    again: again / step.seconds,
                    worked: came * passes / step.seconds,
                    lost: came * (1.0 - passes) / step.seconds,
                    ..OfStage::default()
                },
            );
            return (on, (spare - came).max(0.0));
        }
        let nominal = (step.conditions.nominal[stage] - step.standing[stage]).max(0.0);
        let service = Service {
            start: step.start,
            seconds: step.seconds,
            capacity: spare_capacity.min(UNLIMITED),
            most: if replay_stage.longest.is_finite() {
                replay_stage.longest * spare_capacity.max(nominal)
            } else {
                f64::INFINITY
            },
            sheds: replay_stage.sheds,
        };
        let (items, profiles) = (&self.items, &self.inventory.profiles);
        let streams = &self.field.streams;
        let patience = |item: usize| {
            let (stream, _) = items.whose(item);
            let profile = &profiles[streams[stream].profile.index()];
            let gives_up = profile.timeout_seconds.unwrap_or(f64::INFINITY);
            Patience {
                gives_up,
                is_late: if items.may_be_late(item) {
                    late_after(profile)
                } else {
                    f64::INFINITY
                },
                once_late: items.once_late(item),
            }
        };
        let stretch = if step.conditions.is_slow(stage) {
            self.stretch(step, stage, &entries)
        } else {
            1.0
        };
        let outcome = self.queues[stage].step(&service, entries, patience);
        let spare = if self.queues[stage].is_empty() {
            (service.capacity * step.seconds - outcome.worked).max(0.0)
        } else {
            0.0
        };
        let on = self.after_queue(step, stage, (came, stretch), outcome, tally);
        (on, spare)
    }

    /// What a component that may be out, or fail a share of what passes, makes of what comes to it; returns what goes on.
    pub(super) fn at_itself(
        &mut self,
        step: &PlayedStep<'_>,
        stage: usize,
        entries: Vec<QueueEntry>,
        tally: &mut StepTally,
    ) -> Vec<QueueEntry> {
        let passes = step.conditions.capacity[stage];
        let is_closed = step.conditions.is_closed[stage];
        let share = |kind| {
            let is_refused = is_closed && kind == AttemptKind::Session;
            // Users that an outage sends away come back spread, as each happens to.
            let is_spread = !(is_refused && passes > 0.0);
            (if is_refused { 0.0 } else { passes }, is_spread)
        };
        self.let_pass(step, entries, false, share, tally)
    }

    /// Lets a share of what comes pass, of every kind, and whether the rest comes back spread; that rest fails, for lack of
    /// spare capacity if `is_crowded`. Returns what goes on.
    fn let_pass(
        &mut self,
        step: &PlayedStep<'_>,
        entries: Vec<QueueEntry>,
        is_crowded: bool,
        share: impl Fn(AttemptKind) -> (f64, bool),
        tally: &mut StepTally,
    ) -> Vec<QueueEntry> {
        let mut on = Vec::with_capacity(entries.len());
        for entry in entries {
            let (passes, is_spread) = share(self.items.whose(entry.item).1);
            let kept = entry.amount.share(passes);
            let gone = self.unanswered(step, &entry, entry.amount - kept, is_spread);
            self.failed(step, gone, is_crowded, tally);
            if !kept.is_none() {
                on.push(QueueEntry {
                    amount: kept,
                    ..entry
                });
            }
        }
        on
    }

    /// How many times as much as in normal time the work takes that comes to a stage, or waits there.
    fn stretch(&self, step: &PlayedStep<'_>, stage: usize, entries: &[QueueEntry]) -> f64 {
        let of = |queue_entry: &QueueEntry| {
            let profile = self.field.streams[self.items.whose(queue_entry.item).0]
                .profile
                .index();
            let takes = queue_entry.amount.number() * queue_entry.cost;
            (takes, takes / step.conditions.takes(stage, profile))
        };
        let waiting = self.queues[stage].live().map(of);
        let stale = self.queues[stage].stale().map(|(item, takes)| {
            let stretch = item.map_or(1.0, |item| {
                let profile = self.field.streams[self.items.whose(item).0].profile;
                step.conditions.takes(stage, profile.index())
            });
            (takes, takes / stretch)
        });
        let all = entries.iter().map(of).chain(waiting).chain(stale);
        let (takes, normal) = all.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        if normal > 0.0 { takes / normal } else { 1.0 }
    }

    /// Settles what a queue has made of a step; returns what goes on.
    fn after_queue(
        &mut self,
        step: &PlayedStep<'_>,
        stage: usize,
        (came, stretch): (f64, f64),
        outcome: StepOutcome,
        tally: &mut StepTally,
    ) -> Vec<QueueEntry> {
        let mut lost = 0.0;
        for gone in &outcome.refused {
            let (stream, kind) = self.items.whose(gone.item);
            lost += gone.amount.number() * self.cost(step.conditions, stage, stream, kind);
            self.failed(step, *gone, true, tally);
        }
        for gone in &outcome.given_up {
            self.failed(step, *gone, true, tally);
        }
        for (item, amount) in &outcome.late {
            self.late(*item, *amount, tally);
        }
        let end = step.start + step.seconds;
        let queue = &self.queues[stage];
        let of_stage = OfStage {
            offered: came / step.seconds,
            // What waits is not lost, whichever attempt it is.
            again: 0.0,
            worked: outcome.worked / step.seconds,
            lost: lost / step.seconds,
            queued: queue.cost(),
            oldest: queue.oldest(end),
            longest: outcome.longest,
            most: outcome.most,
            stale: outcome.stale.number() + outcome.shed.number(),
            stretch,
        };
        tally.stage(stage, of_stage.in_normal_work(stretch));
        self.after_work(step, stage, outcome.served, tally)
    }

    /// What goes on of what has been worked: slow work may have been given up meanwhile.
    pub(super) fn after_work(
        &mut self,
        step: &PlayedStep<'_>,
        stage: usize,
        worked: Vec<QueueEntry>,
        tally: &mut StepTally,
    ) -> Vec<QueueEntry> {
        let mut on = Vec::with_capacity(worked.len());
        for mut entry in worked {
            let (stream, _) = self.items.whose(entry.item);
            let profile = self.field.streams[stream].profile.index();
            let fails = step.conditions.fails(stage, profile);
            if fails > 0.0 {
                let gone = entry.amount.share(fails);
                entry.amount -= gone;
                self.lost_for_good(step, (entry.item, gone), step.span(), tally);
            }
            on.push(entry);
        }
        on
    }
}

impl Simulation<'_> {
    /// What comes to a stage within `seconds`, of what it had no time for before.
    pub(super) fn come_again(&mut self, stage: usize, seconds: f64) -> Vec<QueueEntry> {
        let came_backs = &mut self.came_back[stage];
        let taken = came_backs
            .iter_mut()
            .map(|came_back| came_back.take(seconds));
        let taken = taken
            .filter(|queue_entry| !queue_entry.amount.is_none())
            .collect();
        came_backs.retain(|came_back| !came_back.entry.amount.is_none());
        taken
    }

    /// What a stage makes of what comes to it after its turn: as much passes as can still be worked, and takes that of what is
    /// `left`, in the resource's unit times seconds; the rest comes again as soon as it may. Returns what goes on.
    pub(super) fn against_the_order(
        &mut self,
        step: &PlayedStep<'_>,
        (stage, left): (usize, &mut f64),
        entries: Vec<QueueEntry>,
        tally: &mut StepTally,
    ) -> Vec<QueueEntry> {
        if self.field.stages[stage].obstacle == Obstacle::Itself {
            return self.at_itself(step, stage, entries, tally);
        }
        let came = cost_of(&entries);
        let share = if self.exceeds(stage, (came, *left), step.seconds) {
            *left / came
        } else {
            1.0
        };
        let mut worked = Vec::with_capacity(entries.len());
        for entry in entries {
            let amount = entry.amount.share(share);
            let rest = QueueEntry {
                amount: entry.amount - amount,
                ..entry
            };
            if !rest.amount.is_none() {
                self.came_back[stage].push(CameBack {
                    entry: rest,
                    seconds: step.seconds,
                });
            }
            if !amount.is_none() {
                worked.push(QueueEntry { amount, ..entry });
            }
        }
        let cost = cost_of(&worked);
        *left = (*left - cost).max(0.0);
        tally.more(stage, cost / step.seconds);
        if self.field.stages[stage].queues {
            return self.after_work(step, stage, worked, tally);
        }
        worked
    }
}
