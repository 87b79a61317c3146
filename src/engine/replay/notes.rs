//! Notes: what is reported of a run, step by step, which stages may hold anything up in a step, and which did.

use super::accounts::{Accounts, OfStage, StepTally};
use super::crowds::AttemptKind;
use super::field::{Obstacle, PathPoint, ResourceNetwork, Where};
use super::queue::Queue;
use super::simulation::{PlayedStep, Simulation};
use crate::ids::ResourceId;
use crate::plan::replay::{Moment, Passage, PassageFlow, Short, exceeds};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What has been noted so far.
pub(super) struct Notes {
    pub(super) moments: Vec<Moment>,
    pub(super) cuts: Vec<Timestamp>,
    /// Steps of which parts were longer than is exact.
    pub(super) coarse: Vec<[Timestamp; 2]>,
    /// By moment: what came to every stage.
    pub(super) stages: Vec<Arc<Vec<OfStage>>>,
    /// By moment: what every stage could take.
    pub(super) capacities: Vec<Arc<Vec<f64>>>,
    pub(super) accounts: Accounts,
    /// By month: how many seconds of it are played.
    pub(super) lengths: BTreeMap<Date, f64>,
}

impl Notes {
    pub(super) fn new() -> Self {
        Self {
            moments: Vec::new(),
            cuts: Vec::new(),
            coarse: Vec::new(),
            stages: Vec::new(),
            capacities: Vec::new(),
            accounts: Accounts::default(),
            lengths: BTreeMap::new(),
        }
    }

