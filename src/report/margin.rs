//! Error margins as summary.json has them.

use crate::formulation::Holds;
use crate::model::Inventory;
use crate::plan::{ErrorMargin, Limit, Plan};
use crate::plan_files;

pub(super) fn of_period(inventory: &Inventory, margin: &ErrorMargin) -> plan_files::ErrorMargin {
    let limit = |limit: Limit| written(inventory, limit, None);
    plan_files::ErrorMargin {
        holds: holds(margin.holds),
        left_out_users: margin.left_out,
        demand_factor: margin.demand.map(limit),
        capacity_error: margin.capacity.map(limit),
    }
}

/// The least margin of all periods; `None` if some period has none.
pub(super) fn of_plan(inventory: &Inventory, plan: &Plan) -> Option<plan_files::ErrorMargin> {
    let of_periods: Option<Vec<&ErrorMargin>> = plan
        .periods
        .iter()
        .map(|period| period.error_margin.as_ref())
        .collect();
    let of_periods = of_periods?;
    let least = |side: fn(&ErrorMargin) -> Option<Limit>| {
        plan.least_limit(side)
            .map(|(period, limit)| written(inventory, limit, Some(period)))
    };
    Some(plan_files::ErrorMargin {
        holds: holds(of_periods.iter().map(|margin| margin.holds).max()?),
        left_out_users: of_periods
            .iter()
            .map(|margin| margin.left_out)
            .fold(0.0, f64::max),
        demand_factor: least(|margin| margin.demand),
        capacity_error: least(|margin| margin.capacity),
    })
}

fn holds(holds: Holds) -> plan_files::Holds {
    match holds {
        Holds::Targets => plan_files::Holds::Targets,
        Holds::Service => plan_files::Holds::Service,
    }
}

fn written(inventory: &Inventory, limit: Limit, period: Option<usize>) -> plan_files::Limit {
    plan_files::Limit {
        verified: limit.verified,
        bound: limit.bound,
        period: period.and_then(|period| u32::try_from(period).ok()),
        component: limit
            .first
            .map(|(component, _)| inventory.component_name(component).to_owned()),
        resource: limit
            .first
            .map(|(_, resource)| inventory.resources[resource.index()].id.clone()),
    }
}
