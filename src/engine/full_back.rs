//! Full back: what would be too full with all users where they were before a scenario, once it has ended.

use super::before::with_all_at_home;
use super::planning_context::LoadedInventory;
use crate::formulation::{Detail, Folded};
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Case, Homes, Inventory, Scenario};
use crate::plan::{Before, Flow, FullBack, Part, Plan, SteeringGroups, loads, most};
use crate::scenario::{Band, Knowledge, case_at};
use crate::units::{FEASIBILITY, NOBODY};
use ndarray::Array2;
use rustc_hash::FxHashMap;

/// What is most beyond its capacity with all users where they were before, by the weights of before, at the demand and capacities
/// of a scenario's end, without its events; what was beyond it as far before comes after all else. `None` if nothing is.
pub(super) fn full_back(
    loaded: &LoadedInventory<'_>,
    groups: &SteeringGroups,
    scenario: &Scenario,
    plan: &Plan,
) -> Option<FullBack> {
    let case = case_back(loaded, scenario, plan);
    let before = &plan.before;
    let is_same = case.base_users == before.case.base_users
        && case.nominal == before.case.nominal
        && case.available == before.case.available;
    // Who is all served is planned with what everything can carry.
    if is_same && serves_everybody(loaded.inventory, before) {
        return None;
    }
    let of = (loaded, groups, scenario);
    let mut full = beyond(&case, &loads_back(of, plan, &case), &before.most);
    if full.is_empty() {
        return None;
    }
    let was = loads_back(of, plan, &before.case);
    for full_back in &mut full {
        let [component, resource] = [full_back.component.index(), full_back.resource.index()];
        let could = before.case.capacity(component, resource);
        let has_less = could.is_none_or(|could| full_back.capacity < could - tolerated(could));
        let is_more = full_back.load > was[[component, resource]] + tolerated(full_back.capacity);
        full_back.is_as_before = !has_less && !is_more;
    }
    full.into_iter().max_by(|a, b| {
        let beyond = |full_back: &FullBack| full_back.load / full_back.capacity;
        b.is_as_before
            .cmp(&a.is_as_before)
            .then(beyond(a).total_cmp(&beyond(b)))
            .then(b.component.cmp(&a.component))
    })
}

fn serves_everybody(inventory: &Inventory, before: &Before) -> bool {
    let all: f64 = (0..inventory.shards.len())
        .map(|shard| before.case.users(shard))
        .sum();
    let served = before.flows.iter().filter(|flow| flow.slice == 0);
    let served: f64 = served.map(|flow| flow.users).sum();
    all - served <= NOBODY
}

/// What carries more than it can in a case; `most` is what it carried before.
fn beyond(case: &Case, load: &Array2<f64>, most: &Array2<f64>) -> Vec<FullBack> {
    let (components, resources) = load.dim();
    let components = (0..components).map(ComponentId::new);
    let resources = (0..resources).map(ResourceId::new);
    let all = components
        .flat_map(|component| resources.clone().map(move |resource| (component, resource)));
    let full = all.filter_map(|(component, resource)| {
        let at = [component.index(), resource.index()];
        let capacity = case.capacity(at[0], at[1])?;
        // What has nothing left has no row: it would carry what it carried.
        let load = if capacity > 0.0 {
            load[at]
        } else {
            load[at].max(most[at])
        };
        (load > capacity + tolerated(capacity)).then_some(FullBack {
            component,
            resource,
            load,
            capacity,
            is_as_before: false,
        })
    });
    full.collect()
}

/// What solvers leave of a capacity.
fn tolerated(capacity: f64) -> f64 {
    FEASIBILITY * capacity.max(1.0)
}

/// The case of a scenario's end, without its events, by the hours of the state before; shards that had no home are absent.
fn case_back(loaded: &LoadedInventory<'_>, scenario: &Scenario, plan: &Plan) -> Case {
    let inventory = loaded.inventory;
    let quiet = Scenario {
        events: Vec::new(),
        ..scenario.clone()
    };
    let is_homeless = |shard: usize| inventory.shards[shard].site.is_none();
    let at_end = case_at(
        inventory,
        &quiet,
        scenario.end,
        Knowledge::Believed,
        Band::Expected,
    );
    Case {
        hours: plan.before.case.hours.clone(),
        ..at_end
    }
    .without(inventory.shards.len(), is_homeless)
}

/// Components × resources: the most of all hours.
fn loads_back(
    (loaded, groups, scenario): (&LoadedInventory<'_>, &SteeringGroups, &Scenario),
    plan: &Plan,
    case: &Case,
) -> Array2<f64> {
    let inventory = loaded.inventory;
    let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
    let folded = Folded::known_or_new(None, inventory, case, &homes);
    let key = |shard: ShardId| {
        let site = inventory.shards[shard.index()].site?;
        Some((groups.of_shard(shard), site))
    };
    let shards = || (0..inventory.shards.len()).map(ShardId::new);
    let mut users: FxHashMap<(usize, SiteId), Users> = FxHashMap::default();
    for shard in shards() {
        if let Some(key) = key(shard) {
            let all = users.entry(key).or_default();
            all.before += plan.before.case.users(shard.index());
            all.now += case.users(shard.index());
        }
    }
    let flows = plan.before.flows.iter();
    for flow in flows.filter(|flow| flow.slice == 0) {
        let key = groups.of(&flow.group).map(|group| (group, flow.path.site));
        if let Some(all) = key.and_then(|key| users.get_mut(&key)) {
            all.served += flow.users;
        }
    }
    // Who was not served before is not served again.
    let parts = shards().filter_map(|shard| {
        let (group, site) = key(shard)?;
        Some(Part {
            shard,
            current: Some(site),
            site: Some(site),
            users: case.users(shard.index()) * users.get(&(group, site))?.served_share(),
        })
    });
    let parts: Vec<Part> = parts.collect();
    let scaled = plan.before.flows.iter().filter_map(|flow| {
        let all = users.get(&(groups.of(&flow.group)?, flow.path.site))?;
        (all.before > NOBODY).then(|| Flow {
            users: flow.users * all.now / all.before,
            ..flow.clone()
        })
    });
    let flows: Vec<Flow> = scaled.collect();
    let at_home = (inventory, loaded.network, &scenario.policy);
    let at = (case, &folded, &homes);
    with_all_at_home(at_home, at, (None, Detail::Plan), |problem| {
        most(&loads(problem, groups, &parts, &flows))
    })
}

/// Users of a group whose home is a site.
#[derive(Debug, Clone, Copy, Default)]
struct Users {
    before: f64,
    /// Of those.
    served: f64,
    /// When the scenario ends.
    now: f64,
}

impl Users {
    /// The share of them who were served; all where nobody was there.
    fn served_share(self) -> f64 {
        if self.before > NOBODY {
            (self.served / self.before).min(1.0)
        } else {
            1.0
        }
    }
}
