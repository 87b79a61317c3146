//! Long because a queue that sheds is worked by the same straight lines as one that does not.
//!
//! Queue: work that waits at one component for one resource, first in first out, as a fluid (`docs/model.md` §9, Replay).
//!
//! Work that comes in a step comes evenly, is mixed with what else comes then, and is worked in the order in which it came,
//! whether somebody still waits for it or not. Times of arrival and of service are straight lines over what came from one
//! instant to another, and so is the wait, which crosses a client's patience at one place at most.
//!
//! Shedding: a queue that throws away what its clients have given up.

mod cohort;
#[cfg(test)]
mod tests;

use super::amount::Amount;
use crate::units::{NUMERICAL_NOISE, SAME_INSTANT};
use cohort::{Cohort, Stale, join, taken_until};
pub(super) use cohort::{Gone, Patience, QueueEntry, Service, StepOutcome, cost_of};
use std::collections::VecDeque;

/// Work that waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    cohorts: VecDeque<WaitingCohort>,
}

/// A cohort of a queue, with what is asked of it at every step.
#[derive(Debug, Clone)]
struct WaitingCohort {
    cohort: Cohort,
    /// [`Cohort::cost`], which changes with the cohort alone.
    cost: f64,
    /// No part of it is given up or late before this instant, in seconds; minus infinity where that is not known.
    quiet_until: f64,
}

impl WaitingCohort {
    fn new(cohort: Cohort, quiet_until: f64) -> Self {
        let cost = cohort.cost();
        Self {
            cohort,
            cost,
            quiet_until,
        }
    }
}

impl From<Cohort> for WaitingCohort {
    fn from(cohort: Cohort) -> Self {
        Self::new(cohort, f64::NEG_INFINITY)
    }
}

/// The most parts of what waits that are distinguished by when they came.
const COHORTS: usize = 512;

