//! Remedies: the smallest changes that make a refused transition safe, each tried before it is named.

use super::context::{Opened, WaveChange};
use super::fill::Filled;
use super::task::Task;
use crate::ids::{AccessPointId, ComponentId, PoolId};
use crate::model::Component;
use crate::plan::{Allowed, Fullness, Pace, PaceLimit, Refusal, Remedy, Timing, Transition};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Times that a change is made larger before it is given up.
const MOST_TRIES: usize = 12;

/// From this many movers on, tries become rarer in proportion, but one is always made: each try makes all waves.
const MANY_MOVERS: usize = 10_000;

/// Pools of which one more member is tried.
const MOST_POOLS: usize = 3;

/// Times that a change of a transition is made larger before it is given up.
fn most_tries(task: &Task<'_>) -> usize {
    (MOST_TRIES * MANY_MOVERS / task.movers.len().max(MANY_MOVERS)).max(1)
}

/// What would make a transition safe that is refused; nothing if it is not.
pub(super) fn remedies(task: &Task<'_>, transition: &Transition, start: Timestamp) -> Vec<Remedy> {
    match transition.refusal {
        // Works that begin before there is spare capacity, or while others go on: their time is for people to choose.
        None
        | Some(
            Refusal::Unfinished(_)
            | Refusal::Overloaded(_)
            | Refusal::Early(_)
            | Refusal::TurnedBeside(_),
        ) => Vec::new(),
        Some(Refusal::TooLong) => {
            let mut all = Vec::new();
            all.extend(begin(transition, start));
            all.extend(admit(task));
            all.extend(accept(task, transition));
            all.extend(members(task, transition));
            all.extend(standby(task, transition));
            all.extend(beside(task, transition));
            all.extend(longer(task, transition));
            all
        }
        Some(Refusal::Never(_)) => {
            let mut all: Vec<Remedy> = accept(task, transition).into_iter().collect();
            all.extend(standby(task, transition));
            all.extend(beside(task, transition));
            all
        }
        Some(Refusal::Unsafe(first)) => capacity(task, first).into_iter().collect(),
    }
}

fn helps(task: &Task<'_>, transition: &Transition, change: &WaveChange) -> bool {
    let is_kept = |seconds| {
        let mut allowed = transition.allowed.iter();
        allowed.all(|allowed| allowed.is_kept(seconds, task.gate))
    };
    task.made(change).seconds.is_some_and(is_kept)
}

/// Beginning earlier helps where only the maintenance says how long before it users move away.
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

/// Everybody is moved at once, and let in no faster than every gate accepts beside the worst of normal operation: the
/// others wait and load nothing. So nothing is fuller than at the end, which is looked at; and it is made again as one
/// wave of everybody, whose length is what the last one waits.
fn admit(task: &Task<'_>) -> Option<Remedy> {
    let (passage, turn) = task.at_once();
    let all = 0..passage.items.len();
    let (moving, returning): (Vec<usize>, Vec<usize>) =
        all.partition(|item| passage.items[*item].moved.is_some());
    let users: f64 = passage.items.iter().map(|item| item.users).sum();
    let mut end = passage.first.clone();
    for &item in &moving {
        end.go(&passage, item);
    }
    for &item in &returning {
        end.restore(&passage, item, 1.0);
    }
    let filled = Filled {
        items: moving,
        restored: 1.0,
        users,
    };
    let mut limits = 0..passage.limits.rows.len();
    let is_safe = limits
        .all(|limit| end.load(limit, turn.to) <= passage.most(&passage.first, limit, turn.from));
    let measured = passage.measured(&passage.first, turn, &filled, &returning);
    let paces = passage.paces(&measured);
    let slowest = paces.first().filter(|_| is_safe)?;
    let seconds = slowest.seconds?;
    let is_accepted = matches!(slowest.limit, PaceLimit::Accepts(_));
    // Where nobody moves, those count who come through what is slowest.
    let users = if passage.items.is_empty() {
        slowest.users
    } else {
        users
    };
    (is_accepted && seconds > 0.0).then(|| Remedy::Admit {
        per_second: users / seconds,
        seconds,
    })
}

