//! The blind window: what the truth does to a plan that was made with believed capacity (`model.md` §8).

use super::plan::BlindImpact;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Case, Inventory, Phase};
use crate::plan_files::{BlindPhase, BlindRow};
use crate::scenario::{Period, Unanswered};
use crate::units::FEASIBILITY;

/// What the truth does to the plan of a period, of the most load and users in it by component.
pub fn blind_window(
    (period, believed): (&Period, &Case),
    (truth, unanswered): (&Case, &[Unanswered]),
    load: impl Fn([usize; 2]) -> f64,
    crossing: impl Fn(ComponentId) -> f64,
) -> Vec<BlindImpact> {
    let mut all = Vec::new();
    for is_affected in unanswered {
        let component = is_affected.component.index();
        let crossing = crossing(is_affected.component);
        let is_gone = truth.gone[component];
        let row = |resource: Option<usize>, amounts, affected: f64, excess: f64| BlindImpact {
            component: is_affected.component,
            resource: resource.map(ResourceId::new),
            phase: is_affected.phase,
            amounts,
            users_affected: affected,
            users_excess: excess,
            user_minutes: affected * period.minutes(),
        };
        let reduced: Vec<usize> = (0..truth.nominal.ncols())
            .filter(|&resource| truth.nominal[[component, resource]].is_some())
            .filter(|&resource| {
                is_affected
                    .resources
                    .as_ref()
                    .is_none_or(|named| named.contains(&ResourceId::new(resource)))
            })
            .collect();
        for &resource in &reduced {
            let load = load([component, resource]);
            let believed = believed.capacity(component, resource).unwrap_or(0.0);
            let left = truth.capacity(component, resource).unwrap_or(0.0);
            let nominal = truth.nominal[[component, resource]].unwrap_or(0.0);
            let is_over = load > left * (1.0 + FEASIBILITY) + 1e-9 * nominal;
            let overload = if is_over { load - left } else { 0.0 };
            let excess = if is_gone {
                crossing
            } else if is_over {
                crossing * overload / load
            } else {
                0.0
            };
            let affected = if is_over || is_gone {
                crossing
            } else {
                crossing * is_affected.loss
            };
            let amounts = Some([load, believed, left, overload]);
            all.push(row(Some(resource), amounts, affected, excess));
        }
        if reduced.is_empty() {
            let (affected, excess) = if is_gone {
                (crossing, crossing)
            } else {
                (crossing * is_affected.loss, 0.0)
            };
            all.push(row(None, None, affected, excess));
        }
    }
    all.sort_by_key(|affected| (affected.component, affected.resource));
    all
}

impl BlindImpact {
    /// What blind.csv says of it.
    pub fn row(&self, inventory: &Inventory, period: u32) -> BlindRow {
        let amount = |at: usize| self.amounts.map(|amounts| amounts[at]);
        let resource = self
            .resource
            .map(|resource| &inventory.resources[resource.index()].id);
        BlindRow {
            period,
            phase: match self.phase {
                Phase::Reacting => BlindPhase::Reacting,
                Phase::Blind | Phase::Known => BlindPhase::Blind,
            },
            component: inventory.component_name(self.component).to_owned(),
            resource: resource.cloned(),
            load: amount(0),
            believed_capacity: amount(1),
            true_capacity: amount(2),
            overload: amount(3),
            users_affected: self.users_affected,
            users_excess: self.users_excess,
            user_minutes: self.user_minutes,
        }
    }
}
