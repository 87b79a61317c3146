//! Limits: what is left of everything that a way passes, and what is accepted there.

use super::super::ground::Ground;
use super::super::period::Situation;
use super::shares::Under;
use crate::ids::ComponentId;
use crate::model::Component;
use crate::units::FEASIBILITY;
use ndarray::Array2;
use std::collections::BTreeMap;

/// What several sums of the same numbers may differ by, relative.
const SAME: f64 = 2.0 * FEASIBILITY;

/// Of what accepts new sessions, a share that is no spare capacity: arithmetic leaves as much.
pub(super) const NO_SPARE: f64 = 1e-6;

/// New sessions a second that are accepted beside so many of normal operation.
pub(super) fn spare(accepts: f64, background: f64) -> f64 {
    let left = accepts - background;
    if left > NO_SPARE * accepts { left } else { 0.0 }
}

/// Where limits stand, by case: components × resources, and components with what they accept.
pub(super) struct Limits {
    /// What is left; `None` where nothing limits, or nobody may pass.
    left: Vec<Array2<Option<f64>>>,
    /// Relative to what a load is judged where nothing is left.
    nominal: Vec<Array2<f64>>,
    /// Components: new sessions per second that they accept under some case.
    pub(super) accepts: BTreeMap<usize, f64>,
}

impl Limits {
    /// Those of the cases that a way touches.
    pub(super) fn new(ground: &Ground<'_>, unders: &[Under<'_>]) -> Self {
        let inventory = ground.inventory;
        let mut all = Self {
            left: Vec::new(),
            nominal: Vec::new(),
            accepts: BTreeMap::new(),
        };
        for under in unders {
            let case = &under.situation.case;
            let mut left = Array2::from_elem(case.nominal.dim(), None);
            let mut nominal = Array2::zeros(case.nominal.dim());
            for component in 0..inventory.component_count() {
                if case.gone[component] || !carries(ground, &under.situation, component) {
                    continue;
                }
                for resource in 0..inventory.resources.len() {
                    let is_site = component < inventory.sites.len();
                    if is_site || ground.is_network(resource) {
                        left[[component, resource]] = case.capacity(component, resource);
                        let of_files = case.nominal[[component, resource]];
                        nominal[[component, resource]] = of_files.unwrap_or_default();
                    }
                }
                if let Some(accepts) = ground
                    .inventory
                    .accepts_per_second(ComponentId::new(component))
                {
                    all.accepts.insert(component, accepts);
                }
            }
            all.left.push(left);
            all.nominal.push(nominal);
        }
        all
    }

    /// Of one case: component and resource, what is left, and what there is without events.
    pub(super) fn left(&self, case: usize) -> impl Iterator<Item = ([usize; 2], f64, f64)> + '_ {
        let left = self.left[case].indexed_iter();
        left.filter_map(move |((component, resource), left)| {
            let at = [component, resource];
            Some((at, (*left)?, self.nominal[case][at]))
        })
    }

    /// Of one case: component and resource, what is left, and the most that counts as no more than that.
    pub(super) fn most(&self, case: usize) -> impl Iterator<Item = ([usize; 2], f64, f64)> + '_ {
        let left = self.left[case].indexed_iter();
        left.filter_map(move |((component, resource), left)| {
            let (at, left) = ([component, resource], (*left)?);
            Some((
                at,
                left,
                left * (1.0 + SAME) + 2e-9 * self.nominal[case][at],
            ))
        })
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