/// That much more accepted wherever it is too little.
fn accept(task: &Task<'_>, transition: &Transition) -> Option<Remedy> {
    let inventory = task.context.inputs.inventory;
    let gates = match transition.allowed {
        Some(Allowed::Maintenance(_)) => 0.0,
        _ => task.gate_seconds(1),
    };
    let allowed = transition.allowed.map(|allowed| allowed.seconds() - gates);
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
        let too_slow = ramp.window.is_none_or(|seconds| seconds > time);
        if too_slow {
            let needed = ramp.arrivals / time + ramp.background - ramp.accepts;
            let value = more.entry(ramp.component).or_insert(needed);
            *value = value.max(needed);
        }
    }
    if more.is_empty() {
        return None;
    }
    for _ in 0..most_tries(task) {
        for extra in more.values_mut() {
            *extra = rounded_up(*extra);
        }
        let raised = more.iter().map(|(component, extra)| {
            let accepts = inventory.accepts_per_second(*component).unwrap_or(0.0);
            (*component, accepts + extra)
        });
        let change = WaveChange {
            accepts: raised.collect(),
            ..WaveChange::default()
        };
        if helps(task, transition, &change) {
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
pub(super) fn rounded_up(value: f64) -> f64 {
    let digits = 10_f64.powf((value.max(1e-9)).log10().floor() - 1.0);
    (value / digits - 1e-9).ceil() * digits
}

/// One more element in a pool that is too slow.
fn members(task: &Task<'_>, transition: &Transition) -> Vec<Remedy> {
    let inventory = task.context.inputs.inventory;
    let mut pools: Vec<PoolId> = Vec::new();
    for pace in &transition.slowest {
        let PaceLimit::Accepts(component) = pace.limit else {
            continue;
        };
        let Component::Element(element) = inventory.component(component) else {
            continue;
        };
        let pool = inventory.elements[element.index()].pool;
        pools.extend(pool.filter(|pool| !pools.contains(pool)));
    }
    pools.truncate(MOST_POOLS);
    let with_one_more = |pool: &PoolId| WaveChange {
        pool: Some(*pool),
        ..WaveChange::default()
    };
    let pools = pools.into_iter();
    let helping = pools.filter(|pool| helps(task, transition, &with_one_more(pool)));
    helping.map(|pool| Remedy::Member { pool }).collect()
}

/// Access points, and elements that stand alone, that let users pass too slowly; those that are slowest first.
fn slow_ones(task: &Task<'_>, transition: &Transition) -> Vec<ComponentId> {
    let inventory = task.context.inputs.inventory;
    let is_alone = |component: &ComponentId| match inventory.component(*component) {
        Component::AccessPoint(_) => true,
        Component::Element(element) => inventory.elements[element.index()].pool.is_none(),
        _ => false,
    };
    let accepting = transition
        .slowest
        .iter()
        .filter_map(|pace| match pace.limit {
            PaceLimit::Accepts(component) => Some(component),
            _ => None,
        });
    accepting.filter(is_alone).take(MOST_POOLS).collect()
}

/// One more of the same kind beside an access point, or an element that stands alone.
fn beside(task: &Task<'_>, transition: &Transition) -> Option<Remedy> {
    let with_twin = |component: &ComponentId| WaveChange {
        twin: Some(*component),
        ..WaveChange::default()
    };
    let mut slow = slow_ones(task, transition).into_iter();
    let component = slow.find(|component| helps(task, transition, &with_twin(component)))?;
    Some(Remedy::Beside { component })
}

/// An access point on standby that is opened for half of those who pass what is too slow.
fn standby(task: &Task<'_>, transition: &Transition) -> Option<Remedy> {
    let transitions = task.context.inputs;
    let ends = || task.unders.iter().map(|under| under.flows);
    let is_used = |access_point: AccessPointId| {
        let mut flows = ends().flatten().flatten();
        flows.any(|flow| flow.path.access_point == access_point && flow.users > 0.0)
    };
    let access_points = transitions.inventory.access_points.iter().enumerate();
    let candidates: Vec<AccessPointId> = access_points
        .filter(|(_, row)| row.state.is_on_standby())
        .map(|(index, _)| AccessPointId::new(index))
        .filter(|access_point| !is_used(*access_point))
        .collect();
    let slow = slow_ones(task, transition).into_iter();
    let mut tries = slow.flat_map(|relieved| {
        candidates.iter().map(move |access_point| Opened {
            access_point: *access_point,
            relieved,
        })
    });
    let leads = |opened: &Opened| {
        let mut steered = ends().map(|flows| opened.steering(transitions, flows[1]));
        steered.any(|flows| flows.is_some())
    };
    let with_open = |opened: &Opened| WaveChange {
        opened: Some(*opened),
        ..WaveChange::default()
    };
    let mut leading = tries.by_ref().filter(leads).take(most_tries(task));
    let opened = leading.find(|opened| helps(task, transition, &with_open(opened)))?;
    Some(Remedy::Open {
        access_point: opened.access_point,
        relieved: opened.relieved,
    })
}

fn longer(task: &Task<'_>, transition: &Transition) -> Option<Remedy> {
    let allowed = transition.allowed?.seconds();
    if task.gate_seconds(1) <= 0.0 || transition.waves.len() < 2 {
        return None;
    }
    let minutes = (allowed / 60.0).floor();
    let change = WaveChange {
        minutes: Some(minutes),
        ..WaveChange::default()
    };
    let is_longer = minutes * 60.0 > task.longest();
    (is_longer && helps(task, transition, &change)).then_some(Remedy::Longer { minutes })
}

fn capacity(task: &Task<'_>, first: Fullness) -> Option<Remedy> {
    let mut more: BTreeMap<(ComponentId, crate::ids::ResourceId), f64> = BTreeMap::new();
    let mut unsafe_at = first;
    for _ in 0..most_tries(task) {
        let missing = (unsafe_at.load - unsafe_at.capacity).max(0.0);
        let at = (unsafe_at.component, unsafe_at.resource);
        *more.entry(at).or_default() += rounded_up(missing.max(1e-6 * unsafe_at.capacity));
        let change = WaveChange {
            capacity: more
                .iter()
                .map(|(at, extra)| (at.0, at.1, *extra))
                .collect(),
            ..WaveChange::default()
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
