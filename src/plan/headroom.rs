//! Headroom: load, spare capacity and shortfall of every component and resource that it limits, with its price.

use super::measure::{stage_name, tier};
use super::state::Before;
use crate::formulation::Problem;
use crate::formulation::goals::Level;
use crate::formulation::rows::RowId;
use crate::ids::{ComponentId, ResourceId};
use crate::model::Inventory;
use crate::plan_files::{HeadroomRow, Signed};
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
    /// What headroom.csv says of it. It has no price where copies and background alone exceed what is left: they are cut
    /// to it, so a unit more would only let them have it.
    pub row: HeadroomRow,
    /// What is missing, in users.
    pub shortfall_users: f64,
    /// The level that the shadow price is of.
    pub level: Option<Level>,
}

impl Margin {
    /// Gain of a level per unit of nominal capacity, and the level.
    pub fn price(&self) -> Option<(f64, Level)> {
        self.row.shadow_price.zip(self.level)
    }

    /// `1 − utilization`; `None` at capacity 0.
    pub fn headroom(&self) -> Option<f64> {
        self.row.headroom.map(|signed| signed.0)
    }

    /// The target as it is written: that of an event while one is known.
    pub fn written_target(&self) -> f64 {
        self.row.written_target.unwrap_or_default()
    }

    /// `true` if it keeps less than the written target, and no less than before.
    pub fn is_missed_before(&self) -> bool {
        let headroom = self.headroom();
        let is_missed = headroom.is_some_and(|value| value < self.written_target() - FEASIBILITY);
        is_missed && self.row.shortfall <= FEASIBILITY
    }
}

/// What a component has of a resource, carries of it, and is to keep free.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComponentSpare {
    /// Load.
    pub load: f64,
    /// What is left of the nominal capacity.
    pub capacity: f64,
    /// Nominal capacity.
    pub nominal: f64,
    /// The target as it is written, `h`.
    pub written_target: f64,
    /// The share of it that was missing before, `s⁰`.
    pub kept: f64,
    /// What a user demands on average.
    pub mean_demand: f64,
    /// Utilization before; `None` at capacity 0 and where nobody knows.
    pub before_utilization: Option<f64>,
}

impl ComponentSpare {
    /// `h·(1 − s⁰)`.
    pub fn target(&self) -> f64 {
        self.written_target * (1.0 - self.kept)
    }

    /// The share of the target that is missing beyond what was missing before.
    pub fn shortfall(&self) -> f64 {
        if self.written_target <= 0.0 || self.capacity <= 0.0 {
            return 0.0;
        }
        let missing = (self.load / self.capacity - 1.0) / self.written_target + 1.0;
        // Not `clamp`: absurd amounts in a hand-made plan may have led to no number.
        (missing - self.kept).min(1.0 - self.kept).max(0.0)
    }

    /// An amount in average users; `None` where nobody demands any.
    pub fn users(&self, amount: f64) -> Option<f64> {
        (self.mean_demand > 0.0).then(|| amount / self.mean_demand)
    }

    /// What is missing, in users.
    pub fn shortfall_users(&self) -> f64 {
        let missing = self.shortfall() * self.written_target * self.capacity;
        self.users(missing).unwrap_or(0.0)
    }

    /// What headroom.csv says of it, without prices.
    pub fn row(
        &self,
        inventory: &Inventory,
        period: u32,
        (component, resource): (ComponentId, ResourceId),
    ) -> HeadroomRow {
        let (load, capacity, target) = (self.load, self.capacity, self.target());
        let of_resource = &inventory.resources[resource.index()];
        let utilization = (capacity > 0.0).then(|| load / capacity);
        HeadroomRow {
            period,
            component: inventory.component_name(component).to_owned(),
            kind: inventory.component_kind(component).word().to_owned(),
            resource: of_resource.id.clone(),
            unit: of_resource.unit.clone(),
            load,
            capacity,
            nominal_capacity: self.nominal,
            utilization,
            headroom: utilization.map(|value| Signed(1.0 - value)),
            target,
            shortfall: self.shortfall(),
            room_users: self.users((capacity * (1.0 - target) - load).max(0.0)),
            shadow_price: None,
            price_stage: None,
            before_utilization: self.before_utilization,
            written_target: Some(self.written_target),
        }
    }
}

/// The margins of the plan of a period. Prices are those of the fractional outcome.
pub fn margins(
    problem: &Problem<'_>,
    fractional: &Outcome,
    load: &Array2<f64>,
    before: &Before,
    period: u32,
) -> Vec<Margin> {
    let inventory = problem.setting.inventory;
    let setting = &problem.setting;
    // Without retries, and with them.
    let mut rows_of = Array2::from_elem(load.dim(), [None; 2]);
    for (family, row) in problem.rows.families() {
        let indexes = &mut rows_of[[row.component.index(), row.resource.index()]];
        indexes[usize::from(row.with_retries)] = Some(family);
    }
    let mut all = Vec::new();
    for ((component, resource), nominal) in setting.case.nominal.indexed_iter() {
        let Some(nominal) = *nominal else { continue };
        let at = [component, resource];
        let capacity = nominal * setting.case.available[at];
        let before_utilization = before.case.nominal[at].filter(|capacity| *capacity > 0.0);
        let spare = ComponentSpare {
            load: load[at],
            capacity,
            nominal,
            written_target: target(problem, before, at),
            kept: setting.kept_shortfall[at],
            mean_demand: problem.mean_demand[resource],
            before_utilization: before_utilization.map(|value| before.load[at] / value),
        };
        let (component, resource) = (ComponentId::new(component), ResourceId::new(resource));
        let is_cut = problem.fixed.is_cut.iter().any(|is_cut| is_cut[at]);
        let price = price(problem, fractional, &rows_of[at]).filter(|_| !is_cut);
        all.push(Margin {
            component,
            resource,
            row: HeadroomRow {
                shadow_price: price.map(|(gain, _)| gain * setting.case.available[at]),
                price_stage: price
                    .map(|(_, level)| stage_name(level, tier(problem, level).as_deref())),
                ..spare.row(inventory, period, (component, resource))
            },
            shortfall_users: spare.shortfall_users(),
            level: price.map(|(_, level)| level),
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
