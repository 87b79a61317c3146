//! Shedding: a cohort of a queue that throws away what its clients have given up.

use super::cohort::Cohort;
use super::entry::{Patience, QueueEntry, Service, StepOutcome, cost_of, taken_until};
use crate::units::{NUMERICAL_NOISE, SAME_INSTANT};

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
pub(super) fn work_shedding(
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
