//! Entry: one kind of attempt in a queue, how long its senders wait, and what a step makes of it.

use super::super::amount::Amount;
use crate::units::SAME_INSTANT;

/// Part of what waits: one kind of attempt, with what it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine::replay) struct QueueEntry {
    /// Whose attempt it is, by number.
    pub(in crate::engine::replay) item: usize,
    /// Where it goes on.
    pub(in crate::engine::replay) next: usize,
    pub(in crate::engine::replay) amount: Amount,
    /// When the first of it came here, and the last, in seconds; it came evenly.
    pub(in crate::engine::replay) came: [f64; 2],
    /// Seconds from when its work was sent for the first time to when this attempt was, on average.
    pub(in crate::engine::replay) age: f64,
    /// When the first of it was sent, and the last, in seconds, while it goes on; where it waits `came` and `lag` say so.
    pub(in crate::engine::replay) sent: [f64; 2],
    /// Seconds from when it was sent to when it came here.
    pub(in crate::engine::replay) lag: f64,
    /// The longest that any of it has waited along its path, in seconds.
    pub(in crate::engine::replay) longest: f64,
    /// When it is where it is, in seconds, on average.
    pub(in crate::engine::replay) at: f64,
    /// All of it comes when the step begins; else it comes evenly.
    pub(in crate::engine::replay) at_once: bool,
    /// What one of it takes, in the resource's unit times seconds.
    pub(in crate::engine::replay) cost: f64,
}

impl QueueEntry {
    /// Part of it, which came in such a time, that has been given up so long after it was sent.
    pub(super) fn gone(&self, amount: Amount, [first, last]: [f64; 2], within: f64) -> Gone {
        Gone {
            item: self.item,
            amount,
            age: self.age + within,
            noticed: [first, last].map(|value| value - self.lag + within),
        }
    }
}

/// What they take, in the resource's unit times seconds.
pub(in crate::engine::replay) fn cost_of(entries: &[QueueEntry]) -> f64 {
    let each = entries
        .iter()
        .map(|entry| entry.amount.number() * entry.cost);
    each.fold(0.0, |sum, value| sum + value)
}

/// How long the sender of an attempt waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine::replay) struct Patience {
    /// When they give up, in seconds since they sent it.
    pub(in crate::engine::replay) gives_up: f64,
    /// Then its work is late, in seconds since that was first sent.
    pub(in crate::engine::replay) is_late: f64,
    /// Its number once it is late.
    pub(in crate::engine::replay) once_late: usize,
}

/// Attempts of one number that have failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine::replay) struct Gone {
    pub(in crate::engine::replay) item: usize,
    pub(in crate::engine::replay) amount: Amount,
    /// Seconds from when their work was first sent to when it is noticed that they have, on average.
    pub(in crate::engine::replay) age: f64,
    /// When it is noticed of the first of them, and of the last, in seconds.
    pub(in crate::engine::replay) noticed: [f64; 2],
}

/// What a step asks of a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine::replay) struct Service {
    /// First instant, in seconds.
    pub(in crate::engine::replay) start: f64,
    pub(in crate::engine::replay) seconds: f64,
    /// What is worked per second.
    pub(in crate::engine::replay) capacity: f64,
    /// What may wait at most, in the resource's unit times seconds.
    pub(in crate::engine::replay) most: f64,
    /// What its clients have given up is thrown away.
    pub(in crate::engine::replay) sheds: bool,
}

/// What becomes of work in a step.
#[derive(Debug, Clone, Default)]
pub(in crate::engine::replay) struct StepOutcome {
    /// Worked in time: it goes on, with the mean of what it has waited since it was sent.
    pub(in crate::engine::replay) served: Vec<QueueEntry>,
    /// Given up by its senders.
    pub(in crate::engine::replay) given_up: Vec<Gone>,
    /// Turned away: the queue is full.
    pub(in crate::engine::replay) refused: Vec<Gone>,
    /// Late from now on.
    pub(in crate::engine::replay) late: Vec<(usize, Amount)>,
    /// Worked though nobody waited for it any more.
    pub(in crate::engine::replay) stale: Amount,
    /// Thrown away unworked.
    pub(in crate::engine::replay) shed: Amount,
    /// What was worked, in the resource's unit times seconds.
    pub(in crate::engine::replay) worked: f64,
    /// The longest wait here of what was worked, in seconds.
    pub(in crate::engine::replay) longest: f64,
    /// The most that waited, in the resource's unit times seconds, and when, in seconds; nothing where that is worked promptly.
    pub(in crate::engine::replay) most: [f64; 2],
}

/// A stretch of work over which the wait goes straight from one value to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    pub(super) first: f64,
    pub(super) last: f64,
}

impl Waits {
    /// The share of the stretch that waits at most so long.
    pub(super) fn share_within(self, most: f64) -> f64 {
        let (low, high) = (self.first.min(self.last), self.first.max(self.last));
        if high <= most + SAME_INSTANT {
            1.0
        } else if low > most {
            0.0
        } else {
            (most - low) / (high - low)
        }
    }

    /// When those came who wait longer than such a share of all that came in a time.
    pub(super) fn beyond(self, among: f64, [first, last]: [f64; 2]) -> [f64; 2] {
        let others = among * (last - first);
        if self.first >= self.last {
            [first, last - others]
        } else {
            [first + others, last]
        }
    }

    /// The mean wait of those who wait at most so long.
    pub(super) fn mean_within(self, most: f64) -> f64 {
        let (low, high) = (self.first.min(self.last), self.first.max(self.last));
        f64::midpoint(low, high.min(most).max(low))
    }
}

/// Takes what came up to an instant out of an entry.
pub(super) fn taken_until(entry: &mut QueueEntry, at: f64) -> Amount {
    let [first, last] = entry.came;
    if at <= first && last > first || at < first {
        return Amount::NONE;
    }
    let taken = if at >= last {
        entry.amount
    } else {
        entry.amount.share((at - first) / (last - first))
    };
    entry.amount -= taken;
    entry.came[0] = at.min(last);
    taken
}
