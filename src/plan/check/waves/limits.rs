//! Limits: what is left of everything that a way passes, and what is accepted there.

use super::super::ground::Ground;
use super::super::period::Situation;
use super::shares::Under;
use crate::ids::ComponentId;
use crate::model::Component;
use crate::units::FEASIBILITY;
use std::collections::BTreeMap;

/// What several sums of the same numbers may differ by, relative.
const SAME: f64 = 2.0 * FEASIBILITY;

/// New sessions a second that are accepted beside so many of normal operation.
pub(super) fn spare(accepts: f64, background: f64) -> f64 {
    let left = accepts - background;
    if left > FEASIBILITY * accepts {
        left
    } else {
        0.0
    }
}

/// What is left of a resource at a component.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remaining {
    /// Component and resource.
    pub(super) at: [usize; 2],
    pub(super) left: f64,
    /// What there is without events: a load is judged relative to it where nothing is left.
    pub(super) nominal: f64,
}

impl Remaining {
    /// The most that counts as no more than what is left.
    pub(super) fn most(&self) -> f64 {
        self.left * (1.0 + SAME) + 2e-9 * self.nominal
    }
}

/// Where limits stand.
pub(super) struct Limits {
    /// By case, ascending: what is left where something limits, and somebody may pass.
    pub(super) left: Vec<Vec<Remaining>>,
    /// Components: new sessions per second that they accept under some case.
    pub(super) accepts: BTreeMap<usize, f64>,
}

impl Limits {
    /// Those of the cases that a way touches.
    pub(super) fn new(ground: &Ground<'_>, unders: &[Under<'_>]) -> Self {
        let inventory = ground.inventory;
        let mut all = Self {
            left: Vec::new(),
            accepts: BTreeMap::new(),
        };
        for under in unders {
            let case = &under.situation.case;
            let mut of_case = Vec::new();
            for component in 0..inventory.component_count() {
                if case.gone[component] || !carries(ground, &under.situation, component) {
                    continue;
                }
                let is_site = component < inventory.sites.len();
                let resources = 0..inventory.resources.len();
                for resource in resources.filter(|own| is_site || ground.is_network(*own)) {
                    let at = [component, resource];
                    let left = case.capacity(component, resource);
                    of_case.extend(left.map(|left| Remaining {
                        at,
                        left,
                        nominal: case.nominal[at].unwrap_or_default(),
                    }));
                }
                let accepts = inventory.accepts_per_second(ComponentId::new(component));
                all.accepts.extend(accepts.map(|own| (component, own)));
            }
            all.left.push(of_case);
        }
        all
    }
}

/// The most that may be carried: what is left, or where a fault has left less than is carried already, no more than that.
pub(super) fn at_most(most: f64, begun: f64) -> f64 {
    if begun > most {
        begun * (1.0 + SAME)
    } else {
        most
    }
}

/// `true` unless a component is a member of a pool that carries nothing of it.
pub(super) fn carries(ground: &Ground<'_>, situation: &Situation, component: usize) -> bool {
    let id = ComponentId::new(component);
    let Component::Element(element) = ground.inventory.component(id) else {
        return true;
    };
    let pool = ground.inventory.elements[element.index()].pool;
    pool.is_none_or(|pool| situation.members[pool.index()].contains(&id))
}

/// What whole seconds leave of a length.
pub(super) fn slack(seconds: f64) -> f64 {
    1e-5 * seconds.max(1.0)
}