    pub(super) fn note(
        &mut self,
        (start, end): (Timestamp, Timestamp),
        (users, [nowhere, down, unplaced]): (f64, [f64; 3]),
        factor: &[f64],
        tally: &StepTally,
        in_flight: f64,
    ) {
        let seconds = end.duration_since(start).as_secs_f64();
        let mut moment = Moment {
            start,
            end,
            users: nowhere + users,
            down,
            nowhere: down,
            unplaced,
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
        for (of_stream, factor) in tally.streams.iter().zip(factor) {
            moment.sent += of_stream.sent.number() / seconds;
            moment.again += of_stream.again.number() / seconds;
            moment.served += of_stream.served.number() / seconds;
            moment.failed += of_stream.failed.number() / seconds;
            moment.late += of_stream.late.number() / seconds;
            moment.apart += of_stream.apart / seconds;
            moment.ended += of_stream.ended / seconds;
            moment.connected += of_stream.connected / seconds;
            if of_stream.down > 0.0 && *factor > 0.0 {
                moment.down += of_stream.down / factor / seconds;
                moment.without_session += of_stream.down_apart / factor / seconds;
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

/// The stages that held work up at any time: where anything waited, was lost or exceeded the capacity.
pub(super) fn passages(field: &ResourceNetwork, notes: &Notes) -> Vec<Passage> {
    let mut is_noted = vec![false; field.stages.len()];
    for (stages, spares) in notes.stages.iter().zip(&notes.capacities) {
        for (stage, of_stage) in stages.iter().enumerate() {
            is_noted[stage] |= of_stage.queued > 0.0
                || of_stage.most[0] > 0.0
                || of_stage.lost > 0.0
                || exceeds(of_stage.offered * of_stage.stretch.max(1.0), spares[stage]);
        }
    }
    let mut passages = Vec::new();
    for (stage, replay_stage) in field
        .stages
        .iter()
        .enumerate()
        .filter(|(index, _)| is_noted[*index])
    {
        let Where::Component(component) = replay_stage.place else {
            continue;
        };
        let short = match replay_stage.obstacle {
            Obstacle::Itself => continue,
            Obstacle::Gate => Short::Sessions,
            Obstacle::Resource(resource) => Short::Resource(ResourceId::new(resource)),
        };
        let first = notes.moments.first().map(|moment| moment.start);
        let moments = notes.moments.iter();
        let both = notes.stages.iter().zip(&notes.capacities).zip(moments);
        let flows = both.map(|((stages, spares), moment)| {
            let of_stage = stages[stage];
            let seconds = moment.seconds();
            let [most, most_after] = if of_stage.queued >= of_stage.most[0] {
                [of_stage.queued, seconds]
            } else {
                let begins = first.map(|first| moment.start.duration_since(first).as_secs_f64());
                [of_stage.most[0], of_stage.most[1] - begins.unwrap_or(0.0)]
            };
            PassageFlow {
                offered: of_stage.offered,
                again: of_stage.again,
                capacity: spares[stage] / of_stage.stretch.max(1.0),
                worked: of_stage.worked,
                lost: of_stage.lost,
                queued: of_stage.queued,
                oldest: of_stage.oldest,
                longest: of_stage.longest,
                most,
                most_after: most_after.clamp(0.0, seconds),
                stale: of_stage.stale,
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

impl Simulation<'_> {
    /// Stages that may hold anything up: those with more than they can take, those with a queue, and those after a queue that could be
    /// given more than they take. With them, by stage, the most that can come to it, with what waits before it, in the resource's
    /// unit times seconds; `loads` is what comes to each if everything passes that is sent in the step.
    pub(super) fn hot(&self, step: &PlayedStep<'_>, loads: &[f64]) -> (Vec<bool>, Vec<f64>) {
        let conditions = step.conditions;
        let is_sending = self.sending_streams();
        let is_slowed = !conditions.slow.is_empty();
        let mut is_hot: Vec<bool> = (self.field.stages.iter().enumerate())
            .map(|(stage, replay_stage)| {
                if replay_stage.obstacle == Obstacle::Itself {
                    (conditions.capacity[stage] < 1.0 || conditions.is_closed[stage])
                        && self.field.passing[stage]
                            .iter()
                            .any(|index| is_sending[*index])
                        || !self.came_back[stage].is_empty()
                } else {
                    let spare = step.capacity(stage) * step.seconds;
                    !self.queues[stage].is_empty()
                        || !self.came_back[stage].is_empty()
                        || self.exceeds(stage, (loads[stage], spare), step.seconds)
                        || is_slowed && conditions.is_slow(stage) && loads[stage] > 0.0
                }
            })
            .collect();
        let mut most = loads.to_vec();
        if self.queues.iter().all(Queue::is_empty) && self.attempts.at_once().next().is_none() {
            return (is_hot, most);
        }
        // What comes all at once may have to wait wherever it goes on.
        for sent in self.attempts.at_once() {
            let (stream, _) = self.items.whose(sent.item);
            for point in &self.field.streams[stream].points {
                if let PathPoint::Stage { stage, .. } = point {
                    is_hot[*stage] = true;
                }
            }
        }
        for (stage, released) in self.released(step).into_iter().enumerate() {
            if released <= 0.0 {
                continue;
            }
            most[stage] += released * step.seconds;
            let itself = self.field.stages[stage].obstacle == Obstacle::Itself;
            let may_be_out = conditions.capacity[stage] < 1.0 || conditions.is_closed[stage];
            let spare = step.capacity(stage) * step.seconds;
            is_hot[stage] |= if itself {
                may_be_out
            } else {
                self.exceeds(stage, (most[stage], spare), step.seconds)
            };
        }
        (is_hot, most)
    }

    /// By stage: the most that comes to it in a second of what waits before it, in the resource's unit. A queue lets nothing go faster
    /// than it works, and of that no more goes on to a stage than if all were of those who take most there.
    fn released(&self, step: &PlayedStep<'_>) -> Vec<f64> {
        let mut released = vec![0.0; self.field.stages.len()];
        let mut by_item: Vec<f64> = vec![0.0; self.items.len()];
        let mut of_queue = vec![0.0_f64; self.field.stages.len()];
        for (at, queue) in self.queues.iter().enumerate() {
            if queue.is_empty() {
                continue;
            }
            let capacity = step.capacity(at);
            let mut waiting: Vec<usize> = Vec::new();
            for entry in queue.live() {
                // What takes nothing here does not wait for it.
                let rate = if entry.cost > 0.0 {
                    1.0 / entry.cost
                } else {
                    f64::INFINITY
                };
                if by_item[entry.item] <= 0.0 {
                    waiting.push(entry.item);
                }
                by_item[entry.item] = by_item[entry.item].max(rate);
            }
            let mut reached: Vec<usize> = Vec::new();
            for item in waiting {
                let rate = std::mem::take(&mut by_item[item]);
                let (stream, kind) = self.items.whose(item);
                for point in &self.field.streams[stream].points {
                    let PathPoint::Stage { stage, .. } = point else {
                        continue;
                    };
                    let takes = self.taken(step, *stage, stream, kind) * rate;
                    if *stage != at && takes > 0.0 {
                        if of_queue[*stage] <= 0.0 {
                            reached.push(*stage);
                        }
                        of_queue[*stage] = of_queue[*stage].max(takes);
                    }
                }
            }
            for stage in reached {
                let takes = std::mem::take(&mut of_queue[stage]);
                // Nothing is let go where nothing is worked, but what takes nothing.
                let value = if takes.is_finite() {
                    capacity * takes
                } else {
                    f64::INFINITY
                };
                released[stage] += value;
            }
        }
        released
    }

    /// What one of an item's kind takes of a stage; one of what may be out.
    fn taken(&self, step: &PlayedStep<'_>, stage: usize, stream: usize, kind: AttemptKind) -> f64 {
        match self.field.stages[stage].obstacle {
            Obstacle::Itself => 1.0,
            _ => self.cost(step.conditions, stage, stream, kind),
        }
    }

    /// By stream: nothing on its path may hold anything up.
    pub(super) fn free(&self, hot: &[bool]) -> Vec<bool> {
        let mut is_free = vec![true; self.field.streams.len()];
        let both = hot.iter().zip(&self.field.passing);
        for (_, passing) in both.filter(|(is_hot, _)| **is_hot) {
            for stream in passing {
                is_free[*stream] = false;
            }
        }
        is_free
    }

    fn sending_streams(&self) -> Vec<bool> {
        let mut is_sending = vec![false; self.field.streams.len()];
        for (item, _) in self.attempts.amounts() {
            is_sending[self.items.whose(item).0] = true;
        }
        is_sending
    }
}