/// What waits between the ends of steps counts if working it takes longer than this, in seconds.
const PROMPT: f64 = 1.0;

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.cohorts.is_empty()
    }

    /// How many parts of what waits are distinguished.
    pub(super) fn parts(&self) -> usize {
        let each = self.cohorts();
        each.map(|cohort| cohort.entries.len() + cohort.stale.len())
            .sum()
    }

    /// What waits, in the resource's unit times seconds.
    pub(super) fn cost(&self) -> f64 {
        self.cohorts
            .iter()
            .fold(0.0, |sum, waiting_cohort| sum + waiting_cohort.cost)
    }

    fn cohorts(&self) -> impl Iterator<Item = &Cohort> {
        self.cohorts.iter().map(|cohort| &cohort.cohort)
    }

    /// What waits and somebody still waits for.
    pub(super) fn live(&self) -> impl Iterator<Item = &QueueEntry> {
        self.cohorts().flat_map(|cohort| &cohort.entries)
    }

    /// What waits and nobody waits for any more: whose attempts, and how much of the resource they take.
    pub(super) fn stale(&self) -> impl Iterator<Item = (Option<usize>, f64)> + '_ {
        let stale = self.cohorts().flat_map(|cohort| &cohort.stale);
        stale.map(|stale| (stale.item, stale.amount.number() * stale.cost))
    }

    /// How long the oldest has waited at an instant, in seconds.
    pub(super) fn oldest(&self, at: f64) -> f64 {
        self.cohorts()
            .next()
            .map_or(0.0, |cohort| at - cohort.since())
    }

    /// Puts work in that waits when the replay begins.
    pub(super) fn put(&mut self, at: f64, entries: Vec<QueueEntry>) {
        self.cohorts.push_back(Cohort::new(at, entries).into());
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
        self.cohorts.push_back(cohort.into());
    }

    /// Costs changed: what waits takes as much as `cost` says from now on, whether somebody waits for it or not.
    pub(super) fn revalue(&mut self, cost: impl Fn(usize) -> f64) {
        for waiting in &mut self.cohorts {
            for entry in &mut waiting.cohort.entries {
                entry.cost = cost(entry.item);
            }
            for stale in &mut waiting.cohort.stale {
                stale.cost = stale.item.map_or(1.0, &cost);
            }
            waiting.cost = waiting.cohort.cost();
        }
    }

    /// One step: what waits is worked in its order, and after it what comes, `arrivals`, evenly over the step.
    pub(super) fn step(
        &mut self,
        service: &Service,
        arrivals: Vec<QueueEntry>,
        patience: impl Fn(usize) -> Patience,
    ) -> StepOutcome {
        let mut outcome = StepOutcome::default();
        let (at_once, arrivals) = arrivals
            .into_iter()
            .partition(|queue_entry| queue_entry.at_once);
        self.come_at_once(service, at_once, &mut outcome);
        let end = service.start + service.seconds;
        let begun = self.cost();
        let mut budget = service.capacity * service.seconds;
        while budget > 0.0
            && let Some(waiting) = self.cohorts.pop_front()
        {
            let WaitingCohort {
                mut cohort,
                cost,
                quiet_until,
            } = waiting;
            let at = end - budget / service.capacity;
            if service.sheds && !cohort.entries.is_empty() && !cohort.has_stale() {
                let done = work_shedding(&mut cohort, [at, end], service, &patience, &mut outcome);
                budget = (end - done) * service.capacity;
                if !cohort.is_empty() {
                    self.cohorts.push_front(cohort.into());
                    break;
                }
                continue;
            }
            cohort.work(budget, (at, service.capacity), &patience, &mut outcome);
            outcome.worked += cost.min(budget);
            budget = (budget - cost).max(0.0);
            if !cohort.is_empty() {
                self.cohorts
                    .push_front(WaitingCohort::new(cohort, quiet_until));
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

    /// Joins what came one after the other where finer distinction makes no difference: first what
    /// nobody waits for any more.
    fn thin(&mut self) {
        for is_all in [false, true] {
            let ends = [self.cohorts.front(), self.cohorts.back()];
            let [Some(first), Some(last)] = ends
                .map(|waiting_cohort| waiting_cohort.map(|waiting_cohort| &waiting_cohort.cohort))
            else {
                return;
            };
            if self.cohorts.len() <= COHORTS {
                return;
            }
            let most = (last.until() - first.since()) / (COHORTS / 4) as f64;
            let mut thinned: VecDeque<WaitingCohort> = VecDeque::with_capacity(COHORTS);
            for waiting_cohort in std::mem::take(&mut self.cohorts) {
                let is_meant = |waiting_cohort: &WaitingCohort| {
                    is_all || waiting_cohort.cohort.entries.is_empty()
                };
                match thinned.back_mut() {
                    Some(before)
                        if is_meant(before)
                            && is_meant(&waiting_cohort)
                            && waiting_cohort.cohort.until() - before.cohort.since() <= most =>
                    {
                        before.cohort.join(waiting_cohort.cohort);
                        before.cost = before.cohort.cost();
                        before.quiet_until = f64::NEG_INFINITY;
                    }
                    _ => thinned.push_back(waiting_cohort),
                }
            }
            self.cohorts = thinned;
        }
    }

    /// What comes when the step begins waits after what is there.
    fn come_at_once(
        &mut self,
        service: &Service,
        entries: Vec<QueueEntry>,
        outcome: &mut StepOutcome,
    ) {
        if entries.is_empty() {
            return;
        }
        let spare = (service.most - self.cost()).max(0.0);
        let mut entries = within(spare, entries, service, outcome);
        if entries.is_empty() {
            return;
        }
        for entry in &mut entries {
            entry.came = [entry.at; 2];
            entry.at_once = false;
        }
        self.cohorts
            .push_back(Cohort::new(service.start, entries).into());
    }

    /// What comes in the step, once everything before it has been worked with all but `budget`.
    fn come(
        &mut self,
        service: &Service,
        budget: f64,
        arrivals: Vec<QueueEntry>,
        patience: &impl Fn(usize) -> Patience,
        outcome: &mut StepOutcome,
    ) {
        let end = service.start + service.seconds;
        let cost = cost_of(&arrivals);
        let spare = budget + (service.most - self.cost()).max(0.0);
        let mut arrivals = within(spare, arrivals, service, outcome);
        if arrivals.is_empty() {
            return;
        }
        for entry in &mut arrivals {
            entry.came = [service.start, end];
        }
        let cost = cost.min(spare);
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
            self.cohorts.push_back(cohort.into());
        }
    }

    /// Users who have waited too long by the end of the step give up; what they sent waits on, or is thrown away.
    fn give_up(
        &mut self,
        service: &Service,
        end: f64,
        patience: &impl Fn(usize) -> Patience,
        outcome: &mut StepOutcome,
    ) {
        for waiting in &mut self.cohorts {
            if end < waiting.quiet_until - SAME_INSTANT {
                continue;
            }
            let cohort = &mut waiting.cohort;
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
            for one_stale in stale {
                cohort.put_aside(one_stale);
            }
            let mut late = Vec::new();
            for entry in &mut cohort.entries {
                let one_patience = patience(entry.item);
                let since = end - one_patience.is_late + entry.age + entry.lag;
                let came = [entry.came[0], since.min(entry.came[1])];
                let amount = taken_until(entry, since);
                if !amount.is_none() {
                    outcome.late.push((entry.item, amount));
                    late.push(QueueEntry {
                        item: one_patience.once_late,
                        amount,
                        came,
                        ..*entry
                    });
                }
            }
            for queue_entry in late {
                join(&mut cohort.entries, queue_entry);
            }
            cohort.entries.retain(|entry| !entry.amount.is_none());
            waiting.cost = cohort.cost();
            waiting.quiet_until = cohort.quiet_until(patience);
        }
        self.cohorts.retain(|cohort| !cohort.cohort.is_empty());
    }
}

/// As much of what comes as fits, the same share of each; the rest is turned away.
fn within(
    spare: f64,
    mut entries: Vec<QueueEntry>,
    service: &Service,
    outcome: &mut StepOutcome,
) -> Vec<QueueEntry> {
    let cost = cost_of(&entries);
    if cost > spare {
        for entry in &mut entries {
            let kept = entry.amount.share(spare / cost);
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
    entries.retain(|entry| !entry.amount.is_none());
    entries
}

/// Clients who would give up within this many seconds of each other do so together. Work is thrown away a [`SAME_INSTANT`]
/// before it is given up, and what begins within one counts as one: a difference of just one would be made and dropped forever.
const TOGETHER: f64 = 2.0 * SAME_INSTANT;

/// A cohort is worked in about this many pieces, whatever it is made of: later ones are as long as that asks.
const PIECES: usize = 1000;

/// Works a cohort from one instant up to another, of a queue that throws away what its clients have given up: nobody works
/// on that, so what is next is never older than its clients' patience. Returns when it is done.
///
/// Where work came faster than it is worked, the wait grows until it is as long as the patience of the least patient. From
/// then on others are worked first. If they leave anything, the least patient's work that is worked has waited just so long,
/// and what there is no time for is thrown away as its time comes.
fn work_shedding(
    cohort: &mut Cohort,
    [from, until]: [f64; 2],
    service: &Service,
    patience: &impl Fn(usize) -> Patience,
    outcome: &mut StepOutcome,
) -> f64 {
    let horizon = |queue_entry: &QueueEntry| patience(queue_entry.item).gives_up - queue_entry.lag;
    let mut now = from;
    let mut pieces = 0;
    while now < until - SAME_INSTANT {
        pieces += 1;
        throw_away(cohort, now + SAME_INSTANT, patience, outcome);
        let fronts = cohort.entries.iter().map(|entry| entry.came[0]);
        let Some(front) = fronts.reduce(f64::min) else {
            return now;
        };
        let is_front = |queue_entry: &QueueEntry| queue_entry.came[0] <= front + SAME_INSTANT;
        let is_point = |queue_entry: &QueueEntry| {
            queue_entry.came[1] - queue_entry.came[0] <= SAME_INSTANT && is_front(queue_entry)
        };
        let points: Vec<QueueEntry> = entries_of(cohort, is_point);
        if !points.is_empty() {
            // All of them came at once, and each may be given up before it is worked.
            let first = points
                .iter()
                .map(|queue_entry| queue_entry.came[0] + horizon(queue_entry));
            let done = now + cost_of(&points) / service.capacity;
            let end = first.fold(until.min(done), f64::min);
            let mut passing = taken_out(cohort, is_point);
            let budget = if end >= done {
                f64::INFINITY
            } else {
                (end - now) * service.capacity
            };
            work(&mut passing, budget, now, service, patience, outcome);
            cohort.entries.append(&mut passing.entries);
            now = end;
            continue;
        }
        let wait = (now - front).max(0.0);
        let rate = |queue_entry: &QueueEntry| {
            queue_entry.amount.number() * queue_entry.cost
                / (queue_entry.came[1] - queue_entry.came[0])
        };
        let at_front = entries_of(cohort, is_front);
        let least = at_front.iter().map(horizon).fold(f64::INFINITY, f64::min);
        let is_least = |queue_entry: &QueueEntry| horizon(queue_entry) <= least + TOGETHER;
        let [mut of_least, mut of_others] = [0.0; 2];
        for queue_entry in &at_front {
            *(if is_least(queue_entry) {
                &mut of_least
            } else {
                &mut of_others
            }) += rate(queue_entry);
        }
        let mut pace = service.capacity / (of_least + of_others);
        // What is worked straight, and of what part is, how much.
        let is_full = pace < 1.0 && least - wait <= 2.0 * SAME_INSTANT;
        let is_left_behind = is_full && of_others >= service.capacity;
        let is_pinned = is_full && !is_left_behind;
        if is_left_behind {
            pace = service.capacity / of_others;
        } else if is_pinned {
            pace = 1.0;
        } else if wait <= SAME_INSTANT {
            pace = pace.min(1.0);
        }
        let is_worked = |queue_entry: &QueueEntry| {
            is_front(queue_entry) && !(is_left_behind && is_least(queue_entry))
        };
        let mut seconds = until - now;
        for queue_entry in &cohort.entries {
            if is_worked(queue_entry) {
                seconds = seconds.min((queue_entry.came[1] - front) / pace);
                if pace < 1.0 && !is_pinned {
                    let left = horizon(queue_entry) - wait;
                    seconds = seconds.min(left.max(SAME_INSTANT) / (1.0 - pace));
                }
            } else if !is_front(queue_entry) {
                // The first of it is thrown away from now on, or waits where it is.
                let ahead = queue_entry.came[0] - front;
                let is_leaving =
                    now - queue_entry.came[0] >= horizon(queue_entry) - 2.0 * SAME_INSTANT;
                if !is_leaving {
                    seconds = seconds.min(ahead / pace);
                } else if pace > 1.0 {
                    seconds = seconds.min(ahead / (pace - 1.0));
                }
            }
        }
        if pace > 1.0 {
            seconds = seconds.min(wait / (pace - 1.0));
        }
        if pieces > PIECES {
            seconds = seconds.max((until - from) / PIECES as f64);
            seconds = seconds.min(until - now);
        }
        let cut = front + seconds * pace;
        let mut passing = Cohort::new(cohort.came, Vec::with_capacity(at_front.len()));
        let of_all = if is_pinned {
            ((service.capacity - of_others) / of_least).clamp(0.0, 1.0)
        } else {
            1.0
        };
        for entry in cohort.entries.iter_mut().filter(|entry| is_worked(entry)) {
            let [first, last] = entry.came;
            let cut = if cut >= last - NUMERICAL_NOISE {
                last
            } else {
                cut.max(first)
            };
            let taken = entry.amount.share((cut - first) / (last - first));
            let kept = if is_pinned && is_least(entry) {
                taken.share(of_all)
            } else {
                taken
            };
            let gone = taken - kept;
            if !gone.is_none() {
                let within = patience(entry.item).gives_up;
                outcome
                    .given_up
                    .push(entry.gone(gone, [first, cut], within));
                outcome.shed += gone;
            }
            passing.entries.push(QueueEntry {
                amount: kept,
                came: [first, cut],
                ..*entry
            });
            entry.amount -= taken;
            entry.came[0] = cut;
        }
        work(&mut passing, f64::INFINITY, now, service, patience, outcome);
        cohort.entries.retain(|entry| !entry.amount.is_none());
        now += seconds.max(SAME_INSTANT);
    }
    now.min(until)
}

fn entries_of(cohort: &Cohort, is_meant: impl Fn(&QueueEntry) -> bool) -> Vec<QueueEntry> {
    let copied = cohort.entries.iter().copied();
    copied.filter(|queue_entry| is_meant(queue_entry)).collect()
}

fn taken_out(cohort: &mut Cohort, is_meant: impl Fn(&QueueEntry) -> bool) -> Cohort {
    let entries = std::mem::take(&mut cohort.entries);
    let (meant, others) = entries.into_iter().partition(is_meant);
    cohort.entries = others;
    Cohort::new(cohort.came, meant)
}

fn work(
    passing: &mut Cohort,
    budget: f64,
    now: f64,
    service: &Service,
    patience: &impl Fn(usize) -> Patience,
    outcome: &mut StepOutcome,
) {
    outcome.worked += passing.cost().min(budget);
    passing.work(budget, (now, service.capacity), patience, outcome);
}

fn throw_away(
    cohort: &mut Cohort,
    at: f64,
    patience: &impl Fn(usize) -> Patience,
    outcome: &mut StepOutcome,
) {
    for entry in &mut cohort.entries {
        let within = patience(entry.item).gives_up;
        let first = entry.came[0];
        let gone = taken_until(entry, at - within + entry.lag);
        let came = [first, entry.came[0]];
        if !gone.is_none() {
            outcome.given_up.push(entry.gone(gone, came, within));
            outcome.shed += gone;
        }
    }
    cohort.entries.retain(|entry| !entry.amount.is_none());
}
