//! Beside: waves of several periods that go on at once, and the new sessions that they bring to a component together.

use crate::ids::ComponentId;
use crate::plan::Transition;
use std::collections::BTreeMap;

/// A transition as it is made beside others that go on meanwhile: again until it leaves them the new sessions that they
/// bring. `make` is given how many a second those are, by component.
pub(super) fn made_beside(
    others: &[Transition],
    make: impl Fn(&[(ComponentId, f64)]) -> Transition,
) -> Transition {
    let mut beside: Vec<(ComponentId, f64)> = Vec::new();
    loop {
        let own = make(&beside);
        let mut more = sessions_beside(others, &own);
        for (component, left) in &beside {
            let met = more.entry(*component).or_default();
            *met = left.max(*met);
        }
        let more: Vec<(ComponentId, f64)> = more.into_iter().collect();
        if more == beside {
            return own;
        }
        beside = more;
    }
}

/// New sessions a second that others bring at most while a transition goes on, by component that somebody newly connects
/// through in both.
fn sessions_beside(others: &[Transition], own: &Transition) -> BTreeMap<ComponentId, f64> {
    let mut all = BTreeMap::new();
    let Some((first, last)) = own.waves.first().zip(own.waves.last()) else {
        return all;
    };
    let passed = |component: ComponentId| {
        let mut ramps = own.waves.iter().flat_map(|wave| &wave.ramp);
        ramps.any(|own| own.component == component)
    };
    for other in others.iter().filter(|other| other.period != own.period) {
        let ramps = other.ramp.iter().map(|own| own.component);
        for component in ramps.filter(|own| passed(*own)) {
            let waves = other.waves.iter();
            let rates = waves.map(|wave| wave.sessions_within(component, (first.start, last.end)));
            let most = rates.fold(0.0, f64::max);
            if most > 0.0 {
                *all.entry(component).or_default() += most;
            }
        }
    }
    all
}
