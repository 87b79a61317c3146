//! The cheapest trajectory of a joint class: dynamic programming over periods and sites.
//!
//! What a user pays in a period depends on where he is, where he goes and nothing else, so the cheapest way to be
//! somewhere after a period is the cheapest way to be at the best place before it, and a step. No trajectory is listed.

use super::fares::PeriodFares;
use super::rows::Rows;
use crate::formulation::joint::{JointClassId, JointProblem, Trajectory};
use crate::ids::SiteId;
use std::sync::Arc;

/// The cheapest trajectory of a class at some prices.
pub(super) struct Cheapest {
    /// What all users of the class pay together.
    pub(super) cost: f64,
    /// By period, where they are served.
    pub(super) homes: Vec<Option<SiteId>>,
}

/// A step to a place: what was paid up to here, from which place, and whether users are served there.
#[derive(Debug, Clone, Copy)]
struct Step {
    cost: f64,
    from: usize,
    is_served: bool,
}

/// The cheapest trajectory of a class; `None` if there is none.
pub(super) fn cheapest(
    joint: &JointProblem<'_>,
    rows: &Rows,
    fares: &mut [PeriodFares<'_>],
    class: JointClassId,
) -> Option<Cheapest> {
    let row = &joint.classes[class];
    let sites = joint.periods[0].problem.setting.inventory.sites.len();
    // Nowhere stands behind all sites.
    let place_of = |site: Option<SiteId>| site.map_or(sites, SiteId::index);
    let site_of = |place: usize| (place < sites).then(|| SiteId::new(place));
    let mut costs: Vec<Option<f64>> = vec![None; sites + 1];
    costs[place_of(row.start)] = Some(0.0);
    let mut steps: Vec<Vec<Option<Step>>> = Vec::with_capacity(joint.periods.len());
    for (period, fares) in fares.iter_mut().enumerate() {
        let mut next: Vec<Option<Step>> = vec![None; sites + 1];
        let mut take = |place: usize, step: Step| {
            let known = &mut next[place];
            if known.is_none_or(|known| step.cost < known.cost) {
                *known = Some(step);
            }
        };
        for (place, paid) in costs.iter().enumerate() {
            let Some(paid) = *paid else {
                continue;
            };
            let previous = site_of(place);
            let stand = row.at[period].as_ref();
            let Some(stand) = stand.filter(|_| !joint.is_at_rest(class, period)) else {
                let after = joint.after_nobody(class, period, previous);
                let step = Step {
                    cost: paid,
                    from: place,
                    is_served: false,
                };
                take(place_of(after), step);
                continue;
            };
            let current = joint.current(class, period, previous);
            let Some(reached) = joint.reaches.get(class, period, current) else {
                continue;
            };
            for &site in reached.sites.iter() {
                let has_left = current.is_some_and(|current| current != site);
                let is_relief = has_left && !reached.is_affected;
                if is_relief && rows.is_relief_closed[period] {
                    continue;
                }
                let Some(mut of_user) = fares.of_user(stand, site) else {
                    continue;
                };
                if has_left {
                    of_user += fares.moved;
                    if !stand.has_copy(site) {
                        of_user += fares.copied;
                    }
                }
                if is_relief {
                    of_user += fares.relief;
                }
                let step = Step {
                    cost: paid + row.users[period] * of_user,
                    from: place,
                    is_served: true,
                };
                take(site.index(), step);
            }
        }
        costs = next.iter().map(|step| step.map(|step| step.cost)).collect();
        steps.push(next);
    }
    let ends = costs.iter().enumerate();
    let (mut place, cost) = ends
        .filter_map(|(place, cost)| Some((place, (*cost)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    let mut homes = vec![None; steps.len()];
    for (home, steps) in homes.iter_mut().zip(&steps).rev() {
        let step = steps[place]?;
        *home = site_of(place).filter(|_| step.is_served);
        place = step.from;
    }
    Some(Cheapest { cost, homes })
}

/// The trajectory of a class over these homes, on the cheapest ways; `None` if some home has none.
pub(super) fn routed(
    joint: &JointProblem<'_>,
    fares: &[PeriodFares<'_>],
    class: JointClassId,
    homes: Vec<Option<SiteId>>,
) -> Option<Trajectory> {
    let mut routes = Vec::with_capacity(homes.len());
    for ((home, stand), fares) in homes.iter().zip(&joint.classes[class].at).zip(fares) {
        routes.push(match (home, stand) {
            (Some(site), Some(stand)) => Some(Arc::new(fares.route(stand, *site)?)),
            _ => None,
        });
    }
    Some(Trajectory { homes, routes })
}
