//! Beside: waves of several periods that go on at once, and the new sessions that they bring to a component together.

use super::passage::Passage;
use super::stand::Turn;
use crate::ids::ComponentId;
use crate::model::Scenario;
use crate::plan::{Plan, Refusal, SteeringGroups, Timing, Transition, Wave, spare_sessions};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What waves of other periods bring to a component while a transition goes on, at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Beside {
    pub(super) component: ComponentId,
    /// Users who connect anew in them, per second.
    pub(super) per_second: f64,
    /// New sessions per second of normal operation, of all users.
    pub(super) background: f64,
    /// Users who are where the other waves bring them, or still where they leave, and whom the transition steers too.
    pub(super) arrivals: f64,
}

impl Beside {
    /// Nothing.
    pub(super) fn nothing(component: ComponentId) -> Self {
        Self {
            component,
            per_second: 0.0,
            background: 0.0,
            arrivals: 0.0,
        }
    }

    /// New sessions a second that are accepted beside those, and so many of normal operation.
    pub(super) fn spare(&self, accepts: f64, background: f64) -> f64 {
        spare_sessions(accepts, background.max(self.background) + self.per_second)
    }
}

/// A transition as it is made beside others that go on meanwhile: again until it leaves them what they bring. `steered` has
/// who is steered too because he moves for another period, by component.
pub(super) fn made_beside(
    others: &[Transition],
    make: impl Fn(&[Beside]) -> Transition,
    steered: impl Fn(&Transition) -> BTreeMap<ComponentId, f64>,
) -> Transition {
    let mut known: BTreeMap<ComponentId, Beside> = BTreeMap::new();
    loop {
        let beside: Vec<Beside> = known.values().copied().collect();
        let own = make(&beside);
        let mut more = known.clone();
        for (component, arrivals) in steered(&own) {
            let beside = more.entry(component);
            let beside = beside.or_insert(Beside::nothing(component));
            beside.arrivals = beside.arrivals.max(arrivals);
        }
        for found in sessions_beside(others, &own) {
            let beside = more.entry(found.component);
            let beside = beside.or_insert(Beside::nothing(found.component));
            beside.per_second = beside.per_second.max(found.per_second);
            beside.background = beside.background.max(found.background);
        }
        if more == known {
            return own;
        }
        known = more;
    }
}

/// The transitions ahead of later periods that are done: nothing of these periods is refused.
fn later(others: &[Transition], period: usize) -> impl Iterator<Item = &Transition> {
    let is_refused = |period: usize| {
        let mut its = others.iter().filter(|own| own.period == period);
        its.any(|own| own.refusal.is_some())
    };
    others.iter().filter(move |other| {
        let is_later = other.timing == Timing::Ahead && other.period > period;
        is_later && !is_refused(other.period)
    })
}

/// Why steering alone cannot be turned beside waves of later periods, if it cannot.
pub(super) fn refused_beside(
    scenario: &Scenario,
    others: &[Transition],
    own: &Transition,
) -> Option<Refusal> {
    let slowed = slowed_by(scenario, others, own).map(Refusal::SlowedBy);
    slowed.or_else(|| in_parts_beside(others, own).map(Refusal::InPartsBeside))
}

/// A later period whose waves have turned weights when a part of steering begins to turn: no file has the weights after it.
fn in_parts_beside(others: &[Transition], own: &Transition) -> Option<usize> {
    let mut parts = own.waves.iter().filter(|wave| wave.steering_share < 1.0);
    let has_turned = |other: &Transition, at: Timestamp| {
        let mut waves = other.waves.iter();
        waves.any(|wave| wave.steering_share > 0.0 && wave.start <= at)
    };
    parts.find_map(|part| {
        let mut later = later(others, own.period);
        let turned = later.find(|other| has_turned(other, part.start));
        turned.map(|other| other.period)
    })
}

/// `true` if a transition turns nobody, because waves ahead of a later period have turned all weights before it begins.
pub(super) fn leaves_weights(others: &[Transition], own: &Transition) -> bool {
    let Some(first) = own.waves.first() else {
        return false;
    };
    let mut waves = later(others, own.period).flat_map(|other| &other.waves);
    waves.any(|wave| wave.steering_share >= 1.0 && wave.turned <= first.start)
}

/// A later period whose waves turn weights while those of a transition do, and slow these so much that they begin before the later
/// ones, and before the scenario.
fn slowed_by(scenario: &Scenario, others: &[Transition], own: &Transition) -> Option<usize> {
    let turning = |of: &Transition| {
        let waves = of.waves.iter().filter(|wave| wave.turns_weights());
        let phases = waves.map(|wave| (wave.start, wave.turned));
        phases.collect::<Vec<_>>()
    };
    let phases = turning(own);
    let meets = |other: &(Timestamp, Timestamp)| {
        let mut phases = phases.iter();
        phases.any(|own| own.0 < other.1 && other.0 < own.1)
    };
    let begins_before = own.period > 0 && own.start < scenario.start;
    let mut later = later(others, own.period).filter(|_| begins_before);
    let slowing = later.find(|other| own.start < other.start && turning(other).iter().any(meets));
    slowing.map(|other| other.period)
}

/// What others bring while a transition goes on, by component that somebody newly connects through in both.
fn sessions_beside(others: &[Transition], own: &Transition) -> Vec<Beside> {
    let Some((first, last)) = own.waves.first().zip(own.waves.last()) else {
        return Vec::new();
    };
    let span = (first.start, last.end);
    let mut passed: Vec<ComponentId> = own.ramp.iter().map(|own| own.component).collect();
    passed.extend(own.beside.iter().map(|own| own.0));
    passed.sort_unstable();
    passed.dedup();
    let others = others.iter().filter(|other| other.period != own.period);
    let others: Vec<&Transition> = others.collect();
    let found = passed.into_iter().map(|component| {
        let mut all = Beside::nothing(component);
        for other in &others {
            let rates = other
                .waves
                .iter()
                .map(|own| own.sessions_within(component, span));
            all.per_second += rates.fold(0.0, f64::max);
            let begun = other.waves.iter().filter(|own| own.start < span.1);
            let ramps = begun.flat_map(|own| &own.ramp);
            let ramps = ramps.filter(|own| own.component == component);
            all.background = ramps
                .map(|own| own.background)
                .fold(all.background, f64::max);
        }
        all
    });
    found
        .filter(|own| own.per_second > 0.0 || own.background > 0.0)
        .collect()
}

/// Users whom the steering of a transition brings through something that they do not pass, because other waves have moved
/// them by then, or have not yet; by component, the most of all cases. `passage` is what the transition goes through.
pub(super) fn steered_beside(
    (passage, groups): (&Passage<'_>, &SteeringGroups),
    plan: &Plan,
    others: &[Transition],
    own: &Transition,
) -> BTreeMap<ComponentId, f64> {
    let whole = Turn {
        from: 0.0,
        to: 1.0,
        is_first_after_loss: false,
    };
    let mut by_gate = vec![0.0; passage.limits.gates.len()];
    for other in others.iter().filter(|other| other.period != own.period) {
        let is_later = other.period > own.period;
        let counts = |wave: &&Wave| {
            if is_later {
                wave.start < own.end
            } else {
                wave.end > own.start
            }
        };
        let moves = &plan.periods[other.period].moves;
        let moved = other.waves.iter().filter(counts).flat_map(|own| &own.moves);
        for moved in moved.map(|moved| &moves[*moved]) {
            // Who is placed has no users before his period.
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
