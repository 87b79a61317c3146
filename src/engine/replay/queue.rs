//! Queue: work that waits at one component for one resource, first in first out, as a fluid (`docs/model.md` §9, Replay).
//!
//! Work that comes in a step comes evenly, is mixed with what else comes then, and is worked in the order in which it came,
//! whether somebody still waits for it or not. Times of arrival and of service are straight lines over what came from one
//! instant to another, and so is the wait, which crosses a client's patience at one place at most.

mod cohort;
mod shedding;
#[cfg(test)]
mod tests;

use super::amount::Amount;
use cohort::{Cohort, Stale, join};
use shedding::work_shedding;
use std::collections::VecDeque;

/// Part of what waits: one kind of attempt, with what it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    /// Whose attempt it is, by number.
    pub(super) item: usize,
    /// Where it goes on.
    pub(super) next: usize,
    pub(super) amount: Amount,
    /// When the first of it came here, and the last, in seconds; it came evenly.
    pub(super) came: [f64; 2],
    /// Seconds from when its work was sent for the first time to when this attempt was, on average.
    pub(super) age: f64,
    /// When the first of it was sent, and the last, in seconds, while it goes on; where it waits `came` and `lag` say so.
    pub(super) sent: [f64; 2],
    /// Seconds from when it was sent to when it came here.
    pub(super) lag: f64,
    /// The longest that any of it has waited on the way, in seconds.
    pub(super) longest: f64,
    /// When it is where it is, in seconds, on average.
    pub(super) at: f64,
    /// All of it comes when the step begins; else it comes evenly.
    pub(super) at_once: bool,
    /// What one of it takes, in the resource's unit times seconds.
    pub(super) cost: f64,
}

impl Entry {
    /// Part of it, which came in such a time, that has been given up so long after it was sent.
    fn gone(&self, amount: Amount, [first, last]: [f64; 2], within: f64) -> Gone {
        Gone {
            item: self.item,
            amount,
            age: self.age + within,
            noticed: [first, last].map(|own| own - self.lag + within),
        }
    }
}

/// What they take, in the resource's unit times seconds.
pub(super) fn cost_of(entries: &[Entry]) -> f64 {
    let each = entries.iter().map(|own| own.amount.number() * own.cost);
    each.fold(0.0, |sum, own| sum + own)
}

/// How long the sender of an attempt waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Patience {
    /// Then he gives up, in seconds since he sent it.
    pub(super) gives_up: f64,
    /// Then its work is late, in seconds since that was first sent.
    pub(super) is_late: f64,
    /// Its number once it is late.
    pub(super) once_late: usize,
}

/// Attempts of one number that have failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gone {
    pub(super) item: usize,
    pub(super) amount: Amount,
    /// Seconds from when their work was first sent to when it is noticed that they have, on average.
    pub(super) age: f64,
    /// When it is noticed of the first of them, and of the last, in seconds.
    pub(super) noticed: [f64; 2],
}

/// What a step asks of a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Service {
    /// First instant, in seconds.
    pub(super) start: f64,
    /// Its length.
    pub(super) seconds: f64,
    /// What is worked per second.
    pub(super) capacity: f64,
    /// What may wait at most, in the resource's unit times seconds.
    pub(super) most: f64,
    /// What its clients have given up is thrown away.
    pub(super) sheds: bool,
}

/// What becomes of work in a step.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// Worked in time: it goes on, with the mean of what it has waited since it was sent.
    pub(super) served: Vec<Entry>,
    /// Given up by whoever sent it.
    pub(super) given_up: Vec<Gone>,
    /// Turned away: there is no room to wait.
    pub(super) refused: Vec<Gone>,
    /// Late from now on.
    pub(super) late: Vec<(usize, Amount)>,
    /// Worked though nobody waited for it any more.
    pub(super) stale: Amount,
    /// Thrown away unworked.
    pub(super) shed: Amount,
    /// What was worked, in the resource's unit times seconds.
    pub(super) worked: f64,
    /// The longest wait here of what was worked, in seconds.
    pub(super) longest: f64,
    /// The most that waited, in the resource's unit times seconds, and when, in seconds; nothing where that is worked promptly.
    pub(super) most: [f64; 2],
}

/// Work that waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    cohorts: VecDeque<Cohort>,
}

/// A stretch of work over which the wait goes straight from one value to another.
#[derive(Debug, Clone, Copy)]
struct Waits {
    first: f64,
    last: f64,
}

/// So many parts of what waits are told apart by when they came, at most.
const COHORTS: usize = 512;

/// What waits between the ends of steps counts if it takes longer than so many seconds to be worked.
const PROMPT: f64 = 1.0;

/// Seconds that arithmetic may leave of none.
const INSTANT: f64 = 1e-6;

impl Waits {
    /// The share of the stretch that waits at most so long.
    fn share_within(self, most: f64) -> f64 {
        let (low, high) = (self.first.min(self.last), self.first.max(self.last));
        if high <= most + INSTANT {
            1.0
        } else if low > most {
            0.0
        } else {
            (most - low) / (high - low)
        }
    }

