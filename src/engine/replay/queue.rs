//! Queue: work that waits at one component for one resource, first in first out, as a fluid (`docs/model.md` §9, Replay).
//!
//! Work that comes in a step comes evenly, is mixed with what else comes then, and is worked in the order in which it came,
//! whether somebody still waits for it or not. Times of arrival and of service are straight lines over what came from one
//! instant to another, and so is the wait, which crosses a client's patience at one place at most.
//!
//! `entry.rs` is what waits, `cohort.rs` what came together, `shedding.rs` a queue that throws away what its clients gave up.

mod cohort;
mod entry;
mod shedding;
#[cfg(test)]
mod tests;

use super::amount::Amount;
use crate::units::SAME_INSTANT;
use cohort::{Cohort, Stale, join};
use entry::taken_until;
pub(super) use entry::{Gone, Patience, QueueEntry, Service, StepOutcome, cost_of};
use shedding::work_shedding;
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
