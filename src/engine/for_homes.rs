//! For homes: steering for homes that are given, such as those of a plan that was made by hand.

use super::joint::SitesByPeriod;
use super::plan::{Loaded, plan_of_homes};
use crate::error::Result;
use crate::graph::Network;
use crate::ids::{ShardId, SiteId};
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan, SteeringGroups};
use crate::scenario::periods;
use crate::solve::Stop;
use std::collections::BTreeMap;

/// Users of a shard who are served at a site in a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homed {
    /// Counts from 0.
    pub period: usize,
    /// Whose.
    pub shard: ShardId,
    /// Where.
    pub site: SiteId,
    /// How many.
    pub users: f64,
}

/// Group and site: users who are served there.
type Served = BTreeMap<(usize, SiteId), f64>;

/// A plan with the steering that is best for given homes. As many users of each group are led to a site as are homed there,
/// whether there is room for them or not; of a shard at several sites the one with most of it counts for who is led where.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised; `Error::Solver` if the solver failed every
/// way.
pub fn steering_for(
    inventory: &Inventory,
    scenario: &Scenario,
    homed: &[Homed],
    stop: &Stop,
) -> Result<Plan> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let periods = periods(inventory, scenario);
    let mut most = vec![vec![(None, 0.0); inventory.shards.len()]; periods.len()];
    let mut served = vec![Served::new(); periods.len()];
    for own in homed.iter().filter(|own| own.period < periods.len()) {
        let known = &mut most[own.period][own.shard.index()];
        if known.0.is_none() || own.users > known.1 {
            *known = (Some(own.site), own.users);
        }
        let key = (groups.of_shard(own.shard), own.site);
        *served[own.period].entry(key).or_default() += own.users;
    }
    let sites = most.into_iter().map(|of_period| {
        let sites = of_period.into_iter().map(|own| own.0);
        sites.collect()
    });
    let sites = SitesByPeriod::new(sites.collect());
    let loaded = Loaded::alone(inventory, &network);
    let mut plan = plan_of_homes(&loaded, &groups, scenario, (&periods, &sites), stop)?;
    for (period, served) in plan.periods.iter_mut().zip(&served) {
        lead(period, &groups, served);
    }
    Ok(plan)
}

/// Leads as many users of each group to a site as are served there.
fn lead(period: &mut PeriodPlan, groups: &SteeringGroups, served: &Served) {
    let mut led: BTreeMap<(usize, usize, SiteId), f64> = BTreeMap::new();
    for flow in &period.flows {
        if let Some(group) = groups.of(&flow.group) {
            *led.entry((flow.slice, group, flow.path.site)).or_default() += flow.users;
        }
    }
    for flow in &mut period.flows {
        let Some(group) = groups.of(&flow.group) else {
            continue;
        };
        let site = flow.path.site;
        let all = led
            .get(&(flow.slice, group, site))
            .copied()
            .unwrap_or_default();
        let wanted = served.get(&(group, site)).copied().unwrap_or_default();
        flow.users = if all > 0.0 {
            flow.users / all * wanted
        } else {
            0.0
        };
    }
    period.flows.retain(|own| own.users > 0.0);
}
