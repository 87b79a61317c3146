//! Remedies: the smallest changes that make a refused transition safe, each tried before it is told.

use super::limits::Change;
use super::transitions::{Made, Task};
use crate::ids::{ComponentId, PoolId};
use crate::model::Component;
use crate::plan::{Allowed, Fullness, Pace, PaceLimit, Refusal, Remedy, Timing, Transition};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Times that a change is made larger before it is given up.
const MOST_TRIES: usize = 12;

/// Pools of which one more member is tried.
const MOST_POOLS: usize = 3;

/// What would make a transition safe that is refused; nothing if it is not.
pub(super) fn remedies(task: &Task<'_>, transition: &Transition, start: Timestamp) -> Vec<Remedy> {
    match transition.refusal {
        None => Vec::new(),
        Some(Refusal::TooLong) => {
            let mut all = Vec::new();
            all.extend(begin(transition, start));
            all.extend(admit(transition));
            all.extend(accept(task, transition));
            all.extend(members(task, transition));
            all.extend(longer(task, transition));
            all
        }
        Some(Refusal::Never(_)) => accept(task, transition).into_iter().collect(),
        Some(Refusal::Unsafe(first)) => capacity(task, first).into_iter().collect(),
    }
}

/// `true` if a schedule has an end, in the time that there is.
fn is_in_time(made: &Made<'_>, transition: &Transition) -> bool {
    let allowed = transition.allowed.map_or(f64::INFINITY, Allowed::seconds);
    made.seconds
        .is_some_and(|seconds| seconds <= allowed + 1e-6)
}

/// Beginning earlier helps where only the works say how long before them users move away.
fn begin(transition: &Transition, start: Timestamp) -> Option<Remedy> {
    let seconds = transition.seconds?;
    let is_free = matches!(transition.allowed, Some(Allowed::Drain(_)));
    if transition.timing != Timing::Ahead || !is_free {
        return None;
    }
    let minutes = (seconds / 60.0 - 1e-9).ceil();
    let duration = SignedDuration::try_from_secs_f64(minutes * 60.0).ok()?;
    Some(Remedy::Begin {
        at: start.checked_sub(duration).ok()?,
        minutes,
    })
}

/// Everybody is moved at once, and let in no faster than what is slowest accepts: the others wait.
fn admit(transition: &Transition) -> Option<Remedy> {
    let slowest = transition.slowest.first()?;
    let seconds = slowest.seconds?;
    let is_accepted = matches!(slowest.limit, PaceLimit::Accepts(_));
    (is_accepted && seconds > 0.0).then(|| Remedy::Admit {
        per_second: transition.users / seconds,
        seconds,
    })
}

/// That much more accepted wherever it is too little.
fn accept(task: &Task<'_>, transition: &Transition) -> Option<Remedy> {
    let inventory = task.footing.inventory;
    let gates = task.gate_seconds(1);
    let allowed = transition.allowed.map(|own| own.seconds() - gates);
    let time = allowed.unwrap_or(task.longest());
    if time <= 0.0 {
        return None;
    }
    let mut more: BTreeMap<ComponentId, f64> = BTreeMap::new();
    let paces: Vec<Pace> = transition.slowest.clone();
    for pace in &paces {
        let PaceLimit::Accepts(component) = pace.limit else {
            // A rate of moves that is too low is not helped by what is accepted.
            if pace.seconds.is_none_or(|seconds| seconds > time) {
                return None;
            }
            continue;
        };
        if pace.seconds.is_none_or(|seconds| seconds > time) {
            more.insert(component, pace.users / time - pace.per_second);
        }
    }
    for ramp in &transition.ramp {
        let too_slow = ramp.window().is_none_or(|seconds| seconds > time);
        if too_slow {
            let needed = ramp.arrivals / time + ramp.background - ramp.accepts;
            let own = more.entry(ramp.component).or_insert(needed);
            *own = own.max(needed);
        }
    }
    if more.is_empty() {
        return None;
    }
    for _ in 0..MOST_TRIES {
        for extra in more.values_mut() {
            *extra = rounded_up(*extra);
        }
        let raised = more.iter().map(|(component, extra)| {
            let accepts = inventory.accepts_per_second(*component).unwrap_or(0.0);
            (*component, accepts + extra)
        });
        let change = Change {
            accepts: raised.collect(),
            ..Change::default()
        };
        if is_in_time(&task.made(&change), transition) {
            let more = more.into_iter().collect();
            return Some(Remedy::Accept { more });
        }
        for extra in more.values_mut() {
            *extra *= 1.1;
        }
    }
    None
}

/// Two digits, never less.
fn rounded_up(value: f64) -> f64 {
    let digits = 10_f64.powf((value.max(1e-9)).log10().floor() - 1.0);
    (value / digits - 1e-9).ceil() * digits
}

/// One more element in a pool that is too slow.
fn members(task: &Task<'_>, transition: &Transition) -> Vec<Remedy> {
    let inventory = task.footing.inventory;
    let mut pools: Vec<PoolId> = Vec::new();
    for pace in &transition.slowest {
        let PaceLimit::Accepts(component) = pace.limit else {
            continue;
        };
        let Component::Element(element) = inventory.component(component) else {
            continue;
        };
        let pool = inventory.elements[element.index()].pool;
        pools.extend(pool.filter(|own| !pools.contains(own)));
    }
    pools.truncate(MOST_POOLS);
    let helps = |pool: &PoolId| {
        let change = Change {
            pool: Some(*pool),
            ..Change::default()
        };
        is_in_time(&task.made(&change), transition)
    };
    let helping = pools.into_iter().filter(helps);
    helping.map(|pool| Remedy::Member { pool }).collect()
}

/// Longer waves have fewer gates.
fn longer(task: &Task<'_>, transition: &Transition) -> Option<Remedy> {
    let allowed = transition.allowed?.seconds();
    if task.gate_seconds(1) <= 0.0 || transition.waves.len() < 2 {
        return None;
    }
    let minutes = (allowed / 60.0).floor();
    let change = Change {
        minutes: Some(minutes),
        ..Change::default()
    };
    let helps = minutes * 60.0 > task.longest() && is_in_time(&task.made(&change), transition);
    helps.then_some(Remedy::Longer { minutes })
}

/// More capacity wherever the next move finds too little.
fn capacity(task: &Task<'_>, first: Fullness) -> Option<Remedy> {
    let mut more: BTreeMap<(ComponentId, crate::ids::ResourceId), f64> = BTreeMap::new();
    let mut unsafe_at = first;
    for _ in 0..MOST_TRIES {
        let missing = (unsafe_at.load - unsafe_at.capacity).max(0.0);
        let at = (unsafe_at.component, unsafe_at.resource);
        *more.entry(at).or_default() += rounded_up(missing.max(1e-6 * unsafe_at.capacity));
        let change = Change {
            capacity: more
                .iter()
                .map(|(at, extra)| (at.0, at.1, *extra))
                .collect(),
            ..Change::default()
        };
        match task.made(&change).schedule.refusal {
            None => {
                return Some(Remedy::Capacity {
                    more: change.capacity,
                });
            }
            Some(Refusal::Unsafe(next)) => unsafe_at = next,
            Some(_) => return None,
        }
    }
    None
}
