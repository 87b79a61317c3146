//! Stability: how far every component is from an overload that keeps itself up with retries (`docs/model.md` §9).

use super::extract::MeanDemands;
use super::state::{Flow, Part};
use super::steering_groups::SteeringGroups;
use crate::formulation::Problem;
use crate::formulation::rows::LoadRow;
use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::model::{Case, Inventory, Retries, most_with_retries};
pub use crate::plan_files::Stability;
use crate::plan_files::{Signed, StabilityRow};
use crate::units::FEASIBILITY;
use ndarray::Array2;

/// What every row of a problem carries, as a plan is written: by slice, components × resources.
#[derive(Debug, Clone, Copy)]
pub struct Loaded<'a> {
    /// Load.
    pub load: &'a [Array2<f64>],
    /// With all retries running; empty where nobody retries, and then both are the same.
    pub retry_load: &'a [Array2<f64>],
}

impl Loaded<'_> {
    /// That of a row, in its resource.
    pub fn of(&self, row: &LoadRow) -> f64 {
        let by_slice = if row.with_retries && !self.retry_load.is_empty() {
            self.retry_load
        } else {
            self.load
        };
        by_slice[row.slice][[row.component.index(), row.resource.index()]]
    }
}

/// How one component and resource stands with all retries running.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryMargin {
    /// Where.
    pub component: ComponentId,
    /// Of what.
    pub resource: ResourceId,
    /// Load, in the resource's unit.
    pub load: f64,
    /// What is offered with all retries running, `R`; `None` where no overload keeps itself up.
    pub retry_load: Option<f64>,
    /// Capacity left, `A`.
    pub capacity: f64,
    /// load ÷ R − load ÷ A, a share of the capacity; `None` where no overload keeps itself up, and at capacity 0.
    pub margin: Option<f64>,
    /// What follows.
    pub stability: Stability,
}

impl RetryMargin {
    /// That of a load, with and without retries, where so much is left of a nominal capacity.
    ///
    /// ```
    /// use plimsoll::ids::{ComponentId, ResourceId};
    /// use plimsoll::plan::{RetryMargin, Stability};
    /// let at = (ComponentId::new(0), ResourceId::new(0));
    /// // Everybody tries three times more: from a quarter of the capacity on a trigger can lock it in.
    /// let own = RetryMargin::of(at, (610.0, Some(2440.0)), [1000.0, 1000.0]);
    /// assert_eq!(own.threshold(), Some(0.25));
    /// assert_eq!(own.stability, Stability::Vulnerable);
    /// assert!((own.margin.unwrap() + 0.36).abs() < 1e-12);
    /// let own = RetryMargin::of(at, (240.0, Some(960.0)), [1000.0, 1000.0]);
    /// assert_eq!(own.stability, Stability::Stable);
    /// // Nobody tries again: only an overload itself is one.
    /// let own = RetryMargin::of(at, (1010.0, Some(1010.0)), [1000.0, 1000.0]);
    /// assert_eq!(own.stability, Stability::Overloaded);
    /// ```
    pub fn of(
        (component, resource): (ComponentId, ResourceId),
        (load, retry_load): (f64, Option<f64>),
        [capacity, nominal]: [f64; 2],
    ) -> Self {
        let most = capacity * (1.0 + FEASIBILITY) + 1e-9 * nominal;
        let most_offered = most_with_retries(capacity, nominal);
        let stability = if load > most {
            Stability::Overloaded
        } else if retry_load.is_some_and(|retry_load| retry_load > most_offered) {
            Stability::Vulnerable
        } else {
            Stability::Stable
        };
        let margin = retry_load.filter(|_| capacity > 0.0);
        Self {
            component,
            resource,
            load,
            retry_load,
            capacity,
            margin: margin.map(|retry_load| share(load, retry_load) - load / capacity),
            stability,
        }
    }

    /// What stability.csv says of it, of a period itself or of a wave.
    pub fn row(&self, inventory: &Inventory, period: u32, wave: Option<u32>) -> StabilityRow {
        let resource = &inventory.resources[self.resource.index()];
        StabilityRow {
            period,
            wave,
            component: inventory.component_name(self.component).to_owned(),
            kind: inventory.component_kind(self.component).word().to_owned(),
            resource: resource.id.clone(),
            unit: resource.unit.clone(),
            load: self.load,
            retry_load: self.retry_load,
            capacity: self.capacity,
            margin: self.margin.map(Signed),
            stability: self.stability,
        }
    }

    /// `true` if it is nearer to an overload that keeps itself up than another, or further in it; of equals the one with
    /// more load.
    pub fn is_tighter(&self, than: &Self) -> bool {
        // What carries something and has nothing is furthest of all, what carries nothing there is not in it at all.
        let blank = match self.stability {
            Stability::Overloaded => f64::NEG_INFINITY,
            Stability::Stable | Stability::Vulnerable => f64::INFINITY,
        };
        let margin = |retry_margin: &Self| retry_margin.margin.unwrap_or(blank);
        let order = self.stability.cmp(&than.stability);
        let order = order.then(margin(than).total_cmp(&margin(self)));
        order.then(self.load.total_cmp(&than.load)).is_gt()
    }

