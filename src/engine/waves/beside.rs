//! Beside: waves of several periods that go on at once, and the new sessions that they bring to a component together.

use super::context::Beside;
use super::passage::WavePassage;
use super::stand::SteeringTurn;
use crate::ids::ComponentId;
use crate::plan::{Plan, SteeringGroups, Timing, Transition, Wave};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A transition as it is made beside others that go on meanwhile: again until it leaves them what they bring. `steered` has
/// users who are steered too because they move for another period, by component.
pub(super) fn made_beside(
    others: &[Transition],
    make: impl Fn(&[Beside]) -> Transition,
    steered: impl Fn(&Transition) -> BTreeMap<ComponentId, f64>,
) -> Transition {
    let mut known: BTreeMap<ComponentId, Beside> = BTreeMap::new();
    loop {
        let beside: Vec<Beside> = known.values().copied().collect();
        let transition = make(&beside);
        let mut more = known.clone();
        for (component, arrivals) in steered(&transition) {
            let beside = more.entry(component);
            let beside = beside.or_insert(Beside::nothing(component));
            beside.arrivals = beside.arrivals.max(arrivals);
        }
        for found in sessions_beside(others, &transition) {
            let beside = more.entry(found.component);
            let beside = beside.or_insert(Beside::nothing(found.component));
            beside.per_second = beside.per_second.max(found.per_second);
            beside.background = beside.background.max(found.background);
        }
        if more == known {
            return transition;
        }
        known = more;
    }
}

/// The transitions of later periods that are done before those periods start: nothing of these periods is refused.
fn later(others: &[Transition], period: usize) -> impl Iterator<Item = &Transition> {
    let is_refused = |period: usize| {
        let mut its = others
            .iter()
            .filter(|transition| transition.period == period);
        its.any(|transition| transition.refusal.is_some())
    };
    others.iter().filter(move |other| {
        let is_later = other.timing == Timing::Ahead && other.period > period;
        is_later && !is_refused(other.period)
    })
}

/// The later period of which waves turn weights before those of a transition have, in which nobody moves, or end while these
/// turn them or its period has yet to begin; or an earlier one of which waves go on once its period has begun. Weights turn
/// for one period at a time: a wave ends with those of the current period. `start` is when its period begins.
pub(super) fn turned_beside(
    others: &[Transition],
    transition: &Transition,
    start: Timestamp,
) -> Option<usize> {
    let mut turning = transition.waves.iter().filter(|wave| wave.turns_weights());
    let first = turning.next()?;
    let turned = turning.fold(first.turned, |last, wave| last.max(wave.turned));
    // Steering that is left to a period's start, while waves of an earlier one go on.
    let goes_on = |other: &&Transition| {
        let is_earlier = other.timing == Timing::After && other.period < transition.period;
        is_earlier && other.refusal.is_none() && !other.waves.is_empty() && other.end > start
    };
    if transition.timing == Timing::After
        && let Some(earlier) = others.iter().find(goes_on)
    {
        return Some(earlier.period);
    }
    let is_beside = |wave: &Wave| {
        let turns = wave.turns_weights() && wave.start < turned;
        turns || first.start < wave.end && wave.end < turned.max(start)
    };
    let mut later = later(others, transition.period);
    let beside = later.find(|other| other.waves.iter().any(is_beside));
    beside.map(|other| other.period)
}

/// What others bring while a transition goes on, by component that somebody newly connects through in both.
fn sessions_beside(others: &[Transition], transition: &Transition) -> Vec<Beside> {
    let Some((first, last)) = transition.waves.first().zip(transition.waves.last()) else {
        return Vec::new();
    };
    let span = (first.start, last.end);
    let mut passed: Vec<ComponentId> = transition.ramp.iter().map(|ramp| ramp.component).collect();
    passed.extend(transition.beside.iter().map(|pair| pair.0));
    passed.sort_unstable();
    passed.dedup();
    let others = others
        .iter()
        .filter(|other| other.period != transition.period);
    let others: Vec<&Transition> = others.collect();
    let found = passed.into_iter().map(|component| {
        let mut all = Beside::nothing(component);
        for other in &others {
            let rates = other
                .waves
                .iter()
                .map(|wave| wave.sessions_within(component, span));
            all.per_second += rates.fold(0.0, f64::max);
            let begun = other.waves.iter().filter(|wave| wave.start < span.1);
            let ramps = begun.flat_map(|wave| &wave.ramp);
            let ramps = ramps.filter(|ramp| ramp.component == component);
            all.background = ramps
                .map(|ramp| ramp.background)
                .fold(all.background, f64::max);
        }
        all
    });
    found
        .filter(|beside| beside.per_second > 0.0 || beside.background > 0.0)
        .collect()
}

/// Users that the steering of a transition brings through something that they do not pass, because other waves have moved
/// them by then, or have not yet; by component, the most of all cases. `passage` is what the transition goes through.
pub(super) fn steered_beside(
    (passage, groups): (&WavePassage<'_>, &SteeringGroups),
    plan: &Plan,
    others: &[Transition],
    transition: &Transition,
) -> BTreeMap<ComponentId, f64> {
    let whole = SteeringTurn {
        from: 0.0,
        to: 1.0,
        is_first_after_loss: false,
    };
    let mut by_gate = vec![0.0; passage.limits.gates.len()];
    for other in others
        .iter()
        .filter(|other| other.period != transition.period)
    {
        let is_later = other.period > transition.period;
        let counts = |wave: &&Wave| {
            if is_later {
                wave.start < transition.end
            } else {
                wave.end > transition.start
            }
        };
        let moves = &plan.periods[other.period].moves;
        let moved = other
            .waves
            .iter()
            .filter(counts)
            .flat_map(|wave| &wave.moves);
        for moved in moved.map(|moved| &moves[*moved]) {
            // Users who are placed do not exist before their period.
            let site = moved
                .from
                .map(|from| if is_later { moved.to } else { from });
            let group = groups.of_shard(moved.shard);
            let Some(cell) = site.and_then(|site| passage.cells.of(group, site)) else {
                continue;
            };
            for (gate, share) in whole.entering(&passage.cells.all[cell]) {
                by_gate[gate] += moved.users * share;
            }
        }
    }
    let mut all: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for (gate, users) in passage.limits.gates.iter().zip(by_gate) {
        if users > 0.0 {
            let most = all.entry(gate.component).or_default();
            *most = most.max(users);
        }
    }
    all
}
