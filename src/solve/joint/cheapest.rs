//! The cheapest trajectory of a joint class: dynamic programming over periods and sites.
//!
//! What a user pays in a period depends on where they are, where they return, where they go and nothing else. So the
//! cheapest trajectory to a stand after a period is the cheapest one to the best stand before it, and a step. No trajectory is
//! listed.

use super::fares::PeriodFares;
use super::rows::JointRows;
use crate::formulation::joint::{JointClassId, JointProblem, StoodBefore, Trajectory};
use crate::ids::SiteId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The cheapest trajectory of a class at some prices.
pub(super) struct Cheapest {
    /// What all users of the class pay together.
    pub(super) cost: f64,
    /// By period, where they are served.
    pub(super) homes: Vec<Option<SiteId>>,
}

/// A step to how a class stands: what was paid up to here, how it stood before, and whether users are served there.
#[derive(Debug, Clone, Copy)]
struct TrajectoryStep {
    cost: f64,
    from: StoodBefore,
    is_served: bool,
}

/// The cheapest trajectory of a class; `None` if there is none.
pub(super) fn cheapest(
    joint: &JointProblem<'_>,
    rows: &JointRows,
    fares: &mut [PeriodFares<'_>],
    class: JointClassId,
) -> Option<Cheapest> {
    let row = &joint.classes[class];
    let mut costs = BTreeMap::from([(StoodBefore::first(row.start), 0.0)]);
    let mut steps: Vec<BTreeMap<StoodBefore, TrajectoryStep>> =
        Vec::with_capacity(joint.periods.len());
    for (period, fares) in fares.iter_mut().enumerate() {
        let mut next: BTreeMap<StoodBefore, TrajectoryStep> = BTreeMap::new();
        let mut take = |stands: StoodBefore, step: TrajectoryStep| {
            let known = next.entry(stands).or_insert(step);
            if step.cost < known.cost {
                *known = step;
            }
        };
        for (&stood, &paid) in &costs {
            let stand = row.at[period].as_ref();
            let Some(stand) = stand.filter(|_| !joint.is_at_rest(class, period)) else {
                let after = joint.after_nobody(period, stood);
                let step = TrajectoryStep {
                    cost: paid,
                    from: stood,
                    is_served: false,
                };
                take(joint.stands(period, stood, after), step);
                continue;
            };
            let current = joint.current(period, stood);
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
                let step = TrajectoryStep {
                    cost: paid + row.users[period] * of_user,
                    from: stood,
                    is_served: true,
                };
                take(joint.stands(period, stood, Some(site)), step);
            }
        }
        costs = next
            .iter()
            .map(|(stood_before, step)| (*stood_before, step.cost))
            .collect();
        steps.push(next);
    }
    let (mut stood, cost) = costs.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let mut homes = vec![None; steps.len()];
    for (home, steps) in homes.iter_mut().zip(&steps).rev() {
        let step = steps.get(&stood)?;
        *home = stood.at.filter(|_| step.is_served);
        stood = step.from;
    }
    Some(Cheapest { cost, homes })
}

/// The trajectory of a class over these homes, on the cheapest paths; `None` if some home has none.
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
