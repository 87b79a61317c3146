//! Cohort: what came in one step and still waits, who sent it, and what becomes of it as it is worked in the order in
//! which it came.

use super::super::amount::Amount;
use super::entry::{Patience, QueueEntry, StepOutcome, Waits, cost_of};
use crate::units::SAME_INSTANT;

/// What rounding may have left of a cohort, in user-seconds of its work.
const RESIDUE: f64 = 0.0001;

/// Given up by its sender, and still to be worked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stale {
    /// Whose attempt it was, by number; of what nobody waits for from the beginning nobody's.
    pub(super) item: Option<usize>,
    pub(super) amount: Amount,
    /// When the first of it came, and the last, in seconds; it came evenly.
    pub(super) came: [f64; 2],
    /// What one of it takes.
    pub(super) cost: f64,
}

/// What came in one step and still waits.
#[derive(Debug, Clone)]
pub(super) struct Cohort {
    /// When the first of it came.
    pub(super) came: f64,
    pub(super) entries: Vec<QueueEntry>,
    pub(super) stale: Vec<Stale>,
}

/// A part of a cohort that came in some time is worked in some time, the first of it first.
#[derive(Debug, Clone, Copy)]
struct WorkStretch {
    came: [f64; 2],
    worked: [f64; 2],
}

/// What of an entry is worked in time, added up.
#[derive(Debug, Clone, Copy, Default)]
struct ServedWork {
    amount: Amount,
    sent: [f64; 2],
    lag: f64,
    at: f64,
    longest: f64,
}

impl ServedWork {
    fn add(&mut self, amount: Amount, sent: [f64; 2], [lag, at, longest]: [f64; 3]) {
        if amount.is_none() {
            return;
        }
        self.sent = if self.amount.is_none() {
            sent
        } else {
            [self.sent[0].min(sent[0]), self.sent[1].max(sent[1])]
        };
        self.amount += amount;
        self.lag += amount.number() * lag;
        self.at += amount.number() * at;
        self.longest = self.longest.max(longest);
    }
}

impl Cohort {
    /// What came from one instant on, and all of which somebody waits for.
    pub(super) fn new(came: f64, entries: Vec<QueueEntry>) -> Self {
        Self {
            came,
            entries,
            stale: Vec::new(),
        }
    }

    pub(super) fn cost(&self) -> f64 {
        let stale = self.stale.iter();
        let stale = stale.map(|stale| stale.amount.number() * stale.cost);
        stale.fold(cost_of(&self.entries), |sum, value| sum + value)
    }

    /// As little of it as rounding may have left over many steps, in the resource's unit times seconds.
    pub(super) fn residue(&self) -> f64 {
        let stale = self.stale.iter().map(|stale| stale.cost);
        let costs = self.entries.iter().map(|entry| entry.cost).chain(stale);
        RESIDUE * costs.sum::<f64>()
    }

    /// Takes in what came after it: what is alike and came one after the other counts as having come evenly.
    pub(super) fn join(&mut self, next: Self) {
        for queue_entry in next.entries {
            join(&mut self.entries, queue_entry);
        }
        for stale in next.stale {
            self.put_aside(stale);
        }
    }

    /// When the first of what is left of it came.
    pub(super) fn since(&self) -> f64 {
        self.times()
            .map(|time| time[0])
            .fold(f64::INFINITY, f64::min)
    }