    /// When those came who wait longer than such a share of all that came in a time.
    fn beyond(self, among: f64, [first, last]: [f64; 2]) -> [f64; 2] {
        let others = among * (last - first);
        if self.first >= self.last {
            [first, last - others]
        } else {
            [first + others, last]
        }
    }

    /// The mean wait of those who wait at most so long.
    fn mean_within(self, most: f64) -> f64 {
        let (low, high) = (self.first.min(self.last), self.first.max(self.last));
        f64::midpoint(low, high.min(most).max(low))
    }
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.cohorts.is_empty()
    }

    /// How many parts of what waits are told apart.
    pub(super) fn parts(&self) -> usize {
        let each = self.cohorts.iter();
        each.map(|own| own.entries.len() + own.stale.len()).sum()
    }

    /// What waits, in the resource's unit times seconds.
    pub(super) fn cost(&self) -> f64 {
        self.cohorts.iter().fold(0.0, |sum, own| sum + own.cost())
    }

    /// What waits and somebody still waits for.
    pub(super) fn live(&self) -> impl Iterator<Item = &Entry> {
        self.cohorts.iter().flat_map(|own| &own.entries)
    }

    /// What waits and nobody waits for any more: whose attempts, and how much of the resource they take.
    pub(super) fn stale(&self) -> impl Iterator<Item = (Option<usize>, f64)> + '_ {
        let stale = self.cohorts.iter().flat_map(|own| &own.stale);
        stale.map(|own| (own.item, own.amount.number() * own.cost))
    }

    /// How long the oldest has waited at an instant, in seconds.
    pub(super) fn oldest(&self, at: f64) -> f64 {
        self.cohorts.front().map_or(0.0, |own| at - own.since())
    }

    /// Puts work in that waits when the replay begins.
    pub(super) fn put(&mut self, at: f64, entries: Vec<Entry>) {
        self.cohorts.push_back(Cohort::new(at, entries));
    }

    /// Puts work in that waits when the replay begins, and nobody waits for; it takes one of the resource each.
    pub(super) fn put_stale(&mut self, at: f64, amount: Amount) {
        let mut cohort = Cohort::new(at, Vec::new());
        cohort.stale.push(Stale {
            item: None,
            amount,
            came: [at; 2],
            cost: 1.0,
        });
        self.cohorts.push_back(cohort);
    }

    /// Costs changed: what waits takes as much as `cost` says from now on, whether somebody waits for it or not.
    pub(super) fn revalue(&mut self, cost: impl Fn(usize) -> f64) {
        for cohort in &mut self.cohorts {
            for entry in &mut cohort.entries {
                entry.cost = cost(entry.item);
            }
            for own in &mut cohort.stale {
                own.cost = own.item.map_or(1.0, &cost);
            }
        }
    }

    /// One step: what waits is worked in its order, and behind it what comes, `arrivals`, evenly over the step.
    pub(super) fn step(
        &mut self,
        service: &Service,
        arrivals: Vec<Entry>,
        patience: impl Fn(usize) -> Patience,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let (at_once, arrivals) = arrivals.into_iter().partition(|own| own.at_once);
        self.come_at_once(service, at_once, &mut outcome);
        let end = service.start + service.seconds;
        let begun = self.cost();
        let mut budget = service.capacity * service.seconds;
        while budget > 0.0
            && let Some(mut cohort) = self.cohorts.pop_front()
        {
            let at = end - budget / service.capacity;
            if service.sheds && !cohort.entries.is_empty() && !cohort.has_stale() {
                let done = work_shedding(&mut cohort, [at, end], service, &patience, &mut outcome);
                budget = (end - done) * service.capacity;
                if !cohort.is_empty() {
                    self.cohorts.push_front(cohort);
                    break;
                }
                continue;
            }
            let cost = cohort.cost();
            cohort.work(budget, (at, service.capacity), &patience, &mut outcome);
            outcome.worked += cost.min(budget);
            budget = (budget - cost).max(0.0);
            if !cohort.is_empty() {
                self.cohorts.push_front(cohort);
            }
        }
        self.come(service, budget, arrivals, &patience, &mut outcome);
        self.give_up(service, end, &patience, &mut outcome);
        self.thin();
        let left = self.cost();
        let most = if left > begun {
            [left, end]
        } else {
            [begun, service.start]
        };
        if most[0] > service.capacity * PROMPT {
            outcome.most = most;
        }
        outcome
    }

    /// Joins what came one behind the other where it is told apart more finely than that makes any difference: first what
    /// nobody waits for any more.
    fn thin(&mut self) {
        for is_all in [false, true] {
            let [Some(first), Some(last)] = [self.cohorts.front(), self.cohorts.back()] else {
                return;
            };
            if self.cohorts.len() <= COHORTS {
                return;
            }
            let most = (last.until() - first.since()) / (COHORTS / 4) as f64;
            let mut thinned: VecDeque<Cohort> = VecDeque::with_capacity(COHORTS);
            for own in std::mem::take(&mut self.cohorts) {
                let is_meant = |own: &Cohort| is_all || own.entries.is_empty();
                match thinned.back_mut() {
                    Some(before)
                        if is_meant(before)
                            && is_meant(&own)
                            && own.until() - before.since() <= most =>
                    {
                        before.join(own);
                    }
                    _ => thinned.push_back(own),
                }
            }
            self.cohorts = thinned;
        }
    }

    /// What comes when the step begins waits behind what is there.
    fn come_at_once(&mut self, service: &Service, entries: Vec<Entry>, outcome: &mut Outcome) {
        if entries.is_empty() {
            return;
        }
        let room = (service.most - self.cost()).max(0.0);
        let mut entries = within(room, entries, service, outcome);
        if entries.is_empty() {
            return;
        }
        for entry in &mut entries {
            entry.came = [entry.at; 2];
            entry.at_once = false;
        }
        self.cohorts.push_back(Cohort::new(service.start, entries));
    }

    /// What comes in the step, once everything before it has been worked with all but `budget`.
    fn come(
        &mut self,
        service: &Service,
        budget: f64,
        arrivals: Vec<Entry>,
        patience: &impl Fn(usize) -> Patience,
        outcome: &mut Outcome,
    ) {
        let end = service.start + service.seconds;
        let cost = cost_of(&arrivals);
        let room = budget + (service.most - self.cost()).max(0.0);
        let mut arrivals = within(room, arrivals, service, outcome);
        if arrivals.is_empty() {
            return;
        }
        for entry in &mut arrivals {
            entry.came = [service.start, end];
        }
        let cost = cost.min(room);
        let mut cohort = Cohort::new(service.start, arrivals);
        let capacity = service.capacity.max(f64::MIN_POSITIVE);
        let begun = end - budget / capacity;
        let is_at_once = !service.sheds || begun <= service.start;
        if cost <= budget + cohort.residue() && is_at_once {
            // It is worked as it comes, the first of it once what came before is done.
            cohort.work(f64::INFINITY, (begun, capacity), patience, outcome);
            outcome.worked += cost.min(budget);
            return;
        }
        if budget > 0.0 && service.sheds {
            work_shedding(&mut cohort, [begun, end], service, patience, outcome);
        } else if budget > 0.0 {
            cohort.work(budget, (begun, capacity), patience, outcome);
            outcome.worked += budget;
        }
        if !cohort.is_empty() {
            self.cohorts.push_back(cohort);
        }
    }

    /// Whoever has waited too long by the end of the step gives up; what he sent waits on, or is thrown away.
    fn give_up(
        &mut self,
        service: &Service,
        end: f64,
        patience: &impl Fn(usize) -> Patience,
        outcome: &mut Outcome,
    ) {
        for cohort in &mut self.cohorts {
            let mut stale = Vec::new();
            for entry in &mut cohort.entries {
                let within = patience(entry.item).gives_up;
                let first = entry.came[0];
                let gone = taken_until(entry, end - within + entry.lag);
                let came = [first, entry.came[0]];
                if gone.is_none() {
                    continue;
                }
                outcome.given_up.push(entry.gone(gone, came, within));
                if service.sheds {
                    outcome.shed += gone;
                } else {
                    stale.push(Stale {
                        item: Some(entry.item),
                        amount: gone,
                        came,
                        cost: entry.cost,
                    });
                }
            }
            for own in stale {
                cohort.put_aside(own);
            }
            let mut late = Vec::new();
            for entry in &mut cohort.entries {
                let own = patience(entry.item);
                let since = end - own.is_late + entry.age + entry.lag;
                let came = [entry.came[0], since.min(entry.came[1])];
                let amount = taken_until(entry, since);
                if !amount.is_none() {
                    outcome.late.push((entry.item, amount));
                    late.push(Entry {
                        item: own.once_late,
                        amount,
                        came,
                        ..*entry
                    });
                }
            }
            for own in late {
                join(&mut cohort.entries, own);
            }
            cohort.entries.retain(|own| !own.amount.is_none());
        }
        self.cohorts.retain(|own| !own.is_empty());
    }
}

/// As much of what comes as there is room for, the same share of each; the rest is turned away.
fn within(
    room: f64,
    mut entries: Vec<Entry>,
    service: &Service,
    outcome: &mut Outcome,
) -> Vec<Entry> {
    let cost = cost_of(&entries);
    if cost > room {
        for entry in &mut entries {
            let kept = entry.amount.share(room / cost);
            outcome.refused.push(Gone {
                item: entry.item,
                amount: entry.amount - kept,
                age: entry.age + entry.lag,
                noticed: if entry.at_once {
                    [entry.at; 2]
                } else {
                    [service.start, service.start + service.seconds]
                },
            });
            entry.amount = kept;
        }
    }
    entries.retain(|own| !own.amount.is_none());
    entries
}

/// Takes what came up to an instant out of an entry.
fn taken_until(entry: &mut Entry, at: f64) -> Amount {
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