    /// The utilization from which on an overload keeps itself up, `1 / (1 + r)`; `None` where none does.
    pub fn threshold(&self) -> Option<f64> {
        self.retry_load
            .map(|retry_load| share(self.load, retry_load))
    }

    /// Extra attempts for every failed one, the mean over the load; `None` where no overload keeps itself up.
    pub fn retries(&self) -> Option<f64> {
        self.threshold().map(|threshold| 1.0 / threshold - 1.0)
    }

    /// Load ÷ capacity; `None` at capacity 0.
    pub fn utilization(&self) -> Option<f64> {
        (self.capacity > 0.0).then(|| self.load / self.capacity)
    }
}

/// Load ÷ load with retries; where nothing is loaded nobody tries again.
fn share(load: f64, retry_load: f64) -> f64 {
    if load > 0.0 && retry_load > 0.0 {
        load / retry_load
    } else {
        1.0
    }
}

/// Loads of a plan with all retries running, by slice: components × resources. Those without are `loads`; where no overload
/// keeps itself up, both are the same.
///
/// A user tries again with their whole demand, also where a copy has a part of it already; what copies do and what stands in
/// background.csv is done once.
pub fn retry_loads(
    problem: &Problem<'_>,
    groups: &SteeringGroups,
    (parts, flows): (&[Part], &[Flow]),
    loads: &[Array2<f64>],
) -> Vec<Array2<f64>> {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let mut all = loads.to_vec();
    let resources = || (0..inventory.resources.len()).map(ResourceId::new);
    let case = setting.case;
    // Of sites and resources: how long work waits there.
    let at_sites: Vec<Vec<(ResourceId, f64)>> = (0..inventory.sites.len())
        .map(|site| inventory.site_component(SiteId::new(site)))
        .map(|site| {
            let waits = resources()
                .map(|resource| (resource, case.longest_wait(inventory, site, resource)));
            waits.filter(|(_, wait)| *wait > 0.0).collect()
        })
        .collect();
    for part in parts {
        let profile = inventory.shards[part.shard.index()].profile;
        let retries = Retries::of(&inventory.profiles[profile.index()]);
        let class = problem.classes.class_of.get(part.home());
        let (Some(class), Some(site)) = (class.filter(|_| retries.count > 0.0), part.site) else {
            continue;
        };
        let demand = problem.demand_of(class);
        for (slice, load) in all.iter_mut().enumerate() {
            for &(resource, wait) in &at_sites[site.index()] {
                let again = retries.at(wait) * demand[[slice, resource.index()]];
                load[[site.index(), resource.index()]] += again * part.users;
            }
        }
    }
    let means = MeanDemands::new(setting, groups);
    for flow in flows {
        let retries = Retries::of(&inventory.profiles[flow.group.profile.index()]);
        if retries.count <= 0.0 {
            continue;
        }
        let passed = problem.rows.passed(setting.network, &flow.path);
        let mut mean = None;
        for (_, row) in passed {
            if row.slice != flow.slice || row.with_retries {
                continue;
            }
            let retries = retries.at(case.longest_wait(inventory, row.component, row.resource));
            if retries > 0.0 {
                let mean = mean.get_or_insert_with(|| means.of(&flow.group, flow.slice));
                let again = retries * mean[row.resource.index()] * flow.users / row.shares;
                all[flow.slice][[row.component.index(), row.resource.index()]] += again;
            }
        }
    }
    all
}

/// How every component and resource that it limits stands in the hour in which it is tightest, of loads without and with
/// retries by slice: components × resources.
pub fn retry_margins(
    inventory: &Inventory,
    case: &Case,
    [loads, retry_loads]: [&[Array2<f64>]; 2],
) -> Vec<RetryMargin> {
    let limited = case.nominal.indexed_iter();
    let limited = limited.filter_map(|(at, nominal)| Some((at, (*nominal)?)));
    let of = |((component, resource), nominal): ((usize, usize), f64)| {
        let at = [component, resource];
        let key = (ComponentId::new(component), ResourceId::new(resource));
        let is_able = case.is_able_to_lock_in(inventory, key.0, key.1);
        let capacity = nominal * case.available[at];
        let slices = loads.iter().zip(retry_loads);
        let slices = slices.map(|(load, retry_load)| {
            let offered = is_able.then(|| retry_load[at]);
            RetryMargin::of(key, (load[at], offered), [capacity, nominal])
        });
        slices.reduce(|known, retry_margin| {
            if retry_margin.is_tighter(&known) {
                retry_margin
            } else {
                known
            }
        })
    };
    limited.filter_map(of).collect()
}

/// The least margin of all, which has the least position among equals; `None` where nothing has one.
pub fn least_margin(all: &[RetryMargin]) -> Option<&RetryMargin> {
    let filter = all
        .iter()
        .filter(|retry_margin| retry_margin.margin.is_some());
    filter.min_by(|a, b| {
        let of = |retry_margin: &RetryMargin| retry_margin.margin.unwrap_or(f64::INFINITY);
        of(a).total_cmp(&of(b))
    })
}
