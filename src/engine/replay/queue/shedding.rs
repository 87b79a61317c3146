//! Shedding: a queue that throws away what its clients have given up.

use super::cohort::Cohort;
use super::{Entry, Outcome, Patience, Service, cost_of, taken_until};

/// Works a cohort from one instant up to another, of a queue that throws away what its clients have given up: nobody works
/// on that, so what is next is never older than its clients' patience. Returns when it is done.
///
/// Where work came faster than it is worked, the wait grows until it is as long as the patience; from then on what is
/// worked has waited just so long, and what there is no time for is thrown away as its time comes.
pub(super) fn work_shedding(
    cohort: &mut Cohort,
    [from, until]: [f64; 2],
    service: &Service,
    patience: &impl Fn(usize) -> Patience,
    outcome: &mut Outcome,
) -> f64 {
    throw_away(cohort, from, patience, outcome);
    let ends = cohort.entries.iter().map(|own| own.came);
    let came = ends.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]);
    let cost = cohort.cost();
    let Some([first, last]) = came.filter(|_| cost > 0.0) else {
        cohort.entries.clear();
        return from;
    };
    let least = cohort
        .entries
        .iter()
        .map(|own| patience(own.item).gives_up - own.lag);
    let least = least.fold(f64::INFINITY, f64::min);
    // While one second is worked, so many seconds of arrivals are.
    let pace = service.capacity * (last - first) / cost;
    let whole = from + cost / service.capacity;
    let until_full = from + (least - (from - first)).max(0.0) / (1.0 - pace).max(0.0);
    let straight = whole.min(until).min(until_full);
    // What rounding leaves must not hold up what is behind it.
    let budget = if straight >= whole {
        f64::INFINITY
    } else {
        (straight - from) * service.capacity
    };
    outcome.worked += budget.min(cost);
    cohort.work(budget, (from, service.capacity), patience, outcome);
    if straight >= whole || straight >= until || cohort.is_empty() {
        return straight;
    }
    // From here on the wait is as long as the patience.
    let left = last - (first + (straight - from) * pace);
    let pinned = left.min(until - straight);
    let share = if left > 0.0 { pinned / left } else { 1.0 };
    let mut passing = Cohort::new(cohort.came, Vec::with_capacity(cohort.entries.len()));
    for entry in &mut cohort.entries {
        let taken = entry.amount.share(share);
        entry.amount -= taken;
        let [first, last] = entry.came;
        let cut = first + share * (last - first);
        let kept = taken.share(pace);
        let gone = taken - kept;
        if !gone.is_none() {
            let within = patience(entry.item).gives_up;
            outcome.given_up.push(entry.gone(gone, within));
            outcome.shed += gone;
        }
        passing.entries.push(Entry {
            amount: kept,
            came: [first, cut],
            ..*entry
        });
        entry.came[0] = cut;
    }
    outcome.worked += cost_of(&passing.entries);
    passing.work(
        f64::INFINITY,
        (straight, service.capacity),
        patience,
        outcome,
    );
    cohort.entries.retain(|own| !own.amount.is_none());
    straight + pinned
}

/// Throws away what has been given up by an instant.
fn throw_away(
    cohort: &mut Cohort,
    at: f64,
    patience: &impl Fn(usize) -> Patience,
    outcome: &mut Outcome,
) {
    for entry in &mut cohort.entries {
        let within = patience(entry.item).gives_up;
        let gone = taken_until(entry, at - within + entry.lag);
        if !gone.is_none() {
            outcome.given_up.push(entry.gone(gone, within));
            outcome.shed += gone;
        }
    }
    cohort.entries.retain(|own| !own.amount.is_none());
}
