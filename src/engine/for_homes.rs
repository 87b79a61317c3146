//! For homes: steering for homes that are given, such as those of a plan that was made by hand.

use super::joint::SitesByPeriod;
use super::plan::plan_of_homes;
use super::planning_context::LoadedInventory;
use super::recall::{RecallNames, part};
use crate::error::Result;
use crate::graph::Network;
use crate::ids::SiteId;
use crate::model::{Inventory, Scenario};
use crate::plan::{PeriodPlan, Plan, SteeringGroups};
use crate::plan_files::WrittenPlan;
use crate::scenario::periods;
use crate::solve::Stop;
use std::collections::BTreeMap;

/// Group and site: users who are served there.
type Served = BTreeMap<(usize, SiteId), f64>;

/// A plan with the steering that is best for the homes of a written one. As many users of each group are led to a site as are
/// homed there, whether they fit or not; of a shard at several sites the one with most of it counts for where
/// paths are planned. Rows that name what the inventory does not have are left out.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if a stop is raised; `Error::Solver` if every attempt of the
/// solver failed.
pub fn steering_for(
    inventory: &Inventory,
    scenario: &Scenario,
    written: &WrittenPlan,
    stop: &Stop,
) -> Result<Plan> {
    let network = Network::new(inventory);
    let groups = SteeringGroups::new(inventory, &scenario.policy);
    let names = RecallNames::new(inventory);
    let periods = periods(inventory, scenario);
    let mut sites = vec![vec![None; inventory.shards.len()]; periods.len()];
    let mut most = vec![vec![0.0; inventory.shards.len()]; periods.len()];
    let mut served = vec![Served::new(); periods.len()];
    for row in written.assignment.iter().map(|lined| &lined.row) {
        let period = row.period as usize;
        let (Ok(part), true) = (part(&names, row), period < periods.len()) else {
            continue;
        };
        let Some(site) = part.site else { continue };
        let shard = part.shard.index();
        if sites[period][shard].is_none() || part.users > most[period][shard] {
            sites[period][shard] = Some(site);
            most[period][shard] = part.users;
        }
        let cell = (groups.of_shard(part.shard), site);
        *served[period].entry(cell).or_default() += part.users;
    }
    let loaded = LoadedInventory::alone(inventory, &network);
    let settled = (periods.as_slice(), &SitesByPeriod::new(sites));
    let mut plan = plan_of_homes(&loaded, &groups, scenario, settled, stop)?;
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
        let all = led.get(&(flow.slice, group, site)).copied();
        let wanted = served.get(&(group, site)).copied().unwrap_or_default();
        let share = all.filter(|all| *all > 0.0).map(|all| flow.users / all);
        flow.users = wanted * share.unwrap_or_default();
    }
    period.flows.retain(|flow| flow.users > 0.0);
}