    /// When the last of it came.
    pub(super) fn until(&self) -> f64 {
        let last = self.times().map(|time| time[1]);
        last.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The first instant at which a part of it is given up or late, unless something joins it.
    pub(super) fn quiet_until(&self, patience: &impl Fn(usize) -> Patience) -> f64 {
        let next = self.entries.iter().map(|entry| {
            let one_patience = patience(entry.item);
            let wait = one_patience.gives_up.min(one_patience.is_late - entry.age);
            entry.came[0] + wait - entry.lag
        });
        next.fold(f64::INFINITY, f64::min)
    }

    /// When the first and the last came of every part of it.
    fn times(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        let stale = self.stale.iter().map(|stale| stale.came);
        self.entries.iter().map(|entry| entry.came).chain(stale)
    }

    /// Keeps what has been given up.
    pub(super) fn put_aside(&mut self, stale: Stale) {
        let before = self.stale.iter_mut().rev().find(|before| {
            before.item == stale.item
                && before.cost.total_cmp(&stale.cost).is_eq()
                && is_right_after(before.came, stale.came)
        });
        match before {
            Some(before) => {
                before.amount += stale.amount;
                before.came[1] = stale.came[1];
            }
            None => self.stale.push(stale),
        }
    }

    /// Some of it nobody waits for any more.
    pub(super) fn has_stale(&self) -> bool {
        !self.stale.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.stale.is_empty()
    }

    /// Works so much of it in the order in which it came, at so much a second from an instant on: all of it if that is no
    /// less than all.
    pub(super) fn work(
        &mut self,
        budget: f64,
        (from, capacity): (f64, f64),
        patience: &impl Fn(usize) -> Patience,
        outcome: &mut StepOutcome,
    ) {
        let mut left = if budget + self.residue() >= self.cost() {
            f64::INFINITY
        } else {
            budget
        };
        let mut now = from;
        let mut served = vec![[ServedWork::default(); 2]; self.entries.len()];
        for came in self.stretches() {
            let cost = self.cost_within(came);
            let share = if cost > left { left / cost } else { 1.0 };
            let worked = [now, now + share * cost / capacity];
            let until = came[0] + share * (came[1] - came[0]);
            let stretch = WorkStretch {
                came: [came[0], until],
                worked,
            };
            self.work_stretch(came, share, stretch, patience, (&mut served, outcome));
            now = worked[1];
            left -= share * cost;
            if share < 1.0 {
                break;
            }
        }
        for (entry, served) in self.entries.iter().zip(served) {
            let once_late = patience(entry.item).once_late;
            for (served_work, item) in served.into_iter().zip([entry.item, once_late]) {
                if !served_work.amount.is_none() {
                    outcome.served.push(QueueEntry {
                        item,
                        amount: served_work.amount,
                        sent: served_work.sent,
                        lag: served_work.lag / served_work.amount.number(),
                        longest: served_work.longest,
                        at: served_work.at / served_work.amount.number(),
                        ..*entry
                    });
                }
            }
        }
        self.entries.retain(|entry| !entry.amount.is_none());
        self.stale.retain(|stale| !stale.amount.is_none());
    }

    /// The times between which parts of it begin or end to have come, in order; those that came at one instant by themselves.
    fn stretches(&self) -> Vec<[f64; 2]> {
        let all: Vec<[f64; 2]> = self.times().collect();
        let mut bounds: Vec<f64> = all.iter().flatten().copied().collect();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let mut stretches = Vec::with_capacity(bounds.len());
        for (index, &bound) in bounds.iter().enumerate() {
            if all
                .iter()
                .any(|values| values[0] >= bound && values[1] <= bound)
            {
                stretches.push([bound; 2]);
            }
            if let Some(next) = bounds.get(index + 1) {
                stretches.push([bound, *next]);
            }
        }
        stretches
    }

    fn cost_within(&self, came: [f64; 2]) -> f64 {
        let entries = self.entries.iter();
        let entries = entries
            .map(|entry| share_within(entry.came, came) * entry.amount.number() * entry.cost);
        let stale = self.stale.iter();
        let stale =
            stale.map(|stale| share_within(stale.came, came) * stale.amount.number() * stale.cost);
        entries.chain(stale).fold(0.0, |sum, value| sum + value)
    }

    /// Works the first `share` of what came in a time.
    fn work_stretch(
        &mut self,
        came: [f64; 2],
        share: f64,
        stretch: WorkStretch,
        patience: &impl Fn(usize) -> Patience,
        (served, outcome): (&mut [[ServedWork; 2]], &mut StepOutcome),
    ) {
        let waits = Waits {
            first: (stretch.worked[0] - stretch.came[0]).max(0.0),
            last: (stretch.worked[1] - stretch.came[1]).max(0.0),
        };
        let at = f64::midpoint(
            stretch.worked[0].max(stretch.came[0]),
            stretch.worked[1].max(stretch.came[1]),
        );
        for (entry, served) in self.entries.iter_mut().zip(served) {
            let taken = taken(&mut entry.amount, &mut entry.came, came, share);
            if taken.is_none() {
                continue;
            }
            outcome.longest = outcome.longest.max(waits.first).max(waits.last);
            let one_patience = patience(entry.item);
            let within = one_patience.gives_up - entry.lag;
            let among = waits.share_within(within);
            let in_time = taken.share(among);
            let gone = taken - in_time;
            if !gone.is_none() {
                let came = waits.beyond(among, stretch.came);
                outcome
                    .given_up
                    .push(entry.gone(gone, came, one_patience.gives_up));
                outcome.stale += gone;
            }
            let not_late = if among <= 0.0 {
                Amount::NONE
            } else {
                let is_late = (one_patience.is_late - entry.age).min(one_patience.gives_up);
                in_time.share(waits.share_within(is_late - entry.lag) / among)
            };
            let late = in_time - not_late;
            if !late.is_none() {
                outcome.late.push((entry.item, late));
            }
            let sent = stretch.came.map(|value| value - entry.lag);
            let lag = entry.lag + waits.mean_within(within);
            let longest = entry.longest + waits.first.max(waits.last).min(within);
            served[0].add(not_late, sent, [lag, at, longest]);
            served[1].add(late, sent, [lag, at, longest]);
        }
        for stale in &mut self.stale {
            let taken = taken(&mut stale.amount, &mut stale.came, came, share);
            if !taken.is_none() {
                outcome.longest = outcome.longest.max(waits.first).max(waits.last);
                outcome.stale += taken;
            }
        }
    }
}

/// Adds an entry to others: to one that is like it, if it came right after that one.
pub(super) fn join(entries: &mut Vec<QueueEntry>, queue_entry: QueueEntry) {
    let before = entries.iter_mut().rev().find(|before| {
        before.item == queue_entry.item
            && before.next == queue_entry.next
            && before.cost.total_cmp(&queue_entry.cost).is_eq()
            && is_right_after(before.came, queue_entry.came)
    });
    let Some(before) = before else {
        entries.push(queue_entry);
        return;
    };
    let all = before.amount + queue_entry.amount;
    let [first, second] =
        [before.amount, queue_entry.amount].map(|amount| amount.number() / all.number());
    let mean = |before: f64, value: f64| first * before + second * value;
    *before = QueueEntry {
        amount: all,
        came: [before.came[0], queue_entry.came[1]],
        age: mean(before.age, queue_entry.age),
        lag: mean(before.lag, queue_entry.lag),
        longest: before.longest.max(queue_entry.longest),
        at: mean(before.at, queue_entry.at),
        ..*before
    };
}

/// What came in a time came evenly, and right after what came in another.
fn is_right_after(before: [f64; 2], values: [f64; 2]) -> bool {
    before[1] > before[0] && values[1] > values[0] && (values[0] - before[1]).abs() < SAME_INSTANT
}

/// The share of what came evenly that came in a time.
fn share_within([first, last]: [f64; 2], [from, to]: [f64; 2]) -> f64 {
    if first >= last {
        // At one instant: it has a time of its own.
        return f64::from(u8::from(first >= from && first <= to && from >= to));
    }
    ((last.min(to) - first.max(from)) / (last - first)).clamp(0.0, 1.0)
}

/// Takes the first `share` of what came in a time out of it; nothing of it came before that time.
fn taken(amount: &mut Amount, values: &mut [f64; 2], came: [f64; 2], share: f64) -> Amount {
    let among = share_within(*values, came);
    if among <= 0.0 {
        return Amount::NONE;
    }
    let taken = amount.share(among * share);
    *amount -= taken;
    if values[1] > values[0] {
        values[0] = (came[0] + share * (came[1] - came[0])).min(values[1]);
    }
    taken
}
