//! Headroom: load, room and shortfall of every component and resource that it limits, with its price.

use super::state::Before;
use crate::formulation::Problem;
use crate::formulation::goals::Level;
use crate::formulation::rows::RowId;
use crate::ids::{ComponentId, ResourceId};
use crate::solve::Outcome;
use crate::units::{FEASIBILITY, NUMERICAL_NOISE};
use ndarray::Array2;

/// One component and resource in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// Load of the plan.
    pub load: f64,
    /// Capacity left in the period.
    pub capacity: f64,
    /// Capacity without events.
    pub nominal: f64,
    /// Target in force, `h·(1 − s⁰)`.
    pub target: f64,
    /// The written one, `h`: that of an event while one is known.
    pub written_target: f64,
    /// Share of `h` missing beyond `s⁰`.
    pub shortfall: f64,
    /// What is missing, in users.
    pub shortfall_users: f64,
    /// How many more average users fit within the target; `None` if nobody demands the resource.
    pub room_users: Option<f64>,
    /// Gain of the level per unit of nominal capacity, and the level, if any has a price here. None where copies
    /// and background alone exceed what is left: they are cut to it, so a unit more would only let them have it.
    pub price: Option<(f64, Level)>,
    /// Utilization of the state before; `None` without a capacity.
    pub before_utilization: Option<f64>,
}

impl Margin {
    /// Load ÷ capacity; `None` at capacity 0.
    pub fn utilization(&self) -> Option<f64> {
        (self.capacity > 0.0).then(|| self.load / self.capacity)
    }

    /// `1 − utilization`.
    pub fn headroom(&self) -> Option<f64> {
        self.utilization().map(|utilization| 1.0 - utilization)
    }

    /// `true` if it keeps less than the written target, and no less than before.
    pub fn is_missed_before(&self) -> bool {
        let headroom = self.headroom();
        let is_missed = headroom.is_some_and(|own| own < self.written_target - FEASIBILITY);
        is_missed && self.shortfall <= FEASIBILITY
    }
}

/// The margins of a plan. Prices are those of the fractional outcome.
pub fn margins(
    problem: &Problem<'_>,
    fractional: &Outcome,
    load: &Array2<f64>,
    before: &Before,
) -> Vec<Margin> {
    let setting = &problem.setting;
    // Without retries, and with them.
    let mut rows_of = Array2::from_elem(load.dim(), [None; 2]);
    for (family, row) in problem.rows.families() {
        let own = &mut rows_of[[row.component.index(), row.resource.index()]];
        own[usize::from(row.with_retries)] = Some(family);
    }
    let mut all = Vec::new();
    for ((component, resource), nominal) in setting.case.nominal.indexed_iter() {
        let Some(nominal) = *nominal else { continue };
        let at = [component, resource];
        let capacity = nominal * setting.case.available[at];
        let h = target(problem, before, at);
        let kept = setting.kept_shortfall[at];
        let shortfall = if h > 0.0 && capacity > 0.0 {
            ((load[at] / capacity - 1.0) / h + 1.0 - kept).clamp(0.0, 1.0 - kept)
        } else {
            0.0
        };
        let mean = problem.mean_demand[resource];
        let target = h * (1.0 - kept);
        let per_user = |amount: f64| (mean > 0.0).then(|| amount / mean);
        all.push(Margin {
            component: ComponentId::new(component),
            resource: ResourceId::new(resource),
            load: load[at],
            capacity,
            nominal,
            target,
            written_target: h,
            shortfall,
            shortfall_users: per_user(shortfall * h * capacity).unwrap_or(0.0),
            room_users: per_user((capacity * (1.0 - target) - load[at]).max(0.0)),
            price: price(problem, fractional, &rows_of[at])
                .filter(|_| problem.fixed.is_cut.iter().all(|is_cut| !is_cut[at]))
                .map(|(gain, level)| (gain * setting.case.available[at], level)),
            before_utilization: before.case.nominal[at]
                .filter(|capacity| *capacity > 0.0)
                .map(|capacity| before.load[at] / capacity),
        });
    }
    all
}

/// The headroom target of a component, 0 where the capacity before was 0.
fn target(problem: &Problem<'_>, before: &Before, at: [usize; 2]) -> f64 {
    match before.case.nominal[at] {
        Some(capacity) if capacity <= 0.0 => 0.0,
        _ => problem.setting.case.target[at],
    }
}

/// The first level in order that has a price on the rows of a component and resource, those of all slices together.
fn price(
    problem: &Problem<'_>,
    outcome: &Outcome,
    families: &[Option<RowId>],
) -> Option<(f64, Level)> {
    let first = families.iter().flatten().next()?;
    let capacity = problem.rows.rows[*first].capacity;
    outcome.levels.iter().find_map(|level| {
        let families = families.iter().flatten();
        let rows = families.flat_map(|family| problem.rows.family(*family));
        let gain: f64 = rows.map(|(row, _)| level.gains[row]).sum();
        (gain * capacity > NUMERICAL_NOISE * level.value.abs().max(1.0))
            .then_some((gain, level.level))
    })
}
