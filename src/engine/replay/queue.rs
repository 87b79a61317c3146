//! Queue: work that waits at one component for one resource, first in first out, as a fluid (`docs/model.md` §9, Replay).
//!
//! Work that comes in a step comes evenly, is mixed with what else comes then, and is worked in the order in which it came,
//! whether somebody still waits for it or not. Times of arrival and of service are straight lines over what came from one
//! instant to another, and so is the wait, which crosses a client's patience at one place at most.

mod cohort;
mod entry;
mod shedding;
#[cfg(test)]
mod tests;

use super::amount::Amount;
use cohort::{Cohort, Stale, join};
use entry::taken_until;
pub(super) use entry::{Entry, Gone, Outcome, Patience, Service, cost_of};
use shedding::work_shedding;
use std::collections::VecDeque;

/// Work that waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    cohorts: VecDeque<Cohort>,
}

/// So many parts of what waits are told apart by when they came, at most.
const COHORTS: usize = 512;

/// What waits between the ends of steps counts if it takes longer than so many seconds to be worked.
const PROMPT: f64 = 1.0;

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
