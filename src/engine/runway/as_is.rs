//! As is: what components carry on a day if nobody plans again: homes stay, and the weights of paths are those of the first
//! day.

use super::super::before::{case_of_before, policy_before, with_all_at_home};
use super::answer::CaseOnDay;
use crate::formulation::{Folded, Problem};
use crate::graph::Network;
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::model::{Band, Case, Home, Homes, Inventory, Scenario};
use crate::plan::runway::{Condition, FirstFailure};
use crate::plan::{Before, Flow, Part, SteeringGroups, loads, most};
use crate::solve::Proof;
use crate::units::{FEASIBILITY, NOBODY};
use ndarray::Array2;
use std::collections::BTreeMap;

/// Homes and steering that stay.
pub(super) struct AsIs<'a> {
    inventory: &'a Inventory,
    network: &'a Network,
    steering: &'a Before,
}

impl<'a> AsIs<'a> {
    /// `steering` is the state of the first day.
    pub(super) fn new(
        inventory: &'a Inventory,
        network: &'a Network,
        steering: &'a Before,
    ) -> Self {
        Self {
            inventory,
            network,
            steering,
        }
    }

    /// What a condition comes to at the start of a scenario: the row that is furthest above what it may carry.
    pub(super) fn on(&self, scenario: &Scenario, condition: Condition) -> CaseOnDay {
        let inventory = self.inventory;
        let case = case_of_before(inventory, scenario, Band::Expected);
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let folded = Folded::new(inventory, &case, &homes);
        let policy = policy_before(&scenario.policy);
        let groups = SteeringGroups::new(inventory, &scenario.policy);
        let at_home = (inventory, self.network, &policy);
        let (carried, trapped) = with_all_at_home(at_home, (&case, &folded), None, |problem| {
            let (parts, flows, trapped) = self.steered(problem, &groups, &case);
            (most(&loads(problem, &groups, &parts, &flows)), trapped)
        });
        let worst = worst_row(&case, &carried, condition);
        CaseOnDay {
            fails: worst.is_some(),
            failure: FirstFailure {
                case: 0,
                binding: worst.map(|row| row.at),
                short: worst.map_or(0.0, |row| row.short),
                unserved: 0.0,
                trapped: 0.0,
            },
            trapped,
            proof: Proof::Proven,
        }
    }

    /// Everybody at home, on the paths of the first day in the same shares; users that it steers nowhere take the path of
    /// least latency. Last, users that no path leads home.
    fn steered(
        &self,
        problem: &Problem<'_>,
        groups: &SteeringGroups,
        case: &Case,
    ) -> (Vec<Part>, Vec<Flow>, f64) {
        let mut known: BTreeMap<(usize, SiteId), Vec<&Flow>> = BTreeMap::new();
        for flow in &self.steering.flows {
            if let Some(group) = groups.of(&flow.group) {
                known.entry((group, flow.path.site)).or_default().push(flow);
            }
        }
        let mut parts = Vec::new();
        let mut users: BTreeMap<(usize, SiteId), (f64, Home)> = BTreeMap::new();
        for (index, shard) in self.inventory.shards.iter().enumerate() {
            let id = ShardId::new(index);
            let count = case.users(index);
            let part = Part {
                shard: id,
                current: shard.site,
                site: shard.site,
                users: count,
            };
            parts.push(part);
            if let Some(site) = shard.site.filter(|_| count > 0.0) {
                let together = users.entry((groups.of_shard(id), site));
                together.or_insert((0.0, part.home())).0 += count;
            }
        }
        let mut flows = Vec::new();
        let mut trapped = 0.0;
        for ((group, site), (count, home)) in users {
            let before = known.get(&(group, site)).map_or(&[][..], Vec::as_slice);
            let all: f64 = before.iter().map(|flow| flow.users).sum();
            if all > NOBODY {
                flows.extend(before.iter().map(|flow| Flow {
                    users: count * flow.users / all,
                    ..(*flow).clone()
                }));
                continue;
            }
            let class = problem.classes.class_of.get(home);
            let default = class.and_then(|class| problem.defaults[class]);
            let Some(default) = default else {
                trapped += count;
                continue;
            };
            flows.push(Flow {
                slice: 0,
                group: *groups.key(group),
                path: problem.paths.get(default.path).leg(0).clone(),
                users: count,
            });
        }
        (parts, flows, trapped)
    }
}

/// A row that carries more than it may.
#[derive(Debug, Clone, Copy)]
struct OverloadedRow {
    at: (ComponentId, ResourceId),
    /// How much more, in the resource's unit.
    short: f64,
    /// The same as a share of its capacity.
    share: f64,
}

/// The row that is furthest above its capacity, or with targets above what its headroom target leaves.
fn worst_row(case: &Case, carried: &Array2<f64>, condition: Condition) -> Option<OverloadedRow> {
    let mut worst: Option<OverloadedRow> = None;
    for ((component, resource), load) in carried.indexed_iter() {
        let Some(capacity) = case.capacity(component, resource) else {
            continue;
        };
        let target = match condition {
            Condition::Target => case.target[[component, resource]],
            Condition::Served | Condition::ServedUnder | Condition::StableUnder => 0.0,
        };
        let short = load - capacity * (1.0 - target);
        let share = if capacity > 0.0 {
            short / capacity
        } else {
            short
        };
        if share > FEASIBILITY && worst.is_none_or(|row| share > row.share) {
            worst = Some(OverloadedRow {
                at: (ComponentId::new(component), ResourceId::new(resource)),
                short,
                share,
            });
        }
    }
    worst
}
