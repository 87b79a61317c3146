//! Hot: the stages that may hold anything up in a step.

use super::field::{Obstacle, Point};
use super::items::Kind;
use super::queue::Queue;
use super::simulation::{Simulation, Step};

/// The stages that may hold anything up in a step.
pub(super) struct Hot {
    /// By stage.
    pub(super) is_hot: Vec<bool>,
    /// By stage: the most that can come to it, with what waits before it, in the resource's unit times seconds.
    pub(super) most: Vec<f64>,
}

impl Simulation<'_> {
    /// Stages that may hold anything up: those with more than they can take, those with a queue, and those after a queue that could be
    /// given more than they take; `loads` is what comes to each if everything passes that is sent in the step.
    pub(super) fn hot(&self, step: &Step<'_>, loads: &[f64]) -> Hot {
        let conditions = step.conditions;
        let is_sending = self.sending_streams();
        let is_slowed = !conditions.slow.is_empty();
        let mut is_hot: Vec<bool> = (self.field.stages.iter().enumerate())
            .map(|(stage, own)| {
                if own.obstacle == Obstacle::Itself {
                    (conditions.capacity[stage] < 1.0 || conditions.is_closed[stage])
                        && self.field.passing[stage].iter().any(|own| is_sending[*own])
                        || !self.came_back[stage].is_empty()
                } else {
                    let room = step.room(stage) * step.seconds;
                    !self.queues[stage].is_empty()
                        || !self.came_back[stage].is_empty()
                        || self.exceeds(stage, (loads[stage], room), step.seconds)
                        || is_slowed && conditions.is_slow(stage) && loads[stage] > 0.0
                }
            })
            .collect();
        let mut most = loads.to_vec();
        if self.queues.iter().all(Queue::is_empty) && self.attempts.at_once().next().is_none() {
            return Hot { is_hot, most };
        }
        // What comes all at once may have to wait wherever it goes on.
        for own in self.attempts.at_once() {
            let (stream, _) = self.items.whose(own.item);
            for point in &self.field.streams[stream].points {
                if let Point::Stage { stage, .. } = point {
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
            let room = step.room(stage) * step.seconds;
            is_hot[stage] |= if itself {
                may_be_out
            } else {
                self.exceeds(stage, (most[stage], room), step.seconds)
            };
        }
        Hot { is_hot, most }
    }

    /// By stage: the most that comes to it in a second of what waits before it, in the resource's unit. A queue lets nothing go faster
    /// than it works, and of that no more goes on to a stage than if all were of those who take most there.
    fn released(&self, step: &Step<'_>) -> Vec<f64> {
        let mut released = vec![0.0; self.field.stages.len()];
        let mut by_item: Vec<f64> = vec![0.0; self.items.len()];
        let mut of_queue = vec![0.0_f64; self.field.stages.len()];
        for (at, queue) in self.queues.iter().enumerate() {
            if queue.is_empty() {
                continue;
            }
            let capacity = step.room(at);
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
                    let Point::Stage { stage, .. } = point else {
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
                let own = if takes.is_finite() {
                    capacity * takes
                } else {
                    f64::INFINITY
                };
                released[stage] += own;
            }
        }
        released
    }

    /// What one of an item's kind takes of a stage; one of what may be out.
    fn taken(&self, step: &Step<'_>, stage: usize, stream: usize, kind: Kind) -> f64 {
        match self.field.stages[stage].obstacle {
            Obstacle::Itself => 1.0,
            _ => self.cost(step.conditions, stage, stream, kind),
        }
    }

    /// By stream: nothing on its way may hold anything up.
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

    /// By stream: it makes attempts in this step.
    fn sending_streams(&self) -> Vec<bool> {
        let mut is_sending = vec![false; self.field.streams.len()];
        for (item, _) in self.attempts.amounts() {
            is_sending[self.items.whose(item).0] = true;
        }
        is_sending
    }
}
