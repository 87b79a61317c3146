//! The blind window: what the truth does to a plan that was made with believed capacity (`model.md` §8).

use super::plan::{Hurt, PeriodPlan};
use crate::ids::ResourceId;
use crate::model::Case;
use crate::scenario::Unanswered;
use crate::units::FEASIBILITY;

/// What the truth does to the plan of a period.
pub fn blind_window(plan: &PeriodPlan, truth: &Case, unanswered: &[Unanswered]) -> Vec<Hurt> {
    let mut all = Vec::new();
    for hurt in unanswered {
        let component = hurt.component.index();
        let crossing = plan.crossing_within(component);
        let is_gone = truth.gone[component];
        let row = |resource: Option<usize>, amounts, affected: f64, excess: f64| Hurt {
            component: hurt.component,
            resource: resource.map(ResourceId::new),
            phase: hurt.phase,
            amounts,
            users_affected: affected,
            users_excess: excess,
            user_minutes: affected * plan.period.minutes(),
        };
        let reduced: Vec<usize> = (0..truth.nominal.ncols())
            .filter(|&resource| truth.nominal[[component, resource]].is_some())
            .filter(|&resource| {
                hurt.resources
                    .as_ref()
                    .is_none_or(|named| named.contains(&ResourceId::new(resource)))
            })
            .collect();
        for &resource in &reduced {
            let load = plan.load_within([component, resource]);
            let believed = plan.case.capacity(component, resource).unwrap_or(0.0);
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
                crossing * hurt.loss
            };
            let amounts = Some([load, believed, left, overload]);
            all.push(row(Some(resource), amounts, affected, excess));
        }
        if reduced.is_empty() {
            let (affected, excess) = if is_gone {
                (crossing, crossing)
            } else {
                (crossing * hurt.loss, 0.0)
            };
            all.push(row(None, None, affected, excess));
        }
    }
    all.sort_by_key(|hurt| (hurt.component, hurt.resource));
    all
}
